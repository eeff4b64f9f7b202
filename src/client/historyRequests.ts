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
  /** The lines asked for end right before this one. */
  readonly beforeSeq: number;
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
    /** Told of the frames of an answer that can be used, before it settles. */
    readonly accept: (frame: LinesFrame) => void,
  ) {}

  /** Begins one, unless one of that source is under way. */
  begin(source: string, beforeSeq: number, send: () => void): Promise<HistoryAnswer> {
    if (this.#pending.has(source)) {
      return Promise.resolve({ frames: [], complete: false, text: clientTexts.history.busy });
    }
    return new Promise((settle) => {
      const timer = this.clock.schedule(this.timeoutMs, () => this.end(source, clientTexts.history.timeout));
      this.#pending.set(source, { beforeSeq, frames: [], timer, settle });
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
      const frames = upTo(pending.beforeSeq, pending.frames);
      frames.forEach(this.accept);
      const brokeOff = frames.length === 0 && (pending.frames.length > 0 || text === '');
      pending.settle({
        frames,
        complete: complete && !brokeOff,
        text: brokeOff && text === '' ? clientTexts.history.brokeOff : text,
      });
    }
  }

  endAll(text: string): void {
    for (const source of [...this.#pending.keys()]) {
      this.end(source, text);
    }
  }
}

/**
 * The frames that lie without a hole before a line. An answer that breaks off lacks its end, which is
 * nearest to what is known: what came of it would leave lines out in silence.
 */
function upTo(beforeSeq: number, frames: readonly LinesFrame[]): LinesFrame[] {
  let next = beforeSeq;
  let first = frames.length;
  for (let frame = frames[first - 1]; frame && frame.seq + frame.count === next; frame = frames[first - 1]) {
    next = frame.seq;
    first--;
  }
  return frames.slice(first);
}
