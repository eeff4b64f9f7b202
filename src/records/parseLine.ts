import { detectLevel } from './detectLevel';
import { detectTime } from './detectTime';
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
  /** What the line says, without time, level and fields; the whole line where no format fits. */
  readonly message: string;
  /** Its fields in order, level, time and message included under their own names; null where it has none. */
  readonly fields: Fields | null;
}

/** Reads one line. `near`: ms since the epoch, stands in for what a time leaves out. */
export function parseLine(text: string, near: number): ParsedLine {
  return { format: null, level: detectLevel(text), time: detectTime(text, near), message: text, fields: null };
}
