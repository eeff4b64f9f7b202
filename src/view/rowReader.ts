import { decodeLine, SHOWN_BYTES } from '../records/decodeLine';
import { detectTime } from '../records/detectTime';
import { parseLine } from '../records/parseLine';
import type { LogStore } from '../store/logStore';
import type { StoreIndexes } from '../store/storeIndexes';
import type { Row } from './messages';

/** Reads rows of a store as a viewer shows them: only now is a line decoded. */
export class RowReader {
  readonly #store: LogStore;
  readonly #indexes: StoreIndexes;

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

  #timeOf(text: string, near: number): number | null {
    const { formats } = this.#indexes;
    return formats.length > 0 ? parseLine(text, near, formats).time : detectTime(text, near);
  }
}
