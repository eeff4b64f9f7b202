import type { Clock } from '../base/clock';
import type { Disposable } from '../base/disposable';
import type { LinesFrame } from '../protocol/frames';
import { clientTexts } from '../text/client';

interface Answer {
  readonly frames: readonly LinesFrame[];
  readonly text: string;
}

interface Pending {
  readonly frames: LinesFrame[];
  readonly timer: Disposable;
  readonly settle: (answer: Answer) => void;
}

/** Requests for earlier lines under way, one per source. Every one settles: by its end, by time, by a loss. */
export class HistoryRequests {
  readonly #pending = new Map<string, Pending>();

  constructor(
    readonly clock: Clock,
    readonly timeoutMs: number,
  ) {}

  /** Begins one, unless one of that source is under way. */
  begin(source: string, send: () => void): Promise<Answer> {
    if (this.#pending.has(source)) {
      return Promise.resolve({ frames: [], text: clientTexts.history.busy });
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

  end(source: string, text: string): void {
    const pending = this.#pending.get(source);
    if (pending !== undefined) {
      this.#pending.delete(source);
      pending.timer.dispose();
      pending.settle({ frames: pending.frames, text });
    }
  }

  endAll(text: string): void {
    for (const source of [...this.#pending.keys()]) {
      this.end(source, text);
    }
  }
}
