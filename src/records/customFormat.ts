import { texts } from '../text/viewerTexts';
import { levelOfName } from './detectLevel';
import { detectTime } from './detectTime';
import type { LineFormat } from './formats/format';
import type { FieldValue } from './parsedLine';
import { sureLength, sureTexts } from './patternCost';
import { compilePattern, mayExplode } from './safePattern';

/** Formats from settings, ready for use, and a sentence for each that cannot be used. */
export interface CompiledFormats {
  readonly formats: readonly LineFormat[];
  readonly problems: readonly string[];
  /** A sentence for each that reads only short lines. */
  readonly limits: readonly string[];
}

/** Steps that all formats together may take in a line, see {@link sureLength}: it is read where others wait. */
const STEPS = 1_000_000;
/** A format that is sure of lines of so many characters only reads none worth having. */
const SHORTEST_LINE = 64;
/** A format that is sure of lines so long, in characters, reads what a log has, but for a few. */
const LONG_LINE = 1000;

/**
 * Prepares formats of a person's own. In a pattern the named groups `time`, `level` and `message`
 * mean what they say, any other becomes a field. A line in which a pattern might take long is not of
 * its format: what a line says has to be known when it is asked.
 */
export function compileFormats(
  settings: readonly { readonly name: string; readonly pattern: string }[],
): CompiledFormats {
  const formats: LineFormat[] = [];
  const problems: string[] = [];
  const limits: string[] = [];
  const { notAPattern, tooSlowPattern, shortLinesOnly } = texts.viewer.filter;
  for (const { name, pattern } of settings) {
    const expression = compilePattern(pattern);
    if (!expression) {
      problems.push(notAPattern(pattern));
      continue;
    }
    if (mayExplode(pattern)) {
      problems.push(tooSlowPattern(pattern));
      continue;
    }
    const steps = STEPS / settings.length;
    const longest = sureLength(expression, steps, true);
    if (longest < SHORTEST_LINE) {
      problems.push(shortLinesOnly(pattern, longest));
      continue;
    }
    if (longest < LONG_LINE) {
      limits.push(shortLinesOnly(pattern, longest));
    }
    const isSure = sureTexts(expression, steps);
    formats.push({ name, parse: (text, near) => (isSure(text) ? parseBy(expression, text, near) : null) });
  }
  return { formats, problems, limits };
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
