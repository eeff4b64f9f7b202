import { levelOfName, levelOfNumber } from '../detectLevel';
import { detectTime, timeOfNumber } from '../detectTime';
import type { Level } from '../level';
import type { Fields, FieldValue } from '../parsedLine';
import type { LineFormat } from './format';

/** Names under which loggers write the same thing, most specific first. */
const MESSAGES = ['msg', 'message', 'Message', '@m', '@mt', 'Body', 'body', 'event', 'log', 'text', 'short_message'];
const LEVELS = ['level', 'severity', 'severityText', 'SeverityText', 'levelname', 'lvl', 'log.level', 'loglevel', '@l'];
const TIMES = [
  'time',
  'timestamp',
  '@timestamp',
  'ts',
  '@t',
  'Timestamp',
  'timeUnixNano',
  'datetime',
  'date',
  'asctime',
];

function own(fields: Fields, names: readonly string[]): FieldValue | undefined {
  for (const name of names) {
    if (Object.hasOwn(fields, name)) {
      return fields[name];
    }
  }
  return undefined;
}

/** OpenTelemetry, "SeverityNumber": 1–4 trace, 5–8 debug, 9–12 info, 13–16 warn, 17–20 error, 21–24 fatal. */
function levelOfSeverityNumber(value: number): Level | null {
  const names = ['trace', 'debug', 'info', 'warn', 'error', 'fatal'] as const;
  return names[Math.floor((value - 1) / 4)] ?? null;
}

function levelOf(fields: Fields): Level | null {
  const level = own(fields, LEVELS);
  if (typeof level === 'string') {
    return levelOfName(level);
  }
  if (typeof level === 'number') {
    return levelOfNumber(level);
  }
  const severity = own(fields, ['SeverityNumber', 'severityNumber']);
  return typeof severity === 'number' ? levelOfSeverityNumber(severity) : null;
}

function timeOf(fields: Fields, near: number): number | null {
  const time = own(fields, TIMES);
  if (typeof time === 'number') {
    return timeOfNumber(time);
  }
  if (typeof time === 'string') {
    return /^\d{10,19}$/.test(time) ? timeOfNumber(Number(time)) : detectTime(time, near);
  }
  return null;
}

/** Deeper than that nobody logs; what walks over a value, as JSON.stringify does, would run out of stack. */
const DEEPEST = 200;

/** Whether values are nested too deeply. Brackets within strings count as well, which only hostile lines notice. */
function nestsTooDeeply(text: string): boolean {
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === 0x7b || code === 0x5b) {
      depth++;
      if (depth > DEEPEST) {
        return true;
      }
    } else if (code === 0x7d || code === 0x5d) {
      depth--;
    }
  }
  return false;
}

/** JSON objects, one a line: pino, bunyan, winston, zap, serilog, structlog, OpenTelemetry and their like. */
export const json: LineFormat = {
  name: 'json',
  parse(text, near) {
    if (!text.startsWith('{') || nestsTooDeeply(text)) {
      return null;
    }
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch {
      return null;
    }
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      return null;
    }
    const fields = value as Fields;
    const message = own(fields, MESSAGES);
    return {
      level: levelOf(fields),
      time: timeOf(fields, near),
      message: typeof message === 'string' ? message : message === undefined ? '' : JSON.stringify(message),
      fields,
    };
  },
};
