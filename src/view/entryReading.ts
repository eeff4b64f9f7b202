import type { LogIntake } from './logIntake';
import type { Row } from './messages';
import type { RowReader } from './rowReader';

/** All the text of one entry that is given, bytes, newlines included. */
const ENTRY_BYTES = 1024 * 1024;
/** Rows of one entry that are given: each costs more to carry than its text. */
const MOST_ROWS = 10_000;
/** Rows looked at before the time is. */
const STEP_ROWS = 32;

/** Reads the entry to which a row of the store belongs, in slices: it may have thousands of lines. */
export class EntryReading {
  /** Its rows in order, as far as they are read: up to 1 MiB of text and 10,000 rows. */
  readonly rows: Row[] = [];
  readonly #intake: LogIntake;
  readonly #reader: RowReader;
  readonly #row: number;
  #first: number;
  /** The row behind the last one that is known to belong to it. */
  #end: number | undefined;
  /** Text that may still be given, bytes. */
  #left = ENTRY_BYTES;

  constructor(row: number, intake: LogIntake, reader: RowReader) {
    this.#row = row;
    this.#first = row;
    this.#intake = intake;
    this.#reader = reader;
  }

  /** Lines of the entry, given or not, once all is read. */
  get lines(): number {
    return (this.#end ?? this.#first) - this.#first;
  }

  /** Reads on until `hasTime` says no; true when all is read. */
  readOn(hasTime: () => boolean): boolean {
    return (this.#end !== undefined || this.#findFirst(hasTime)) && this.#readRows(hasTime);
  }

  #findFirst(hasTime: () => boolean): boolean {
    const { store, indexes } = this.#intake;
    // Rows above may have left since.
    let first = Math.min(this.#row, Math.max(this.#first, store.firstRow));
    for (let looked = 1; !indexes.entries.startsAt(first); looked++) {
      first--;
      if (looked % STEP_ROWS === 0 && !hasTime()) {
        this.#first = first;
        return false;
      }
    }
    this.#first = first;
    return true;
  }

  #readRows(hasTime: () => boolean): boolean {
    const { store, indexes } = this.#intake;
    let row = this.#end ?? this.#first;
    for (let looked = 1; ; looked++) {
      const slab = store.slabOf(row);
      if (!slab || (row > this.#first && indexes.entries.startsAt(row))) {
        this.#end = row;
        return true;
      }
      if (this.#left > 0 && this.rows.length < MOST_ROWS) {
        const read = this.#reader.read(row, 0, this.#left);
        if (read) {
          this.rows.push(read);
        }
        const index = row - slab.firstRow;
        this.#left -= slab.start(index + 1) - slab.start(index);
      }
      row++;
      if (looked % STEP_ROWS === 0 && !hasTime()) {
        this.#end = row;
        return false;
      }
    }
  }
}
