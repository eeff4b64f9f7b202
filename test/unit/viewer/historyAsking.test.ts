import assert from 'node:assert/strict';
import { HistoryAsking } from '../../../src/viewer/historyAsking';
import { FakeClock } from '../../support/fakeClock';

describe('asking for earlier lines', () => {
  it('is done once while they are on their way, and at once again when they are there', () => {
    const asking = new HistoryAsking(new FakeClock());
    assert.equal(asking.take(), true);
    assert.equal(asking.take(), false);
    asking.answered();
    assert.equal(asking.take(), true);
  });

  it('is done again after 5 s when none came: one failure does not switch it off', () => {
    const clock = new FakeClock();
    const asking = new HistoryAsking(clock);
    asking.take();
    clock.advance(4999);
    assert.equal(asking.take(), false);
    clock.advance(1);
    assert.equal(asking.take(), true);
    assert.equal(asking.take(), false);
  });
});
