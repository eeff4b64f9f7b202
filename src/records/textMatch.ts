import { texts } from '../text/viewerTexts';
import type { PatternFault } from './patternMatching';
import { compilePattern, mayExplode } from './safePattern';

/** A text to look for. */
export interface TextQuery {
  readonly text: string;
  readonly caseSensitive?: boolean;
  readonly regularExpression?: boolean;
  readonly wholeWord?: boolean;
}

export interface TextRange {
  readonly start: number;
  readonly end: number;
}

export type CompiledQuery =
  | {
      readonly kind: 'query';
      readonly expression: RegExp;
      /** A person wrote it as a pattern, so that it may take long. */
      readonly isPattern: boolean;
      ranges(text: string): readonly TextRange[];
    }
  /** Why nothing can be found with it. */
  | { readonly kind: 'wrong'; readonly sentence: string };

/** More on one line would only cost time to draw. */
export const MOST_RANGES = 200;

/** The expression a query stands for, or why it stands for none. */
export function expressionOf(
  { text, caseSensitive, regularExpression, wholeWord }: TextQuery,
  flags = '',
): RegExp | { readonly sentence: string } {
  if (regularExpression && mayExplode(text)) {
    return { sentence: texts.viewer.filter.tooSlowPattern(text) };
  }
  const source = regularExpression ? text : text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');
  const caseFlag = caseSensitive ? '' : 'i';
  const notAPattern = { sentence: texts.viewer.filter.notAPattern(text) };
  const bare = compilePattern(source, caseFlag + flags);
  if (!bare || !wholeWord) {
    return bare ?? notAPattern;
  }
  // Not \b: a word may begin or end with a letter beyond ASCII.
  const character = bare.unicode ? '[\\p{L}\\p{N}_]' : '\\w';
  return compilePattern(`(?<!${character})(?:${source})(?!${character})`, caseFlag + flags) ?? notAPattern;
}

/** What a person is told of a pattern that was taken out. */
export function faultSentence(text: string, fault: PatternFault): string {
  const { stoppedPattern, refusedPattern, untriedPattern } = texts.viewer.filter;
  return { slow: stoppedPattern, refused: refusedPattern, noThread: untriedPattern }[fault](text);
}

/** Prepares a query for finding where it matches in a text, for showing the places. */
export function compileTextQuery(query: TextQuery): CompiledQuery {
  const expression = expressionOf(query, 'g');
  if (!(expression instanceof RegExp)) {
    return { kind: 'wrong', sentence: expression.sentence };
  }
  return {
    kind: 'query',
    expression,
    isPattern: query.regularExpression === true,
    ranges(text) {
      const ranges: TextRange[] = [];
      for (const match of text.matchAll(expression)) {
        if (match[0].length > 0) {
          ranges.push({ start: match.index, end: match.index + match[0].length });
        }
        if (ranges.length === MOST_RANGES) {
          break;
        }
      }
      return ranges;
    },
  };
}
