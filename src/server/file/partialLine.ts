import type { Clock } from '../../base/clock';
import type { Disposable } from '../../base/disposable';
import { LIMITS } from '../../protocol/limits';
import { TIMINGS } from '../../protocol/timings';
import type { LogFileHandle } from './bytes/logFileHandle';

/** The line that a file ends in without a newline, once it has stood still for a while: it may be a prompt. */
export class PartialLine implements Disposable {
  readonly #clock: Clock;
  readonly #changed: () => void;
  #text = '';
  /** Where the line stands that was looked at last, and how far it went. */
  #place = '';
  #timer: Disposable | undefined;
  #disposed = false;

  constructor(clock: Clock, changed: () => void) {
    this.#clock = clock;
    this.#changed = changed;
  }

  /** '' where there is none. */
  get text(): string {
    return this.#text;
  }

  /** Looks what the file at the path ends in, if one is there. */
  look(current: LogFileHandle | undefined): void {
    const unfinished = current?.unfinished;
    const place = unfinished ? `${current?.tip}+${unfinished.length}` : '';
    if (place === this.#place || this.#disposed) {
      return;
    }
    this.#place = place;
    this.#timer?.dispose();
    this.#timer = undefined;
    if (!current || !unfinished || unfinished.length === 0) {
      this.#set('');
      return;
    }
    this.#timer = this.#clock.schedule(TIMINGS.partialMs, () => {
      this.#set(current.unfinishedText(LIMITS.partialBytes));
    });
  }

  /** More was read: the line is another one, or goes on. */
  clear(): void {
    this.#set('');
  }

  dispose(): void {
    this.#disposed = true;
    this.#timer?.dispose();
  }

  #set(text: string): void {
    if (text !== this.#text) {
      this.#text = text;
      this.#changed();
    }
  }
}
