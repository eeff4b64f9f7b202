import { levelOfSyslog } from '../detectLevel';
import type { FieldValue } from '../parsedLine';
import type { LineFormat } from './format';

/** RFC 5424 section 6: `<34>1 2026-11-23T08:00:00Z host app 123 ID47 [data] message`. */
const RFC5424 =
  /^<(?<priority>\d{1,3})>\d{1,2} (?<time>\S+) (?<host>\S+) (?<application>\S+) (?<process>\S+) (?<id>\S+) (?<data>-|(?:\[(?:[^\]\\"]|\\.|"(?:[^"\\]|\\.)*")*\])+)(?: (?<message>.*))?$/;
/** RFC 3164 section 4.1, with the priority or, as files have it, without: `Nov 23 08:00:00 host app[123]: message`. */
const RFC3164 =
  /^(?:<(?<priority>\d{1,3})>)?(?<time>[A-Z][a-z]{2} [ \d]\d \d{2}:\d{2}:\d{2}) (?:(?<host>[^\s:[\]]\S*) )?(?<application>[^\s:[]+)(?:\[(?<process>[\w.-]+)\])?: (?<message>.*)$/;

/** rsyslog's files (RSYSLOG_FileFormat) and Heroku's: six digits of a second and a zone, as little else writes them. */
const RSYSLOG =
  /^(?<time>\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{6}[+-]\d{2}:\d{2}) (?:(?<host>[\w.:-]+) )?(?<application>[^\s:[]+)(?:\[(?<process>[\w.-]+)\])?: (?<message>.*)$/;

function parseWith(pattern: RegExp, text: string): ReturnType<LineFormat['parse']> {
  const groups = pattern.exec(text)?.groups;
  if (!groups) {
    return null;
  }
  const fields: Record<string, FieldValue> = Object.create(null);
  for (const name of ['host', 'application', 'process', 'id', 'data'] as const) {
    const value = groups[name];
    if (value !== undefined && value !== '-') {
      fields[name] = value;
    }
  }
  const { priority } = groups;
  return {
    ...(priority === undefined ? {} : { level: levelOfSyslog(Number(priority)) }),
    // RFC 5424 section 6.4: a message in UTF-8 may begin with a byte order mark.
    message: (groups.message ?? '').replace(/^\ufeff/, ''),
    fields,
  };
}

/** Syslog in the forms in use. */
export const syslog: LineFormat = {
  name: 'syslog',
  parse: (text) => parseWith(RFC5424, text) ?? parseWith(RFC3164, text) ?? parseWith(RSYSLOG, text),
};
