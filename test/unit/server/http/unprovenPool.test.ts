import assert from 'node:assert/strict';
import fc from 'fast-check';
import { type DropReason, UnprovenPool } from '../../../../src/server/http/unprovenPool';
import { FakeClock } from '../../../support/fakeClock';

function setUp(most = 3, deadlineMs = 30_000) {
  const clock = new FakeClock();
  const dropped: [number, DropReason][] = [];
  const pool = new UnprovenPool<number>(clock, { most, deadlineMs }, (peer, why) => dropped.push([peer, why]));
  return { clock, dropped, pool };
}

describe('peers that have proved nothing yet', () => {
  it('lose their place to newer ones, the oldest first', () => {
    const { pool, dropped } = setUp(2);
    for (const peer of [1, 2, 3, 4]) {
      pool.enter(peer);
    }
    assert.deepEqual(dropped, [
      [1, 'crowdedOut'],
      [2, 'crowdedOut'],
    ]);
    assert.deepEqual([pool.has(2), pool.has(3), pool.has(4)], [false, true, true]);
  });

  it('lose it at their deadline, counted from when they came', () => {
    const { pool, clock, dropped } = setUp();
    pool.enter(1);
    clock.advance(20_000);
    pool.enter(2);
    clock.advance(9_999);
    assert.deepEqual(dropped, []);
    clock.advance(1);
    assert.deepEqual(dropped, [[1, 'late']]);
    clock.advance(20_000);
    assert.deepEqual(dropped, [
      [1, 'late'],
      [2, 'late'],
    ]);
  });

  it('are dropped by nobody once they have proved who they are, or are gone', () => {
    const { pool, clock, dropped } = setUp(1);
    pool.enter(1);
    pool.leave(1);
    pool.enter(2);
    pool.leave(2);
    pool.leave(2);
    pool.enter(3);
    pool.leave(3);
    clock.advance(3_600_000);
    assert.deepEqual(dropped, []);
    assert.equal(clock.pendingTimers, 0);
  });

  it('find their place given up already when they are told that it is', () => {
    const clock = new FakeClock();
    const had: boolean[] = [];
    const pool = new UnprovenPool<number>(clock, { most: 1, deadlineMs: 10 }, (peer) => {
      had.push(pool.has(peer));
      pool.leave(peer);
    });
    pool.enter(1);
    pool.enter(2);
    clock.advance(10);
    assert.deepEqual(had, [false, false]);
    assert.equal(pool.size, 0);
  });

  it('are never more than there are places, and only the oldest go, in any order of coming, proving and waiting', () => {
    const step = fc.oneof(
      fc.record({ kind: fc.constant('enter' as const) }),
      fc.record({ kind: fc.constant('leave' as const), at: fc.nat(20) }),
      fc.record({ kind: fc.constant('wait' as const), ms: fc.nat(40) }),
    );
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5 }), fc.array(step, { maxLength: 60 }), (most, steps) => {
        const { pool, clock, dropped } = setUp(most, 50);
        /** Those that have a place, with the time each came. */
        let expected: { readonly peer: number; readonly at: number }[] = [];
        const expectedDrops: [number, DropReason][] = [];
        const left = new Set<number>();
        steps.forEach((each, peer) => {
          if (each.kind === 'enter') {
            const oldest = expected[0];
            if (expected.length === most && oldest) {
              expectedDrops.push([oldest.peer, 'crowdedOut']);
              expected = expected.slice(1);
            }
            expected.push({ peer, at: clock.now() });
            pool.enter(peer);
          } else if (each.kind === 'leave') {
            const leaver = expected[each.at];
            if (leaver) {
              left.add(leaver.peer);
              expected = expected.filter((other) => other !== leaver);
              pool.leave(leaver.peer);
            }
          } else {
            clock.advance(each.ms);
            for (const late of expected.filter(({ at }) => at + 50 <= clock.now())) {
              expectedDrops.push([late.peer, 'late']);
            }
            expected = expected.filter(({ at }) => at + 50 > clock.now());
          }
          assert.ok(pool.size <= most);
          assert.equal(pool.size, expected.length);
          assert.ok(expected.every((waiting) => pool.has(waiting.peer)));
        });
        assert.deepEqual(dropped, expectedDrops);
        assert.ok(dropped.every(([peer]) => !left.has(peer)));
        assert.equal(clock.pendingTimers, pool.size);
      }),
    );
  });
});
