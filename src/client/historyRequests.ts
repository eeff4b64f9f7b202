import type { Clock } from '../base/clock';
import type { Disposable } from '../base/disposable';
import type { LinesFrame } from '../protocol/frames';
import { clientTexts } from '../text/client';

/** What became of a request for earlier lines. */
export interface HistoryAnswer {
  /** Ascending; they end right before the earliest line known until then. */
  readonly frames: readonly LinesFrame[];
  /** Nothing earlier can be had from this source: asking again is useless. */
  readonly complete: boolean;
  /** Empty, or says why nothing (more) came. */
  readonly text: string;
}

interface Pending {
  readonly frames: LinesFrame[];
  readonly timer: Disposable;
  readonly settle: (answer: HistoryAnswer) => void;
}

/** Requests for earlier lines under way, one per source. Every one settles: by its end, by time, by a loss. */
export class HistoryRequests {
  readonly #pending = new Map<string, Pending>();

  constructor(
    readonly clock: Clock,
    readonly timeoutMs: number,
  ) {}

  /** Begins one, unless one of that source is under way. */
  begin(source: string, send: () => void): Promise<HistoryAnswer> {
    if (this.#pending.has(source)) {
      return Promise.resolve({ frames: [], complete: false, text: clientTexts.history.busy });
    }
    return new Promise((settle) => {
      const timer = this.clock.schedule(this.timeoutMs, () => this.end(source, clientTexts.history.timeout));
      this.#pending.set(source, { frames: [], timer, settle });
      send();
    });
  }

  add(frame: LinesFrame): void {
    this.#pending.get(frame.source)?.frames.push(frame);
  }

  /** @param complete the server says that there is nothing earlier. */
  end(source: string, text: string, complete = false): void {
    const pending = this.#pending.get(source);
    if (pending !== undefined) {
      this.#pending.delete(source);
      pending.timer.dispose();
      pending.settle({ frames: pending.frames, complete, text });
    }
  }

  endAll(text: string): void {
    for (const source of [...this.#pending.keys()]) {
      this.end(source, text);
    }
  }
}
