import type { Clock } from '../base/clock';

/** When earlier lines may be asked for again after none came, ms. */
const AGAIN_MS = 5_000;

/**
 * Whether earlier lines are to be asked for when the first row comes into view. Once until they are
 * there; but an answer that failed must not be the last one, so after a while once more.
 */
export class HistoryAsking {
  readonly #clock: Clock;
  #askedAt: number | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Whether to ask now; it counts as asked then. */
  take(): boolean {
    const now = this.#clock.now();
    if (this.#askedAt !== undefined && now - this.#askedAt < AGAIN_MS) {
      return false;
    }
    this.#askedAt = now;
    return true;
  }

  /** The lines are there, or others are shown. */
  answered(): void {
    this.#askedAt = undefined;
  }
}
