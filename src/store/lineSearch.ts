import { decodeLine } from '../records/decodeLine';
import { expressionOf, type TextQuery } from '../records/textMatch';
import type { Slab } from './slab';
import { createByteSearch, isAscii, isWordByte } from './textSearch';

/** Finds a text in the lines of slabs. */
export interface LineSearch {
  /** Whether a row's line holds it. */
  holds(slab: Slab, index: number): boolean;
  /** Index of the first row in [from, to) whose line holds it, or -1. */
  find(slab: Slab, from: number, to: number): number;
}

/** Bytes of a line that a regular expression sees. */
const PATTERN_BYTES = 64 * 1024;
const encoder = new TextEncoder();

/** Prepares a search, or says in a sentence why the query means nothing. */
export function createLineSearch(query: TextQuery): LineSearch | { readonly sentence: string } {
  // Folding beyond ASCII can change a text's length, so such lines are compared as text.
  if (!query.regularExpression && (query.caseSensitive || isAscii(query.text))) {
    return byBytes(query);
  }
  const expression = expressionOf(query);
  return expression instanceof RegExp ? byExpression(expression) : expression;
}

function byExpression(expression: RegExp): LineSearch {
  const holds = (slab: Slab, index: number) => expression.test(decodeLine(slab.line(index), PATTERN_BYTES).text);
  return {
    holds,
    find(slab, from, to) {
      for (let index = from; index < to; index++) {
        if (holds(slab, index)) {
          return index;
        }
      }
      return -1;
    },
  };
}

function byBytes({ text, caseSensitive, wholeWord }: TextQuery): LineSearch {
  const search = createByteSearch(encoder.encode(text), caseSensitive === true);
  /** Offset of the text in [start, end), or -1. */
  const findIn = (bytes: Uint8Array, start: number, end: number): number => {
    for (let at = search.find(bytes, start, end); at !== -1; at = search.find(bytes, at + 1, end)) {
      if (!wholeWord || !(isWordByte(bytes[at - 1]) || isWordByte(bytes[at + search.length]))) {
        return at;
      }
    }
    return -1;
  };
  return {
    holds: (slab, index) => findIn(slab.bytes, slab.start(index), slab.start(index + 1)) !== -1,
    find(slab, from, to) {
      const at = findIn(slab.bytes, slab.start(from), slab.start(to));
      return at === -1 ? -1 : slab.indexAt(at);
    },
  };
}
