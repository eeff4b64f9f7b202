import type { Clock } from '../../../base/clock';
import type { Disposable } from '../../../base/disposable';
import type { SlowLooks } from './slowLooks';

/** Where no watcher tells of changes, and while a file is being rotated, ms. */
export const FAST_LOOK_MS = 200;

/** What a schedule needs of the watchers of a file's folders. */
export interface Watching {
  /** Events that came so far. */
  readonly events: number;
  /** Every folder is watched, on a file system that tells of every change. */
  readonly isReliable: boolean;
}

/** What is looked at. */
export interface LookedAt {
  /** Changes that were found so far. */
  readonly changes: number;
  /** The file is there, or has not been for a while, and nothing is under way with it. */
  readonly isCalm: boolean;
  /** Looks whether it has changed, and if so, what. */
  glance(): Promise<void>;
}

/**
 * When a file is looked at although nothing told of a change: seldom where watchers deliver, else often.
 * Watchers that let a change pass are not believed any more, whatever the file system says of itself.
 */
export class LookSchedule implements Disposable {
  readonly #file: LookedAt;
  readonly #watching: Watching;
  readonly #clock: Clock;
  readonly #slowLooks: SlowLooks;
  readonly #place: number;
  #timer: Disposable | undefined;
  #disposed = false;
  /** Changes and events at the last look. */
  #seen: { readonly changes: number; readonly events: number };
  /** Events when a change was found that none had told of; it may have been on its way. */
  #missedAt: number | undefined;
  #isDeaf = false;

  /** `slowLooks`: shared by the files of a server. */
  constructor(file: LookedAt, watching: Watching, clock: Clock, slowLooks: SlowLooks) {
    this.#file = file;
    this.#watching = watching;
    this.#clock = clock;
    this.#slowLooks = slowLooks;
    this.#place = slowLooks.takePlace();
    this.#seen = { changes: file.changes, events: watching.events };
  }

  /** Looks from now on. */
  start(): void {
    this.#seen = { changes: this.#file.changes, events: this.#watching.events };
    this.#schedule();
  }

  /** To be called after each look, whoever asked for it. */
  looked(): void {
    const { changes } = this.#file;
    const { events } = this.#watching;
    if (changes !== this.#seen.changes && events === this.#seen.events) {
      this.#missedAt ??= events;
    } else if (events !== this.#missedAt) {
      this.#missedAt = undefined;
    }
    this.#seen = { changes, events };
  }

  dispose(): void {
    this.#disposed = true;
    this.#timer?.dispose();
  }

  #schedule(): void {
    if (this.#disposed) {
      return;
    }
    const isSeldom = this.#file.isCalm && this.#watching.isReliable && !this.#isDeaf && this.#missedAt === undefined;
    this.#timer = isSeldom
      ? this.#slowLooks.next(this.#place, () => this.#look())
      : this.#clock.schedule(FAST_LOOK_MS, () => this.#look());
  }

  #look(): void {
    // What was on its way has come by now.
    this.#isDeaf ||= this.#missedAt !== undefined && this.#missedAt === this.#watching.events;
    this.#missedAt = undefined;
    void this.#file.glance().then(() => this.#schedule());
  }
}
