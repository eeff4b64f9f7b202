import type { Clock } from '../base/clock';
import type { Disposable } from '../base/disposable';

/** The wait after a first failure; each further one doubles it. Ms. */
const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 30_000;

/**
 * Tries something again after it failed, with waits that grow from 1 s to 30 s: what is away for a
 * moment is back soon, and what is away for long is not asked without end.
 */
export class Retry implements Disposable {
  readonly #clock: Clock;
  #failures = 0;
  #timer: Disposable | undefined;
  #disposed = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Failures in a row; 0 while all is well. */
  get failures(): number {
    return this.#failures;
  }

  /** The next attempt has its time still to come. */
  get isWaiting(): boolean {
    return this.#timer !== undefined;
  }

  /** It failed: `again` runs after the wait, in place of one that waits already. */
  failed(again: () => void): void {
    if (this.#disposed) {
      return;
    }
    this.#timer?.dispose();
    const waitMs = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.min(this.#failures, 10));
    this.#failures++;
    this.#timer = this.#clock.schedule(waitMs, () => {
      this.#timer = undefined;
      again();
    });
  }

  /** It succeeded: the next failure is a first one again. */
  succeeded(): void {
    this.#failures = 0;
    this.#timer?.dispose();
    this.#timer = undefined;
  }

  dispose(): void {
    this.#disposed = true;
    this.#timer?.dispose();
    this.#timer = undefined;
  }
}
