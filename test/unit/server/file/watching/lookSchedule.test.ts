import assert from 'node:assert/strict';
import { FAST_LOOK_MS, LookSchedule } from '../../../../../src/server/file/watching/lookSchedule';
import { SLOW_LOOK_MS, SlowLooks } from '../../../../../src/server/file/watching/slowLooks';
import { FakeClock } from '../../../../support/fakeClock';

describe('when a file is looked at that no watcher told of', () => {
  const setUp = () => {
    const clock = new FakeClock();
    const watching = { events: 0, isReliable: true };
    let looks = 0;
    const file = {
      changes: 0,
      isCalm: true,
      glance: async () => {
        looks++;
        schedule.looked();
      },
    };
    const schedule: LookSchedule = new LookSchedule(file, watching, clock, new SlowLooks(clock));
    schedule.start();
    const looksWithin = async (ms: number) => {
      const before = looks;
      await clock.advanceAsync(ms);
      return looks - before;
    };
    return { clock, file, looksWithin, schedule, watching };
  };
  const often = 10_000 / FAST_LOOK_MS;
  const seldom = 10_000 / SLOW_LOOK_MS;

  it('is every two seconds where watchers deliver', async () => {
    const { looksWithin } = setUp();
    assert.equal(await looksWithin(10_000), seldom);
  });

  it('is five times a second where folders cannot be watched, as on a network file system', async () => {
    const { looksWithin, watching } = setUp();
    watching.isReliable = false;
    await looksWithin(SLOW_LOOK_MS);
    assert.equal(await looksWithin(10_000), often);
  });

  it('is five times a second while the file is away or is being rotated', async () => {
    const { file, looksWithin } = setUp();
    file.isCalm = false;
    await looksWithin(SLOW_LOOK_MS);
    assert.equal(await looksWithin(10_000), often);
    file.isCalm = true;
    await looksWithin(FAST_LOOK_MS);
    assert.equal(await looksWithin(10_000), seldom);
  });

  it('is five times a second from then on when a look finds a change that nothing told of', async () => {
    const { file, looksWithin } = setUp();
    file.changes++;
    await looksWithin(SLOW_LOOK_MS + FAST_LOOK_MS);
    assert.equal(await looksWithin(10_000), often);
  });

  it('stays seldom when the word on a change was on its way', async () => {
    const { file, looksWithin, watching } = setUp();
    file.changes++;
    await looksWithin(SLOW_LOOK_MS);
    watching.events++;
    await looksWithin(FAST_LOOK_MS);
    assert.equal(await looksWithin(10_000), seldom);
  });

  it('stays seldom when a watcher told of each change', async () => {
    const { file, looksWithin, schedule, watching } = setUp();
    for (let change = 0; change < 5; change++) {
      file.changes++;
      watching.events++;
      schedule.looked();
      assert.equal(await looksWithin(10_000), seldom);
    }
  });

  it('ends when the file is not followed any more', () => {
    const { clock, schedule } = setUp();
    schedule.dispose();
    assert.equal(clock.pendingTimers, 0);
  });
});
