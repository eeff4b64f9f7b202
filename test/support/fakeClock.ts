import type { Clock } from '../../src/base/clock';
import { type Disposable, toDisposable } from '../../src/base/disposable';

interface PendingTimer {
  readonly due: number;
  readonly order: number;
  readonly callback: () => void;
}

/**
 * A clock that moves only when told. Timers fire in the order of their due times, ties in the
 * order they were set, exactly as a runtime that is never late would fire them.
 */
export class FakeClock implements Clock {
  #now: number;
  #order = 0;
  readonly #wallOffset: number;
  #timers: PendingTimer[] = [];

  constructor(startMs = 0, wallStartMs = Date.UTC(2026, 0, 1)) {
    this.#now = startMs;
    this.#wallOffset = wallStartMs - startMs;
  }

  now(): number {
    return this.#now;
  }

  wallTime(): number {
    return this.#wallOffset + this.#now;
  }

  schedule(delayMs: number, callback: () => void): Disposable {
    const timer: PendingTimer = {
      due: this.#now + Math.max(0, delayMs),
      order: this.#order++,
      callback,
    };
    this.#timers.push(timer);
    return toDisposable(() => {
      this.#timers = this.#timers.filter((other) => other !== timer);
    });
  }

  /** How many timers wait; zero after a clean stop. */
  get pendingTimers(): number {
    return this.#timers.length;
  }

  /** When the next timer is due (ms on this clock), or undefined if none waits. */
  get nextDue(): number | undefined {
    return this.#next()?.due;
  }

  /** Moves `ms` forward, firing what falls due on the way, each at its own time. */
  advance(ms: number): void {
    const end = this.#now + ms;
    for (let timer = this.#next(); timer && timer.due <= end; timer = this.#next()) {
      this.#fire(timer);
    }
    this.#now = end;
  }

  /** Like {@link advance}, letting promise callbacks run between timers. */
  async advanceAsync(ms: number): Promise<void> {
    const end = this.#now + ms;
    await settle();
    for (let timer = this.#next(); timer && timer.due <= end; timer = this.#next()) {
      this.#fire(timer);
      await settle();
    }
    this.#now = end;
    await settle();
  }

  /**
   * Jumps `ms` forward first and fires what is overdue afterwards, all of it late: a laptop that
   * slept, or an event loop that was held.
   */
  sleepThrough(ms: number): void {
    this.#now += ms;
    this.advance(0);
  }

  #next(): PendingTimer | undefined {
    let first: PendingTimer | undefined;
    for (const timer of this.#timers) {
      if (!first || timer.due < first.due || (timer.due === first.due && timer.order < first.order)) {
        first = timer;
      }
    }
    return first;
  }

  #fire(timer: PendingTimer): void {
    this.#timers = this.#timers.filter((other) => other !== timer);
    this.#now = Math.max(this.#now, timer.due);
    timer.callback();
  }
}

async function settle(): Promise<void> {
  for (let turn = 0; turn < 5; turn++) {
    await Promise.resolve();
  }
}
