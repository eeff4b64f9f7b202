import type { Clock } from '../base/clock';
import type { Disposable } from '../base/disposable';

/** The first of a number is spoken after so long, so that it tells of more than the first line, ms. */
const GATHER_MS = 1000;
/** Shortest time between two, ms: who listens to a number cannot listen to anything else. */
const PAUSE_MS = 20_000;

/** Has a number that grows by itself spoken now and then, as it is by then, instead of at each change. */
export class SpokenCount implements Disposable {
  readonly #clock: Clock;
  readonly #speak: (text: string) => boolean;
  #text: string | null = null;
  #spoken: string | null = null;
  #spokenAt = Number.NEGATIVE_INFINITY;
  #timer: Disposable | undefined;

  /** @param speak false where something else is being said: then it is tried again. */
  constructor(clock: Clock, speak: (text: string) => boolean) {
    this.#clock = clock;
    this.#speak = speak;
  }

  /** The sentence with the number as it is now; null while there is nothing to count. */
  show(text: string | null): void {
    this.#text = text;
    if (text === null) {
      this.#spoken = null;
      this.dispose();
    } else if (text !== this.#spoken) {
      const next = this.#spokenAt + PAUSE_MS - this.#clock.now();
      this.#timer ??= this.#clock.schedule(Math.max(GATHER_MS, next), () => this.#due());
    }
  }

  dispose(): void {
    this.#timer?.dispose();
    this.#timer = undefined;
  }

  #due(): void {
    this.#timer = undefined;
    const text = this.#text;
    if (text === null || text === this.#spoken) {
      return;
    }
    if (this.#speak(text)) {
      this.#spoken = text;
      this.#spokenAt = this.#clock.now();
    } else {
      this.#timer = this.#clock.schedule(GATHER_MS, () => this.#due());
    }
  }
}
