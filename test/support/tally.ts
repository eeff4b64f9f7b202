import { readFileSync } from 'node:fs';

/** What a stage of the tests came to. */
export interface Tally {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  /** The full titles of those that were skipped. */
  readonly skippedTests: readonly string[];
  /** What failed, each with its full title and the error that it ended with. */
  readonly failures: readonly string[];
}

/** What a stage without a test comes to. */
export const noTests: Tally = { passed: 0, failed: 0, skipped: 0, skippedTests: [], failures: [] };

/** The environment variable that tells the reporter where to write its {@link Tally}. */
export const tallyFileVariable = 'LOG_STREAM_TEST_TALLY';

/** The environment variable that tells the reporter to write its text there, not to the console. */
export const reportFileVariable = 'LOG_STREAM_TEST_REPORT';

/** Reads what the reporter wrote; undefined when the run ended before it could write. */
export function readTally(file: string): Tally | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Tally;
  } catch {
    return undefined;
  }
}

export function addTallies(tallies: readonly Tally[]): Tally {
  return tallies.reduce(
    (sum, tally) => ({
      passed: sum.passed + tally.passed,
      failed: sum.failed + tally.failed,
      skipped: sum.skipped + tally.skipped,
      skippedTests: [...sum.skippedTests, ...tally.skippedTests],
      failures: [...sum.failures, ...tally.failures],
    }),
    noTests,
  );
}

/**
 * The last line of a test run, read by people and by the gate: `N passed, N failed`, and
 * `, N skipped` where there are any. In continuous integration a skipped test is a failed one.
 */
export function tallyLine(tally: Tally, skippedCountsAsFailed: boolean): string {
  if (skippedCountsAsFailed) {
    return `${tally.passed} passed, ${tally.failed + tally.skipped} failed`;
  }
  const skipped = tally.skipped > 0 ? `, ${tally.skipped} skipped` : '';
  return `${tally.passed} passed, ${tally.failed} failed${skipped}`;
}
