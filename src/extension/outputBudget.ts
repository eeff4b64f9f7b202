import type { Clock } from '../base/clock';
import type { Disposable } from '../base/disposable';

/** What the output channel is given at most; an output channel fed faster stalls the whole window. */
export interface OutputLimits {
  /** A batch is handed over when it has this many bytes … */
  readonly batchBytes: number;
  /** … or when its first line has waited this long, in ms. */
  readonly batchDelayMs: number;
  /** Sustained rate, and the most that is passed on at once, in bytes. */
  readonly bytesPerSecond: number;
}

/**
 * Measured in VS Code 1.139 on two cores: appending 50,000 lines/s one by one stalls the window for
 * 350–800 ms; batches under this budget do not.
 */
export const OUTPUT_LIMITS: OutputLimits = { batchBytes: 64 * 1024, batchDelayMs: 50, bytesPerSecond: 1024 * 1024 };

/** How long lines left out are summed up before they are told, in ms. */
const LEFT_OUT_DELAY_MS = 1000;

const NEWLINE = 0x0a;

/** Where batches go: text that ends in a newline. */
export interface OutputSink {
  /** Lines as they are to be shown. */
  append(text: string): void;
  /** So many lines were not shown here, in this place. */
  leftOut(lines: number): void;
}

/**
 * Passes lines on to a sink in batches and within a budget of bytes per second. What does not fit
 * the budget is counted, never silently lost: the sink is told how many lines are missing, in their
 * place, before the next line that is shown, and at the latest when a second has passed. The order
 * is that of arrival. Lines over budget are neither decoded nor kept.
 */
export class OutputBudget implements Disposable {
  readonly #sink: OutputSink;
  readonly #toText: (lines: Uint8Array) => string;
  readonly #clock: Clock;
  readonly #limits: OutputLimits;
  #pending: string[] = [];
  #pendingBytes = 0;
  #leftOutLines = 0;
  #allowance: number;
  #allowanceAt: number;
  /** Over budget: nothing passes until half of it has been earned back, so that lines and holes do not alternate. */
  #exhausted = false;
  #batchTimer: Disposable | undefined;
  #leftOutTimer: Disposable | undefined;
  #disposed = false;

  /** @param toText turns whole lines, newlines included, into what a person shall read. */
  constructor(
    sink: OutputSink,
    toText: (lines: Uint8Array) => string,
    clock: Clock,
    limits: OutputLimits = OUTPUT_LIMITS,
  ) {
    this.#sink = sink;
    this.#toText = toText;
    this.#clock = clock;
    this.#limits = limits;
    this.#allowance = limits.bytesPerSecond;
    this.#allowanceAt = clock.now();
  }

  /**
   * Adds whole lines.
   *
   * @param bytes lines, each ending in a newline.
   * @param count how many lines these are.
   */
  addLines(bytes: Uint8Array, count: number): void {
    if (this.#disposed) {
      return;
    }
    this.#refill();
    let from = 0;
    let shown = 0;
    while (from < bytes.length && !this.#exhausted) {
      const end = pieceEnd(bytes, from, Math.min(this.#limits.batchBytes, Math.floor(this.#allowance)));
      if (end - from > this.#allowance) {
        this.#exhausted = true;
        break;
      }
      const piece = bytes.subarray(from, end);
      this.#allowance -= piece.length;
      shown += end === bytes.length ? count - shown : countLines(piece);
      this.#push(this.#toText(piece), piece.length);
      from = end;
    }
    if (shown < count) {
      this.#leaveOut(count - shown);
    }
  }

  /** Adds a notice in its place between the lines; notices are few and always shown. */
  addNotice(text: string): void {
    if (!this.#disposed) {
      this.#push(`${text}\n`, text.length);
    }
  }

  /** Hands over what is waiting. */
  flush(): void {
    this.#deliver();
    this.#tellLeftOut();
  }

  /** Forgets what is waiting. */
  dispose(): void {
    this.#disposed = true;
    this.#stopTimers();
    this.#pending = [];
    this.#pendingBytes = 0;
    this.#leftOutLines = 0;
  }

  #push(text: string, bytes: number): void {
    if (this.#leftOutLines > 0) {
      this.flush();
    }
    this.#pending.push(text);
    this.#pendingBytes += bytes;
    if (this.#pendingBytes >= this.#limits.batchBytes) {
      this.#deliver();
    } else {
      this.#batchTimer ??= this.#clock.schedule(this.#limits.batchDelayMs, () => this.#deliver());
    }
  }

  #leaveOut(lines: number): void {
    this.#leftOutLines += lines;
    // What is missing is said even if nothing follows; one sentence for all that a second left out.
    this.#leftOutTimer ??= this.#clock.schedule(LEFT_OUT_DELAY_MS, () => this.flush());
  }

  #deliver(): void {
    this.#batchTimer?.dispose();
    this.#batchTimer = undefined;
    if (this.#pending.length > 0) {
      const text = this.#pending.join('');
      this.#pending = [];
      this.#pendingBytes = 0;
      this.#sink.append(text);
    }
  }

  #tellLeftOut(): void {
    this.#leftOutTimer?.dispose();
    this.#leftOutTimer = undefined;
    if (this.#leftOutLines > 0) {
      const lines = this.#leftOutLines;
      this.#leftOutLines = 0;
      this.#sink.leftOut(lines);
    }
  }

  #stopTimers(): void {
    this.#batchTimer?.dispose();
    this.#batchTimer = undefined;
    this.#leftOutTimer?.dispose();
    this.#leftOutTimer = undefined;
  }

  #refill(): void {
    const now = this.#clock.now();
    const earned = ((now - this.#allowanceAt) / 1000) * this.#limits.bytesPerSecond;
    this.#allowance = Math.min(this.#limits.bytesPerSecond, this.#allowance + earned);
    this.#allowanceAt = now;
    if (this.#allowance >= this.#limits.bytesPerSecond / 2) {
      this.#exhausted = false;
    }
  }
}

/** Where to cut a piece of whole lines: the last line end within `size` bytes, else the end of the one long line. */
function pieceEnd(bytes: Uint8Array, from: number, size: number): number {
  if (bytes.length - from <= size) {
    return bytes.length;
  }
  const within = size > 0 ? bytes.lastIndexOf(NEWLINE, from + size - 1) : -1;
  return (within >= from ? within : bytes.indexOf(NEWLINE, from + size)) + 1;
}

function countLines(bytes: Uint8Array): number {
  let count = 0;
  for (let at = bytes.indexOf(NEWLINE); at !== -1; at = bytes.indexOf(NEWLINE, at + 1)) {
    count += 1;
  }
  return count;
}
