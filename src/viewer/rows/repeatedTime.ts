import { detectTime } from '../../records/detectTime';
import type { Row } from '../../view/messages';

const CLOCK = String.raw`\d{2}:\d{2}:\d{2}(?:[.,]\d{1,3})?(?: ?(?:Z|UTC|[+-]\d{2}:?\d{2}))?`;
const TIME = String.raw`(?:\d{4}[-/]\d{2}[-/]\d{2}[T ])?${CLOCK}`;
/** A time in front of a line, in brackets or not, or as syslog writes it; no finer than milliseconds. */
const LEADING_TIME = new RegExp(String.raw`^(?:\[${TIME}\]|${TIME}|[A-Z][a-z]{2} [ \d]\d \d{2}:\d{2}:\d{2})\s+(?=\S)`);

/**
 * How many characters in front of a line's text only repeat what the column of times says: 0 where
 * the text begins with no time, with a finer one, or with one of another day, whose date the column
 * does not show.
 */
export function repeatedTimeLength(text: string, { time, receivedAt }: Pick<Row, 'time' | 'receivedAt'>): number {
  const leading = time === null ? undefined : LEADING_TIME.exec(text)?.[0];
  return leading !== undefined && detectTime(leading, receivedAt) === time && isSameDay(time as number, receivedAt)
    ? leading.length
    : 0;
}

function isSameDay(one: number, other: number): boolean {
  return new Date(one).toDateString() === new Date(other).toDateString();
}
