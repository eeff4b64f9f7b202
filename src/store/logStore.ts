import { Emitter } from '../base/emitter';
import type { LinesFrame } from '../protocol/frames';
import { countLines } from './lineCount';
import type { NoticeKind } from './notice';
import { type Run, Slab } from './slab';

/** What is known of one row. */
export interface StoredRow extends Omit<Run, 'index'> {
  readonly row: number;
  /** The line without its newline; a view, valid until the next change of the store. */
  readonly bytes: Uint8Array;
}

/** How a store changed. `evicted` and `prepended` come besides `appended`, not instead. */
export type StoreChange = 'appended' | 'prepended' | 'evicted' | 'cleared';

const SLAB_BYTES = 1024 * 1024;
/** Smaller frames are gathered in slabs. */
const ADOPTED_BYTES = 64 * 1024;
/** A buffer of which less is used would be kept for little. */
const ADOPTED_SHARE = 0.95;
const encoder = new TextEncoder();

/**
 * The lines of one stream: raw bytes with line offsets, bounded. Rows are numbered in the order of
 * arrival from 0, history before that below zero; a row keeps its number until it leaves. When the
 * store is full the oldest rows leave, a slab (1 MiB) at a time, and are counted.
 */
export class LogStore {
  #capacityBytes: number;
  #slabs: Slab[] = [];
  #bytes = 0;
  #lines = 0;
  #dropped = 0;
  #arrived = 0;
  #nextRow = 0;
  readonly #changed = new Emitter<StoreChange>();
  /** Fires on every change, synchronously; whoever shows something gathers. */
  readonly onDidChange = this.#changed.event;

  /** `capacityBytes`: bytes of lines to keep, at least. */
  constructor(capacityBytes: number) {
    this.#capacityBytes = capacityBytes;
  }

  /** Number of the oldest row; equals {@link endRow} when empty. */
  get firstRow(): number {
    return this.#slabs[0]?.firstRow ?? this.#nextRow;
  }

  /** Number the next row gets. */
  get endRow(): number {
    return this.#nextRow;
  }

  /** Log lines held, notices not counted. */
  get lineCount(): number {
    return this.#lines;
  }

  /** Log lines that left because the store was full. */
  get droppedLines(): number {
    return this.#dropped;
  }

  /** Log lines that were ever added at the end, those that are gone and cleared included. */
  get arrivedLines(): number {
    return this.#arrived;
  }

  /** Bytes of the lines held. */
  get byteLength(): number {
    return this.#bytes;
  }

  /** All memory held, bookkeeping included, bytes. */
  get heldBytes(): number {
    return this.#slabs.reduce((sum, slab) => sum + slab.heldBytes, 0);
  }

  /** Whether history would find room. */
  get isFull(): boolean {
    return this.#dropped > 0 || this.#bytes >= this.#capacityBytes - SLAB_BYTES;
  }

  /** The slabs in order, for searching. */
  get slabs(): readonly Slab[] {
    return this.#slabs;
  }

  setCapacity(capacityBytes: number): void {
    this.#capacityBytes = capacityBytes;
    this.#evict();
  }

  /**
   * Adds lines at the end. A large frame is taken over as it is; a small one is copied, so that a
   * receive buffer is not kept alive by a few lines of it. A count in the header that differs from
   * the newlines is corrected by them.
   */
  append(frame: LinesFrame, source: number): void {
    let { bytes, seq } = frame;
    if (fillsItsBuffer(bytes)) {
      this.#adopt(frame, source);
      bytes = bytes.subarray(bytes.length);
    }
    while (bytes.length > 0) {
      const taken = this.#lastSlab().take(bytes, source, seq, frame.receivedAt);
      if (taken.bytes === 0) {
        this.#addSlab();
        continue;
      }
      this.#lines += taken.lines;
      this.#arrived += taken.lines;
      this.#bytes += taken.bytes;
      this.#nextRow += taken.lines;
      seq += taken.lines;
      bytes = bytes.subarray(taken.bytes);
    }
    if (frame.continues) {
      this.#lastSlab().markContinues();
    }
    this.#changed.fire('appended');
    this.#evict();
  }

  /** Adds a notice at the end. `source` -1: about the stream as a whole. */
  appendNotice(notice: NoticeKind, text: string, source: number, at: number): void {
    const bytes = encoder.encode(`${text.replaceAll('\n', ' ')}\n`);
    if (!this.#lastSlab().takeNotice(bytes, notice, source, at)) {
      this.#addSlab();
      this.#lastSlab().takeNotice(bytes, notice, source, at);
    }
    this.#bytes += bytes.length;
    this.#nextRow++;
    this.#changed.fire('appended');
    this.#evict();
  }

  /**
   * Adds earlier lines in front, in ascending order, as rows with smaller numbers. Returns false,
   * and adds nothing, when the store is full: history must not push out what is live. Nor once rows
   * have left it: their numbers would come to mean other lines.
   */
  prepend(frames: readonly LinesFrame[], source: number): boolean {
    const bytes = frames.reduce((sum, frame) => sum + frame.bytes.length, 0);
    if (this.#dropped > 0 || this.#bytes + bytes > this.#capacityBytes) {
      return false;
    }
    // Slabs need their first row's number, so lines are counted before they are placed.
    const counts = frames.map((frame) => countLines(frame.bytes));
    let row = this.firstRow - counts.reduce((sum, count) => sum + count, 0);
    const added: Slab[] = [];
    let slab: Slab | undefined;
    for (const frame of frames) {
      let { bytes: rest, seq } = frame;
      while (rest.length > 0) {
        slab ??= new Slab(row, SLAB_BYTES);
        const taken = slab.take(rest, source, seq, frame.receivedAt);
        if (taken.bytes === 0) {
          slab.seal();
          added.push(slab);
          slab = undefined;
          continue;
        }
        row += taken.lines;
        seq += taken.lines;
        this.#lines += taken.lines;
        rest = rest.subarray(taken.bytes);
      }
      if (frame.continues) {
        slab?.markContinues();
      }
    }
    if (slab) {
      slab.seal();
      added.push(slab);
    }
    this.#bytes += bytes;
    this.#slabs = [...added, ...this.#slabs];
    this.#changed.fire('prepended');
    return true;
  }

  /** Empties the store. Row numbers go on. */
  clear(): void {
    this.#slabs = [];
    this.#bytes = 0;
    this.#lines = 0;
    this.#dropped = 0;
    this.#changed.fire('cleared');
  }

  /** A row, or undefined if it is not held. */
  row(row: number): StoredRow | undefined {
    const slab = this.slabOf(row);
    if (!slab) {
      return undefined;
    }
    const index = row - slab.firstRow;
    // Field by field: spreading made this the slowest place of a search.
    const { index: first, source, seq, receivedAt, notice, continues } = slab.run(index);
    return {
      row,
      source,
      seq: notice ? 0 : seq + (index - first),
      receivedAt,
      notice,
      continues,
      bytes: slab.line(index),
    };
  }

  /** Log lines among the rows in [from, to); notices that have left the store count as lines. */
  linesBetween(from: number, to: number): number {
    let notices = 0;
    for (const slab of this.#slabs) {
      if (slab.noticeCount > 0 && slab.endRow > from && slab.firstRow < to) {
        for (const index of slab.noticeIndexes()) {
          const row = slab.firstRow + index;
          notices += row >= from && row < to ? 1 : 0;
        }
      }
    }
    return Math.max(0, to - from) - notices;
  }

  /** The slab that holds a row. */
  slabOf(row: number): Slab | undefined {
    let low = 0;
    let high = this.#slabs.length - 1;
    while (low <= high) {
      const middle = (low + high) >>> 1;
      const slab = this.#slabs[middle] as Slab;
      if (row < slab.firstRow) {
        high = middle - 1;
      } else if (row >= slab.endRow) {
        low = middle + 1;
      } else {
        return slab;
      }
    }
    return undefined;
  }

  #adopt({ bytes, count, seq, receivedAt }: LinesFrame, source: number): void {
    const last = this.#slabs.at(-1);
    if (last?.rowCount === 0) {
      this.#slabs.pop();
    } else {
      last?.seal();
    }
    const slab = Slab.adopt(this.#nextRow, bytes, count, source, seq, receivedAt);
    this.#slabs.push(slab);
    this.#lines += slab.rowCount;
    this.#arrived += slab.rowCount;
    this.#bytes += bytes.length;
    this.#nextRow += slab.rowCount;
  }

  #lastSlab(): Slab {
    return this.#slabs.at(-1) ?? this.#addSlab();
  }

  #addSlab(): Slab {
    const last = this.#slabs.at(-1);
    last?.seal();
    const slab = new Slab(this.#nextRow, SLAB_BYTES, last !== undefined && last.usedBytes >= SLAB_BYTES / 2);
    this.#slabs.push(slab);
    return slab;
  }

  #evict(): void {
    let evicted = false;
    while (this.#bytes > this.#capacityBytes && this.#slabs.length > 1) {
      const slab = this.#slabs.shift() as Slab;
      this.#bytes -= slab.usedBytes;
      this.#lines -= slab.lineCount;
      this.#dropped += slab.lineCount;
      evicted = true;
    }
    if (evicted) {
      this.#changed.fire('evicted');
    }
  }
}

function fillsItsBuffer(bytes: Uint8Array): boolean {
  return bytes.length >= ADOPTED_BYTES && bytes.length >= bytes.buffer.byteLength * ADOPTED_SHARE;
}
