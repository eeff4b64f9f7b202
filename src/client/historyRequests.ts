import type { Clock } from '../base/clock';
import type { Disposable } from '../base/disposable';
import { RateLimit } from '../base/rateLimit';
import type { LinesFrame } from '../protocol/frames';
import { clientTexts } from '../text/client';
import type { Policy } from './policy';

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
  readonly send: () => void;
  /** Of its time limit, from when it is sent; undefined: it waits its turn. */
  timer: Disposable | undefined;
  readonly settle: (answer: HistoryAnswer) => void;
}

/** The figures of {@link Policy} that requests go by. */
export type HistoryPolicy = Pick<Policy, 'historyTimeoutMs' | 'historyAtOnce' | 'historyBurst' | 'historyPerSecond'>;

/**
 * Requests for earlier lines, one per source. Every one settles: by its end, by time, by a loss. A stream of
 * hundreds of sources asks for those of each when a person scrolls up, which a server would take
 * for a flood; so only some are under way, and the others wait.
 */
export class HistoryRequests {
  readonly #clock: Clock;
  readonly #policy: HistoryPolicy;
  readonly #accept: (frame: LinesFrame) => void;
  readonly #rate: RateLimit;
  readonly #pending = new Map<string, Pending>();
  /** Those of them that are not sent yet, the earliest first. */
  readonly #waiting = new Set<string>();
  #turn: Disposable | undefined;

  /** @param accept told of the frames of an answer that can be used, before it settles. */
  constructor(clock: Clock, policy: HistoryPolicy, accept: (frame: LinesFrame) => void) {
    this.#clock = clock;
    this.#policy = policy;
    this.#accept = accept;
    this.#rate = new RateLimit(clock, policy.historyBurst, policy.historyPerSecond);
  }

  /** Begins one, unless one of that source is under way. */
  begin(source: string, beforeSeq: number, send: () => void): Promise<HistoryAnswer> {
    if (this.#pending.has(source)) {
      return Promise.resolve({ frames: [], complete: false, text: clientTexts.history.busy });
    }
    return new Promise((settle) => {
      this.#pending.set(source, { beforeSeq, frames: [], send, timer: undefined, settle });
      this.#waiting.add(source);
      this.#sendOn();
    });
  }

  /** Sends those whose turn has come. */
  #sendOn(): void {
    const { historyAtOnce, historyPerSecond, historyTimeoutMs } = this.#policy;
    for (const source of this.#waiting) {
      if (this.#turn || this.#pending.size - this.#waiting.size >= historyAtOnce) {
        return;
      }
      if (!this.#rate.take()) {
        this.#turn = this.#clock.schedule(1000 / historyPerSecond, () => {
          this.#turn = undefined;
          this.#sendOn();
        });
        return;
      }
      this.#waiting.delete(source);
      const pending = this.#pending.get(source);
      if (pending) {
        pending.timer = this.#clock.schedule(historyTimeoutMs, () => this.end(source, clientTexts.history.timeout));
        pending.send();
      }
    }
  }

  add(frame: LinesFrame): void {
    this.#pending.get(frame.source)?.frames.push(frame);
  }

  /** @param complete the server says that there is nothing earlier. */
  end(source: string, text: string, complete = false): void {
    const pending = this.#pending.get(source);
    if (pending !== undefined) {
      this.#pending.delete(source);
      this.#waiting.delete(source);
      pending.timer?.dispose();
      const frames = upTo(pending.beforeSeq, pending.frames);
      frames.forEach(this.#accept);
      const brokeOff = frames.length === 0 && (pending.frames.length > 0 || text === '');
      pending.settle({
        frames,
        complete: complete && !brokeOff,
        text: brokeOff && text === '' ? clientTexts.history.brokeOff : text,
      });
      this.#sendOn();
    }
  }

  endAll(text: string): void {
    this.#turn?.dispose();
    this.#turn = undefined;
    const sources = [...this.#pending.keys()];
    // None that waits takes the turn of one that ends here.
    this.#waiting.clear();
    for (const source of sources) {
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
