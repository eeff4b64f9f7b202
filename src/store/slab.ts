import { type ByteScanner, byteScanner } from './byteScanner';
import type { NoticeKind } from './notice';

/** Rows that came together: same source, numbers in a row, received within a few ms. */
export interface Run {
  /** Index of its first row in the slab. */
  readonly index: number;
  readonly source: number;
  readonly seq: number;
  readonly receivedAt: number;
  /** Set for a notice, which is a run of one row. */
  readonly notice: NoticeKind | undefined;
  /** The row is a piece of a longer line, which the next row of the source goes on with. */
  readonly continues: boolean;
}

/** Lines received within so many ms share one time of reception: a run costs as much as five lines. */
const SAME_TIME_MS = 10;
const NEWLINE = 0x0a;
const SMALLEST_BYTES = 64 * 1024;
const RUN_BYTES = 24;
/** From so many bytes on, copying them to the scanner pays. */
const SCANNED_BYTES = 1024;

const LEVEL_BITS = 0b1111;
const ENTRY_SHIFT = 4;

const FLAG_CONTINUES = 1;
const FLAG_NOTICE = 2;

/**
 * A stretch of consecutive rows: their bytes end to end, where each begins, and what is known of
 * them by runs. Typed arrays throughout: a million lines as objects would take 350 MB.
 */
export class Slab {
  readonly firstRow: number;
  readonly #capacity: number;
  #bytes: Uint8Array;
  #used = 0;
  #starts: Uint32Array<ArrayBuffer>;
  #count = 0;
  #runIndex = new Uint32Array(4);
  #runSource = new Int16Array(4);
  #runSeq = new Float64Array(4);
  #runReceivedAt = new Float64Array(4);
  #runFlags = new Uint8Array(4);
  #runs = 0;
  #sealed = false;
  readonly #notices = new Map<number, NoticeKind>();
  /** What the indexes keep of each row: four bits for its level, two for where entries begin. */
  #marks: Uint8Array<ArrayBuffer>;

  /**
   * `capacity`: bytes it may grow to; a single longer line makes it larger. `fills`: it is expected to
   * become full, so it takes all of its memory at once: growing step by step takes twice as much, which
   * the collector has to find and an extension host to wait for.
   */
  constructor(firstRow: number, capacity: number, fills = false) {
    this.firstRow = firstRow;
    this.#capacity = capacity;
    const begin = fills ? capacity : Math.min(SMALLEST_BYTES, capacity);
    this.#bytes = new Uint8Array(begin);
    this.#starts = new Uint32Array(Math.ceil(begin / 64));
    this.#marks = new Uint8Array(Math.ceil(begin / 64));
  }

  /**
   * A full slab around bytes that somebody else allocated, which must not change any more: whole
   * lines, taken over without a copy.
   *
   * @param lines how many there seem to be; a wrong number costs time only.
   */
  static adopt(
    firstRow: number,
    bytes: Uint8Array,
    lines: number,
    source: number,
    seq: number,
    receivedAt: number,
  ): Slab {
    const slab = new Slab(firstRow, 0);
    slab.#bytes = bytes;
    slab.#used = bytes.length;
    slab.#starts = new Uint32Array(lines);
    slab.#marks = new Uint8Array(lines);
    slab.#noteLines(bytes, 0);
    slab.#pushRun({ index: 0, source, seq, receivedAt, notice: undefined, continues: false });
    slab.#sealed = slab.#count === lines;
    return slab;
  }

  get rowCount(): number {
    return this.#count;
  }

  get endRow(): number {
    return this.firstRow + this.#count;
  }

  /** Log lines in it, notices not counted. */
  get lineCount(): number {
    return this.#count - this.#notices.size;
  }

  get noticeCount(): number {
    return this.#notices.size;
  }

  /** Bytes of the lines themselves. */
  get usedBytes(): number {
    return this.#used;
  }

  /** All the memory it holds, bytes. */
  get heldBytes(): number {
    return this.#bytes.length + this.#starts.length * 5 + this.#runIndex.length * RUN_BYTES;
  }

  /** The rows' bytes, end to end. A view: valid until the slab grows. */
  get bytes(): Uint8Array {
    return this.#bytes.subarray(0, this.#used);
  }

  /**
   * Takes as many whole lines from the front of `bytes` as fit, and returns how many bytes that
   * were. An empty slab takes at least one line, whatever its length.
   */
  take(
    bytes: Uint8Array,
    source: number,
    seq: number,
    receivedAt: number,
  ): { readonly bytes: number; readonly lines: number } {
    const room = this.#capacity - this.#used;
    let length = bytes.length;
    if (length > room) {
      length = room > 0 ? bytes.lastIndexOf(NEWLINE, room - 1) + 1 : 0;
      if (length === 0 && this.#count === 0) {
        length = bytes.indexOf(NEWLINE) + 1;
      }
    }
    if (length <= 0) {
      return { bytes: 0, lines: 0 };
    }
    const part = length === bytes.length ? bytes : bytes.subarray(0, length);
    const first = this.#count;
    this.#addBytes(part);
    this.#addRun({ index: first, source, seq, receivedAt, notice: undefined, continues: false });
    return { bytes: length, lines: this.#count - first };
  }

  /** Marks the last row as a piece of a longer line. */
  markContinues(): void {
    const last = this.run(this.#count - 1);
    if (last.index !== this.#count - 1) {
      const { source, receivedAt } = last;
      const index = this.#count - 1;
      this.#pushRun({
        index,
        source,
        seq: last.seq + (index - last.index),
        receivedAt,
        notice: undefined,
        continues: true,
      });
    } else {
      this.#runFlags[this.#runs - 1] = FLAG_CONTINUES;
    }
  }

  /** Adds a row that is no log line; false if there is no room. */
  takeNotice(bytes: Uint8Array, notice: NoticeKind, source: number, receivedAt: number): boolean {
    if (this.#count > 0 && bytes.length > this.#capacity - this.#used) {
      return false;
    }
    const index = this.#count;
    this.#addBytes(bytes);
    this.#pushRun({ index, source, seq: 0, receivedAt, notice, continues: false });
    this.#notices.set(index, notice);
    return true;
  }

  /** Gives back memory it will not need: nothing is added after this. */
  seal(): void {
    if (this.#sealed) {
      return;
    }
    this.#sealed = true;
    this.#bytes = this.#used < this.#bytes.length * 0.98 ? this.#bytes.slice(0, this.#used) : this.#bytes;
    this.#starts = this.#starts.slice(0, this.#count);
    this.#marks = this.#marks.slice(0, this.#count);
    this.#runIndex = this.#runIndex.slice(0, this.#runs);
    this.#runSource = this.#runSource.slice(0, this.#runs);
    this.#runSeq = this.#runSeq.slice(0, this.#runs);
    this.#runReceivedAt = this.#runReceivedAt.slice(0, this.#runs);
    this.#runFlags = this.#runFlags.slice(0, this.#runs);
  }

  /** First byte of a row, by index in the slab. `rowCount` gives the end of the last. */
  start(index: number): number {
    return index < this.#count ? (this.#starts[index] as number) : this.#used;
  }

  /** Bytes of a row without its newline. */
  line(index: number): Uint8Array {
    return this.#bytes.subarray(this.start(index), this.start(index + 1) - 1);
  }

  /** Index of the row that holds the byte at `offset`. */
  indexAt(offset: number): number {
    let low = 0;
    let high = this.#count - 1;
    while (low < high) {
      const middle = (low + high + 1) >>> 1;
      if ((this.#starts[middle] as number) <= offset) {
        low = middle;
      } else {
        high = middle - 1;
      }
    }
    return low;
  }

  /** The run that holds a row. */
  run(index: number): Run {
    let low = 0;
    let high = this.#runs - 1;
    while (low < high) {
      const middle = (low + high + 1) >>> 1;
      if ((this.#runIndex[middle] as number) <= index) {
        low = middle;
      } else {
        high = middle - 1;
      }
    }
    const runIndex = this.#runIndex[low] as number;
    const flags = this.#runFlags[low] as number;
    return {
      index: runIndex,
      source: this.#runSource[low] as number,
      seq: this.#runSeq[low] as number,
      receivedAt: this.#runReceivedAt[low] as number,
      notice: flags & FLAG_NOTICE ? this.#notices.get(runIndex) : undefined,
      continues: (flags & FLAG_CONTINUES) !== 0,
    };
  }

  isNotice(index: number): boolean {
    return this.#notices.has(index);
  }

  /** Indexes of the notices, ascending. */
  noticeIndexes(): Iterable<number> {
    return this.#notices.keys();
  }

  /** What LevelIndex keeps of a row, 0 to 15; 0 where it has not looked. */
  level(index: number): number {
    return (this.#marks[index] as number) & LEVEL_BITS;
  }

  setLevel(index: number, level: number): void {
    this.#marks[index] = ((this.#marks[index] as number) & ~LEVEL_BITS) | level;
  }

  forgetLevels(): void {
    for (let index = 0; index < this.#count; index++) {
      this.#marks[index] = (this.#marks[index] as number) & ~LEVEL_BITS;
    }
  }

  /** What EntryIndex keeps of a row, 0 to 3; 0 where it has not looked. */
  entryMark(index: number): number {
    return ((this.#marks[index] as number) >> ENTRY_SHIFT) & 3;
  }

  setEntryMark(index: number, mark: number): void {
    this.#marks[index] = ((this.#marks[index] as number) & ~(3 << ENTRY_SHIFT)) | (mark << ENTRY_SHIFT);
  }

  #addBytes(bytes: Uint8Array): void {
    const needed = this.#used + bytes.length;
    if (needed > this.#bytes.length) {
      const size = Math.max(needed, Math.min(this.#capacity, this.#bytes.length * 2));
      const grown = new Uint8Array(size);
      grown.set(this.#bytes.subarray(0, this.#used));
      this.#bytes = grown;
    }
    this.#bytes.set(bytes, this.#used);
    this.#noteLines(bytes, this.#used);
    this.#used = needed;
  }

  /** Notes where the lines of `bytes` begin, which lie at `offset`. Local variables: it is the store's hot loop. */
  #noteLines(bytes: Uint8Array, offset: number): void {
    const scanner = bytes.length >= SCANNED_BYTES ? byteScanner() : undefined;
    if (scanner) {
      this.#scanLines(scanner, bytes, offset);
      return;
    }
    let starts = this.#starts;
    let count = this.#count;
    let start = 0;
    for (let at = bytes.indexOf(NEWLINE); at !== -1; at = bytes.indexOf(NEWLINE, start)) {
      if (count === starts.length) {
        starts = this.#growRows();
      }
      starts[count++] = offset + start;
      start = at + 1;
    }
    this.#count = count;
  }

  /** The same, 16 bytes at a time: where a line ends, the next one begins. */
  #scanLines(scanner: ByteScanner, bytes: Uint8Array, offset: number): void {
    let start = offset;
    scanner.newlines(bytes, offset, (ends) => {
      const count = this.#count;
      const starts = count + ends.length > this.#starts.length ? this.#growRows(count + ends.length) : this.#starts;
      starts[count] = start;
      starts.set(ends.subarray(0, -1), count + 1);
      start = ends[ends.length - 1] as number;
      this.#count = count + ends.length;
    });
  }

  #growRows(atLeast = 64): Uint32Array<ArrayBuffer> {
    // By half, not double: rows are the larger part of the memory where lines are short.
    const size = Math.max(atLeast, Math.ceil(this.#starts.length * 1.5));
    this.#starts = grown(this.#starts, new Uint32Array(size));
    this.#marks = grown(this.#marks, new Uint8Array(size));
    return this.#starts;
  }

  #addRun(run: Run): void {
    const last = this.#runs - 1;
    if (last >= 0) {
      const index = this.#runIndex[last] as number;
      const follows =
        this.#runFlags[last] === 0 &&
        this.#runSource[last] === run.source &&
        (this.#runSeq[last] as number) + (run.index - index) === run.seq &&
        Math.abs((this.#runReceivedAt[last] as number) - run.receivedAt) <= SAME_TIME_MS;
      if (follows) {
        return;
      }
    }
    this.#pushRun(run);
  }

  #pushRun(run: Run): void {
    if (this.#runs === this.#runIndex.length) {
      const size = this.#runs * 2;
      this.#runIndex = grown(this.#runIndex, new Uint32Array(size));
      this.#runSource = grown(this.#runSource, new Int16Array(size));
      this.#runSeq = grown(this.#runSeq, new Float64Array(size));
      this.#runReceivedAt = grown(this.#runReceivedAt, new Float64Array(size));
      this.#runFlags = grown(this.#runFlags, new Uint8Array(size));
    }
    const at = this.#runs++;
    this.#runIndex[at] = run.index;
    this.#runSource[at] = run.source;
    this.#runSeq[at] = run.seq;
    this.#runReceivedAt[at] = run.receivedAt;
    this.#runFlags[at] = (run.continues ? FLAG_CONTINUES : 0) | (run.notice ? FLAG_NOTICE : 0);
  }
}

function grown<T extends { set(from: T): void }>(from: T, to: T): T {
  to.set(from);
  return to;
}
