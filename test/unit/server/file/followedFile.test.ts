import fc from 'fast-check';
import { playSchedule, schedules } from '../../../support/followedScene';

/** The same runs each time; `npm run soak -- --only files` plays others. */
const SEED = 20261125;

describe('a followed file', () => {
  it('gives every client each line once or tells a gap, whatever service, rotator, server and clients do', async function () {
    this.timeout(60_000);
    await fc.assert(fc.asyncProperty(schedules(), playSchedule), { numRuns: 400, seed: SEED });
  });
});
