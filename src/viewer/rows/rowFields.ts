import { fieldAt, flattenFields, formatValue } from '../../records/fieldPath';
import type { ParsedLine } from '../../records/parsedLine';

/** What a structured line shows: the chosen fields, what it says, and the rest in short. */
export interface RowFields {
  readonly columns: readonly string[];
  readonly message: string;
  /** `key=value` of the other fields. */
  readonly rest: readonly string[];
}

/** Shown by other means, or the same on every line of a process. */
const ELSEWHERE = new Set([
  ...['level', 'severity', 'severityText', 'SeverityText', 'SeverityNumber', 'severityNumber', 'levelname', 'lvl'],
  ...['time', 'timestamp', '@timestamp', 'ts', '@t', '@l', 'Timestamp', 'timeUnixNano', 'datetime', 'date', 'asctime'],
  ...['msg', 'message', 'Message', '@m', 'Body', 'body', 'event'],
  ...['pid', 'hostname', 'v'],
]);
const MOST_FIELDS = 16;
const LONGEST_VALUE = 120;
/** Only these are unreadable as they are; of all others the line itself is shown. */
const STRUCTURED = new Set(['json', 'logfmt']);

function short(text: string): string {
  return text.length > LONGEST_VALUE ? `${text.slice(0, LONGEST_VALUE)}…` : text;
}

/** What to show of a line in place of its text, or null where the text itself is best. */
export function rowFields({ format, fields, message }: ParsedLine, columns: readonly string[]): RowFields | null {
  if (fields === null || format === null || !(STRUCTURED.has(format) || columns.length > 0)) {
    return null;
  }
  const chosen = columns.map((path) => {
    const value = fieldAt(fields, path);
    return value === undefined ? '' : short(formatValue(value));
  });
  if (!STRUCTURED.has(format)) {
    return { columns: chosen, message, rest: [] };
  }
  const shown = new Set(columns);
  const rest = flattenFields(fields)
    .filter(([path, value]) => !ELSEWHERE.has(path) && !shown.has(path) && formatValue(value) !== message)
    .slice(0, MOST_FIELDS)
    .map(([path, value]) => `${path}=${short(formatValue(value))}`);
  return { columns: chosen, message, rest };
}
