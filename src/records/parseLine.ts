import { stripAnsi } from './ansi';
import { detectLevel } from './detectLevel';
import { detectTime } from './detectTime';
import { accessLog } from './formats/accessLog';
import type { LineFormat } from './formats/format';
import { json } from './formats/json';
import { logfmt } from './formats/logfmt';
import {
  apacheError,
  celery,
  elasticsearch,
  gunicorn,
  jboss,
  klog,
  log4j,
  log4jLevelFirst,
  loguru,
  nginxError,
  plain,
  pythonBasic,
  pythonLong,
  pythonShort,
  springBoot,
  tomcat,
  zapConsole,
} from './formats/loggers';
import { takePrefix } from './formats/prefix';
import { syslog } from './formats/syslog';
import type { FieldValue, ParsedLine } from './parsedLine';

/** Longer lines are not taken apart: no person wrote them, and each format looks at all of it. */
const LONGEST = 64 * 1024;
/** Runtimes nest: Kubernetes around Docker around a logger. */
const MOST_PREFIXES = 3;

/** By the line's first character, in the order in which they are tried: the strict ones first. */
const WITH_DIGIT: readonly LineFormat[] = [
  springBoot,
  log4j,
  jboss,
  tomcat,
  pythonLong,
  loguru,
  zapConsole,
  accessLog,
  nginxError,
  syslog,
  log4jLevelFirst,
  plain,
];
const WITH_BRACKET: readonly LineFormat[] = [apacheError, elasticsearch, gunicorn, celery, plain];
const WITH_BRACE: readonly LineFormat[] = [json];
const WITH_ANOTHER: readonly LineFormat[] = [klog, syslog, pythonBasic, pythonShort, accessLog, logfmt];

function formatsFor(text: string): readonly LineFormat[] {
  const first = text.charCodeAt(0);
  return first >= 0x30 && first <= 0x39
    ? WITH_DIGIT
    : first === 0x5b
      ? WITH_BRACKET
      : first === 0x7b
        ? WITH_BRACE
        : WITH_ANOTHER;
}

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
  const own = parseWith(formats, clean, near);
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
    Object.assign(outer, { ...prefixed.fields, ...outer });
    rest = prefixed.rest;
  }
  const isPrefixed = rest.length < clean.length;
  const parsed = (isPrefixed ? parseWith(formats, rest, near) : null) ?? parseWith(formatsFor(rest), rest, near);
  if (!isPrefixed) {
    return parsed ? unwrapped(parsed, near) : unknown(clean, near);
  }
  const inner = parsed ? unwrapped(parsed, near) : { ...unknown(rest, near), format: 'container' };
  const { containerTime } = outer;
  return {
    ...inner,
    // The runtime's own time, as where only the time is looked for.
    time: typeof containerTime === 'string' ? detectTime(containerTime, near) : inner.time,
    fields: { ...outer, ...inner.fields },
  };
}

/** Docker's files and Fluent Bit put a container's line into the field `log`: it is read by its own format. */
function unwrapped(parsed: ParsedLine, near: number): ParsedLine {
  const log =
    parsed.format === 'json' && parsed.fields && Object.hasOwn(parsed.fields, 'log') ? parsed.fields.log : null;
  const line = typeof log === 'string' ? stripAnsi(log.trimEnd()) : '';
  if (line === '' || line !== parsed.message) {
    return parsed;
  }
  const inner = parseWith(formatsFor(line), line, near);
  return {
    ...parsed,
    level: parsed.level ?? inner?.level ?? detectLevel(line),
    message: inner?.message ?? line,
    fields: { ...parsed.fields, ...inner?.fields },
  };
}

function parseWith(formats: readonly LineFormat[], text: string, near: number): ParsedLine | null {
  for (const format of formats) {
    const found = format.parse(text, near);
    if (found) {
      return {
        format: format.name,
        level: found.level ?? detectLevel(text),
        time: found.time ?? detectTime(text, near),
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
