import { takePrefix } from './formats/prefix';

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];

const ISO = /(\d{4})[-/](\d{2})[-/](\d{2})[T ](\d{2}):(\d{2}):(\d{2})(?:[.,](\d{1,9}))?\s?(Z|UTC|[+-]\d{2}:?\d{2})?/;
/** nginx and Apache access logs: 23/Nov/2026:08:00:00 +0100. */
const COMMON = /(\d{2})\/([A-Z][a-z]{2})\/(\d{4}):(\d{2}):(\d{2}):(\d{2}) ([+-]\d{4})/;
/** RFC 3164: Nov 23 08:00:00, in local time and without a year. */
const SYSLOG = /^(?:<\d{1,3}>)?([A-Z][a-z]{2}) +(\d{1,2}) (\d{2}):(\d{2}):(\d{2})/;
/** klog: I1123 08:00:00.123456. */
const KLOG = /^[IWEF](\d{2})(\d{2}) (\d{2}):(\d{2}):(\d{2})\.(\d+)/;
/** A number in a JSON or logfmt field: seconds, ms, µs or ns since the epoch, told by its size. */
const EPOCH = /["']?\b(?:time|ts|timestamp|@timestamp|timeMillis|epoch)["']?\s*[:=]\s*"?(\d{10,19})(\.\d+)?/;

/** Names under which loggers write the time, the likeliest first. */
export const TIME_NAMES = [
  'time',
  'timestamp',
  '@timestamp',
  'ts',
  '@t',
  'Timestamp',
  'timeUnixNano',
  'timeMillis',
  'datetime',
  'date',
  'asctime',
  '__REALTIME_TIMESTAMP',
] as const;
/** A field of JSON with the time: its message may hold others. */
const JSON_FIELD = new RegExp(
  String.raw`"(?:${TIME_NAMES.join('|')})"\s*:\s*(?:"([^"]{8,40})"|(\d{10,19}(?:\.\d{1,9})?))`,
);
/** Tomcat: `23-Nov-2026 08:00:00.123`. */
const TOMCAT = /^\[?(\d{2})-([A-Z][a-z]{2})-(\d{4}) (\d{2}):(\d{2}):(\d{2})(?:\.(\d{1,9}))?/;
/** Apache's error log and C's asctime: `[Mon Nov 23 08:00:00.123456 2026]`. */
const ASCTIME = /^\[?[A-Z][a-z]{2} ([A-Z][a-z]{2}) +(\d{1,2}) (\d{2}):(\d{2}):(\d{2})(?:\.(\d{1,9}))? (\d{4})/;
/** logback and log4j without configuration: `08:00:00.123 [main]`. */
const CLOCK = /^(\d{2}):(\d{2}):(\d{2})[.,](\d{3,9})(?=\s)/;
const ZERO = 0x30;
const NINE = 0x39;
const LESS_THAN = 0x3c;
const CAPITAL_A = 0x41;
const CAPITAL_Z = 0x5a;
const BRACKET = 0x5b;
const HALF_DAY_MS = 12 * 60 * 60 * 1000;
const DAY_MS = 2 * HALF_DAY_MS;

const LOOKED_AT = 400;

function offsetMs(zone: string): number {
  if (zone === 'Z' || zone === 'UTC') {
    return 0;
  }
  const sign = zone.startsWith('-') ? -1 : 1;
  const digits = zone.replace(/\D/g, '');
  return sign * (Number(digits.slice(0, 2)) * 60 + Number(digits.slice(2, 4))) * 60_000;
}

function milliseconds(fraction: string | undefined): number {
  return fraction === undefined ? 0 : Number(`0.${fraction}`) * 1000;
}

/** The farthest time from 1970 that a date can be (ECMA-262, "Time Values and Time Range"), ms. */
const FARTHEST_MS = 8.64e15;

/** A time that no date can be is none: a line may state any number, and writing it as a date would throw. */
function checked(ms: number): number | null {
  return Math.abs(ms) <= FARTHEST_MS ? ms : null;
}

/** A time as a number, in ms since the Unix epoch: seconds, ms, µs or ns, told by its size. */
function timeOfNumber(value: number): number | null {
  const size = Math.abs(value);
  return checked(size < 1e11 ? value * 1000 : size < 1e14 ? value : size < 1e17 ? value / 1000 : value / 1e6);
}

/** Times without a year lie in the year that brings them nearest to `near`. */
function nearestYear(near: number, month: number, make: (year: number) => number): number {
  const date = new Date(near);
  const difference = month - date.getMonth();
  const year = date.getFullYear() + (difference > 6 ? -1 : difference < -6 ? 1 : 0);
  return make(year);
}

/** A time as a field has it: a number, digits or text. */
export function timeOfField(value: string | number, near: number): number | null {
  return typeof value === 'number' || /^\d{10,19}(?:\.\d{1,9})?$/.test(value)
    ? timeOfNumber(Number(value))
    : detectTime(value, near);
}

function localTime(
  year: string | undefined,
  month: string | undefined,
  day: string | undefined,
  hour: string | undefined,
  minute: string | undefined,
  second: string | undefined,
  fraction: string | undefined,
): number | null {
  const monthIndex = MONTHS.indexOf((month ?? '').toLowerCase());
  const time = new Date(Number(year), monthIndex, Number(day), Number(hour), Number(minute), Number(second)).getTime();
  return monthIndex === -1 ? null : checked(time + milliseconds(fraction));
}

/**
 * The time a line states, in ms since the Unix epoch (fractions kept), or null. Times without a
 * zone are read as local ones, as the services of one's own machine write them. `near` (ms since
 * the epoch) stands in for what the format leaves out.
 */
export function detectTime(text: string, near: number): number | null {
  let head = text.length > LOOKED_AT ? text.slice(0, LOOKED_AT) : text;
  for (let prefixed = takePrefix(head); prefixed; prefixed = takePrefix(head)) {
    // The runtime's own time, where it writes one, is that of the line.
    const { containerTime } = prefixed.fields;
    head = containerTime ?? prefixed.rest;
    if (containerTime !== undefined) {
      break;
    }
  }
  if (head.startsWith('{')) {
    const field = JSON_FIELD.exec(head);
    const time = field && timeOfField(field[1] ?? Number(field[2]), near);
    if (time !== null) {
      return time;
    }
  }
  const iso = ISO.exec(head);
  if (iso) {
    const [, year, month, day, hour, minute, second, fraction, zone] = iso;
    const parts = [Number(year), Number(month) - 1, Number(day), Number(hour), Number(minute), Number(second)] as const;
    const whole = zone ? Date.UTC(...parts) - offsetMs(zone) : new Date(...parts).getTime();
    return checked(whole + milliseconds(fraction));
  }
  const common = COMMON.exec(head);
  if (common) {
    const [, day, month, year, hour, minute, second, zone] = common;
    const monthIndex = MONTHS.indexOf((month as string).toLowerCase());
    if (monthIndex !== -1) {
      return checked(
        Date.UTC(Number(year), monthIndex, Number(day), Number(hour), Number(minute), Number(second)) -
          offsetMs(zone as string),
      );
    }
  }
  const first = head.charCodeAt(0);
  const isDigit = first >= ZERO && first <= NINE;
  const isCapital = first >= CAPITAL_A && first <= CAPITAL_Z;
  const syslog = isCapital || first === LESS_THAN ? SYSLOG.exec(head) : null;
  if (syslog) {
    const [, month, day, hour, minute, second] = syslog;
    const monthIndex = MONTHS.indexOf((month as string).toLowerCase());
    if (monthIndex !== -1) {
      return checked(
        nearestYear(near, monthIndex, (year) =>
          new Date(year, monthIndex, Number(day), Number(hour), Number(minute), Number(second)).getTime(),
        ),
      );
    }
  }
  const klog = isCapital ? KLOG.exec(head) : null;
  if (klog) {
    const [, month, day, hour, minute, second, fraction] = klog;
    const monthIndex = Number(month) - 1;
    return checked(
      nearestYear(near, monthIndex, (year) =>
        new Date(year, monthIndex, Number(day), Number(hour), Number(minute), Number(second)).getTime(),
      ) + milliseconds(fraction),
    );
  }
  const tomcat = isDigit || first === BRACKET ? TOMCAT.exec(head) : null;
  if (tomcat) {
    const [, day, month, year, hour, minute, second, fraction] = tomcat;
    return localTime(year, month, day, hour, minute, second, fraction);
  }
  const asctime = isCapital || first === BRACKET ? ASCTIME.exec(head) : null;
  if (asctime) {
    const [, month, day, hour, minute, second, fraction, year] = asctime;
    return localTime(year, month, day, hour, minute, second, fraction);
  }
  const clock = isDigit ? CLOCK.exec(head) : null;
  if (clock) {
    const [, hour, minute, second, fraction] = clock;
    const day = new Date(near);
    const time = day.setHours(Number(hour), Number(minute), Number(second), 0) + milliseconds(fraction);
    // Read just after midnight, a late hour is yesterday's.
    return checked(time - near > HALF_DAY_MS ? time - DAY_MS : near - time > HALF_DAY_MS ? time + DAY_MS : time);
  }
  const epoch = EPOCH.exec(head);
  if (epoch) {
    return timeOfNumber(Number((epoch[1] as string) + (epoch[2] ?? '')));
  }
  return null;
}
