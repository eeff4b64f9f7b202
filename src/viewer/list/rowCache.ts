import type { Clock } from '../../base/clock';
import type { Row } from '../../view/messages';
import type { Extent } from './geometry';

/** Most rows asked for at a time; the contract allows 1,000. */
const REQUEST_ROWS = 500;
/** Rows kept, at least; those farthest from what is shown leave first. */
const KEPT_ROWS = 6000;
/** More would only queue up at a holder that is busy. */
const OPEN_REQUESTS = 3;
/** A request that has had no answer for so long is lost, ms: its holder was replaced. */
const LOST_AFTER_MS = 3000;

interface OpenRequest extends Extent {
  readonly at: number;
}

/** The rows of one view that the viewer knows, and the requests for those it needs. */
export class RowCache {
  readonly #rows = new Map<number, Row>();
  readonly #open = new Map<number, OpenRequest>();
  /** Rows that what arrives may change, and those that it may have changed: they are asked for anew. */
  readonly #growing = new Set<number>();
  readonly #stale = new Set<number>();
  readonly #ask: (from: number, to: number) => number;
  readonly #clock: Clock;

  /** @param ask posts a request for the rows `from <= ordinal < to`; returns its number. */
  constructor(ask: (from: number, to: number) => number, clock: Clock) {
    this.#ask = ask;
    this.#clock = clock;
  }

  get(ordinal: number): Row | undefined {
    return this.#rows.get(ordinal);
  }

  /** The rows of a range, or undefined where one is not known as it is now. */
  range({ first, end }: Extent): readonly Row[] | undefined {
    const rows: Row[] = [];
    for (let ordinal = first; ordinal < end; ordinal++) {
      const row = this.#rows.get(ordinal);
      if (!row) {
        return undefined;
      }
      rows.push(row);
    }
    return rows;
  }

  /** Lines may have arrived. */
  grown(): void {
    for (const ordinal of this.#growing) {
      this.#stale.add(ordinal);
    }
    this.#growing.clear();
  }

  /**
   * Sees to it that the rows of a range are there or on their way. What does not fit into the open
   * requests is asked for when the caller wants it again after an answer.
   *
   * @param extent rows that exist.
   * @param prefetch rows to fetch ahead on either side, once something is missing near the range.
   */
  want(range: Extent, extent: Extent, prefetch: number): void {
    const near = clip({ first: range.first - prefetch / 2, end: range.end + prefetch / 2 }, extent);
    if (this.#missing(near) === undefined) {
      return;
    }
    const urgent = this.#missing(clip(range, extent));
    const wide = this.#missing(clip({ first: range.first - prefetch, end: range.end + prefetch }, extent));
    // What is on screen comes first; the rest around it goes along if it is one stretch.
    for (const missing of [urgent, wide]) {
      if (missing !== undefined) {
        this.#request(missing);
      }
    }
  }

  /** Takes an answer. Says whether it belonged here. */
  accept(request: number, rows: readonly Row[], shown: Extent): boolean {
    if (!this.#open.delete(request)) {
      return false;
    }
    for (const row of rows) {
      const known = this.#rows.get(row.ordinal);
      // The same row stays the same object: only what changed is drawn anew.
      this.#rows.set(row.ordinal, known && looksAlike(known, row) ? known : row);
      this.#stale.delete(row.ordinal);
      if (row.isGrowing) {
        this.#growing.add(row.ordinal);
      }
    }
    if (this.#rows.size > KEPT_ROWS) {
      const slack = KEPT_ROWS / 3;
      for (const ordinal of this.#rows.keys()) {
        if (ordinal < shown.first - slack || ordinal >= shown.end + slack) {
          this.#rows.delete(ordinal);
          this.#growing.delete(ordinal);
          this.#stale.delete(ordinal);
        }
      }
    }
    return true;
  }

  #request(missing: Extent): void {
    for (let from = missing.first; from < missing.end; from += REQUEST_ROWS) {
      const range = { first: from, end: Math.min(missing.end, from + REQUEST_ROWS) };
      this.#dropLost();
      if (this.#open.size >= OPEN_REQUESTS || this.#missing(range) === undefined) {
        return;
      }
      this.#open.set(this.#ask(range.first, range.end), { ...range, at: this.#clock.now() });
    }
  }

  /** The stretch from the first to the last ordinal that is neither there as it is now nor asked for. */
  #missing({ first, end }: Extent): Extent | undefined {
    let from: number | undefined;
    let to = first;
    for (let ordinal = first; ordinal < end; ordinal++) {
      if ((!this.#rows.has(ordinal) || this.#stale.has(ordinal)) && !this.#isAskedFor(ordinal)) {
        from ??= ordinal;
        to = ordinal + 1;
      }
    }
    return from === undefined ? undefined : { first: from, end: to };
  }

  #isAskedFor(ordinal: number): boolean {
    for (const { first, end } of this.#open.values()) {
      if (ordinal >= first && ordinal < end) {
        return true;
      }
    }
    return false;
  }

  #dropLost(): void {
    const now = this.#clock.now();
    for (const [request, { at }] of this.#open) {
      if (now - at > LOST_AFTER_MS) {
        this.#open.delete(request);
      }
    }
  }
}

function clip(range: Extent, extent: Extent): Extent {
  return { first: Math.max(Math.ceil(range.first), extent.first), end: Math.min(Math.floor(range.end), extent.end) };
}

/** All else of a row never changes. */
function looksAlike(one: Row, other: Row): boolean {
  return (
    one.entryLines === other.entryLines &&
    one.foldedLines === other.foldedLines &&
    one.repeats?.count === other.repeats?.count &&
    one.context === other.context
  );
}
