const NEWLINE = 0x0a;
const NEWLINE_BYTES = Buffer.from([NEWLINE]);

/** Whole lines cut from a byte stream. */
export interface CutLines {
  readonly bytes: Buffer;
  readonly count: number;
  /** The last line is a piece of a longer one; its newline was added. */
  readonly continues: boolean;
}

/** Number of newlines in `bytes`. */
export function countNewlines(bytes: Buffer): number {
  let count = 0;
  for (let at = bytes.indexOf(NEWLINE); at !== -1; at = bytes.indexOf(NEWLINE, at + 1)) {
    count++;
  }
  return count;
}

/** Lines at the beginning of a block of a file. */
export interface LeadingLines extends CutLines {
  /** Bytes of the block they take; one less than `bytes` where a newline was added. */
  readonly length: number;
}

/**
 * The complete lines a block begins with, up to one that is longer than `maxLineBytes`; of a line
 * that long the first piece. Undefined while the block holds only the beginning of a line. The block
 * must begin where a line or a piece of one begins: so pieces are cut at the same places whoever
 * reads, and a resume between two pieces fits.
 */
export function leadingLines(block: Buffer, maxLineBytes: number): LeadingLines | undefined {
  let start = 0;
  let count = 0;
  for (let at = block.indexOf(NEWLINE); at !== -1; at = block.indexOf(NEWLINE, start)) {
    if (at - start > maxLineBytes) {
      break;
    }
    count++;
    start = at + 1;
  }
  if (count > 0) {
    return { bytes: block.subarray(0, start), count, continues: false, length: start };
  }
  // One byte more than allowed must be there: a line of exactly the limit may just lack its newline.
  return block.length > maxLineBytes
    ? { bytes: asPiece(block.subarray(0, maxLineBytes)), count: 1, continues: true, length: maxLineBytes }
    : undefined;
}

/** `bytes` with a newline added: how a piece of a longer line travels. */
export function asPiece(bytes: Buffer): Buffer {
  return Buffer.concat([bytes, NEWLINE_BYTES]);
}

/**
 * Cuts a stream of bytes into whole lines, on bytes: a character that arrives in two reads is never
 * looked at. A line longer than `maxLineBytes` comes in pieces of that length, cut where
 * {@link leadingLines} cuts those of a file, however the bytes arrive.
 */
export class LineCutter {
  readonly #maxLineBytes: number;
  /** Begins where a line or a piece of one begins, and holds at most `maxLineBytes` between calls. */
  #unfinished: Buffer[] = [];
  #unfinishedBytes = 0;

  constructor(maxLineBytes: number) {
    this.#maxLineBytes = maxLineBytes;
  }

  /** The line still being written. */
  get unfinished(): Buffer {
    return Buffer.concat(this.#unfinished);
  }

  take(chunk: Buffer): CutLines[] {
    const lastNewline = chunk.lastIndexOf(NEWLINE);
    this.#unfinished.push(chunk);
    this.#unfinishedBytes += chunk.length;
    const isShort = this.#unfinishedBytes <= this.#maxLineBytes;
    if (isShort && lastNewline === -1) {
      return [];
    }
    const block = this.#unfinished.length === 1 ? chunk : this.unfinished;
    const cut: CutLines[] = [];
    let end: number;
    if (isShort) {
      end = block.length - chunk.length + lastNewline + 1;
      pushWhole(cut, block.subarray(0, end));
    } else {
      end = this.#cutLong(block, cut);
    }
    const rest = block.subarray(end);
    this.#unfinished = rest.length > 0 ? [rest] : [];
    this.#unfinishedBytes = rest.length;
    return cut;
  }

  /** What is left when the stream ends without a newline: its last line, which nothing continues. */
  end(): CutLines | undefined {
    const line = this.unfinished;
    this.#unfinished = [];
    this.#unfinishedBytes = 0;
    return line.length === 0 ? undefined : { bytes: asPiece(line), count: 1, continues: false };
  }

  /** Cuts a block in which a line may be longer than allowed, and returns how much of it was cut. */
  #cutLong(block: Buffer, cut: CutLines[]): number {
    let wholeFrom = 0;
    let start = 0;
    for (;;) {
      // All lines that end in here are short enough; so the steps are of lines' limits, not of lines.
      const within = block.subarray(start, start + this.#maxLineBytes + 1);
      const newline = within.lastIndexOf(NEWLINE);
      if (newline !== -1) {
        start += newline + 1;
        continue;
      }
      pushWhole(cut, block.subarray(wholeFrom, start));
      if (within.length <= this.#maxLineBytes) {
        return start;
      }
      start += this.#maxLineBytes;
      wholeFrom = start;
      cut.push({ bytes: asPiece(within.subarray(0, this.#maxLineBytes)), count: 1, continues: true });
    }
  }
}

function pushWhole(cut: CutLines[], bytes: Buffer): void {
  if (bytes.length > 0) {
    cut.push({ bytes, count: countNewlines(bytes), continues: false });
  }
}
