import type { LogStore } from '../store/logStore';
import type { StoreIndexes } from '../store/storeIndexes';
import type { FilteredView } from './filteredView';
import { Histogram, type HistogramBuckets } from './histogram';

/** Rows counted before the time is looked at. */
const STEP_ROWS = 256;
/** Rows at the front that tell what has left. */
const FRONT_ROWS = 32;
/** Newest entries that tell whether time has moved on. */
const NEWEST_ENTRIES = 16;
/** Rows looked at for them: there may be a long stack trace in between. */
const NEWEST_ROWS = 256;

/** The histogram of a view's entries, by the level of their first lines, counted in slices as the view finds them. */
export class ViewHistogram {
  readonly #store: LogStore;
  readonly #indexes: StoreIndexes;
  readonly #view: FilteredView;
  readonly #histogram = new Histogram();
  #from: number;
  #to: number;

  constructor(store: LogStore, indexes: StoreIndexes, view: FilteredView) {
    this.#store = store;
    this.#indexes = indexes;
    this.#view = view;
    this.#from = view.end;
    this.#to = view.end;
  }

  /** Counts on until `hasTime` says no; true when every row of the view is counted. */
  countOn(hasTime: () => boolean): boolean {
    const view = this.#view;
    while (this.#to < view.end) {
      if (!hasTime()) {
        return false;
      }
      const end = Math.min(view.end, this.#to + STEP_ROWS);
      for (; this.#to < end; this.#to++) {
        this.#count(this.#to);
      }
    }
    while (this.#from > view.first) {
      if (!hasTime()) {
        return false;
      }
      const end = Math.max(view.first, this.#from - STEP_ROWS);
      while (this.#from > end) {
        this.#from--;
        this.#count(this.#from);
      }
    }
    return true;
  }

  read(): HistogramBuckets {
    const { first, end } = this.#view;
    if (this.#from < first && first < end) {
      // The earliest of several: one line that states an odd time must not empty the histogram.
      let earliest = Number.POSITIVE_INFINITY;
      for (let ordinal = first; ordinal < Math.min(end, first + FRONT_ROWS); ordinal++) {
        earliest = Math.min(earliest, this.#indexes.times.at(this.#view.rowAt(ordinal) as number));
      }
      this.#histogram.dropBefore(earliest);
      this.#from = first;
    }
    return this.#histogram.read(this.#newestTimes());
  }

  /** Times of the newest entries, the newest first. */
  #newestTimes(): number[] {
    const times: number[] = [];
    const end = Math.min(this.#to, this.#view.end);
    const from = Math.max(this.#view.first, end - NEWEST_ROWS);
    for (let ordinal = end - 1; ordinal >= from && times.length < NEWEST_ENTRIES; ordinal--) {
      const row = this.#countedRow(ordinal);
      if (row !== undefined) {
        times.push(this.#indexes.times.at(row));
      }
    }
    return times;
  }

  #count(ordinal: number): void {
    const row = this.#countedRow(ordinal);
    const slab = row === undefined ? undefined : this.#store.slabOf(row);
    if (row !== undefined && slab) {
      this.#histogram.add(this.#indexes.times.at(row), this.#indexes.levels.levelAt(slab, row - slab.firstRow));
    }
  }

  /** The row at an ordinal, if it begins an entry and is no notice. */
  #countedRow(ordinal: number): number | undefined {
    const row = this.#view.rowAt(ordinal);
    const slab = row === undefined ? undefined : this.#store.slabOf(row);
    return row !== undefined && slab && !slab.isNotice(row - slab.firstRow) && this.#indexes.entries.startsAt(row)
      ? row
      : undefined;
  }
}
