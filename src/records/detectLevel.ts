import type { Level } from './level';

const NAMES: Readonly<Record<string, Level>> = {
  trace: 'trace',
  trc: 'trace',
  verbose: 'trace',
  finest: 'trace',
  debug: 'debug',
  dbg: 'debug',
  fine: 'debug',
  info: 'info',
  inf: 'info',
  information: 'info',
  notice: 'info',
  warn: 'warn',
  wrn: 'warn',
  warning: 'warn',
  error: 'error',
  err: 'error',
  severe: 'error',
  fatal: 'fatal',
  critical: 'fatal',
  crit: 'fatal',
  alert: 'fatal',
  emerg: 'fatal',
  emergency: 'fatal',
  panic: 'fatal',
};

/** The level a word names, whatever its case, or null. */
export function levelOfName(name: string): Level | null {
  const key = name.toLowerCase();
  return Object.hasOwn(NAMES, key) ? (NAMES[key] as Level) : null;
}

/** Numbers as pino and bunyan use them: 10 trace … 60 fatal. */
export function levelOfNumber(number: number): Level | null {
  if (number < 10 || number > 69) {
    return null;
  }
  const names = ['trace', 'debug', 'info', 'warn', 'error', 'fatal'] as const;
  return names[Math.floor(number / 10) - 1] ?? null;
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
const SYSLOG = /^<(\d{1,3})>/;
/** The status in an access log stands for its level: such lines state none. */
const ACCESS = /^\S+ \S+ \S+ \[[^\]]{20,40}\] "(?:[^"\\]|\\.)*" (\d)\d\d (?:\d+|-)(?: |$)/;
const KLOG = /^([IWEF])\d{4} \d{2}:/;
/** All capitals, as loggers write it; not glued to other letters or digits. */
const CAPITALS =
  /(?:^|[^A-Za-z0-9_])(TRACE|TRC|VERBOSE|FINEST|DEBUG|DBG|FINE|INFO|INF|INFORMATION|NOTICE|WARN|WRN|WARNING|ERROR|ERR|SEVERE|FATAL|CRITICAL|CRIT|ALERT|EMERG|PANIC)(?![A-Za-z0-9_])/;
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
  const first = head.charCodeAt(0);
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
  if (/[ls@]/i.test(head)) {
    const field = FIELD.exec(head);
    if (field) {
      const name = field[1] ?? field[2] ?? field[3];
      const level = name === undefined ? levelOfNumber(Number(field[4])) : (NAMES[name.toLowerCase()] ?? null);
      if (level !== null) {
        return level;
      }
    }
  }
  if (first === 0x7b /* { */) {
    return null;
  }
  const beginning = head.length > HEAD ? head.slice(0, HEAD) : head;
  const capitals = CAPITALS.exec(beginning);
  if (capitals) {
    return NAMES[(capitals[1] as string).toLowerCase()] ?? null;
  }
  const marked = MARKED.exec(beginning);
  if (marked) {
    const name = (marked[1] ?? marked[2] ?? '').toLowerCase();
    // .NET's console logger writes "fail:" and "dbug:".
    return name === 'fail' ? 'error' : name === 'dbug' ? 'debug' : (NAMES[name] ?? null);
  }
  return null;
}
