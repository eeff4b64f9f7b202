import type { LogStore } from '../store/logStore';
import { MatchRound } from '../store/matchRound';
import type { CompiledFilter, RowMatcher } from '../store/rowMatcher';

/** Dropped entries at the front that are worth moving the rest for. */
const COMPACT_AT = 10_000;
/** A filter that means nothing shows nothing. */
const NOTHING: RowMatcher = {
  match: () => undefined,
  passes: () => false,
  shows: () => false,
  problem: null,
  stepRows: 1024,
  unsettledFrom: () => 0,
};

/**
 * The rows of a store that pass a filter, numbered by ordinals that never change: see messages.ts.
 * Looks through the newest rows first, so that hits near the end are there at once, and goes on
 * with what arrives. All work is done in {@link advance}, in slices.
 */
export class FilteredView {
  readonly #store: LogStore;
  readonly #matcher: RowMatcher | undefined;
  /** Where the view begins, if everything is shown from there. */
  readonly #fromRow: number;
  /** Rows from here on are in the forward part. */
  readonly #startRow: number;
  /** Rows from the starting row on, ascending; entry `i` has the ordinal `#forwardBase + i`. */
  #forward: number[] = [];
  #forwardBase = 0;
  #forwardHead = 0;
  /** Rows before the starting row, descending; entry `i` has the ordinal `-1 - i`. */
  readonly #backward: number[] = [];
  #notices: number[] = [];
  #scannedFrom: number;
  #scannedTo: number;
  /** What is said of rows before it changes no more: lines that arrive are no part of their entries. */
  #settledTo: number;
  /** Lines from this row on are counted, and have been. */
  #countFrom = Number.POSITIVE_INFINITY;
  #counted = 0;
  #isWaiting = false;

  constructor(store: LogStore, filter: CompiledFilter) {
    this.#store = store;
    this.#matcher = filter.kind === 'all' ? undefined : filter.kind === 'some' ? filter.matcher : NOTHING;
    this.#fromRow = filter.kind === 'all' ? filter.fromRow : Number.NEGATIVE_INFINITY;
    this.#startRow = this.#matcher ? Math.max(store.firstRow, this.#matcher.unsettledFrom()) : store.endRow;
    this.#scannedFrom = this.#startRow;
    this.#scannedTo = this.#startRow;
    this.#settledTo = this.#startRow;
  }

  /** Ordinal of the first row. */
  get first(): number {
    if (!this.#matcher) {
      return Math.min(Math.max(this.#store.firstRow, this.#fromRow), this.#store.endRow);
    }
    return this.#backward.length > 0 ? -this.#backward.length : this.#forwardBase + this.#forwardHead;
  }

  /** Ordinal behind the last row. */
  get end(): number {
    return this.#matcher ? this.#forwardBase + this.#forward.length : this.#store.endRow;
  }

  /** Log lines in the view, notices not counted. */
  get matchedLines(): number {
    return this.#matcher || this.first > this.#store.firstRow
      ? this.end - this.first - this.#noticesFrom(this.first)
      : this.#store.lineCount;
  }

  /** Counts the view's lines from a row of the store on, from now on those that come, too: see {@link counted}. */
  countFrom(row: number): void {
    this.#countFrom = row;
    if (!this.#matcher) {
      // Everything counts but what lies before the beginning of the view.
      this.#counted = -this.#store.linesBetween(row, Math.max(row, Math.min(this.#fromRow, this.#store.endRow)));
      return;
    }
    this.#counted = 0;
    for (let ordinal = this.end - 1; ordinal >= this.first; ordinal--) {
      const found = this.rowAt(ordinal) as number;
      if (found < row) {
        break;
      }
      this.#counted += this.#isNotice(found) ? 0 : 1;
    }
  }

  /**
   * Lines of the view from the row of {@link countFrom} on, as far as was looked through; those that
   * left the store since are counted.
   *
   * @param arrived how many lines there are from that row on, in the view or not.
   */
  counted(arrived: number): number {
    return this.#matcher ? this.#counted : arrived + this.#counted;
  }

  /** Part of the store already looked through, 0 to 1. */
  get scanned(): number {
    const rows = this.#store.endRow - this.#store.firstRow;
    if (!this.#matcher || rows === 0) {
      return 1;
    }
    const from = Math.max(this.#scannedFrom, this.#store.firstRow);
    return Math.min(1, (this.#scannedTo - from) / rows);
  }

  /** Whether the rows of the store in [from, to), which it holds, have been looked through. */
  hasScanned(from: number, to: number): boolean {
    return !this.#matcher || (from >= this.#scannedFrom && to <= this.#scannedTo);
  }

  /** The store's row at an ordinal, or undefined if the view has no such ordinal. */
  rowAt(ordinal: number): number | undefined {
    if (ordinal < this.first || ordinal >= this.end) {
      return undefined;
    }
    if (!this.#matcher) {
      return ordinal;
    }
    return ordinal < 0 ? this.#backward[-1 - ordinal] : this.#forward[ordinal - this.#forwardBase];
  }

  /**
   * Ordinal of the first row of the view at or after a row of the store; `end` where there is none.
   * Undefined while that part has not been looked through.
   */
  ordinalAtOrAfter(row: number): number | undefined {
    if (!this.#matcher) {
      return Math.min(Math.max(row, this.first), this.end);
    }
    if (row < Math.max(this.#scannedFrom, this.#store.firstRow) && this.#scannedFrom > this.#store.firstRow) {
      return undefined;
    }
    let low = this.first;
    let high = this.end;
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      if ((this.rowAt(middle) as number) < row) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  /** Whether it can only go on when a pattern has been matched elsewhere: see {@link advance}. */
  get isWaiting(): boolean {
    return this.#isWaiting;
  }

  /** Why some rows are left out, in a sentence, or null. */
  get problem(): string | null {
    return this.#matcher?.problem ?? null;
  }

  /**
   * Looks through more of the store until `hasTime` says no, or until it has to wait for a pattern;
   * true when nothing is left to do.
   */
  advance(hasTime: () => boolean): boolean {
    this.#dropEvicted();
    this.#isWaiting = false;
    const matcher = this.#matcher;
    if (!matcher) {
      return true;
    }
    /** The rows of a stretch, or null where that cannot be told yet. */
    const rowsIn = (from: number, to: number): number[] | null => {
      const found: number[] = [];
      const round = new MatchRound(hasTime);
      matcher.match(from, to, found, round);
      this.#isWaiting = round.lacks === 'answers';
      return round.lacks === null ? found : null;
    };
    while (this.#scannedTo < this.#store.endRow) {
      const to = Math.min(this.#store.endRow, this.#scannedTo + matcher.stepRows);
      // What arrives may bring rows along that did not pass before; those behind the last one in
      // the view still find their place.
      const last = this.#forward[this.#forward.length - 1] ?? this.#startRow - 1;
      const found = rowsIn(Math.max(this.#startRow, last + 1, Math.min(this.#settledTo, this.#scannedTo)), to);
      if (!found) {
        return false;
      }
      for (const row of found) {
        this.#forward.push(row);
        this.#note(row);
      }
      this.#scannedTo = to;
      this.#settledTo = Math.min(to, matcher.unsettledFrom());
      if (!hasTime()) {
        return false;
      }
    }
    while (this.#scannedFrom > this.#store.firstRow) {
      const from = Math.max(this.#store.firstRow, this.#scannedFrom - matcher.stepRows);
      const found = rowsIn(from, this.#scannedFrom);
      if (!found) {
        return false;
      }
      for (const row of found.reverse()) {
        this.#backward.push(row);
        this.#note(row);
      }
      this.#scannedFrom = from;
      if (!hasTime()) {
        return false;
      }
    }
    return true;
  }

  #note(row: number): void {
    if (this.#isNotice(row)) {
      this.#notices.push(row);
    } else if (row >= this.#countFrom) {
      this.#counted++;
    }
  }

  #isNotice(row: number): boolean {
    const slab = this.#store.slabOf(row);
    return slab?.isNotice(row - slab.firstRow) === true;
  }

  #noticesFrom(row: number): number {
    if (this.#matcher) {
      return this.#notices.length;
    }
    let count = 0;
    for (const slab of this.#store.slabs) {
      if (slab.endRow > row && slab.noticeCount > 0) {
        for (const index of slab.noticeIndexes()) {
          count += slab.firstRow + index >= row ? 1 : 0;
        }
      }
    }
    return count;
  }

  #dropEvicted(): void {
    const { firstRow } = this.#store;
    while (this.#backward.length > 0 && (this.#backward[this.#backward.length - 1] as number) < firstRow) {
      this.#backward.pop();
    }
    while (this.#forwardHead < this.#forward.length && (this.#forward[this.#forwardHead] as number) < firstRow) {
      this.#forwardHead++;
    }
    if (this.#forwardHead > COMPACT_AT && this.#forwardHead * 2 > this.#forward.length) {
      this.#forward = this.#forward.slice(this.#forwardHead);
      this.#forwardBase += this.#forwardHead;
      this.#forwardHead = 0;
    }
    if (this.#notices.some((row) => row < firstRow)) {
      this.#notices = this.#notices.filter((row) => row >= firstRow);
    }
    this.#scannedTo = Math.max(this.#scannedTo, firstRow);
  }
}
