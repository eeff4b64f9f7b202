import { stripAnsi } from '../ansi';
import { levelOfName, levelOfNumber, levelOfSeverityNumber } from '../detectLevel';
import { TIME_NAMES, timeOfField } from '../detectTime';
import type { Level } from '../level';
import type { Fields, FieldValue } from '../parsedLine';
import type { LineFormat } from './format';

/** Names under which loggers write the same thing, most specific first. */
const MESSAGES = [
  'msg',
  'message',
  'Message',
  '@m',
  '@mt',
  'Body',
  'body',
  'textPayload',
  'MESSAGE',
  'event',
  'log',
  'text',
  'short_message',
];
const LEVELS = ['level', 'severity', 'severityText', 'SeverityText', 'levelname', 'lvl', 'log.level', 'loglevel', '@l'];

function own(fields: Fields, names: readonly string[]): FieldValue | undefined {
  for (const name of names) {
    if (Object.hasOwn(fields, name)) {
      return fields[name];
    }
  }
  return undefined;
}

function levelOf(fields: Fields): Level | null {
  const level = own(fields, LEVELS);
  const named =
    typeof level === 'string' ? levelOfName(level) : typeof level === 'number' ? levelOfNumber(level) : null;
  if (named !== null) {
    return named;
  }
  const severity = own(fields, ['SeverityNumber', 'severityNumber']);
  return typeof severity === 'number' ? levelOfSeverityNumber(severity) : null;
}

function timeOf(fields: Fields, near: number): number | null {
  for (const name of TIME_NAMES) {
    const time = Object.hasOwn(fields, name) ? fields[name] : undefined;
    if (typeof time === 'number' || typeof time === 'string') {
      const found = timeOfField(time, near);
      if (found !== null) {
        return found;
      }
    }
  }
  return null;
}

function messageOf(fields: Fields): string {
  const message = own(fields, MESSAGES);
  if (typeof message === 'string' || message === undefined) {
    return message === undefined ? '' : stripAnsi(message.trimEnd());
  }
  // OTLP wraps values in an object that names their type.
  const wrapped = typeof message === 'object' && message !== null ? own(message as Fields, ['stringValue']) : undefined;
  return typeof wrapped === 'string' ? stripAnsi(wrapped) : JSON.stringify(message);
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
    return { level: levelOf(fields), time: timeOf(fields, near), message: messageOf(fields), fields };
  },
};
