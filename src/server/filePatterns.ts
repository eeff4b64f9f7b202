import { glob, isDynamicPattern } from 'tinyglobby';

/** Those of `patterns` that are patterns, not plain paths, and match no file now. */
export async function unmatchedPatterns(patterns: readonly string[]): Promise<string[]> {
  const unmatched: string[] = [];
  for (const pattern of patterns) {
    const portable = process.platform === 'win32' ? pattern.replaceAll('\\', '/') : pattern;
    if (isDynamicPattern(portable)) {
      const found = await glob([portable], { onlyFiles: true, dot: true, expandDirectories: false }).catch(() => []);
      if (found.length === 0) {
        unmatched.push(pattern);
      }
    }
  }
  return unmatched;
}
