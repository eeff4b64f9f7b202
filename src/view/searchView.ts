import type { PatternAsking } from '../records/patternMatching';
import type { TextQuery } from '../records/textMatch';
import type { LogStore } from '../store/logStore';
import { type CompiledFilter, createSearchMatcher } from '../store/rowMatcher';
import { FilteredView } from './filteredView';

/** Marks on a scrollbar: more would lie on the same pixels. */
const MOST_MARKS = 400;

/** The hits of a search among the rows of a view. Hides nothing. */
export class SearchView {
  readonly #sentence: string | null;
  readonly #hits: FilteredView;

  /** @param patterns matches expressions that may take long. */
  constructor(query: TextQuery, shown: CompiledFilter, store: LogStore, patterns?: PatternAsking) {
    const matcher = createSearchMatcher(query, shown, store, patterns);
    const isWrong = 'sentence' in matcher;
    this.#sentence = isWrong ? matcher.sentence : null;
    this.#hits = new FilteredView(
      store,
      isWrong ? { kind: 'wrong', sentence: matcher.sentence } : { kind: 'some', matcher },
    );
  }

  /** Why there can be none, or no more than were found, or null. */
  get error(): string | null {
    return this.#sentence ?? this.#hits.problem;
  }

  /** Whether it can only go on when a pattern has been matched elsewhere. */
  get isWaiting(): boolean {
    return this.#hits.isWaiting;
  }

  get count(): number {
    return this.#hits.end - this.#hits.first;
  }

  get isComplete(): boolean {
    return this.#hits.scanned >= 1;
  }

  advance(hasTime: () => boolean): boolean {
    return this.#hits.advance(hasTime);
  }

  /**
   * The nearest hit behind or before a row, around the ends; `index` from 1, among those found so far.
   * Undefined where there is none, or where a nearer one may lie in what has not been looked through.
   */
  nearest(row: number, direction: 'next' | 'previous'): { readonly row: number; readonly index: number } | undefined {
    const { first, end } = this.#hits;
    const isNext = direction === 'next';
    const behind = this.#firstFrom(isNext ? row + 1 : row);
    const isAroundEnd = isNext ? behind === end : behind === first;
    const place = isAroundEnd ? (isNext ? first : end - 1) : isNext ? behind : behind - 1;
    const hit = this.#hits.rowAt(place);
    if (hit === undefined) {
      return undefined;
    }
    const isKnown = isAroundEnd
      ? this.isComplete
      : isNext
        ? this.#hits.hasScanned(row + 1, hit)
        : this.#hits.hasScanned(hit, row);
    return isKnown ? { row: hit, index: place - first + 1 } : undefined;
  }

  /** Which hit a row is, from 1, or undefined. */
  indexOf(row: number): number | undefined {
    const place = this.#firstFrom(row);
    return this.#hits.rowAt(place) === row ? place - this.#hits.first + 1 : undefined;
  }

  /** Where hits lie in a view, 0 to 1, ascending. */
  marks(view: FilteredView): number[] {
    const rows = view.end - view.first;
    const marks: number[] = [];
    const step = Math.max(1, rows / MOST_MARKS);
    for (let from = 0; from < rows; from += step) {
      const row = view.rowAt(view.first + Math.floor(from));
      const next = view.rowAt(Math.min(view.end - 1, view.first + Math.floor(from + step)));
      const isLast = from + step >= rows;
      if (row === undefined || next === undefined) {
        continue;
      }
      const hit = this.#hits.rowAt(this.#firstFrom(row));
      if (hit !== undefined && (hit < next || (isLast && hit <= next))) {
        marks.push(from / rows);
      }
    }
    return marks;
  }

  /** Place of the first hit at or behind a row. */
  #firstFrom(row: number): number {
    let low = this.#hits.first;
    let high = this.#hits.end;
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      if ((this.#hits.rowAt(middle) as number) < row) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }
}
