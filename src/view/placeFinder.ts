import type { Clock } from '../base/clock';
import type { Level } from '../records/level';
import type { FilteredView } from './filteredView';
import type { LogIntake } from './logIntake';
import type { SeekTarget } from './messages';
import type { SearchView } from './searchView';

/** How long a search that has just begun looks for its nearest hit, ms. */
const HIT_MS = 6;
/** How long the next line of a level is looked for, ms. */
const LEVEL_MS = 20;

/** Where something lies in a view. */
export interface Place {
  readonly ordinal: number;
  /** Which hit of the search it is, from 1. */
  readonly index?: number;
}

/** What a place is looked for in. */
export interface Searched {
  readonly intake: LogIntake;
  readonly view: FilteredView;
  readonly search: SearchView | undefined;
  readonly clock: Clock;
}

/** The place a reader asks for, or undefined where there is none, or none within a slice of time. */
export function findPlace(target: SeekTarget, searched: Searched): Place | undefined {
  const { view } = searched;
  switch (target.kind) {
    case 'hit':
      return hitPlace(target.direction, target.from, searched);
    case 'level':
      return levelPlace(target.levels, target.direction, target.from, searched);
    case 'row': {
      const ordinal = view.ordinalAtOrAfter(target.row);
      return ordinal === undefined || ordinal >= view.end ? undefined : { ordinal };
    }
    case 'time':
      return timePlace(target.time, searched);
  }
}

type Direction = 'next' | 'previous';

function hitPlace(direction: Direction, from: number, { view, search, clock }: Searched): Place | undefined {
  // A search that has just begun has looked at nothing: the nearest hits are found within a slice.
  const deadline = clock.now() + HIT_MS;
  search?.advance(() => clock.now() < deadline);
  const row = view.rowAt(Math.min(Math.max(from, view.first), view.end - 1));
  const hit = row === undefined ? undefined : search?.nearest(row, direction);
  const ordinal = hit === undefined ? undefined : view.ordinalAtOrAfter(hit.row);
  return hit === undefined || ordinal === undefined ? undefined : { ordinal, index: hit.index };
}

function levelPlace(
  levels: readonly Level[],
  direction: Direction,
  from: number,
  { intake, view, clock }: Searched,
): Place | undefined {
  const { store, indexes } = intake;
  const step = direction === 'next' ? 1 : -1;
  const deadline = clock.now() + LEVEL_MS;
  for (let ordinal = from + step; ordinal >= view.first && ordinal < view.end; ordinal += step) {
    const row = view.rowAt(ordinal);
    const slab = row === undefined ? undefined : store.slabOf(row);
    const level = row === undefined || !slab ? null : indexes.levels.levelAt(slab, row - slab.firstRow);
    if (row !== undefined && level !== null && levels.includes(level) && indexes.entries.startsAt(row)) {
      return { ordinal };
    }
    if (ordinal % 256 === 0 && clock.now() > deadline) {
      return undefined;
    }
  }
  return undefined;
}

/** By halving: times of a log grow as a rule, and where they do not, near is near enough. */
function timePlace(time: number, { intake, view }: Searched): Place | undefined {
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
  return view.end === view.first ? undefined : { ordinal: Math.min(low, view.end - 1) };
}
