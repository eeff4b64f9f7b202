import type { LogStore } from '../store/logStore';
import type { FilteredView } from './filteredView';
import type { MissedCount } from './messages';

/**
 * The lines that came since a reader stopped following the end: all of them, and those that the view
 * shows, whatever the filter has become meanwhile. Marks and other notices are no lines. Those that
 * have left a full store since still count.
 */
export class MissedLines {
  readonly #store: LogStore;
  /** The first row that was missed. */
  readonly from: number;
  /** How many lines had come before that row. */
  readonly #before: number;

  constructor(store: LogStore, from: number) {
    this.#store = store;
    this.from = Math.min(from, store.endRow);
    this.#before = store.arrivedLines - store.linesBetween(this.from, store.endRow);
  }

  /** @param view one that counts from {@link from} on. */
  read(view: FilteredView): MissedCount {
    const arrived = this.#store.arrivedLines - this.#before;
    return { arrived, passed: view.counted(arrived) };
  }
}
