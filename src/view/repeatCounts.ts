import type { LogStore } from '../store/logStore';
import { repeatsRowBefore } from '../store/rowMatcher';
import type { StoreIndexes } from '../store/storeIndexes';

/** Repeats counted at most; more are "and so on" to any reader. */
const MOST_REPEATS = 100_000;
/** Runs remembered: those of several windows of rows. */
const MOST_RUNS = 4096;
/** Lines compared before the time is looked at; each may be long. */
const STEP_ROWS = 16;

/** How often a line comes in a row. */
export interface RepeatRun {
  /** The last row that is known to say the same. */
  readonly last: number;
  /** Whether all of its repeats are counted, as far as they have arrived. */
  readonly isCounted: boolean;
}

/**
 * Counts how often lines come in a row, in slices, and remembers how far it came: a viewer asks for
 * the same rows again and again while they grow.
 */
export class RepeatCounts {
  readonly #store: LogStore;
  readonly #indexes: StoreIndexes;
  /** By first row; those asked for last stand at the end. */
  readonly #runs = new Map<number, RepeatRun>();

  constructor(store: LogStore, indexes: StoreIndexes) {
    this.#store = store;
    this.#indexes = indexes;
  }

  /** Counts the repeats of a row's line from it on until `hasTime` says no; true when all are counted. */
  countOn(row: number, hasTime: () => boolean): boolean {
    const known = this.#runs.get(row);
    // The line counted last may have become the first of an entry of several lines, so it is looked at anew.
    let last = known ? Math.max(row, known.last - 1) : row;
    let isCounted = false;
    while (!isCounted && hasTime()) {
      const end = Math.min(last + STEP_ROWS, row + MOST_REPEATS);
      while (last < end && repeatsRowBefore(this.#store, this.#indexes, last + 1)) {
        last++;
      }
      isCounted = last < end || last === row + MOST_REPEATS;
    }
    this.#runs.delete(row);
    // Without time for a single step nothing is looked at anew.
    this.#runs.set(row, { last: isCounted ? last : Math.max(last, known?.last ?? row), isCounted });
    for (const oldest of this.#runs.keys()) {
      if (this.#runs.size <= MOST_RUNS) {
        break;
      }
      this.#runs.delete(oldest);
    }
    return isCounted;
  }

  /** What is known of the run that begins with a row. */
  of(row: number): RepeatRun | undefined {
    return this.#runs.get(row);
  }

  /** Counts everything anew: row numbers mean other lines, or lines above change where entries begin. */
  forget(): void {
    this.#runs.clear();
  }
}
