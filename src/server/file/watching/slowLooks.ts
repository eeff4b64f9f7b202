import type { Clock } from '../../../base/clock';
import type { Disposable } from '../../../base/disposable';

/** Net under missed events where watchers deliver, ms. */
export const SLOW_LOOK_MS = 2_000;
/** Turns in that time: of a thousand files, some are looked at in each, and none has a timer of its own. */
const TURNS = 8;

/** The looks that are taken every two seconds, of all files of a server, spread over that time. */
export class SlowLooks {
  readonly #clock: Clock;
  readonly #turns: Set<() => void>[] = Array.from({ length: TURNS }, () => new Set());
  #places = 0;
  #turn = 0;
  #waiting = 0;
  #timer: Disposable | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** A place among the turns; whoever asks next gets another one. */
  takePlace(): number {
    return this.#places++ % TURNS;
  }

  /** Runs `look` once, when it is next the turn of a place: within two seconds. */
  next(place: number, look: () => void): Disposable {
    const looks = this.#turns[place % TURNS] as Set<() => void>;
    looks.add(look);
    this.#waiting++;
    this.#timer ??= this.#clock.schedule(SLOW_LOOK_MS / TURNS, () => this.#takeTurn());
    return {
      dispose: () => {
        if (looks.delete(look)) {
          this.#waiting--;
          this.#stopIfIdle();
        }
      },
    };
  }

  #takeTurn(): void {
    this.#turn = (this.#turn + 1) % TURNS;
    this.#timer = this.#clock.schedule(SLOW_LOOK_MS / TURNS, () => this.#takeTurn());
    const looks = this.#turns[this.#turn] as Set<() => void>;
    const due = [...looks];
    looks.clear();
    this.#waiting -= due.length;
    for (const look of due) {
      look();
    }
    this.#stopIfIdle();
  }

  #stopIfIdle(): void {
    if (this.#waiting === 0) {
      this.#timer?.dispose();
      this.#timer = undefined;
    }
  }
}
