import type { ViewOptions } from '../store/filter';
import type { CompiledFilter } from '../store/rowMatcher';
import type { FilteredView } from './filteredView';
import type { LogIntake } from './logIntake';
import type { Row } from './messages';
import type { RowReader } from './rowReader';

/** Most rows of one answer. */
const MOST_ROWS = 1000;
/** All the text of one entry that is shown, bytes. */
const ENTRY_BYTES = 1024 * 1024;

/** How a view shows its rows. */
export interface Shown {
  readonly view: FilteredView;
  readonly compiled: CompiledFilter;
  readonly options: ViewOptions;
  /** Rows that do not pass are shown around those that do. */
  readonly hasContext: boolean;
}

/** The rows of a view as a viewer gets them: what they say, and how they hang together with others. */
export class ShownRows {
  readonly #intake: LogIntake;
  readonly #reader: RowReader;

  constructor(intake: LogIntake, reader: RowReader) {
    this.#intake = intake;
    this.#reader = reader;
  }

  /** Those at the ordinals [from, to) that are there, at most 1,000. */
  read(from: number, to: number, shown: Shown): Row[] {
    const rows: Row[] = [];
    const first = Math.max(from, shown.view.first);
    const end = Math.min(to, shown.view.end, first + MOST_ROWS);
    for (let ordinal = first; ordinal < end; ordinal++) {
      const row = this.#row(ordinal, shown);
      if (row) {
        rows.push(row);
      }
    }
    return rows;
  }

  /** All rows of the entry to which a row of the store belongs, up to 1 MiB of text. */
  entry(row: number): Row[] {
    const rows: Row[] = [];
    const { first, end } = this.#intake.indexes.entries.entryAt(row);
    let left = ENTRY_BYTES;
    for (let at = first; at < end && left > 0; at++) {
      const read = this.#reader.read(at, 0, left);
      if (read) {
        rows.push(read);
        left -= read.text.length;
      }
    }
    return rows;
  }

  #row(ordinal: number, { view, compiled, options, hasContext }: Shown): Row | undefined {
    const { store, indexes } = this.#intake;
    const number = view.rowAt(ordinal);
    const row = number === undefined ? undefined : this.#reader.read(number, ordinal);
    if (number === undefined || !row) {
      return undefined;
    }
    const { entries } = indexes;
    const repeats = options.collapseRepeats ? this.#reader.repeats(number) : undefined;
    const end = row.entryStart ? entries.entryAt(number).end : number + 1;
    const entryLines = end - number - 1;
    const isGrowing = row.entryStart && Math.max(end, number + (repeats?.count ?? 1)) === store.endRow;
    const isToggled = options.toggled?.includes(number) === true;
    const isFolded = entryLines > 0 && (options.folded === true) !== isToggled;
    const isContext = hasContext && compiled.kind === 'some' && !compiled.matcher.passes(number);
    return {
      ...row,
      ...(entryLines > 0 ? { entryLines } : {}),
      ...(isFolded ? { foldedLines: entryLines } : {}),
      ...(repeats && repeats.count > 1 ? { repeats } : {}),
      ...(isContext ? { context: true } : {}),
      ...(isGrowing && row.notice === undefined ? { isGrowing } : {}),
    };
  }
}
