import type { Clock } from '../../base/clock';
import type { Disposable } from '../../base/disposable';
import type { LogSource, SourceReader, StartingPoint } from '../logSource';
import { Retry } from '../retry';

export interface SourceOpeningEvents {
  /** It is open; the reader is the listener's from now on. */
  opened(reader: SourceReader): void;
  /** It cannot be opened at present. Told once; the attempts go on. */
  failed(error: unknown): void;
}

/**
 * One session's way into one source. A file may be unreadable just then (a network file system that
 * is away, a disk that errs), which is no reason to give up the source, and still less the others.
 */
export class SourceOpening implements Disposable {
  readonly #source: LogSource;
  readonly #start: StartingPoint;
  readonly #events: SourceOpeningEvents;
  readonly #retry: Retry;
  readonly #left = new AbortController();

  constructor(source: LogSource, start: StartingPoint, clock: Clock, events: SourceOpeningEvents) {
    this.#source = source;
    this.#start = start;
    this.#events = events;
    this.#retry = new Retry(clock);
  }

  /** Tries once, and again by itself after a failure. Resolves after this one attempt, whatever comes of it. */
  async attempt(): Promise<void> {
    let reader: SourceReader;
    try {
      reader = await this.#source.open(this.#start, this.#left.signal);
    } catch (error) {
      if (!this.#left.signal.aborted) {
        this.#retry.failed(() => void this.attempt());
        if (this.#retry.failures === 1) {
          this.#events.failed(error);
        }
      }
      return;
    }
    if (this.#left.signal.aborted) {
      reader.dispose();
    } else {
      this.#events.opened(reader);
    }
  }

  /** Gives up; a reader that still comes is let go. */
  dispose(): void {
    this.#left.abort();
    this.#retry.dispose();
  }
}
