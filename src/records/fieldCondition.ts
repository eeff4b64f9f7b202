import { fieldAt, formatValue } from './fieldPath';
import type { Fields, FieldValue } from './parsedLine';

/** `~`: the value contains the text, regardless of case. Sizes compare as numbers where both are. */
export const FIELD_OPERATORS = ['!=', '>=', '<=', '=', '>', '<', '~'] as const;
export type FieldOperator = (typeof FIELD_OPERATORS)[number];

export interface FieldCondition {
  /** A path with dots: `http.status`. */
  readonly field: string;
  readonly operator: FieldOperator;
  readonly value: string;
}

const CONDITION = /^([A-Za-z_@][\w.@-]{0,200}) ?(!=|>=|<=|=|>|<|~) ?(?:"([^"]*)"|([^\s"]+))$/;

/** Reads `status>=500`, `user=alice` or `path~"/api x"`; null for any other text. */
export function parseFieldCondition(text: string): FieldCondition | null {
  const match = CONDITION.exec(text.trim());
  return match
    ? {
        field: match[1] as string,
        operator: match[2] as FieldOperator,
        value: match[3] ?? match[4] ?? '',
      }
    : null;
}

/** A condition as it is typed. */
export function formatFieldCondition({ field, operator, value }: FieldCondition): string {
  return `${field}${operator}${/^[^\s"=<>!~][^\s"]*$/.test(value) ? value : `"${value}"`}`;
}

/** Whether a record meets a condition. One without the field meets only `!=`. */
export function meetsFieldCondition(fields: Fields | null, { field, operator, value }: FieldCondition): boolean {
  const actual = fields === null ? undefined : fieldAt(fields, field);
  if (actual === undefined) {
    return operator === '!=';
  }
  switch (operator) {
    case '=':
      return compare(actual, value) === 0;
    case '!=':
      return compare(actual, value) !== 0;
    case '>':
      return compare(actual, value) > 0;
    case '>=':
      return compare(actual, value) >= 0;
    case '<':
      return compare(actual, value) < 0;
    case '<=':
      return compare(actual, value) <= 0;
    case '~':
      return formatValue(actual).toLowerCase().includes(value.toLowerCase());
  }
}

/** Less than, equal to or more than zero; NaN where there is no order. */
function compare(actual: FieldValue, wanted: string): number {
  const text = formatValue(actual);
  const [left, right] = [Number(text), Number(wanted)];
  if (text.trim() !== '' && wanted.trim() !== '' && !Number.isNaN(left) && !Number.isNaN(right)) {
    return left - right;
  }
  const [a, b] = [text.toLowerCase(), wanted.toLowerCase()];
  return a < b ? -1 : a > b ? 1 : 0;
}
