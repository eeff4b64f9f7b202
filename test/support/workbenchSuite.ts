import { existsSync, readFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { launchChromium } from './browser/launchChromium';
import { noTests, readTally, reportFileVariable, type Tally, tallyFileVariable } from './tally';
import { createTemporaryDirectory } from './temporaryDirectory';
import { testResultsDirectory } from './testCache';
import type { VsCodeHost } from './vscodeHost';
import { createProfile, startVsCodeServer, type VsCodeSettings } from './vscodeServer';
import { workbenchAddress } from './workbenchAddress';

/** A suite to run inside a VS Code. */
export interface WorkbenchSuite {
  /** The unpacked extension under test: the folder of its package.json. */
  readonly extensionDirectory: string;
  /** A CommonJS module that exports `run(): Promise<void>`. */
  readonly suiteModule: string;
  /** The user's settings at the start, besides those for a quiet workbench. */
  readonly settings?: VsCodeSettings;
  /** Added to the environment of the extension host. */
  readonly environment?: NodeJS.ProcessEnv;
  /** After how many ms the run counts as hung; 180 000 unless told. */
  readonly timeoutMs?: number;
}

/** How a suite came out. */
export interface WorkbenchSuiteOutcome {
  readonly tally: Tally;
  /** Mocha's report. */
  readonly report: string;
  /** Why there is no complete tally, in one sentence; then `tally.failed` is at least 1. */
  readonly trouble?: string;
}

/**
 * Runs a mocha suite inside the extension host of a real workbench: starts a VS Code server with
 * an empty profile and an empty workspace folder, opens it in Chromium, and ends both, whatever
 * happens.
 */
export async function runSuiteInWorkbench(host: VsCodeHost, suite: WorkbenchSuite): Promise<WorkbenchSuiteOutcome> {
  const timeoutMs = suite.timeoutMs ?? 180_000;
  const directory = await createTemporaryDirectory('suite');
  const tallyFile = join(directory.path, 'tally.json');
  const reportFile = join(directory.path, 'report.txt');
  const workspaceDirectory = join(directory.path, 'workspace');
  await mkdir(workspaceDirectory);
  const profile = await createProfile(directory.path, suite.settings);
  const server = await startVsCodeServer(host, profile, {
    developmentKeys: true,
    environment: {
      ...suite.environment,
      [tallyFileVariable]: tallyFile,
      [reportFileVariable]: reportFile,
    },
  });
  const messages: string[] = [];
  try {
    const browser = await launchChromium();
    try {
      const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
      const verdict = new Promise<number>((resolve) => {
        void page.exposeFunction('codeAutomationExit', (code: number) => resolve(code));
      });
      await page.exposeFunction('codeAutomationLog', (type: string, parts: unknown[]) => {
        messages.push(`[${type}] ${parts.map(String).join(' ')}`);
      });
      page.on('pageerror', (error) => messages.push(`[page] ${error.stack ?? error.message}`));
      await page.goto(
        workbenchAddress(server, {
          workspaceDirectory,
          extensionDirectory: suite.extensionDirectory,
          suiteModule: suite.suiteModule,
        }),
      );
      let timer: NodeJS.Timeout | undefined;
      const exitCode = await Promise.race([
        verdict,
        new Promise<undefined>((resolve) => {
          timer = setTimeout(() => resolve(undefined), timeoutMs);
        }),
      ]);
      clearTimeout(timer);
      const report = existsSync(reportFile) ? readFileSync(reportFile, 'utf8') : '';
      const tally = readTally(tallyFile);
      const trouble = troubleOf(host.version.label, exitCode, tally, timeoutMs);
      if (trouble === undefined && tally !== undefined) {
        return { tally, report };
      }
      const picture = join(testResultsDirectory, 'screenshots', `suite-${host.version.id}.png`);
      await page.screenshot({ path: picture }).catch(() => undefined);
      return {
        tally: {
          ...(tally ?? noTests),
          failed: Math.max(1, tally?.failed ?? 0),
          failures: [...(tally?.failures ?? []), `${trouble}`],
        },
        report: [report, ...messages.slice(-60), server.output()].join('\n'),
        trouble: `${trouble} What it looked like: ${picture}`,
      };
    } finally {
      await browser.close();
    }
  } finally {
    await server.stop();
    await directory.remove();
  }
}

function troubleOf(
  label: string,
  exitCode: number | undefined,
  tally: Tally | undefined,
  timeoutMs: number,
): string | undefined {
  if (exitCode === undefined) {
    return `The suite in ${label} has not ended within ${timeoutMs / 1000} s.`;
  }
  if (tally === undefined) {
    return `The suite in ${label} ended with code ${exitCode} before it could count its tests.`;
  }
  if (exitCode !== 0 && tally.failed === 0) {
    return `The suite in ${label} ended with code ${exitCode} although no test failed.`;
  }
  return undefined;
}
