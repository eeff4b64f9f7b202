import { takePrefix } from './formats/prefix';
import { LEVELS, type Level } from './level';

const NAMES: Readonly<Record<string, Level>> = {
  trace: 'trace',
  trc: 'trace',
  verbose: 'trace',
  finest: 'trace',
  finer: 'trace',
  silly: 'trace',
  debug: 'debug',
  dbg: 'debug',
  dbug: 'debug',
  config: 'debug',
  fine: 'debug',
  info: 'info',
  inf: 'info',
  information: 'info',
  notice: 'info',
  success: 'info',
  warn: 'warn',
  wrn: 'warn',
  warning: 'warn',
  error: 'error',
  err: 'error',
  fail: 'error',
  severe: 'error',
  fatal: 'fatal',
  critical: 'fatal',
  crit: 'fatal',
  alert: 'fatal',
  emerg: 'fatal',
  emergency: 'fatal',
  panic: 'fatal',
  dpanic: 'fatal',
};

/** Around a name: colours, as winston writes them even into JSON; steps, as in slog's `INFO+2` and OpenTelemetry's `WARN2`. */
const AROUND_NAME = /(?:\u001b|\\u001b)\[[\d;]{0,20}m|[+-]?\d{1,3}$|\s/g;
const LONGEST_NAME = 60;

/** The level a word names, whatever its case, or null. */
export function levelOfName(name: string): Level | null {
  const key = name.toLowerCase();
  if (Object.hasOwn(NAMES, key)) {
    return NAMES[key] as Level;
  }
  const bare = key.length > LONGEST_NAME ? '' : key.replace(AROUND_NAME, '');
  return Object.hasOwn(NAMES, bare) ? (NAMES[bare] as Level) : null;
}

/** Numbers as pino and bunyan use them: 10 trace … 60 fatal. */
export function levelOfNumber(number: number): Level | null {
  return number < 10 || number > 69 ? null : (LEVELS[Math.floor(number / 10) - 1] ?? null);
}

/** OpenTelemetry, "SeverityNumber": 1–4 trace, 5–8 debug, 9–12 info, 13–16 warn, 17–20 error, 21–24 fatal. */
export function levelOfSeverityNumber(number: number): Level | null {
  return LEVELS[Math.floor((number - 1) / 4)] ?? null;
}

/** Severity of RFC 5424 section 6.2.1: 0 emergency … 7 debug. */
export function levelOfSyslog(priority: number): Level {
  const names = ['fatal', 'fatal', 'fatal', 'error', 'warn', 'info', 'info', 'debug'] as const;
  return names[priority & 7] as Level;
}

/** A line states its level near its beginning, or in a field; further text is message. */
const LOOKED_AT = 400;
const HEAD = 160;

const ESCAPES = /\u001b\[[0-9;:]*m/g;
const FIELD =
  /["']?(?:log\.)?(?:level|severity(?:_text|Text)?|lvl|loglevel|levelname|@l)["']?\s*[:=]\s*(?:"([A-Za-z]+)"|'([A-Za-z]+)'|([A-Za-z]+)|(\d{1,2})(?=\D|$))/i;
/** The same in JSON, where a message may well hold `level=`. */
const JSON_FIELD =
  /"(?:level|severity|severity_?text|levelname|lvl|log\.level|loglevel|@l)"\s*:\s*(?:"([^"]{1,60})"|(\d{1,2})(?=\D|$))/i;
const JSON_NUMBER = /"severityNumber"\s*:\s*(\d{1,2})(?=\D|$)/i;
/** GELF and journald write the severities of syslog. */
const JSON_SYSLOG = /"(?:level|PRIORITY)"\s*:\s*"?([0-7])(?=\D|$)/;
/** What a container wrote, as Docker's files and Fluent Bit wrap it. */
const WRAPPED = /^\{"log":"((?:[^"\\]|\\.){0,400})/;
const SYSLOG = /^<(\d{1,3})>/;
/** The status in an access log stands for its level: such lines state none. */
const ACCESS = /^(?:\S+ )?\S+ \S+ \S+ \[[^\]]{20,40}\] "(?:[^"\\]|\\.)*" (\d)\d\d (?:\d+|-)(?: |$)/;
const KLOG = /^([IWEF])\d{4} \d{2}:/;
/** Apache's error log: `[Mon Nov 23 08:00:00.123456 2026] [core:error] [pid 1]`. */
const APACHE = /^\[[A-Z][a-z]{2} [A-Z][a-z]{2} [^\]]{10,30}\] \[(?:\w{1,30}:)?([a-z]+)\d?\]/;
/** All capitals, as loggers write it; not glued to other letters or digits. */
const CAPITALS =
  /(?:^|[^A-Za-z0-9_])(TRACE|TRC|VERBOSE|FINEST|DEBUG|DBG|FINE|INFO|INF|INFORMATION|NOTICE|SUCCESS(?= *\|)|WARN|WRN|WARNING|ERROR|ERR|SEVERE|FATAL|CRITICAL|CRIT|ALERT|EMERG|PANIC)(?![A-Za-z0-9_])/;
/** In brackets, or with a colon behind: words that in plain prose mean nothing. */
const MARKED =
  /(?:[[<(|]\s*(trace|verbose|debug|info|notice|warn|warning|error|err|fatal|critical|crit|alert|emerg|panic)\s*[\]>)|])|(?:^|\s)(trace|debug|dbug|info|warn|warning|error|fail|fatal|critical|crit|panic)(?:\[[^\]]{0,20}\])?:(?=\s|$)/i;

/**
 * The level a line states, or null. `text` may hold colours. Prose does not count: "no error
 * found" states no level, "ERROR", "[error]", "error:" and `level=error` do.
 */
export function detectLevel(text: string): Level | null {
  let head = text.length > LOOKED_AT ? text.slice(0, LOOKED_AT) : text;
  if (head.includes('\u001b')) {
    head = head.replace(ESCAPES, '');
  }
  for (let prefixed = takePrefix(head); prefixed; prefixed = takePrefix(head)) {
    head = prefixed.rest;
  }
  const first = head.charCodeAt(0);
  if (first === 0x7b /* { */) {
    return levelOfJson(head);
  }
  if (first === 0x3c /* < */) {
    const syslog = SYSLOG.exec(head);
    if (syslog) {
      return levelOfSyslog(Number(syslog[1]));
    }
  }
  if (first === 0x49 || first === 0x57 || first === 0x45 || first === 0x46) {
    const klog = KLOG.exec(head);
    if (klog) {
      return ({ I: 'info', W: 'warn', E: 'error', F: 'fatal' } as const)[klog[1] as 'I'];
    }
  }
  if (head.includes('] "')) {
    const access = ACCESS.exec(head);
    if (access) {
      return access[1] === '5' ? 'error' : access[1] === '4' ? 'warn' : 'info';
    }
  }
  if (first === 0x5b /* [ */) {
    const apache = APACHE.exec(head);
    if (apache) {
      return levelOfName(apache[1] as string);
    }
  }
  if (/[ls@]/i.test(head)) {
    const field = FIELD.exec(head);
    if (field) {
      const name = field[1] ?? field[2] ?? field[3];
      const level = name === undefined ? levelOfNumber(Number(field[4])) : levelOfName(name);
      if (level !== null) {
        return level;
      }
    }
  }
  const beginning = head.length > HEAD ? head.slice(0, HEAD) : head;
  const word = CAPITALS.exec(beginning)?.[1];
  if (word !== undefined) {
    return levelOfName(word);
  }
  const marked = MARKED.exec(beginning);
  return marked ? levelOfName(marked[1] ?? marked[2] ?? '') : null;
}

function levelOfJson(head: string): Level | null {
  const field = JSON_FIELD.exec(head);
  const level =
    field === null ? null : field[1] === undefined ? levelOfNumber(Number(field[2])) : levelOfName(field[1]);
  if (level !== null) {
    return level;
  }
  const number = JSON_NUMBER.exec(head);
  if (number) {
    return levelOfSeverityNumber(Number(number[1]));
  }
  const severity = /"(?:short_message|PRIORITY)"/.test(head) ? JSON_SYSLOG.exec(head) : null;
  if (severity) {
    return levelOfSyslog(Number(severity[1]));
  }
  const wrapped = WRAPPED.exec(head)?.[1];
  return wrapped === undefined ? null : detectLevel(wrapped.replace(/\\(.)/g, '$1'));
}
