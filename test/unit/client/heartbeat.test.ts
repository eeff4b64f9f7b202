import assert from 'node:assert/strict';
import fc from 'fast-check';
import { planHeartbeat } from '../../../src/client/heartbeat';
import { defaultPolicy } from '../../../src/client/policy';

const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });
const ms = fc.integer({ min: 1, max: 600_000 });

describe('the heartbeat interval', () => {
  it('is from 1 to 30 s, and less than half of every known timeout that 1 s fits', () => {
    fc.assert(
      fc.property(
        maybe(ms),
        maybe(
          fc.record({
            pingMs: fc.integer({ min: 0, max: 600_000 }),
            receiveTimeoutMs: fc.integer({ min: 1, max: 600_000 }),
          }),
        ),
        maybe(fc.integer({ min: 4000, max: 600_000 })),
        fc.boolean(),
        (chosenMs, stated, silenceLimitMs, ours) => {
          const plan = planHeartbeat({ chosenMs, stated, silenceLimitMs, ours }, defaultPolicy);
          assert.ok(plan.intervalMs >= 1000 && plan.intervalMs <= 30_000);
          if (stated && stated.receiveTimeoutMs >= 3000) {
            assert.ok(plan.intervalMs * 2 < stated.receiveTimeoutMs);
          }
          if (silenceLimitMs) {
            assert.ok(plan.intervalMs * 2 < silenceLimitMs);
          }
        },
      ),
    );
  });

  it('is what the server states, unless the person wants it shorter', () => {
    const stated = { pingMs: 9000, receiveTimeoutMs: 70_000 };
    const plan = (chosenMs?: number) =>
      planHeartbeat({ chosenMs, stated, silenceLimitMs: undefined, ours: true }, defaultPolicy).intervalMs;
    assert.equal(plan(), 9000);
    assert.equal(plan(5000), 5000);
    assert.equal(plan(20_000), 9000);
  });

  it('that the person set too long is corrected in words', () => {
    const plan = planHeartbeat(
      { chosenMs: 60_000, stated: { pingMs: 9000, receiveTimeoutMs: 70_000 }, silenceLimitMs: undefined, ours: true },
      defaultPolicy,
    );
    assert.match(
      plan.correction ?? '',
      /^Your heartbeat interval of 60 s does not fit .* 70 s .*under 35 s.*; 9 s is used\.$/,
    );
    const plain = planHeartbeat(
      { chosenMs: 60_000, stated: undefined, silenceLimitMs: undefined, ours: false },
      defaultPolicy,
    );
    assert.equal(plain.intervalMs, 30_000);
    assert.match(plain.correction ?? '', /longer than the longest allowed/);
  });

  it('is never so short that it makes anybody busy, which is said', () => {
    const plan = (chosenMs: number | undefined, pingMs: number, receiveTimeoutMs: number) =>
      planHeartbeat(
        { chosenMs, stated: { pingMs, receiveTimeoutMs }, silenceLimitMs: undefined, ours: true },
        defaultPolicy,
      );
    const tiny = plan(undefined, 2, 5);
    assert.equal(tiny.intervalMs, 1000);
    assert.match(
      tiny.correction ?? '',
      /^The server's receive timeout of 0.01 s is too short for any heartbeat; .* every 1 s/,
    );
    assert.deepEqual([plan(undefined, 10, 70_000).intervalMs, plan(undefined, 10, 70_000).correction], [1000, null]);
    const chosen = plan(200, 9000, 70_000);
    assert.equal(chosen.intervalMs, 1000);
    assert.match(chosen.correction ?? '', /^The heartbeat interval of 0.2 s is shorter than the shortest allowed; 1 s/);
  });
});
