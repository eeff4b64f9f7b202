import type { PatternAsking, PatternFault } from '../records/patternMatching';
import { expressionOf, faultSentence, type TextQuery } from '../records/textMatch';
import { ExpressionSearch } from './expressionSearch';
import type { MatchRound } from './matchRound';
import type { Slab } from './slab';
import { createByteSearch, isAscii, isWordByte } from './textSearch';

/** Finds a text in the lines of slabs. */
export interface LineSearch {
  /** Index of the first row in [from, to) whose line holds it, or -1: as far as that can be told in this round. */
  find(slab: Slab, from: number, to: number, round: MatchRound): number;
  /** Why lines are passed over since some time; undefined while none are. */
  readonly fault?: PatternFault | undefined;
}

const encoder = new TextEncoder();

/**
 * Prepares a search, or says in a sentence why the query means nothing.
 *
 * @param asking matches expressions that may take long; without it lines are passed over where they may.
 */
export function createLineSearch(
  query: TextQuery,
  asking: PatternAsking | undefined,
): LineSearch | { readonly sentence: string } {
  // Folding beyond ASCII can change a text's length, so such lines are compared as text.
  if (!query.regularExpression && (query.caseSensitive || isAscii(query.text))) {
    return byBytes(query);
  }
  const expression = expressionOf(query);
  if (!(expression instanceof RegExp)) {
    return expression;
  }
  const fault = asking?.faultOf(expression);
  return fault === undefined || fault === 'noThread'
    ? new ExpressionSearch(expression, asking)
    : { sentence: faultSentence(query.text, fault) };
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
    find(slab, from, to) {
      const at = findIn(slab.bytes, slab.start(from), slab.start(to));
      return at === -1 ? -1 : slab.indexAt(at);
    },
  };
}
