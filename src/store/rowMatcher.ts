import { decodeLine } from '../records/decodeLine';
import { meetsFieldCondition } from '../records/fieldCondition';
import type { Level } from '../records/level';
import { parseLine } from '../records/parseLine';
import type { PatternAsking } from '../records/patternMatching';
import { repeatKey } from '../records/repeat';
import { faultSentence, type TextQuery } from '../records/textMatch';
import type { RowRange } from './entryIndex';
import type { Filter, Term, ViewOptions } from './filter';
import { createLineSearch, type LineSearch } from './lineSearch';
import type { LogStore } from './logStore';
import type { MatchRound } from './matchRound';
import type { Slab } from './slab';
import type { StoreIndexes } from './storeIndexes';

/** Finds the rows of a store that are shown. */
export interface RowMatcher {
  /**
   * Appends to `into` the rows in [from, to) that are shown, ascending. What it says of a row can
   * change only while the row's entry, or the context behind it, is still arriving. Where the round
   * lacks something in the end, none of it counts.
   */
  match(from: number, to: number, into: number[], round: MatchRound): void;
  /** Whether a row passes by itself or with its entry, context left out. */
  passes(row: number, round: MatchRound): boolean;
  /** Whether a row is shown, context included. */
  shows(row: number, round: MatchRound): boolean;
  /** Why some of it is left out, in a sentence, or null: a pattern may prove to be too slow on the way. */
  readonly problem: string | null;
  /** Rows it looks through in well under a millisecond, as a rule: far more where bytes are searched than where lines are read. */
  readonly stepRows: number;
  /** The first row that lines arriving from now on may still bring along. */
  unsettledFrom(): number;
}

export type CompiledFilter =
  /** Everything from a row on is shown. */
  | { readonly kind: 'all'; readonly fromRow: number }
  | { readonly kind: 'some'; readonly matcher: RowMatcher }
  /** The filter means nothing; the sentence says why. */
  | { readonly kind: 'wrong'; readonly sentence: string };

/** What a matcher looks at. */
export interface MatchedStore {
  readonly store: LogStore;
  readonly indexes: StoreIndexes;
  /** Index of a source by its id, or undefined. */
  sourceIndex(id: string): number | undefined;
  /** Matches expressions that may take long; absent where no person's own are met. */
  readonly patterns?: PatternAsking;
}

const SEARCHED_ROWS = 2048;
const READ_ROWS = 256;
/** A person's own format may take milliseconds on a line. */
const OWN_FORMAT_ROWS = 8;

/** Tests an entry by its first line. */
type HeadTest = (row: number, slab: Slab, index: number) => boolean;

/** Bytes of a line whose fields are read. */
const FIELD_BYTES = 64 * 1024;
/** A line's time stands within so many first bytes, except in JSON. */
const TIME_BYTES = 40;
const CLOSING_BRACE = 0x7d;

/** Prepares a filter for use. */
export function compileFilter(filter: Filter, options: ViewOptions, matched: MatchedStore): CompiledFilter {
  const typed: Term[] = filter.text ? [{ kind: 'text', ...filter, text: filter.text }] : [];
  const wanted: LineSearch[] = [];
  const unwanted: LineSearch[] = [];
  const named = new Map<LineSearch, string>();
  const heads: HeadTest[] = headTests(filter, matched);
  for (const term of [...typed, ...(filter.terms ?? [])]) {
    if (term.kind === 'field') {
      const { store, indexes } = matched;
      heads.push((row) => {
        const stored = store.row(row);
        const text = stored ? decodeLine(stored.bytes, FIELD_BYTES).text : '';
        const { fields } = parseLine(text, stored?.receivedAt ?? 0, indexes.formats);
        return meetsFieldCondition(fields, term) !== (term.exclude === true);
      });
      continue;
    }
    if (term.text === '') {
      continue; // Every line holds it.
    }
    const search = createLineSearch(term, matched.patterns);
    if ('sentence' in search) {
      return { kind: 'wrong', sentence: search.sentence };
    }
    named.set(search, term.text);
    (term.exclude ? unwanted : wanted).push(search);
  }
  const shapes = options.folded === true || (options.toggled?.length ?? 0) > 0 || options.collapseRepeats === true;
  if (heads.length + wanted.length + unwanted.length === 0 && !shapes) {
    return { kind: 'all', fromRow: filter.fromRow ?? Number.NEGATIVE_INFINITY };
  }
  return { kind: 'some', matcher: new FilterMatcher(matched, filter, options, { heads, wanted, unwanted, named }) };
}

function headTests(filter: Filter, { indexes, sourceIndex }: MatchedStore): HeadTest[] {
  const tests: HeadTest[] = [];
  const { sources, levels, since, until } = filter;
  if (sources) {
    const wanted = new Set(sources.map(sourceIndex));
    tests.push((_row, slab, index) => wanted.has(slab.run(index).source));
  }
  if (levels) {
    const wanted = new Set<Level | null>(levels);
    tests.push((_row, slab, index) => wanted.has(indexes.levels.levelAt(slab, index)));
  }
  if (since !== undefined || until !== undefined) {
    const [from, to] = [since ?? Number.NEGATIVE_INFINITY, until ?? Number.POSITIVE_INFINITY];
    tests.push((row) => {
      const time = indexes.times.exact(row);
      return time >= from && time < to;
    });
  }
  return tests;
}

interface Tests {
  readonly heads: readonly HeadTest[];
  readonly wanted: readonly LineSearch[];
  readonly unwanted: readonly LineSearch[];
  /** All searches, and what is looked for. */
  readonly named: ReadonlyMap<LineSearch, string>;
}

function problemOf(searches: ReadonlyMap<LineSearch, string>): string | null {
  for (const [{ fault }, text] of searches) {
    if (fault !== undefined) {
      return faultSentence(text, fault);
    }
  }
  return null;
}

class FilterMatcher implements RowMatcher {
  readonly #store: LogStore;
  readonly #indexes: StoreIndexes;
  readonly #tests: Tests;
  readonly #fromRow: number;
  readonly #before: number;
  readonly #after: number;
  readonly #shape: RowShape;
  /** How far the entry asked about last was searched: a long one is asked about for many of its rows, and while it grows. */
  readonly #searched = new Map<LineSearch, { slab: Slab; first: number; to: number; found: boolean }>();

  constructor({ store, indexes }: MatchedStore, filter: Filter, options: ViewOptions, tests: Tests) {
    this.#store = store;
    this.#indexes = indexes;
    this.#tests = tests;
    this.#fromRow = filter.fromRow ?? Number.NEGATIVE_INFINITY;
    this.#before = filter.context?.before ?? 0;
    this.#after = filter.context?.after ?? 0;
    this.#shape = new RowShape(store, indexes, options);
  }

  get stepRows(): number {
    const { heads, wanted } = this.#tests;
    return heads.length > 0 && this.#indexes.formats.length > 0
      ? OWN_FORMAT_ROWS
      : wanted.length > 0
        ? SEARCHED_ROWS
        : READ_ROWS;
  }

  get problem(): string | null {
    return problemOf(this.#tests.named);
  }

  unsettledFrom(): number {
    const { endRow, firstRow } = this.#store;
    return endRow === firstRow
      ? endRow
      : Math.max(firstRow, this.#indexes.entries.entryAt(endRow - 1).first - this.#before);
  }

  match(from: number, to: number, into: number[], round: MatchRound): void {
    const first = Math.max(from, this.#fromRow, this.#store.firstRow);
    let done = first;
    this.#passing(
      Math.max(first - this.#after, this.#fromRow, this.#store.firstRow),
      Math.min(to + this.#before, this.#store.endRow),
      (entry) => {
        // A notice is always shown and no hit: nothing is shown around it. Nor do the lines before a
        // hit begin before it: it may stand there already when the hit arrives.
        const isHit = !this.#isNotice(entry.first);
        const end = Math.min(to, entry.end + (isHit ? this.#after : 0));
        for (let row = Math.max(done, entry.first - (isHit ? this.#before : 0)); row < end; row++) {
          if (this.#shape.shows(row)) {
            into.push(row);
          }
        }
        done = Math.max(done, end);
      },
      round,
    );
  }

  passes(row: number, round: MatchRound): boolean {
    const entry = this.#indexes.entries.entryAt(row);
    return row >= this.#fromRow && this.#passesEntry(entry, round) && this.#shape.shows(row);
  }

  shows(row: number, round: MatchRound): boolean {
    if (this.#before + this.#after === 0) {
      return this.passes(row, round);
    }
    const found: number[] = [];
    this.match(row, row + 1, found, round);
    return found.length > 0;
  }

  #isNotice(row: number): boolean {
    const slab = this.#store.slabOf(row);
    return slab?.isNotice(row - slab.firstRow) === true;
  }

  /** Tells the entries that pass and have a row in [from, to), in order. */
  #passing(from: number, to: number, tell: (entry: RowRange) => void, round: MatchRound): void {
    const search = this.#tests.wanted[0];
    for (let row = from; row < to; ) {
      const slab = this.#store.slabOf(row);
      if (!slab) {
        return;
      }
      const end = Math.min(to, slab.endRow);
      row = search ? this.#candidates(slab, row, end, { search, round }, tell) : this.#each(row, end, tell, round);
    }
  }

  /** Entry by entry; returns the row behind the last one. */
  #each(from: number, to: number, tell: (entry: RowRange) => void, round: MatchRound): number {
    let row = from;
    while (row < to) {
      const entry = this.#indexes.entries.entryAt(row);
      if (this.#passesEntry(entry, round)) {
        tell(entry);
      }
      row = entry.end;
    }
    return row;
  }

  /** Only around the lines that hold the text: most of a slab is never looked at line by line. */
  #candidates(
    slab: Slab,
    from: number,
    to: number,
    { search, round }: { readonly search: LineSearch; readonly round: MatchRound },
    tell: (entry: RowRange) => void,
  ): number {
    const { firstRow } = slab;
    const notices = [...slab.noticeIndexes()].map((index) => index + firstRow).filter((row) => row >= from && row < to);
    const tellNotices = (before: number) => {
      while (notices.length > 0 && (notices[0] as number) < before) {
        const row = notices.shift() as number;
        tell({ first: row, end: row + 1 });
      }
    };
    let row = from;
    // The entry that reaches into this stretch may hold the text before it.
    if (!this.#indexes.entries.startsAt(row)) {
      row = this.#each(row, row + 1, tell, round);
    }
    while (row < to) {
      const index = search.find(slab, row - firstRow, to - firstRow, round);
      if (index === -1) {
        break;
      }
      const entry = this.#indexes.entries.entryAt(firstRow + index);
      tellNotices(entry.first);
      if (slab.isNotice(index)) {
        notices.shift();
        tell(entry);
      } else if (this.#passesEntry(entry, round, search)) {
        tell(entry);
      }
      row = entry.end;
    }
    tellNotices(to);
    // The last entry may go on behind `to`, and hold the text only there.
    if (row < to) {
      const last = this.#indexes.entries.entryAt(to - 1);
      if (last.end > to && last.first >= row && this.#passesEntry(last, round)) {
        tell(last);
      }
      return to;
    }
    return row;
  }

  /** @param found what the entry is known to hold. */
  #passesEntry({ first, end }: RowRange, round: MatchRound, found?: LineSearch): boolean {
    const slab = this.#store.slabOf(first);
    if (!slab) {
      return false;
    }
    const index = first - slab.firstRow;
    if (slab.isNotice(index)) {
      return true;
    }
    const { heads, wanted, unwanted } = this.#tests;
    return (
      wanted.every((search) => search === found || this.#anyLine({ first, end }, slab, search, round)) &&
      !unwanted.some((search) => this.#anyLine({ first, end }, slab, search, round)) &&
      heads.every((test) => test(first, slab, index))
    );
  }

  /** Whether any line of an entry holds a text. `slab`: that of its first row. */
  #anyLine({ first, end }: RowRange, slab: Slab, search: LineSearch, round: MatchRound): boolean {
    let searched = this.#searched.get(search);
    if (!searched) {
      searched = { slab, first, to: first, found: false };
      this.#searched.set(search, searched);
    } else if (searched.first !== first || searched.slab !== slab || searched.to > end) {
      searched.slab = slab;
      searched.first = first;
      searched.to = first;
      searched.found = false;
    }
    while (!searched.found && searched.to < end) {
      const row = searched.to;
      const held = this.#store.slabOf(row);
      if (!held) {
        return false;
      }
      searched.to = Math.min(end, held.endRow);
      searched.found = search.find(held, row - held.firstRow, searched.to - held.firstRow, round) !== -1;
    }
    if (!searched.found && round.lacks !== null) {
      this.#searched.delete(search); // Some line may have been passed over for now.
    }
    return searched.found;
  }
}

/** Which rows of what passes are shown: folded lines and repeats are not. */
class RowShape {
  readonly #store: LogStore;
  readonly #indexes: StoreIndexes;
  readonly #folded: boolean;
  readonly #toggled: ReadonlySet<number>;
  readonly #collapses: boolean;

  constructor(store: LogStore, indexes: StoreIndexes, options: ViewOptions) {
    this.#store = store;
    this.#indexes = indexes;
    this.#folded = options.folded === true;
    this.#toggled = new Set(options.toggled ?? []);
    this.#collapses = options.collapseRepeats === true;
  }

  shows(row: number): boolean {
    if ((this.#folded || this.#toggled.size > 0) && !this.#indexes.entries.startsAt(row)) {
      const head = this.#indexes.entries.entryAt(row).first;
      if (this.#folded !== this.#toggled.has(head)) {
        return false;
      }
    }
    return !this.#collapses || !repeatsRowBefore(this.#store, this.#indexes, row);
  }
}

/** Whether a line says the same as the line of its source right before it; both are entries of one line. */
export function repeatsRowBefore(store: LogStore, indexes: StoreIndexes, row: number): boolean {
  const { entries } = indexes;
  const [before, own] = [store.row(row - 1), store.row(row)];
  if (!before || !own || own.notice || before.notice || own.source !== before.source) {
    return false;
  }
  return (
    endsAlike(before.bytes, own.bytes) &&
    entries.startsAt(row) &&
    entries.startsAt(row - 1) &&
    (row + 1 >= store.endRow || entries.startsAt(row + 1)) &&
    repeatKey(decodeLine(before.bytes).text) === repeatKey(decodeLine(own.bytes).text)
  );
}

/** A quick no: lines that say the same differ in their times only, which are as long and stand in front. */
function endsAlike(one: Uint8Array, other: Uint8Array): boolean {
  if (one.length !== other.length) {
    return false;
  }
  for (let at = TIME_BYTES; at < one.length; at++) {
    if (one[at] !== other[at]) {
      // A JSON line may well have its time further back.
      return one[one.length - 1] === CLOSING_BRACE;
    }
  }
  return true;
}

/** Finds the single rows that hold a text, among those that a filter shows. */
export function createSearchMatcher(
  query: TextQuery,
  shown: CompiledFilter,
  store: LogStore,
  patterns?: PatternAsking,
): RowMatcher | { readonly sentence: string } {
  const search = createLineSearch(query, patterns);
  if ('sentence' in search) {
    return search;
  }
  const named = new Map([[search, query.text]]);
  const isShown = (row: number, round: MatchRound) =>
    shown.kind === 'all' ? row >= shown.fromRow : shown.kind === 'some' && shown.matcher.shows(row, round);
  return {
    get problem() {
      return problemOf(named);
    },
    stepRows: SEARCHED_ROWS,
    unsettledFrom: () => (shown.kind === 'some' ? shown.matcher.unsettledFrom() : store.endRow),
    passes: isShown,
    shows: isShown,
    match(from, to, into, round) {
      for (let row = from; row < to; ) {
        const slab = store.slabOf(row);
        if (!slab) {
          return;
        }
        const end = Math.min(to, slab.endRow) - slab.firstRow;
        const index = search.find(slab, row - slab.firstRow, end, round);
        if (index === -1) {
          row = slab.firstRow + end;
          continue;
        }
        const hit = slab.firstRow + index;
        if (!slab.isNotice(index) && isShown(hit, round)) {
          into.push(hit);
        }
        row = hit + 1;
      }
    },
  };
}
