import assert from 'node:assert/strict';
import { SLOW_LOOK_MS, SlowLooks } from '../../../../../src/server/file/watching/slowLooks';
import { FakeClock } from '../../../../support/fakeClock';

describe('the slow looks of many files', () => {
  it('are spread over the two seconds, each file once in them', () => {
    const clock = new FakeClock();
    const looks = new SlowLooks(clock);
    const times: number[][] = Array.from({ length: 80 }, () => []);
    for (const mine of times) {
      const place = looks.takePlace();
      const look = () => {
        mine.push(clock.now());
        looks.next(place, look);
      };
      looks.next(place, look);
    }
    const began = clock.now();
    clock.advance(5 * SLOW_LOOK_MS);
    assert.ok(times.every((mine) => mine.length === 5 && (mine[0] as number) - began <= SLOW_LOOK_MS));
    const atOnce = new Map<number, number>();
    for (const at of times.flat()) {
      atOnce.set(at, (atOnce.get(at) ?? 0) + 1);
    }
    assert.equal(Math.max(...atOnce.values()), 10);
  });

  it('take no timer while nobody waits for one', () => {
    const clock = new FakeClock();
    const looks = new SlowLooks(clock);
    const one = looks.next(looks.takePlace(), () => {});
    looks.next(looks.takePlace(), () => {});
    one.dispose();
    one.dispose();
    assert.equal(clock.pendingTimers, 1);
    clock.advance(SLOW_LOOK_MS);
    assert.equal(clock.pendingTimers, 0);
  });
});
