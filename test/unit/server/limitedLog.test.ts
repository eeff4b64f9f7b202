import assert from 'node:assert/strict';
import { LimitedLog } from '../../../src/server/limitedLog';
import { FakeClock } from '../../support/fakeClock';

describe('the log of those who have proved nothing', () => {
  it('says 50 lines in a row and one a second after that, and how many it left out', () => {
    const clock = new FakeClock();
    const lines: string[] = [];
    const log = new LimitedLog(clock, (line) => lines.push(line));
    for (let at = 0; at < 5000; at++) {
      log.write(`refused ${at}`);
    }
    assert.equal(lines.length, 50);
    clock.advance(1000);
    log.write('refused again');
    assert.deepEqual(lines.slice(50), [
      '4950 more requests or connections of strangers ended, which are left out here',
      'refused again',
    ]);
    clock.advance(60_000);
    log.write('refused later');
    assert.deepEqual(lines.slice(52), ['refused later']);
  });
});
