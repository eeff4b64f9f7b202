import { appendFileSync, writeFileSync } from 'node:fs';
import { format } from 'node:util';
import { type MochaOptions, type Runner, reporters } from 'mocha';
import { reportFileVariable, type Tally, tallyFileVariable } from './tally';

/**
 * Mocha's own "spec" report, and the counts as JSON in the file that the environment names. Used
 * by every stage: by mocha's command line here and by the suite inside VS Code, whose console is
 * no place for a report, so its text goes to a file as well.
 */
export class TallyReporter extends reporters.Spec {
  constructor(runner: Runner, options?: MochaOptions) {
    const reportFile = process.env[reportFileVariable];
    if (reportFile) {
      reporters.Base.consoleLog = (...parts: unknown[]) => {
        appendFileSync(reportFile, `${format(...parts)}\n`);
      };
    }
    super(runner, options);
    const tallyFile = process.env[tallyFileVariable];
    if (tallyFile) {
      const skippedTests: string[] = [];
      const failures: string[] = [];
      runner.on('pending', (test) => skippedTests.push(test.fullTitle()));
      // Not on the test: one whose hook failed has no error of its own.
      runner.on('fail', (test, error: unknown) => failures.push(`${test.fullTitle()}\n${wordsOf(error)}`));
      runner.once('end', () => {
        const { passes: passed, failures: failed, pending: skipped } = this.stats;
        const tally: Tally = { passed, failed, skipped, skippedTests, failures };
        writeFileSync(tallyFile, JSON.stringify(tally));
      });
    }
  }
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
