import type { Clock } from '../base/clock';
import { RateLimit } from '../base/rateLimit';
import { texts } from '../text/texts';

/** Lines in a row, and per second after that. */
const BURST = 50;
const PER_SECOND = 1;

/**
 * What is logged of those who have not proved that they may read. Whoever can connect could else fill a disk
 * with it; so beyond a rate nothing is said but how much was left out, with the next line.
 */
export class LimitedLog {
  readonly #rate: RateLimit;
  readonly #log: (text: string) => void;
  #leftOut = 0;

  constructor(clock: Clock, log: (text: string) => void) {
    this.#rate = new RateLimit(clock, BURST, PER_SECOND);
    this.#log = log;
  }

  write(text: string): void {
    if (!this.#rate.take()) {
      this.#leftOut++;
      return;
    }
    if (this.#leftOut > 0) {
      this.#log(texts.server.strangersLeftOut(this.#leftOut));
      this.#leftOut = 0;
    }
    this.#log(text);
  }
}
