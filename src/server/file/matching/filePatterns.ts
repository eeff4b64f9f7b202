import { lstat } from 'node:fs/promises';
import { glob, isDynamicPattern } from 'tinyglobby';

/**
 * What a person named as it is matched, if it is a pattern; undefined for a plain path. A name that
 * looks like a pattern, such as `app[1].log` or `!important.log`, is one only where no file is called
 * so: shells and editors hand over names as they are. `./!` begins no exclusion.
 */
export async function patternOf(named: string): Promise<string | undefined> {
  const portable = process.platform === 'win32' ? named.replaceAll('\\', '/') : named;
  const [, rest] = /^\.\/!(.*)$/s.exec(portable) ?? [];
  const pattern = rest === undefined ? portable : `./\\!${rest}`;
  if (!isDynamicPattern(rest ?? portable) || (await isThere(named))) {
    return undefined;
  }
  return pattern;
}

/** Whether a pattern takes away from what the others match. */
export function isExclusion(pattern: string): boolean {
  return pattern.startsWith('!') && !pattern.startsWith('!(');
}

function isThere(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    () => false,
  );
}

/** Absolute paths of the files that patterns match now, hidden ones too. */
export function filesMatching(patterns: readonly string[]): Promise<string[]> {
  return glob([...patterns], { absolute: true, onlyFiles: true, dot: true, expandDirectories: false });
}

/** Those of `patterns` that match no file now: patterns, not plain paths nor what they leave out. */
export async function unmatchedPatterns(patterns: readonly string[]): Promise<string[]> {
  const unmatched: string[] = [];
  for (const pattern of patterns) {
    const matched = await patternOf(pattern);
    const isAsked = matched !== undefined && !isExclusion(matched);
    if (isAsked && (await filesMatching([matched]).catch(() => [])).length === 0) {
      unmatched.push(pattern);
    }
  }
  return unmatched;
}
