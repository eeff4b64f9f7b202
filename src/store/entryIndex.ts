import { decodeLine } from '../records/decodeLine';
import { startsEntry, verdictOfFirstBytes } from '../records/entryStart';
import type { LogStore } from './logStore';
import type { Slab } from './slab';

/** Bytes of a line that tell whether it begins an entry. */
const LOOKED_AT = 400;
/**
 * An entry of more lines is cut, at rows that are a multiple of this: where is told by the lines
 * alone, whichever row is asked for. No entry is as long as two of these.
 */
export const CUT_LINES = 10_000;

const STARTS = 1;
const CONTINUES = 2;

/** Rows from `first` to before `end`. */
export interface RowRange {
  readonly first: number;
  readonly end: number;
}

interface DecodedRow {
  readonly slab: Slab;
  readonly index: number;
  readonly text: string;
}

/**
 * Which rows belong together: an entry is a line and what goes on with it, such as a stack trace. It
 * ends at the next line that begins one, at a line of another source and at a notice. Found when
 * asked for, and kept in two bits a row. What no first line ends, such as a file of indented lines, is
 * cut into entries of some length, so that nothing takes time by the square of it.
 */
export class EntryIndex {
  readonly #store: LogStore;
  /** Whether what was last found out about a row holds whatever comes to stand above the oldest row. */
  #isFinal = true;

  /** The two lines decoded last: going through the rows, up or down, the line above is asked for beside each. */
  #decoded: readonly DecodedRow[] = [];

  /** The entry found last. It holds while the oldest slab is the same: neither history came nor left a row. */
  #last: RowRange = { first: 0, end: 0 };
  #lastOldest: Slab | undefined;
  /** The end of the store as it was then: an entry that ends there may have gone on. */
  #lastEndRow = 0;

  constructor(store: LogStore) {
    this.#store = store;
  }

  /** Whether an entry begins at a row; the oldest row held begins one. */
  startsAt(row: number): boolean {
    const slab = this.#store.slabOf(row);
    return slab === undefined || row === this.#store.firstRow || this.#starts(slab, row - slab.firstRow);
  }

  /** The entry a row belongs to. */
  entryAt(row: number): RowRange {
    const { endRow, slabs } = this.#store;
    if (row >= endRow) {
      return { first: row, end: row + 1 };
    }
    // The rows of an entry are asked for one after the other: each must not look through all of them.
    if (this.#lastOldest === slabs[0]) {
      if (this.#last.end === this.#lastEndRow && this.#lastEndRow < endRow) {
        this.#keep(this.#last.first, this.#last.end);
      }
      if (row >= this.#last.first && row < this.#last.end) {
        return this.#last;
      }
    }
    let first = row;
    while (!this.startsAt(first)) {
      first--;
    }
    return this.#keep(first, row + 1);
  }

  /** Keeps an entry of which the rows before `known` are known to belong to it. */
  #keep(first: number, known: number): RowRange {
    const { endRow, slabs } = this.#store;
    let end = known;
    while (end < endRow && !this.startsAt(end)) {
      end++;
    }
    this.#last = { first, end };
    this.#lastOldest = slabs[0];
    this.#lastEndRow = endRow;
    return this.#last;
  }

  #starts(slab: Slab, index: number): boolean {
    const known = slab.entryMark(index);
    if (known !== 0) {
      return known === STARTS;
    }
    this.#isFinal = true;
    const starts = this.#look(slab, index) || this.#isCutAt(slab.firstRow + index);
    if (this.#isFinal) {
      slab.setEntryMark(index, starts ? STARTS : CONTINUES);
    }
    return starts;
  }

  #look(slab: Slab, index: number): boolean {
    if (slab.isNotice(index)) {
      return true;
    }
    const line = slab.line(index);
    const verdict = verdictOfFirstBytes(line);
    const before = index > 0 ? slab : this.#store.slabOf(slab.firstRow - 1);
    if (!before) {
      this.#isFinal = false;
      return true;
    }
    const beforeIndex = index > 0 ? index - 1 : before.rowCount - 1;
    const run = before.run(beforeIndex);
    if (run.continues && run.index === beforeIndex) {
      return false; // A piece of the same line.
    }
    const { source } = slab.run(index);
    if (verdict === 'starts' || before.isNotice(beforeIndex) || run.source !== source) {
      return true;
    }
    return (
      verdict === 'unknown' &&
      startsEntry(this.#textOf(slab, index), (distance) =>
        this.#textAbove(slab.firstRow + index - distance, source, index >= distance ? slab : undefined),
      )
    );
  }

  /** Whether a row that goes on with the entry above begins one all the same, because of its length. */
  #isCutAt(row: number): boolean {
    if (row % CUT_LINES !== 0) {
      return false;
    }
    // None of these rows is a multiple itself.
    for (let above = row - 1; above > row - CUT_LINES; above--) {
      if (this.startsAt(above)) {
        const slab = this.#store.slabOf(above);
        this.#isFinal = slab !== undefined && slab.entryMark(above - slab.firstRow) !== 0;
        return false;
      }
    }
    this.#isFinal = true;
    return true;
  }

  /** The text of a row above, if it is of the source. One that is not held yet may come with history. */
  #textAbove(row: number, source: number, slab = this.#store.slabOf(row)): string | undefined {
    if (!slab) {
      this.#isFinal = false;
      return undefined;
    }
    const index = row - slab.firstRow;
    return slab.isNotice(index) || slab.run(index).source !== source ? undefined : this.#textOf(slab, index);
  }

  #textOf(slab: Slab, index: number): string {
    const [last, other] = this.#decoded;
    if (last?.slab === slab && last.index === index) {
      return last.text;
    }
    if (other?.slab === slab && other.index === index) {
      return other.text;
    }
    const decoded = { slab, index, text: decodeLine(slab.line(index), LOOKED_AT).text };
    this.#decoded = last ? [decoded, last] : [decoded];
    return decoded.text;
  }
}
