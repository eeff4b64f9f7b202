import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { findChromium } from './chromium';
import { runNpm } from './npm';
import { startProcess, stopProcess } from './processes';
import { hasSubject, type Stage, stages, testFilesOf } from './stages';
import { addTallies, readTally, type Tally, tallyFileVariable, tallyLine } from './tally';
import { createTemporaryDirectory } from './temporaryDirectory';
import { repositoryRoot, testResultsDirectory } from './testCache';
import { isContinuousIntegration, UnavailableError } from './unavailable';
import { ensureVsCodeHost } from './vscodeHost';
import { vsCodeVersions } from './vscodeVersions';

/**
 * The whole test run, or the stages named as arguments: `npm test -- unit integration`. Its very
 * last line is `N passed, N failed`, with `, N skipped` where there are any.
 */
async function main(): Promise<void> {
  const strict = isContinuousIntegration();
  const chosen = chooseStages(process.argv.slice(2));
  if (chosen === undefined) {
    process.exitCode = 2;
    return;
  }
  if (chosen.some((stage) => stage.needsBuild) && !(await build())) {
    finish({ passed: 0, failed: 1, skipped: 0 }, strict);
    return;
  }
  rmSync(join(testResultsDirectory, 'screenshots'), { recursive: true, force: true });

  // What has to be fetched comes while the unit tests run. The stages after them measure time
  // or wait with deadlines; they wait until the machine is theirs.
  const needed = prefetch(chosen);
  const summary: string[] = [];
  const tallies: Tally[] = [];
  for (const stage of chosen) {
    if (stage.name !== 'unit') {
      await needed;
    }
    const startedAt = Date.now();
    const tally = await runStage(stage, strict);
    const seconds = ((Date.now() - startedAt) / 1000).toFixed(1);
    tallies.push(tally);
    summary.push(`  ${stage.name.padEnd(12)}${tallyLine(tally, false)} (${seconds} s)`);
  }
  await needed;
  console.log(`\nAll stages:\n${summary.join('\n')}`);
  finish(addTallies(tallies), strict);
}

function chooseStages(names: readonly string[]): readonly Stage[] | undefined {
  const unknown = names.find((name) => !stages.some((stage) => stage.name === name));
  if (unknown !== undefined) {
    const known = stages.map((stage) => stage.name).join(', ');
    console.log(`There is no test stage named "${unknown}"; the stages are ${known}.`);
    return undefined;
  }
  return stages.filter((stage) => names.length === 0 || names.includes(stage.name));
}

async function build(): Promise<boolean> {
  console.log('Building …');
  const { code } = await runNpm(['run', 'build'], { cwd: repositoryRoot, echo: true });
  if (code !== 0) {
    console.log('"npm run build" failed, so nothing could be tested.');
  }
  return code === 0;
}

/** Fetches a browser and VS Code, where chosen stages need them. What cannot be had is said. */
async function prefetch(chosen: readonly Stage[]): Promise<void> {
  const withTests = chosen.filter((stage) => hasSubject(stage) && testFilesOf(stage).length > 0);
  try {
    if (withTests.some((stage) => stage.needsVsCode || stage.name === 'viewer')) {
      await findChromium();
    }
    if (withTests.some((stage) => stage.needsVsCode)) {
      for (const version of vsCodeVersions) {
        await ensureVsCodeHost(version);
      }
    }
  } catch (error) {
    // The stage that needs it meets it again and counts it.
    if (!(error instanceof UnavailableError)) {
      console.log('Fetching what the tests need failed:', error);
    }
  }
}

async function runStage(stage: Stage, strict: boolean): Promise<Tally> {
  const heading = `${stage.name}: ${stage.title}`;
  console.log(`\n${heading}\n${'='.repeat(heading.length)}`);
  const files = testFilesOf(stage);
  if (files.length === 0 || !hasSubject(stage)) {
    console.log(`There are no tests in test/${stage.directory} yet.`);
    return { passed: 0, failed: strict && hasSubject(stage) ? 1 : 0, skipped: 0 };
  }
  const directory = await createTemporaryDirectory('tally');
  const tallyFile = join(directory.path, 'tally.json');
  try {
    const runner = join(repositoryRoot, 'test', stage.runner);
    const child = startProcess(
      process.execPath,
      ['--import', 'tsx', runner, ...(stage.runner === 'support/runMocha.ts' ? files : [])],
      {
        cwd: repositoryRoot,
        stdio: ['ignore', 'inherit', 'inherit'],
        env: { ...process.env, [tallyFileVariable]: tallyFile },
      },
    );
    let hung = false;
    const timer = setTimeout(() => {
      hung = true;
      void stopProcess(child);
    }, stage.timeoutMs);
    const code = await new Promise<number>((resolve) => {
      child.once('error', () => resolve(127));
      child.once('close', (exitCode) => resolve(exitCode ?? 1));
    });
    clearTimeout(timer);
    return judge(stage, readTally(tallyFile), code, hung);
  } finally {
    await directory.remove();
  }
}

/** A stage that ended badly has failed, even when every test that it counted has passed. */
function judge(stage: Stage, tally: Tally | undefined, code: number, hung: boolean): Tally {
  const counted = tally ?? { passed: 0, failed: 0, skipped: 0 };
  if (hung) {
    console.log(`The stage "${stage.name}" had not ended after ${stage.timeoutMs / 60_000} minutes and was ended.`);
  } else if (tally === undefined) {
    console.log(`The stage "${stage.name}" ended with code ${code} before it could count its tests.`);
  } else if (code !== 0 && tally.failed === 0) {
    console.log(`The stage "${stage.name}" ended with code ${code} although no test failed.`);
  } else {
    return counted;
  }
  return { ...counted, failed: counted.failed + 1 };
}

function finish(tally: Tally, strict: boolean): void {
  if (tally.passed + tally.failed + tally.skipped === 0) {
    console.log('No test ran.');
  }
  if (strict && tally.skipped > 0) {
    console.log(`In continuous integration a skipped test is a failed test; ${tally.skipped} of these were skipped.`);
  }
  const failed = tally.failed + (strict ? tally.skipped : 0);
  process.exitCode = failed > 0 || tally.passed + tally.skipped === 0 ? 1 : 0;
  console.log(`\n${tallyLine(tally, strict)}`);
}

void main();
