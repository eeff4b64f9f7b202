import type { Level } from './level';

/** What a field may hold: what JSON can say. */
export type FieldValue =
  | string
  | number
  | boolean
  | null
  | readonly FieldValue[]
  | { readonly [name: string]: FieldValue };
export type Fields = { readonly [name: string]: FieldValue };

/** A line read as a log record. */
export interface ParsedLine {
  /** Name of the format, or null where none fits. */
  readonly format: string | null;
  readonly level: Level | null;
  /** ms since the Unix epoch. */
  readonly time: number | null;
  /** What the line says, without time, level and fields; the whole line where no format fits. No escape sequences. */
  readonly message: string;
  /** Its fields, level, time and message included under their own names; null where it has none. */
  readonly fields: Fields | null;
}
