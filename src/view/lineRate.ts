import type { Clock } from '../base/clock';

/** Over how long lines are counted, in ms, and in how many steps. */
const WINDOW_MS = 1000;
const STEPS = 10;

/** How many lines came in the last second, to a tenth of it. */
export class LineRate {
  readonly #clock: Clock;
  readonly #counts = new Array<number>(STEPS).fill(0);
  #step: number;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#step = this.#currentStep();
  }

  add(lines: number): void {
    this.#move();
    const index = this.#step % STEPS;
    this.#counts[index] = (this.#counts[index] ?? 0) + lines;
  }

  /** Lines per second. */
  get perSecond(): number {
    this.#move();
    return this.#counts.reduce((sum, count) => sum + count, 0) * (1000 / WINDOW_MS);
  }

  #currentStep(): number {
    return Math.floor((this.#clock.now() / WINDOW_MS) * STEPS);
  }

  /** Forgets the steps that have left the window. */
  #move(): void {
    const now = this.#currentStep();
    for (let step = Math.max(this.#step, now - STEPS) + 1; step <= now; step++) {
      this.#counts[step % STEPS] = 0;
    }
    this.#step = now;
  }
}
