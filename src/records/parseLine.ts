import { stripAnsi } from './ansi';
import { detectLevel } from './detectLevel';
import { detectTime } from './detectTime';
import { accessLog } from './formats/accessLog';
import type { LineFormat } from './formats/format';
import { json } from './formats/json';
import { logfmt } from './formats/logfmt';
import { klog, log4j, nginxError, plain, pythonBasic, pythonLong, springBoot } from './formats/loggers';
import { takePrefix } from './formats/prefix';
import { syslog } from './formats/syslog';
import type { FieldValue, ParsedLine } from './parsedLine';

/** Longer lines are not taken apart: no person wrote them, and each format looks at all of it. */
const LONGEST = 64 * 1024;
/** Runtimes nest: Kubernetes around Docker around a logger. */
const MOST_PREFIXES = 3;

/** In the order in which they are tried: the strict ones first. */
const FORMATS: readonly LineFormat[] = [
  json,
  klog,
  syslog,
  accessLog,
  nginxError,
  springBoot,
  log4j,
  pythonLong,
  pythonBasic,
  plain,
  logfmt,
];

/**
 * Reads one line.
 *
 * @param near ms since the Unix epoch; stands in for what a time leaves out.
 * @param formats a person's own ones, tried first.
 */
export function parseLine(text: string, near: number, formats: readonly LineFormat[] = []): ParsedLine {
  const clean = stripAnsi(text);
  if (clean.length > LONGEST) {
    return unknown(clean, near);
  }
  const own = parseWith(formats, clean, near, clean);
  if (own) {
    return own;
  }
  let rest = clean;
  const outer: Record<string, FieldValue> = Object.create(null);
  for (let depth = 0; depth < MOST_PREFIXES; depth++) {
    const prefixed = takePrefix(rest);
    if (!prefixed) {
      break;
    }
    Object.assign(outer, prefixed.fields);
    rest = prefixed.rest;
  }
  const parsed = parseWith(FORMATS, rest, near, clean);
  if (rest.length === clean.length) {
    return parsed ?? unknown(clean, near);
  }
  return parsed
    ? { ...parsed, fields: { ...outer, ...parsed.fields } }
    : { ...unknown(clean, near), format: 'container', message: rest, fields: outer };
}

function parseWith(formats: readonly LineFormat[], text: string, near: number, whole: string): ParsedLine | null {
  for (const format of formats) {
    const found = format.parse(text, near);
    if (found) {
      return {
        format: format.name,
        level: found.level ?? detectLevel(text),
        time: found.time ?? detectTime(text, near) ?? detectTime(whole, near),
        message: found.message,
        fields: found.fields,
      };
    }
  }
  return null;
}

function unknown(text: string, near: number): ParsedLine {
  return { format: null, level: detectLevel(text), time: detectTime(text, near), message: text, fields: null };
}
