import { glob, isDynamicPattern } from 'tinyglobby';

/**
 * What a person named as it is matched, if it is a pattern; undefined for a plain path. A file whose
 * name merely looks like a pattern is named by escaping, as in a shell.
 */
export function patternOf(named: string): string | undefined {
  const portable = process.platform === 'win32' ? named.replaceAll('\\', '/') : named;
  return isDynamicPattern(portable) ? portable : undefined;
}

/** Absolute paths of the files that patterns match now, hidden ones too. */
export function filesMatching(patterns: readonly string[]): Promise<string[]> {
  return glob([...patterns], { absolute: true, onlyFiles: true, dot: true, expandDirectories: false });
}

/** Those of `patterns` that are patterns, not plain paths, and match no file now. */
export async function unmatchedPatterns(patterns: readonly string[]): Promise<string[]> {
  const unmatched: string[] = [];
  for (const pattern of patterns) {
    const matched = patternOf(pattern);
    if (matched !== undefined && (await filesMatching([matched]).catch(() => [])).length === 0) {
      unmatched.push(pattern);
    }
  }
  return unmatched;
}
