import { FIELD_OPERATORS, type FieldOperator } from '../records/fieldCondition';
import { LEVELS, type Level } from '../records/level';
import type { Filter, Term, ViewOptions } from './filter';

/** Longer texts are none that a person typed. */
const LONGEST_TEXT = 10_000;
const MOST_TERMS = 50;
const MOST_SOURCES = 1000;
const MOST_TOGGLED = 10_000;
/** Most lines shown before, and most after, each hit. */
export const mostContextRows = 50;

type Values = Readonly<Record<string, unknown>>;

function isValues(value: unknown): value is Values {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value.length <= LONGEST_TEXT;
}

const FLAGS = ['caseSensitive', 'regularExpression', 'wholeWord'] as const;

/** The switches of a text that are on. */
function flagsOf(value: Values): { [Flag in (typeof FLAGS)[number]]?: true } {
  return Object.fromEntries(FLAGS.filter((flag) => value[flag] === true).map((flag) => [flag, true]));
}

function readTerm(value: unknown): Term | null {
  if (!isValues(value)) {
    return null;
  }
  const exclude = value.exclude === true ? { exclude: true } : {};
  if (value.kind === 'text' && isText(value.text) && value.text !== '') {
    return { kind: 'text', text: value.text, ...flagsOf(value), ...exclude };
  }
  const { field, operator } = value;
  if (
    value.kind === 'field' &&
    isText(field) &&
    isText(value.value) &&
    FIELD_OPERATORS.includes(operator as FieldOperator)
  ) {
    return { kind: 'field', field, operator: operator as FieldOperator, value: value.value, ...exclude };
  }
  return null;
}

function readContext(value: unknown): Filter['context'] {
  const count = (lines: unknown) =>
    Number.isSafeInteger(lines) ? Math.min(Math.max(lines as number, 0), mostContextRows) : 0;
  if (!isValues(value)) {
    return undefined;
  }
  const context = { before: count(value.before), after: count(value.after) };
  return context.before + context.after > 0 ? context : undefined;
}

/**
 * Reads a filter from settings, from what a viewer kept or from what it sends: the one place where
 * that becomes a filter. What does not fit is left out; null for what is no object at all.
 */
export function readFilter(value: unknown): Filter | null {
  if (!isValues(value)) {
    return null;
  }
  const terms = Array.isArray(value.terms) ? value.terms.slice(0, MOST_TERMS).map(readTerm) : [];
  const known: readonly (Level | null)[] = [...LEVELS, null];
  const { levels, sources, since, until, fromRow } = value;
  const context = readContext(value.context);
  return {
    ...(isText(value.text) && value.text !== '' ? { text: value.text } : {}),
    ...flagsOf(value),
    ...(terms.some((term) => term !== null) ? { terms: terms.filter((term) => term !== null) } : {}),
    ...(Array.isArray(levels) ? { levels: known.filter((level) => levels.includes(level)) } : {}),
    ...(Array.isArray(sources) ? { sources: sources.filter(isText).slice(0, MOST_SOURCES) } : {}),
    ...(typeof since === 'number' && Number.isFinite(since) ? { since } : {}),
    ...(typeof until === 'number' && Number.isFinite(until) ? { until } : {}),
    ...(Number.isSafeInteger(fromRow) ? { fromRow: fromRow as number } : {}),
    ...(context ? { context } : {}),
  };
}

/** Reads the options of a view in the same way. */
export function readViewOptions(value: unknown): ViewOptions {
  if (!isValues(value)) {
    return {};
  }
  const toggled = Array.isArray(value.toggled)
    ? value.toggled.filter((row): row is number => Number.isSafeInteger(row)).slice(0, MOST_TOGGLED)
    : [];
  return {
    ...(value.folded === true ? { folded: true } : {}),
    ...(toggled.length > 0 ? { toggled } : {}),
    ...(value.collapseRepeats === true ? { collapseRepeats: true } : {}),
  };
}

/** Whether a filter hides anything. */
export function restricts(filter: Filter): boolean {
  const { text, terms, levels, sources, since, until, fromRow } = filter;
  return (
    (text ?? '') !== '' ||
    (terms?.length ?? 0) > 0 ||
    [levels, sources, since, until, fromRow].some((condition) => condition !== undefined)
  );
}
