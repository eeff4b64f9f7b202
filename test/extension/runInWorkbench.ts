import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildSuite } from '../support/buildSuite';
import { addTallies, noTests, type Tally, tallyFileVariable, tallyLine } from '../support/tally';
import { repositoryRoot } from '../support/testCache';
import { UnavailableError } from '../support/unavailable';
import { ensureVsCodeHost } from '../support/vscodeHost';
import { type VsCodeVersion, vsCodeVersions } from '../support/vscodeVersions';
import { runSuiteInWorkbench } from '../support/workbenchSuite';

/**
 * Runs `suite/` inside every VS Code we support, or inside those named as arguments (`current`,
 * `lowest`), in a workbench that the npm registry alone can provide.
 */
async function main(): Promise<void> {
  const wanted = process.argv.slice(2);
  const unknown = wanted.find((id) => !vsCodeVersions.some((version) => version.id === id));
  if (unknown !== undefined) {
    console.log(
      `There is no VS Code named "${unknown}": use ${vsCodeVersions.map((version) => version.id).join(' or ')}.`,
    );
    process.exitCode = 2;
    return;
  }
  const tallies: Tally[] = [];
  for (const version of vsCodeVersions.filter(({ id }) => wanted.length === 0 || wanted.includes(id))) {
    tallies.push(await runIn(version, await buildSuite(join(__dirname, 'suite'), version.id)));
  }
  const tally = addTallies(tallies);
  const tallyFile = process.env[tallyFileVariable];
  if (tallyFile) {
    writeFileSync(tallyFile, JSON.stringify(tally));
  }
  process.exitCode = tally.failed > 0 ? 1 : 0;
}

async function runIn(version: VsCodeVersion, suiteModule: string): Promise<Tally> {
  const startedAt = Date.now();
  try {
    const host = await ensureVsCodeHost(version);
    console.log(`The suite in ${version.label} …`);
    const outcome = await runSuiteInWorkbench(host, { extensionDirectory: repositoryRoot, suiteModule });
    console.log(outcome.report);
    if (outcome.trouble) {
      console.log(outcome.trouble);
    }
    const seconds = ((Date.now() - startedAt) / 1000).toFixed(1);
    console.log(`In ${version.label}: ${tallyLine(outcome.tally, false)} (${seconds} s).\n`);
    return outcome.tally;
  } catch (error) {
    if (error instanceof UnavailableError) {
      console.log(error.message);
      return { ...noTests, skipped: 1, skippedTests: [`the suite in ${version.label}`] };
    }
    console.log(`The suite in ${version.label} could not run:`, error);
    return { ...noTests, failed: 1, failures: [`The suite in ${version.label} could not run: ${String(error)}`] };
  }
}

void main();
