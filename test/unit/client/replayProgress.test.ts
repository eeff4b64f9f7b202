import assert from 'node:assert/strict';
import fc from 'fast-check';
import { defaultPolicy } from '../../../src/client/policy';
import { ReplayProgress } from '../../../src/client/replayProgress';
import { LIMITS } from '../../../src/protocol/limits';

const { replayQuietMs, replaySilenceMs } = defaultPolicy;

/** The same with a look at every source each time. */
class LookingProgress {
  readonly #heardOf = new Map<string, number | null>();

  announced(source: string, state: string, now: number): void {
    if (state === 'waiting' || state === 'failed') {
      this.#heardOf.set(source, null);
    } else if (!this.#heardOf.has(source)) {
      this.#heardOf.set(source, now);
    }
  }

  marked(source: string): boolean {
    this.#heardOf.set(source, null);
    return [...this.#heardOf.values()].every((at) => at === null);
  }

  arrived(source: string, bytes: number, now: number): boolean {
    const isLast = bytes < LIMITS.framePayloadBytes / 2 && now >= replayQuietMs;
    if (isLast || this.#heardOf.get(source) !== null) {
      this.#heardOf.set(source, isLast ? null : now);
    }
    const times = [...this.#heardOf.values()].filter((at) => at !== null);
    return isLast && (times.length === 0 || now - Math.max(...times) >= replaySilenceMs);
  }
}

describe('the progress of a replay', () => {
  it('is what a look at every source would say, whatever happens', () => {
    const source = fc.constantFrom('a', 'b', 'c', 'd');
    const waitMs = fc.constantFrom(0, 1, replayQuietMs, replaySilenceMs - 1, replaySilenceMs);
    const step = fc.oneof(
      fc.record({ source, waitMs, state: fc.constantFrom('live' as const, 'waiting' as const, 'ended' as const) }),
      fc.record({ source, waitMs, mark: fc.constant(true) }),
      fc.record({ source, waitMs, bytes: fc.constantFrom(10, LIMITS.framePayloadBytes) }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const progress = new ReplayProgress(0, defaultPolicy);
        const looking = new LookingProgress();
        let now = 0;
        for (const each of steps) {
          now += each.waitMs;
          if ('state' in each) {
            progress.announced(each.source, each.state, now);
            looking.announced(each.source, each.state, now);
          } else if ('mark' in each) {
            assert.equal(progress.marked(each.source), looking.marked(each.source));
          } else {
            assert.equal(progress.arrived(each.source, each.bytes, now), looking.arrived(each.source, each.bytes, now));
          }
        }
      }),
    );
  });
});
