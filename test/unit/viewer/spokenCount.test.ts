import assert from 'node:assert/strict';
import { SpokenCount } from '../../../src/viewer/spokenCount';
import { FakeClock } from '../../support/fakeClock';

function setUp() {
  const clock = new FakeClock();
  const spoken: string[] = [];
  let busy = false;
  const count = new SpokenCount(clock, (text) => {
    if (!busy) {
      spoken.push(text);
    }
    return !busy;
  });
  return {
    clock,
    count,
    spoken,
    setBusy: (is: boolean) => {
      busy = is;
    },
  };
}

describe('a number that grows, for who listens', () => {
  it('is spoken now and then, as it is by then, and not at each line', () => {
    const { clock, count, spoken } = setUp();
    for (let line = 1; line <= 1200; line++) {
      count.show(`${line} new`);
      clock.advance(50);
    }
    assert.deepEqual(spoken, ['20 new', '420 new', '820 new']);
  });

  it('is spoken once while it stays', () => {
    const { clock, count, spoken } = setUp();
    for (let time = 0; time < 100; time++) {
      count.show('5 new');
      clock.advance(1000);
    }
    assert.deepEqual(spoken, ['5 new']);
  });

  it('waits while something else is said, and is not spoken once it is over', () => {
    const { clock, count, spoken, setBusy } = setUp();
    setBusy(true);
    count.show('5 new');
    clock.advance(2500);
    setBusy(false);
    clock.advance(1000);
    assert.deepEqual(spoken, ['5 new']);
    count.show('6 new');
    count.show(null);
    clock.advance(60_000);
    assert.deepEqual(spoken, ['5 new']);
    assert.equal(clock.pendingTimers, 0);
  });
});
