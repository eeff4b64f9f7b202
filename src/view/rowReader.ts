import { decodeLine, SHOWN_BYTES } from '../records/decodeLine';
import { detectTime } from '../records/detectTime';
import { parseLine } from '../records/parseLine';
import type { LogStore } from '../store/logStore';
import { repeatsRowBefore } from '../store/rowMatcher';
import type { StoreIndexes } from '../store/storeIndexes';
import type { Row } from './messages';

/** Repeats counted at most; more are "and so on" to any reader. */
const MOST_REPEATS = 100_000;

/** Reads rows of a store as a viewer shows them: only now is a line decoded. */
export class RowReader {
  readonly #store: LogStore;
  readonly #indexes: StoreIndexes;
  /** The run of repeats counted last; a viewer asks for a growing one again and again. */
  #run: { readonly row: number; readonly last: number } | undefined;

  constructor(store: LogStore, indexes: StoreIndexes) {
    this.#store = store;
    this.#indexes = indexes;
  }

  /** A row of the store, or undefined if it is not held. */
  read(row: number, ordinal: number, mostBytes = SHOWN_BYTES): Row | undefined {
    const stored = this.#store.row(row);
    const slab = this.#store.slabOf(row);
    if (!stored || !slab) {
      return undefined;
    }
    const { source, seq, receivedAt, notice } = stored;
    const decoded = decodeLine(stored.bytes, mostBytes);
    return {
      ordinal,
      row,
      source,
      seq,
      ...decoded,
      level: this.#indexes.levels.levelAt(slab, row - slab.firstRow),
      time: notice ? receivedAt : this.#timeOf(decoded.text, receivedAt),
      receivedAt,
      entryStart: this.#indexes.entries.startsAt(row),
      ...(notice ? { notice } : {}),
    };
  }

  /** How often the line of a row comes in a row from it on. */
  repeats(row: number): NonNullable<Row['repeats']> {
    // The line counted last may have become the first of an entry of several lines, so it is looked at anew.
    let last = this.#run?.row === row ? Math.max(row, this.#run.last - 1) : row;
    while (last - row < MOST_REPEATS && repeatsRowBefore(this.#store, this.#indexes, last + 1)) {
      last++;
    }
    this.#run = { row, last };
    const { times } = this.#indexes;
    return { count: last - row + 1, firstTime: times.exact(row), lastTime: times.exact(last) };
  }

  #timeOf(text: string, near: number): number | null {
    const { formats } = this.#indexes;
    return formats.length > 0 ? parseLine(text, near, formats).time : detectTime(text, near);
  }
}
