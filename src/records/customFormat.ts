import { texts } from '../text/texts';
import { levelOfName } from './detectLevel';
import { detectTime } from './detectTime';
import type { LineFormat } from './formats/format';
import type { FieldValue } from './parsedLine';
import { compilePattern, mayExplode } from './safePattern';

/** Formats from settings, ready for use, and a sentence for each that cannot be used. */
export interface CompiledFormats {
  readonly formats: readonly LineFormat[];
  readonly problems: readonly string[];
}

/**
 * Prepares formats of a person's own. In a pattern the named groups `time`, `level` and `message`
 * mean what they say, any other becomes a field.
 */
export function compileFormats(
  settings: readonly { readonly name: string; readonly pattern: string }[],
): CompiledFormats {
  const formats: LineFormat[] = [];
  const problems: string[] = [];
  for (const { name, pattern } of settings) {
    const expression = compilePattern(pattern);
    if (!expression) {
      problems.push(texts.viewer.filter.notAPattern(pattern));
      continue;
    }
    if (mayExplode(pattern)) {
      problems.push(texts.viewer.filter.tooSlowPattern(pattern));
      continue;
    }
    formats.push({ name, parse: (text, near) => parseBy(expression, text, near) });
  }
  return { formats, problems };
}

function parseBy(expression: RegExp, text: string, near: number): ReturnType<LineFormat['parse']> {
  const groups = expression.exec(text)?.groups;
  if (!groups) {
    return null;
  }
  const fields: Record<string, FieldValue> = Object.create(null);
  for (const [name, value] of Object.entries(groups)) {
    if (value !== undefined) {
      fields[name] = value;
    }
  }
  const level = groups.level === undefined ? null : levelOfName(groups.level);
  const time = groups.time === undefined ? null : detectTime(groups.time, near);
  return {
    ...(level === null ? {} : { level }),
    ...(time === null ? {} : { time }),
    message: groups.message ?? text,
    fields,
  };
}
