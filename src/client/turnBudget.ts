import type { Clock } from '../base/clock';
import type { Disposable } from '../base/disposable';

/**
 * How long lines may be taken in before everyone else in the process gets a turn, in ms. The
 * extension host is shared by all extensions a person has: it is not held for more than about 10 ms.
 */
const TURN_MS = 8;

/** Less is not worth a timer, ms: what comes one by one is counted together until it is as much. */
const COUNTED_MS = 1;

/** What can be slowed down: a connection stops reading, and the server is slowed down in turn. */
export interface Pausable {
  pause(): void;
  resume(): void;
}

/**
 * Runs pieces of work as they come, and pauses where they come from once they have taken the whole
 * of a turn; it goes on when the event loop has been round. So a flood is taken in as fast as the
 * host can without keeping others waiting, and what does not fit waits at the server, not in memory.
 */
export class TurnBudget implements Disposable {
  readonly #clock: Clock;
  readonly #origin: Pausable;
  readonly #turnMs: number;
  #spentMs = 0;
  #paused = false;
  #turn: Disposable | undefined;

  constructor(clock: Clock, origin: Pausable, turnMs = TURN_MS) {
    this.#clock = clock;
    this.#origin = origin;
    this.#turnMs = turnMs;
  }

  run(work: () => void): void {
    const startedAt = this.#clock.now();
    work();
    this.#spentMs += this.#clock.now() - startedAt;
    if (this.#spentMs >= COUNTED_MS) {
      this.#turn ??= this.#clock.schedule(0, () => this.#nextTurn());
    }
    if (this.#spentMs >= this.#turnMs && !this.#paused) {
      this.#paused = true;
      this.#origin.pause();
    }
  }

  dispose(): void {
    this.#turn?.dispose();
    this.#turn = undefined;
  }

  #nextTurn(): void {
    this.#turn = undefined;
    this.#spentMs = 0;
    if (this.#paused) {
      this.#paused = false;
      this.#origin.resume();
    }
  }
}
