import assert from 'node:assert/strict';
import { StallWatch } from '../../../../src/server/sessions/stallWatch';
import { FakeClock } from '../../../support/fakeClock';

const LIMIT_MS = 60_000;
const FULL_BYTES = 1024 * 1024;

function watched() {
  const clock = new FakeClock();
  const way = { unsentBytes: FULL_BYTES, stalledAt: undefined as number | undefined };
  const watch = new StallWatch(clock, LIMIT_MS, {
    isFull: () => way.unsentBytes >= FULL_BYTES,
    underWay: () => way.unsentBytes,
    stalled: () => {
      way.stalledAt = clock.now();
    },
  });
  return { clock, way, watch };
}

describe('the watch for a client that takes nothing', () => {
  it('calls it stalled after 60 s without a byte', () => {
    const { clock, way, watch } = watched();
    watch.full();
    clock.advance(LIMIT_MS - 1);
    assert.equal(way.stalledAt, undefined);
    clock.advance(1);
    assert.equal(way.stalledAt, LIMIT_MS);
    assert.equal(clock.pendingTimers, 0);
  });

  it('does not call a client stalled that takes slowly, although it is filled up to the same level each time', () => {
    const { clock, way, watch } = watched();
    for (let frame = 0; frame < 100; frame++) {
      watch.full();
      clock.advance(20_000);
      watch.taken();
    }
    assert.equal(way.stalledAt, undefined);
  });

  it('counts the bytes of a frame that takes longer than 60 s to leave', () => {
    const { clock, way, watch } = watched();
    way.unsentBytes = 2 * FULL_BYTES;
    watch.full();
    for (let second = 0; second < 100; second++) {
      clock.advance(1000);
      way.unsentBytes -= 10_000;
    }
    assert.equal(way.stalledAt, undefined);
  });

  it('calls a client stalled that took for a while and then nothing more', () => {
    const { clock, way, watch } = watched();
    watch.full();
    clock.advance(50_000);
    watch.taken();
    clock.advance(LIMIT_MS - 1);
    assert.equal(way.stalledAt, undefined);
    clock.advance(5000);
    assert.ok(way.stalledAt !== undefined);
  });

  it('ends with the fullness, and begins anew with the next', () => {
    const { clock, way, watch } = watched();
    watch.full();
    clock.advance(50_000);
    way.unsentBytes = 0;
    clock.advance(LIMIT_MS);
    assert.equal(clock.pendingTimers, 0);
    way.unsentBytes = FULL_BYTES;
    watch.full();
    clock.advance(LIMIT_MS - 1);
    assert.equal(way.stalledAt, undefined);
    watch.dispose();
    assert.equal(clock.pendingTimers, 0);
  });
});
