import type { Clock } from '../../base/clock';
import type { Disposable } from '../../base/disposable';

/** What is watched: the way to one client. */
export interface WatchedWay {
  /** Whether it takes no more at present, so that lines wait. */
  isFull(): boolean;
  /** Bytes of the write under way that have not left yet: another figure each time some of them have. */
  underWay(): number;
  stalled(): void;
}

/** Looks within the limit: how exactly the time of the last byte is known. */
const LOOKS = 12;

/**
 * Tells a client that takes nothing from one that takes slowly. The level of what is unsent says
 * nothing about that: it is filled up again whenever something has left. So every byte that leaves
 * counts, those of a frame that is still on its way too: on a slow way one frame takes long.
 */
export class StallWatch implements Disposable {
  readonly #clock: Clock;
  readonly #limitMs: number;
  readonly #way: WatchedWay;
  #timer: Disposable | undefined;
  #takenAt = 0;
  #underWay = 0;

  /** @param limitMs after so long without a byte leaving it counts as stalled. */
  constructor(clock: Clock, limitMs: number, way: WatchedWay) {
    this.#clock = clock;
    this.#limitMs = limitMs;
    this.#way = way;
  }

  /** The way is full. It is watched until it is not any more. */
  full(): void {
    if (this.#timer) {
      return;
    }
    this.#takenAt = this.#clock.now();
    this.#underWay = this.#way.underWay();
    this.#schedule();
  }

  /** A message has left. */
  taken(): void {
    this.#takenAt = this.#clock.now();
  }

  dispose(): void {
    this.#timer?.dispose();
  }

  #schedule(): void {
    this.#timer = this.#clock.schedule(this.#limitMs / LOOKS, () => {
      this.#timer = undefined;
      this.#look();
    });
  }

  #look(): void {
    if (!this.#way.isFull()) {
      return;
    }
    const underWay = this.#way.underWay();
    if (underWay !== this.#underWay) {
      this.taken();
    }
    this.#underWay = underWay;
    if (this.#clock.now() - this.#takenAt >= this.#limitMs) {
      this.#way.stalled();
    } else {
      this.#schedule();
    }
  }
}
