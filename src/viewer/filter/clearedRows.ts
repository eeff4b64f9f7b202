import type { Filter } from '../../store/filter';
import { without } from './filterTerms';

/**
 * "Clear from here" and "since last mark": a filter that begins at a row, and what it began at
 * before, to undo it step by step. Nothing leaves the store.
 */
export class ClearedRows {
  readonly #before: (number | undefined)[] = [];

  /** The filter beginning at `fromRow`. */
  clearTo(filter: Filter, fromRow: number): Filter {
    this.#before.push(filter.fromRow);
    return { ...filter, fromRow };
  }

  /** The filter as it was one step before; without a beginning once there is nothing to undo. */
  undo(filter: Filter): Filter {
    const fromRow = this.#before.pop();
    const rest = without(filter, 'fromRow');
    return fromRow === undefined ? rest : { ...rest, fromRow };
  }

  /** The store was emptied: the rows it began at are gone. */
  forget(): void {
    this.#before.length = 0;
  }
}
