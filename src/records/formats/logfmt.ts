import { levelOfName } from '../detectLevel';
import type { FieldValue } from '../parsedLine';
import type { LineFormat } from './format';

/** `key=value` or `key="value with \" in it"`; sticky, so that a whole line is read in one pass. */
const PAIR = /([A-Za-z_@][\w.@/-]*)=(?:"((?:[^"\\]|\\.)*)"|([^\s"]*))(?:\s+|$)/y;
/** Fewer pairs than that may stand in any prose. */
const FEWEST_PAIRS = 2;

function readValue(quoted: string | undefined, plain: string): FieldValue {
  if (quoted !== undefined) {
    return quoted.replace(/\\(.)/g, (_, character: string) =>
      character === 'n' ? '\n' : character === 't' ? '\t' : character,
    );
  }
  return /^-?\d+(?:\.\d+)?$/.test(plain) && plain.length < 16 ? Number(plain) : plain;
}

/** logfmt: a line of nothing but pairs (Heroku, go-kit, slog's text handler, Loki, Grafana). */
export const logfmt: LineFormat = {
  name: 'logfmt',
  parse(text) {
    if (!text.includes('=')) {
      return null;
    }
    const fields: Record<string, FieldValue> = Object.create(null);
    let pairs = 0;
    PAIR.lastIndex = 0;
    let end = 0;
    for (let match = PAIR.exec(text); match; match = PAIR.exec(text)) {
      fields[match[1] as string] = readValue(match[2], match[3] ?? '');
      pairs++;
      end = PAIR.lastIndex;
    }
    if (pairs < FEWEST_PAIRS || end < text.length) {
      return null;
    }
    const message = fields.msg ?? fields.message ?? fields.event;
    const level = fields.level ?? fields.lvl ?? fields.severity;
    const named = typeof level === 'string' ? levelOfName(level) : null;
    return {
      ...(named === null ? {} : { level: named }),
      message: message === undefined ? '' : String(message),
      fields,
    };
  },
};
