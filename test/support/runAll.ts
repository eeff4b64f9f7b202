import { rmSync } from 'node:fs';
import { cpus } from 'node:os';
import { basename, join } from 'node:path';
import { findBrowser } from './browser/findBrowser';
import { runNpm } from './npm';
import { packExtension, vsixVariable } from './packedExtension';
import { PartDurations } from './partDurations';
import { startProcess, stopProcess } from './processes';
import { runWithin, type Task } from './runWithin';
import { type Need, type Stage, stages, testFilesOf } from './stages';
import { addTallies, noTests, readTally, type Tally, tallyFileVariable, tallyLine } from './tally';
import { createTemporaryDirectory } from './temporaryDirectory';
import { repositoryRoot, testResultsDirectory } from './testCache';
import { installTools } from './tools/installTools';
import { installCommand, missingTools } from './tools/testTools';
import { isContinuousIntegration, UnavailableError } from './unavailable';
import { ensureVsCodeHost } from './vscodeHost';
import { vsCodeVersions, vsCodeVersionsOf, vsCodeVersionVariable } from './vscodeVersions';

/** Continuous integration takes what follows it to its own end. */
const failedHeading = 'Failed:';

/** A part of a stage that runs in a process of its own. */
interface Part {
  readonly stage: Stage;
  readonly title: string;
  readonly command: readonly string[];
  readonly environment?: NodeJS.ProcessEnv;
}

/** How a part came out. */
interface Outcome {
  readonly part: Part;
  readonly tally: Tally;
  readonly seconds: number;
}

/**
 * The whole test run, or the stages named as arguments: `npm test -- unit integration`. Its very
 * last line is `N passed, N failed`, with `, N skipped` where there are any.
 */
async function main(): Promise<void> {
  const startedAt = Date.now();
  const strict = isContinuousIntegration();
  const chosen = chooseStages(process.argv.slice(2));
  if (chosen === undefined) {
    process.exitCode = 2;
    return;
  }
  rmSync(join(testResultsDirectory, 'screenshots'), { recursive: true, force: true });
  const outcomes: Outcome[] = [];
  const durations = new PartDurations();
  const parts = durations.longestFirst(chosen.flatMap((stage) => partsOf(stage, strict)));
  const needs = new Needs(chosen.flatMap((stage) => stage.needs));
  // Nothing may be built while tests run on what was built before.
  if (!(await needs.prepare())) {
    finish({ ...noTests, failed: 1 }, strict);
    return;
  }
  await runWithin(capacity(), [
    needs.fetching,
    ...parts.map((part): Task => {
      const ready = needs.readyFor(part.stage);
      return {
        cost: part.stage.cores,
        ...(ready ? { ready } : {}),
        run: async () => {
          const outcome = await runPart(part, parts.length > 1);
          outcomes.push(outcome);
          durations.note(part, outcome.seconds);
        },
      };
    }),
  ]);
  durations.save();
  console.log(`\nAll stages, in ${((Date.now() - startedAt) / 1000).toFixed(0)} s:`);
  const tallies = chosen.map((stage) => summarize(stage, outcomes));
  const total = addTallies(tallies);
  tellSkipped(total);
  tellLeftToContinuousIntegration(chosen, strict);
  tellFailed(total);
  finish(total, strict);
}

/** In cores; half a core more than there is, since every part waits now and then for what others do. */
function capacity(): number {
  const cores = cpus().length;
  return cores === 1 ? 1 : Math.min(cores, 4) + 0.5;
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

/** What the chosen stages need, made or fetched once for all of them. */
class Needs {
  readonly #needed: ReadonlySet<Need>;
  readonly #tools = deferred();
  readonly #browser = deferred();
  readonly #vsCode = deferred();

  constructor(needed: readonly Need[]) {
    this.#needed = new Set(needed);
  }

  /** Builds and packs; what came of it is left alone from then on. */
  async prepare(): Promise<boolean> {
    if (this.#needed.has('package')) {
      console.log('Building and packing the extension (about 5 s) …');
      try {
        // Packing builds as well. The parts take this one instead of packing again.
        process.env[vsixVariable] = await packExtension();
      } catch (error) {
        console.log(error instanceof Error ? error.message : error);
        return false;
      }
    } else if (this.#needed.has('build')) {
      console.log('Building …');
      const { code, tail } = await runNpm(['run', 'build'], { cwd: repositoryRoot });
      if (code !== 0) {
        console.log(`${tail}\n"npm run build" failed, so nothing could be tested.`);
        return false;
      }
    }
    return true;
  }

  /** Fetches the rest beside the parts that need none of it; what cannot be had is said. */
  readonly fetching: Task = {
    cost: 1,
    run: async () => {
      await attempt(async () => {
        if (this.#needed.has('tools')) {
          await installTools();
        }
      });
      this.#tools.resolve();
      await attempt(async () => {
        if (this.#needed.has('browser')) {
          await findBrowser();
        }
      });
      this.#browser.resolve();
      await attempt(async () => {
        for (const version of this.#needed.has('vscode') ? vsCodeVersions : []) {
          await ensureVsCodeHost(version);
        }
      });
      this.#vsCode.resolve();
    },
  };

  /** Settles when everything that a stage needs is there, or cannot be had. */
  readyFor({ needs }: Stage): Promise<void> | undefined {
    if (needs.includes('vscode')) {
      return this.#vsCode.promise;
    }
    if (needs.includes('browser')) {
      return this.#browser.promise;
    }
    return needs.includes('tools') ? this.#tools.promise : undefined;
  }
}

/** What cannot be had is met again by the tests that need it, and counted there. */
async function attempt(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof UnavailableError)) {
      console.log('Fetching what the tests need failed:', error);
    }
  }
}

function deferred(): { readonly promise: Promise<void>; readonly resolve: () => void } {
  let resolve = () => {};
  const promise = new Promise<void>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}

function partsOf(stage: Stage, strict: boolean): Part[] {
  const files = testFilesOf(stage);
  const runner = (name: string) => ['--require', 'tsx/cjs', join(repositoryRoot, 'test', name)];
  const title = `${stage.name}: ${stage.title}`;
  if (files.length === 0) {
    return [];
  }
  switch (stage.parts) {
    case 'one':
      return [{ stage, title, command: [...runner('support/runMocha.ts'), ...files] }];
    case 'each file':
      return files.map((file) => ({
        stage,
        title: `${stage.name}: ${basename(file, '.test.ts')}`,
        command: [...runner('support/runMocha.ts'), file],
      }));
    case 'each VS Code':
      return vsCodeVersionsOf(stage.vsCodes ?? 'all', strict).map(({ id, label }) => ({
        stage,
        title: `${stage.name}: ${label}`,
        command:
          stage.runner === 'workbench'
            ? [...runner('extension/runInWorkbench.ts'), id]
            : [...runner('support/runMocha.ts'), ...files],
        environment: { [vsCodeVersionVariable]: id },
      }));
  }
}

/** @param beside others run at the same time: what this one says is kept together until it has ended. */
async function runPart(part: Part, beside: boolean): Promise<Outcome> {
  const heading = `\n${part.title}\n${'='.repeat(part.title.length)}`;
  if (!beside) {
    console.log(heading);
  }
  const startedAt = Date.now();
  const directory = await createTemporaryDirectory('tally');
  const tallyFile = join(directory.path, 'tally.json');
  try {
    const child = startProcess(process.execPath, part.command, {
      cwd: repositoryRoot,
      stdio: ['ignore', beside ? 'pipe' : 'inherit', beside ? 'pipe' : 'inherit'],
      env: { ...process.env, ...part.environment, [tallyFileVariable]: tallyFile },
    });
    const said: Buffer[] = [];
    child.stdout?.on('data', (chunk: Buffer) => said.push(chunk));
    child.stderr?.on('data', (chunk: Buffer) => said.push(chunk));
    let hung = false;
    const timer = setTimeout(() => {
      hung = true;
      void stopProcess(child);
    }, part.stage.timeoutMs);
    const code = await new Promise<number>((resolve) => {
      child.once('error', () => resolve(127));
      child.once('close', (exitCode) => resolve(exitCode ?? 1));
    });
    clearTimeout(timer);
    if (beside) {
      console.log(`${heading}\n${Buffer.concat(said).toString('utf8').trimEnd()}`);
    }
    const tally = judge(part, readTally(tallyFile), code, hung);
    return { part, tally, seconds: (Date.now() - startedAt) / 1000 };
  } finally {
    await directory.remove();
  }
}

/** A part that ended badly has failed, even when every test that it counted has passed. */
function judge({ title, stage }: Part, tally: Tally | undefined, code: number, hung: boolean): Tally {
  const counted = tally ?? noTests;
  const trouble = troubleOf(counted);
  if (trouble === undefined) {
    return counted;
  }
  console.log(trouble);
  return { ...counted, failed: counted.failed + 1, failures: [...counted.failures, trouble] };

  function troubleOf({ failed }: Tally): string | undefined {
    if (hung) {
      return `"${title}" had not ended after ${stage.timeoutMs / 60_000} minutes and was ended.`;
    }
    if (tally === undefined) {
      return `"${title}" ended with code ${code} before it could count its tests.`;
    }
    return code !== 0 && failed === 0 ? `"${title}" ended with code ${code} although no test failed.` : undefined;
  }
}

/** The line of a stage in the summary, and its tally. */
function summarize(stage: Stage, outcomes: readonly Outcome[]): Tally {
  const own = outcomes.filter(({ part }) => part.stage === stage);
  if (own.length === 0) {
    const trouble = `No test of "${stage.name}" was run: there are none in test/${stage.directory}.`;
    console.log(`  ${trouble}`);
    return { ...noTests, failed: 1, failures: [trouble] };
  }
  const tally = addTallies(own.map((outcome) => outcome.tally));
  const seconds = own.reduce((sum, outcome) => sum + outcome.seconds, 0);
  const longest = Math.max(...own.map((outcome) => outcome.seconds));
  const parts = own.length === 1 ? '' : ` in ${own.length} parts, the longest ${longest.toFixed(1)} s`;
  console.log(`  ${stage.name.padEnd(12)}${tallyLine(tally, false)} (${seconds.toFixed(1)} s${parts})`);
  return tally;
}

/** Which tests did not run, and the one command that brings what they need. */
function tellSkipped({ skippedTests }: Tally): void {
  if (skippedTests.length === 0) {
    return;
  }
  console.log('\nNot run, because this machine lacks what they need:');
  for (const title of skippedTests) {
    console.log(`  ${title}`);
  }
  const missing = missingTools();
  if (missing.length > 0) {
    console.log(`Missing: ${missing.map(({ name }) => name).join(', ')}. On Debian or Ubuntu this brings them all:`);
    console.log(`  ${installCommand(missing)}`);
  }
}

/** What only continuous integration runs each time, and how to run it here. */
function tellLeftToContinuousIntegration(chosen: readonly Stage[], strict: boolean): void {
  for (const { name, parts, vsCodes } of chosen) {
    const run = vsCodeVersionsOf(vsCodes ?? 'all', strict);
    const left = vsCodeVersions.filter((version) => parts === 'each VS Code' && !run.includes(version));
    for (const { label } of left) {
      console.log(`\nLeft to continuous integration: ${name} in ${label} (here: CI=true npm test -- ${name})`);
    }
  }
}

/** What failed stands once more at the end: what came before is too much to look through. */
function tellFailed({ failures }: Tally): void {
  if (failures.length > 0) {
    console.log(`\n${failedHeading}`);
    for (const failure of failures) {
      console.log(failure.replaceAll(/^/gm, '  '));
    }
  }
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
