import { decodeLine } from '../records/decodeLine';
import type { FieldCondition } from '../records/fieldCondition';
import type { Level } from '../records/level';
import { mayExplode } from '../records/safePattern';
import type { TextQuery } from '../records/textMatch';
import { texts } from '../text/texts';
import type { LevelIndex } from './levelIndex';
import type { Slab } from './slab';
import { createByteSearch, isAscii, isWordByte } from './textSearch';

/** One condition; all of a filter's must hold (excluding ones: must not). */
export type Term =
  | ({ readonly kind: 'text'; readonly exclude?: boolean } & TextQuery)
  | ({ readonly kind: 'field'; readonly exclude?: boolean } & FieldCondition);

/**
 * Which rows to show. Everything absent does not restrict. Notices always pass (but not those before
 * `fromRow`). An entry passes as a whole: a stack trace comes with the line it belongs to.
 */
export interface Filter extends Partial<TextQuery> {
  /** Conditions besides the text above, each shown as a chip. */
  readonly terms?: readonly Term[];
  /** Show only these levels; `null` in the list stands for lines without one. */
  readonly levels?: readonly (Level | null)[];
  /** Show only these sources, by id. */
  readonly sources?: readonly string[];
  /** Show only entries of this time on, and before that time: ms since the Unix epoch. */
  readonly since?: number;
  readonly until?: number;
  /** Show nothing before this row of the store: "clear from here". */
  readonly fromRow?: number;
  /** Rows shown around each hit, although they do not pass. 0 to 50 each. */
  readonly context?: { readonly before: number; readonly after: number };
}

/** How the rows that pass are shown. */
export interface ViewOptions {
  /** Entries show only their first line. */
  readonly folded?: boolean;
  /** First rows (store positions) of entries that are the other way round than `folded` says. */
  readonly toggled?: readonly number[];
  /** Consecutive lines of a source that say the same show once. */
  readonly collapseRepeats?: boolean;
}

/** Finds the rows of a slab that pass a filter. */
export interface RowMatcher {
  /** Appends to `into` the indexes in [from, to) that pass, ascending. */
  match(slab: Slab, from: number, to: number, into: number[]): void;
}

export type CompiledFilter =
  /** Everything passes. */
  | { readonly kind: 'all' }
  | { readonly kind: 'some'; readonly matcher: RowMatcher }
  /** The filter means nothing; the sentence says why. */
  | { readonly kind: 'wrong'; readonly sentence: string };

/** Tests one row; levels and sources are cheap once known, text is not. */
type RowTest = (slab: Slab, index: number) => boolean;

/** Bytes of a line that a regular expression sees. */
const PATTERN_BYTES = 64 * 1024;
const encoder = new TextEncoder();

/** Prepares a filter for use. `sourceIndex` tells the index of a source's id, or undefined. */
export function compileFilter(
  filter: Filter,
  levels: LevelIndex,
  sourceIndex: (id: string) => number | undefined,
): CompiledFilter {
  const tests: RowTest[] = [];
  if (filter.sources) {
    const wanted = new Set(filter.sources.map(sourceIndex));
    tests.push((slab, index) => wanted.has(slab.run(index).source));
  }
  if (filter.levels) {
    const wanted = new Set<Level | null>(filter.levels);
    tests.push((slab, index) => wanted.has(levels.levelAt(slab, index)));
  }
  const text = filter.text ?? '';
  if (text === '') {
    return tests.length === 0 ? { kind: 'all' } : { kind: 'some', matcher: rowByRow(tests) };
  }
  if (filter.regularExpression) {
    let pattern: RegExp;
    try {
      const source = filter.wholeWord ? `\\b(?:${text})\\b` : text;
      pattern = new RegExp(source, filter.caseSensitive ? 'u' : 'iu');
    } catch {
      return { kind: 'wrong', sentence: texts.viewer.filter.notAPattern(text) };
    }
    if (mayExplode(text)) {
      return { kind: 'wrong', sentence: texts.viewer.filter.tooSlowPattern(text) };
    }
    tests.push((slab, index) => pattern.test(decodeLine(slab.line(index), PATTERN_BYTES).text));
    return { kind: 'some', matcher: rowByRow(tests) };
  }
  if (!filter.caseSensitive && !isAscii(text)) {
    // Folding beyond ASCII can change a text's length, so such lines are compared as text.
    const wanted = text.toLowerCase();
    tests.push((slab, index) => includesWord(lowerCase(slab, index), wanted, filter.wholeWord === true));
    return { kind: 'some', matcher: rowByRow(tests) };
  }
  return { kind: 'some', matcher: byBytes(encoder.encode(text), filter, tests) };
}

function lowerCase(slab: Slab, index: number): string {
  return decodeLine(slab.line(index), Number.POSITIVE_INFINITY).text.toLowerCase();
}

function includesWord(text: string, wanted: string, wholeWord: boolean): boolean {
  const isWord = (character: string | undefined) => character !== undefined && /[\p{L}\p{N}_]/u.test(character);
  for (let at = text.indexOf(wanted); at !== -1; at = text.indexOf(wanted, at + 1)) {
    if (!wholeWord || (!isWord(text[at - 1]) && !isWord(text[at + wanted.length]))) {
      return true;
    }
  }
  return false;
}

function rowByRow(tests: readonly RowTest[]): RowMatcher {
  return {
    match(slab, from, to, into) {
      for (let index = from; index < to; index++) {
        if (slab.isNotice(index) || tests.every((test) => test(slab, index))) {
          into.push(index);
        }
      }
    },
  };
}

/** Searches the slab's bytes in one go; only rows that hold the text are tested further. */
function byBytes(needle: Uint8Array, filter: Filter, tests: readonly RowTest[]): RowMatcher {
  const search = createByteSearch(needle, filter.caseSensitive === true);
  return {
    match(slab, from, to, into) {
      const { bytes } = slab;
      const end = slab.start(to);
      const notices = [...slab.noticeIndexes()].filter((index) => index >= from && index < to);
      let at = slab.start(from);
      while (at < end) {
        at = search.find(bytes, at, end);
        if (at === -1) {
          break;
        }
        if (filter.wholeWord && (isWordByte(bytes[at - 1]) || isWordByte(bytes[at + search.length]))) {
          at++;
          continue;
        }
        const index = slab.indexAt(at);
        while (notices.length > 0 && (notices[0] as number) < index) {
          into.push(notices.shift() as number);
        }
        if (notices[0] === index) {
          notices.shift();
          into.push(index);
        } else if (tests.every((test) => test(slab, index))) {
          into.push(index);
        }
        at = slab.start(index + 1);
      }
      into.push(...notices);
    },
  };
}
