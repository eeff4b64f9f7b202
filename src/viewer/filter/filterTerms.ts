import { formatFieldCondition, parseFieldCondition } from '../../records/fieldCondition';
import { LEVELS, type Level } from '../../records/level';
import type { TextQuery } from '../../records/textMatch';
import type { Filter, Term } from '../../store/filter';

export type Switches = Pick<TextQuery, 'caseSensitive' | 'wholeWord' | 'regularExpression'>;

/** Levels as the buttons stand, worst first; null stands for lines without one. */
export const LEVEL_CHOICES: readonly (Level | null)[] = [...[...LEVELS].reverse(), null];

/** The condition that typed text stands for; null for none. `-text` excludes. */
export function termOf(typed: string, switches: Switches, exclude = false): Term | null {
  const isExcluding = typed.startsWith('-') && typed.length > 1;
  const text = isExcluding ? typed.slice(1) : typed;
  if (text.trim() === '') {
    return null;
  }
  const excluded = exclude || isExcluding ? { exclude: true } : {};
  const condition = switches.regularExpression ? null : parseFieldCondition(text);
  return condition
    ? { kind: 'field', ...condition, ...excluded }
    : { kind: 'text', text, ...switchesOf(switches), ...excluded };
}

/** The switches that are on, and nothing else. */
export function switchesOf({ caseSensitive, wholeWord, regularExpression }: Switches): Switches {
  return {
    ...(caseSensitive ? { caseSensitive } : {}),
    ...(wholeWord ? { wholeWord } : {}),
    ...(regularExpression ? { regularExpression } : {}),
  };
}

/** Whether text is applied while it is typed. Conditions and exclusions wait for Enter: half typed they hide all. */
export function appliesWhileTyped(typed: string, switches: Switches): boolean {
  const term = termOf(typed, switches);
  return term === null || (term.kind === 'text' ? !term.exclude : term.operator === '=' && !term.exclude);
}

/** A condition without its exclusion, as a person reads it. */
export function nameOfTerm(term: Term): string {
  return term.kind === 'field'
    ? formatFieldCondition(term)
    : term.regularExpression
      ? `/${term.text}/`
      : `"${term.text}"`;
}

/** A condition as it would be typed, for editing it. */
export function typedTerm(term: Term): string {
  return `${term.exclude ? '-' : ''}${term.kind === 'field' ? formatFieldCondition(term) : term.text}`;
}

export function withTerm(filter: Filter, term: Term): Filter {
  const same = JSON.stringify(term);
  const terms = (filter.terms ?? []).filter((each) => JSON.stringify(each) !== same);
  return { ...filter, terms: [...terms, term] };
}

/** The filter with its conditions as `change` makes them. */
export function withTerms(filter: Filter, change: (terms: readonly Term[]) => readonly Term[]): Filter {
  const { terms = [], ...rest } = filter;
  const changed = change(terms);
  return changed.length > 0 ? { ...rest, terms: changed } : rest;
}

export function turnedRound({ exclude, ...term }: Term): Term {
  return exclude ? term : { ...term, exclude: true };
}

/** The filter without a condition of its own kind. */
export function without(filter: Filter, ...names: readonly (keyof Filter)[]): Filter {
  return Object.fromEntries(Object.entries(filter).filter(([name]) => !names.includes(name as keyof Filter)));
}

export function withLevels(filter: Filter, shown: ReadonlySet<Level | null>): Filter {
  // All of them and none of them mean the same: no restriction.
  return shown.size > 0 && shown.size < LEVEL_CHOICES.length
    ? { ...filter, levels: LEVEL_CHOICES.filter((level) => shown.has(level)) }
    : without(filter, 'levels');
}

export function withLevelAtLeast(filter: Filter, level: Level): Filter {
  return withLevels(filter, new Set(LEVELS.slice(LEVELS.indexOf(level))));
}
