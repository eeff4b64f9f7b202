import assert from 'node:assert/strict';
import fc from 'fast-check';
import { type BackoffSituation, backoffDelayMs, backoffLimitMs } from '../../../src/client/backoff';
import { defaultPolicy } from '../../../src/client/policy';

const base: BackoffSituation = {
  cause: 'refused',
  failures: 1,
  loopback: false,
  focused: false,
  reconnectWindowMs: 0,
  retryAfterMs: 0,
};
const limits = (change: Partial<BackoffSituation>) =>
  [1, 2, 3, 4, 5, 6, 7, 50].map((failures) => backoffLimitMs({ ...base, ...change, failures }, defaultPolicy) / 1000);

describe('the delay before the next dial', () => {
  it('grows as min(cap, 1 s · 2^(n−1)), with a cap by situation', () => {
    assert.deepEqual(limits({}), [1, 2, 4, 8, 16, 32, 60, 60]);
    assert.deepEqual(limits({ focused: true }), [1, 2, 4, 8, 15, 15, 15, 15]);
    assert.deepEqual(limits({ loopback: true }), [1, 2, 4, 5, 5, 5, 5, 5]);
    assert.deepEqual(limits({ cause: 'lost', focused: true, loopback: true }), [1, 2, 4, 8, 16, 32, 60, 60]);
  });

  it('is drawn from 0 to the larger of backoff and reconnect window, whatever the caps', () => {
    fc.assert(
      fc.property(
        fc.record({
          cause: fc.constantFrom('refused' as const, 'lost' as const, 'planned' as const),
          failures: fc.integer({ min: 0, max: 5000 }),
          loopback: fc.boolean(),
          focused: fc.boolean(),
          reconnectWindowMs: fc.integer({ min: 0, max: 500_000 }),
          retryAfterMs: fc.integer({ min: 0, max: 100_000 }),
        }),
        fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
        (situation, draw) => {
          const delay = backoffDelayMs(situation, defaultPolicy, draw);
          const limit = backoffLimitMs(situation, defaultPolicy);
          assert.ok(limit >= situation.reconnectWindowMs);
          assert.ok(limit <= Math.max(60_000, situation.reconnectWindowMs));
          assert.ok(delay >= situation.retryAfterMs && delay <= situation.retryAfterMs + limit + 1);
        },
      ),
    );
  });

  it('is an hour at most, whatever window or Retry-After a server states', () => {
    const absurd = { ...base, reconnectWindowMs: 1e15, retryAfterMs: 0 };
    const hour = 3_600_000;
    assert.equal(backoffDelayMs({ ...absurd, cause: 'planned', failures: 0 }, defaultPolicy, 0.9999999), hour);
    assert.equal(backoffLimitMs({ ...absurd, cause: 'lost' }, defaultPolicy), hour);
    assert.equal(backoffDelayMs({ ...base, retryAfterMs: 1e15 }, defaultPolicy, 0), hour);
  });

  it('of a planned reconnect without a window is nothing', () => {
    assert.equal(backoffDelayMs({ ...base, cause: 'planned', failures: 0 }, defaultPolicy, 0.99), 0);
  });
});
