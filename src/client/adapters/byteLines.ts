const NEWLINE = 0x0a;

/** Up to so many bytes are put together with what came before, for one frame; of more only the line in question, bytes. */
const joinedBytes = 64 * 1024;

/** No more memory than this is kept for the next unfinished line, bytes. */
const keptBytes = 64 * 1024;

/**
 * Whole lines cut from a stream of bytes that comes in pieces of any kind. A line longer than
 * `maxLineBytes` comes in pieces of that length, cut where a log server cuts those of its sources
 * (server/lineCutter.ts, which may use Node's buffers). Work and memory are linear in what
 * comes: whole lines are passed on as views, only unfinished ones are copied.
 */
export class ByteLines {
  readonly #maxLineBytes: number;
  /** `continues`: the last line is a piece of a longer one; its newline was added. */
  readonly #cut: (lines: Uint8Array, continues: boolean) => void;
  #memory = new Uint8Array(0);
  #length = 0;

  /** `cut` gets one or more lines, each ending in a newline, and may keep them. */
  constructor(maxLineBytes: number, cut: (lines: Uint8Array, continues: boolean) => void) {
    this.#maxLineBytes = maxLineBytes;
    this.#cut = cut;
  }

  /** What has no newline yet, at most `maxLineBytes`; not to be kept. */
  get unfinished(): Uint8Array {
    return this.#memory.subarray(0, this.#length);
  }

  /** The next bytes of the stream. */
  take(bytes: Uint8Array): void {
    if (this.#length === 0 && bytes.length <= this.#maxLineBytes && bytes[bytes.length - 1] === NEWLINE) {
      // The most common message by far, and often a small one: nothing to look for.
      this.#cut(bytes, false);
    } else {
      this.#cutFrom(bytes, this.#length === 0 ? 0 : this.#finishLine(bytes));
    }
  }

  /** Adds bytes that hold no newline, and that there is room for, to what is unfinished. */
  hold(bytes: Uint8Array): void {
    const length = this.#length + bytes.length;
    if (length > this.#memory.length) {
      const memory = new Uint8Array(Math.max(length, 2 * this.#memory.length, 256));
      memory.set(this.unfinished);
      this.#memory = memory;
    }
    this.#memory.set(bytes, this.#length);
    this.#length = length;
  }

  /** The stream has ended, or what is unfinished has proved to be a line: it gets its newline. */
  end(): void {
    if (this.#length > 0) {
      this.#cut(this.#withUnfinished(new Uint8Array(0), true), false);
    }
  }

  /** Forgets what is unfinished. */
  clear(): void {
    this.#length = 0;
    if (this.#memory.length > keptBytes) {
      this.#memory = new Uint8Array(0);
    }
  }

  /** Cuts the line that is unfinished, as far as `bytes` go on with it; returns how many of them it took. */
  #finishLine(bytes: Uint8Array): number {
    const max = this.#maxLineBytes;
    const isShort = this.#length + bytes.length <= Math.min(max, joinedBytes);
    const newline = isShort ? bytes.lastIndexOf(NEWLINE) : bytes.indexOf(NEWLINE);
    const end = newline === -1 ? bytes.length : newline;
    let from = 0;
    // One byte more than allowed must be there: a line of exactly the limit may just lack its newline.
    while (this.#length + end - from > max) {
      const taken = max - this.#length;
      this.#cut(this.#withUnfinished(bytes.subarray(from, from + taken), true), true);
      from += taken;
    }
    if (newline === -1) {
      return from;
    }
    this.#cut(this.#withUnfinished(bytes.subarray(from, newline + 1), false), false);
    return newline + 1;
  }

  /** Cuts `bytes` from where a line begins, and holds the rest. */
  #cutFrom(bytes: Uint8Array, from: number): void {
    let wholeFrom = from;
    let start = from;
    for (;;) {
      // All lines that end in here are short enough; so the steps are of lines' limits, not of lines.
      const within = bytes.subarray(start, start + this.#maxLineBytes + 1);
      const newline = within.lastIndexOf(NEWLINE);
      if (newline !== -1) {
        start += newline + 1;
        continue;
      }
      if (start > wholeFrom) {
        this.#cut(bytes.subarray(wholeFrom, start), false);
      }
      if (within.length <= this.#maxLineBytes) {
        this.hold(within);
        return;
      }
      this.#cut(this.#withUnfinished(within.subarray(0, this.#maxLineBytes), true), true);
      start += this.#maxLineBytes;
      wholeFrom = start;
    }
  }

  /** What is unfinished, which it is no longer, with `bytes` behind it. */
  #withUnfinished(bytes: Uint8Array, newline: boolean): Uint8Array {
    const whole = new Uint8Array(this.#length + bytes.length + (newline ? 1 : 0));
    whole.set(this.unfinished);
    whole.set(bytes, this.#length);
    if (newline) {
      whole[whole.length - 1] = NEWLINE;
    }
    this.clear();
    return whole;
  }
}
