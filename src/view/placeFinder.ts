import type { Slab } from '../store/slab';
import type { FilteredView } from './filteredView';
import type { LogIntake } from './logIntake';
import type { SeekTarget } from './messages';
import type { SearchView } from './searchView';

/** Rows whose levels are looked at before the time is. */
const STEP_ROWS = 256;

type Target<Kind extends SeekTarget['kind']> = Extract<SeekTarget, { kind: Kind }>;

/** Where something lies in a view. */
export interface Place {
  readonly ordinal: number;
  /** Which hit of the search it is, from 1, as far as known. */
  readonly index?: number;
}

/** What a place is looked for in. */
export interface Searched {
  readonly intake: LogIntake;
  readonly view: FilteredView;
  /** The search that is running now. */
  readonly search: () => SearchView | undefined;
}

/**
 * Looks for the place a reader asks for, in slices: it may lie millions of rows away, or where the
 * filter or the search has yet to look. Never says that there is none while there may be one.
 */
export class PlaceFinder {
  readonly #target: SeekTarget;
  readonly #searched: Searched;
  /** The ordinal at which the looking for a level goes on. */
  #at: number | undefined;
  #isWaiting = false;

  constructor(target: SeekTarget, searched: Searched) {
    this.#target = target;
    this.#searched = searched;
  }

  /** Whether it can only go on when a pattern has been matched elsewhere. */
  get isWaiting(): boolean {
    return this.#isWaiting;
  }

  /** Looks on until `hasTime` says no, or view or search wait for a pattern. Null: there is no such place; undefined: that is not known yet. */
  lookOn(hasTime: () => boolean): Place | null | undefined {
    let isComplete = false;
    for (;;) {
      const place = this.#look(isComplete, hasTime);
      if (place !== undefined || !hasTime()) {
        return place;
      }
      const { view, search } = this.#searched;
      isComplete = view.advance(hasTime);
      this.#isWaiting = view.isWaiting || (this.#target.kind === 'hit' && search()?.isWaiting === true);
      if (this.#isWaiting) {
        return undefined;
      }
    }
  }

  /** @param isComplete all rows of the view are known. */
  #look(isComplete: boolean, hasTime: () => boolean): Place | null | undefined {
    switch (this.#target.kind) {
      case 'hit':
        return this.#hitPlace(this.#target, isComplete, hasTime);
      case 'level':
        return this.#levelPlace(this.#target, isComplete, hasTime);
      case 'row':
        return this.#rowPlace(this.#target, isComplete);
      case 'time':
        return this.#timePlace(this.#target, isComplete);
    }
  }

  #hitPlace({ direction, from }: Target<'hit'>, isComplete: boolean, hasTime: () => boolean) {
    const { view, search: running } = this.#searched;
    const search = running();
    if (!search) {
      return null;
    }
    const isSearched = search.advance(hasTime);
    const row = view.rowAt(Math.min(Math.max(from, view.first), view.end - 1));
    const hit = row === undefined ? undefined : search.nearest(row, direction);
    if (!hit) {
      return isComplete && isSearched ? null : undefined;
    }
    const ordinal = view.ordinalAtOrAfter(hit.row);
    if (ordinal !== undefined && view.rowAt(ordinal) === hit.row) {
      return { ordinal, index: hit.index };
    }
    return isComplete ? null : undefined;
  }

  #levelPlace({ levels, direction, from }: Target<'level'>, isComplete: boolean, hasTime: () => boolean) {
    const { intake, view } = this.#searched;
    const { store, indexes } = intake;
    const isNext = direction === 'next';
    const begin = this.#at ?? from + (isNext ? 1 : -1);
    // Rows may have left the front since.
    let at = isNext ? Math.max(begin, view.first) : Math.min(begin, view.end - 1);
    let slab: Slab | undefined;
    for (let looked = 1; at >= view.first && at < view.end; looked++) {
      const row = view.rowAt(at) as number;
      if (!slab || row < slab.firstRow || row >= slab.endRow) {
        slab = store.slabOf(row);
        if (slab && indexes.levels.hasNone(slab, levels)) {
          at = isNext
            ? (view.ordinalAtOrAfter(slab.endRow) ?? view.end)
            : (view.ordinalAtOrAfter(slab.firstRow) ?? view.first) - 1;
          continue;
        }
      }
      const level = slab ? indexes.levels.levelAt(slab, row - slab.firstRow) : null;
      if (level !== null && levels.includes(level) && indexes.entries.startsAt(row)) {
        return { ordinal: at };
      }
      at += isNext ? 1 : -1;
      if (looked % STEP_ROWS === 0 && !hasTime()) {
        this.#at = at;
        return undefined;
      }
    }
    this.#at = at;
    return isComplete ? null : undefined;
  }

  #rowPlace({ row }: Target<'row'>, isComplete: boolean) {
    const { view } = this.#searched;
    const ordinal = view.ordinalAtOrAfter(row);
    if (ordinal !== undefined && ordinal < view.end) {
      return { ordinal };
    }
    return isComplete ? null : undefined;
  }

  /** By halving: times of a log grow as a rule, and where they do not, near is near enough. */
  #timePlace({ time }: Target<'time'>, isComplete: boolean) {
    const { intake, view } = this.#searched;
    const { times } = intake.indexes;
    let low = view.first;
    let high = view.end;
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      if (times.exact(view.rowAt(middle) as number) < time) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    if (low > view.first && low < view.end) {
      return { ordinal: low };
    }
    if (!isComplete) {
      return undefined;
    }
    return view.end === view.first ? null : { ordinal: Math.min(low, view.end - 1) };
  }
}
