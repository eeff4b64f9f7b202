import type { ViewOptions } from '../store/filter';
import { wholeRound } from '../store/matchRound';
import type { CompiledFilter } from '../store/rowMatcher';
import type { FilteredView } from './filteredView';
import type { LogIntake } from './logIntake';
import type { Row } from './messages';
import type { RepeatCounts } from './repeatCounts';
import type { RowReader } from './rowReader';

/** Most rows of one answer. */
const MOST_ROWS = 1000;

/** How a view shows its rows. */
export interface Shown {
  readonly view: FilteredView;
  readonly compiled: CompiledFilter;
  readonly options: ViewOptions;
  /** Rows that do not pass are shown around those that do. */
  readonly hasContext: boolean;
}

export interface ReadRows {
  readonly rows: Row[];
  /** False: repeats of some rows are counted in part only, and their counts grow when they are read again. */
  readonly isCounted: boolean;
}

/** The rows of a view as a viewer gets them: what they say, and how they hang together with others. */
export class ShownRows {
  readonly #intake: LogIntake;
  readonly #reader: RowReader;
  readonly #repeats: RepeatCounts;

  constructor(intake: LogIntake, reader: RowReader, repeats: RepeatCounts) {
    this.#intake = intake;
    this.#reader = reader;
    this.#repeats = repeats;
  }

  /**
   * Those at the ordinals [from, to) that are there, at most 1,000. Their repeats are counted until
   * `hasTime` says no.
   */
  read(from: number, to: number, shown: Shown, hasTime: () => boolean): ReadRows {
    const { view, options } = shown;
    const rows: Row[] = [];
    const first = Math.max(from, view.first);
    const end = Math.min(to, view.end, first + MOST_ROWS);
    let isCounted = true;
    // Before the rows are read: whatever that takes, the counts get on with every answer.
    for (let ordinal = first; ordinal < end && options.collapseRepeats; ordinal++) {
      isCounted = this.#repeats.countOn(view.rowAt(ordinal) as number, hasTime) && isCounted;
    }
    for (let ordinal = first; ordinal < end; ordinal++) {
      const row = this.#row(ordinal, shown);
      if (row) {
        rows.push(row);
      }
    }
    return { rows, isCounted };
  }

  #row(ordinal: number, { view, compiled, options, hasContext }: Shown): Row | undefined {
    const { store, indexes } = this.#intake;
    const number = view.rowAt(ordinal);
    const row = number === undefined ? undefined : this.#reader.read(number, ordinal);
    if (number === undefined || !row) {
      return undefined;
    }
    const { entries, times } = indexes;
    const run = options.collapseRepeats ? this.#repeats.of(number) : undefined;
    const last = run?.last ?? number;
    const end = row.entryStart ? entries.entryAt(number).end : number + 1;
    const entryLines = end - number - 1;
    const isGrowing = (row.entryStart && Math.max(end, last + 1) === store.endRow) || run?.isCounted === false;
    const isToggled = options.toggled?.includes(number) === true;
    const isFolded = entryLines > 0 && (options.folded === true) !== isToggled;
    const isContext = hasContext && compiled.kind === 'some' && !compiled.matcher.passes(number, wholeRound());
    return {
      ...row,
      ...(entryLines > 0 ? { entryLines } : {}),
      ...(isFolded ? { foldedLines: entryLines } : {}),
      ...(last > number
        ? { repeats: { count: last - number + 1, firstTime: times.exact(number), lastTime: times.exact(last) } }
        : {}),
      ...(isContext ? { context: true } : {}),
      ...(isGrowing && row.notice === undefined ? { isGrowing } : {}),
    };
  }
}
