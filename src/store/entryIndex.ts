import { decodeLine } from '../records/decodeLine';
import { startsEntry, verdictOfFirstByte } from '../records/entryStart';
import type { LogStore } from './logStore';
import type { Slab } from './slab';

/** Bytes of a line that tell whether it begins an entry. */
const LOOKED_AT = 400;
/** Lines looked at before and behind a row for its entry; no stack trace that helps is longer. */
const MOST_LINES = 500;

const STARTS = 1;
const CONTINUES = 2;

/** Rows from `first` to before `end`. */
export interface RowRange {
  readonly first: number;
  readonly end: number;
}

/**
 * Which rows belong together: an entry is a line and what goes on with it, such as a stack trace. It
 * ends at the next line that begins one, at a line of another source and at a notice. Found when
 * asked for, and kept in two bits a row.
 */
export class EntryIndex {
  readonly #store: LogStore;

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
    let first = row;
    while (row - first < MOST_LINES && !this.startsAt(first)) {
      first--;
    }
    let end = row + 1;
    const { endRow } = this.#store;
    while (end < endRow && end - row < MOST_LINES && !this.startsAt(end)) {
      end++;
    }
    return { first, end };
  }

  #starts(slab: Slab, index: number): boolean {
    const known = slab.entryMark(index);
    if (known !== 0) {
      return known === STARTS;
    }
    const starts = this.#look(slab, index);
    slab.setEntryMark(index, starts ? STARTS : CONTINUES);
    return starts;
  }

  #look(slab: Slab, index: number): boolean {
    if (slab.isNotice(index)) {
      return true;
    }
    const line = slab.line(index);
    const verdict = verdictOfFirstByte(line[0]);
    const before = index > 0 ? slab : this.#store.slabOf(slab.firstRow - 1);
    if (!before) {
      return true;
    }
    const beforeIndex = index > 0 ? index - 1 : before.rowCount - 1;
    const run = before.run(beforeIndex);
    if (run.continues && run.index === beforeIndex) {
      return false; // A piece of the same line.
    }
    if (verdict === 'starts' || before.isNotice(beforeIndex) || run.source !== slab.run(index).source) {
      return true;
    }
    return verdict === 'unknown' && startsEntry(decodeLine(line, LOOKED_AT).text);
  }
}
