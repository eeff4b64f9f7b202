import type { Disposable } from '../../src/base/disposable';
import { FakeClock } from './fakeClock';

/** A fake clock on which a millisecond passes whenever somebody looks: what works in slices takes several turns. */
export class WorkingClock extends FakeClock {
  #looks = 0;
  #turns = 0;

  /** How many scheduled callbacks have run. */
  get turns(): number {
    return this.#turns;
  }

  override now(): number {
    this.#looks++;
    return super.now() + this.#looks;
  }

  override schedule(delayMs: number, callback: () => void): Disposable {
    return super.schedule(delayMs, () => {
      this.#turns++;
      callback();
    });
  }
}
