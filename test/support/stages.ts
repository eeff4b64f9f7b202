import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryRoot } from './testCache';
import { testFilesBelow } from './testFiles';

/** One part of the whole test run; each runs in a process of its own. */
export interface Stage {
  readonly name: string;
  /** What it tests, for a person. */
  readonly title: string;
  /** The file that what is tested begins with. Where it stands, there have to be tests. */
  readonly subject: string;
  /** The folder of the test files, below `test/`. */
  readonly directory: string;
  /** Whether it needs `npm run build` first. */
  readonly needsBuild: boolean;
  /** Whether it runs inside VS Code. */
  readonly needsVsCode: boolean;
  /** After how many ms the stage counts as hung and is ended. */
  readonly timeoutMs: number;
  /** The runner, below `test/`; one that runs mocha here gets the test files as arguments. */
  readonly runner: 'support/runMocha.ts' | 'extension/runInWorkbench.ts';
}

const minute = 60_000;

/** In the order they run: what fails fastest first. */
export const stages: readonly Stage[] = [
  {
    name: 'unit',
    title: 'every pure part, with a fake clock',
    subject: 'src/base/clock.ts',
    directory: 'unit',
    needsBuild: false,
    needsVsCode: false,
    timeoutMs: 5 * minute,
    runner: 'support/runMocha.ts',
  },
  {
    name: 'integration',
    title: 'real processes, sockets and files',
    subject: 'src/server/main.ts',
    directory: 'integration',
    needsBuild: true,
    needsVsCode: false,
    timeoutMs: 12 * minute,
    runner: 'support/runMocha.ts',
  },
  {
    name: 'viewer',
    title: 'the page in Chromium',
    subject: 'src/viewer/pageEntry.ts',
    directory: 'viewer',
    needsBuild: true,
    needsVsCode: false,
    timeoutMs: 5 * minute,
    runner: 'support/runMocha.ts',
  },
  {
    name: 'extension',
    title: 'inside real VS Code, the current and the lowest one',
    subject: 'src/extension/node.ts',
    directory: 'extension/suite',
    needsBuild: true,
    needsVsCode: true,
    timeoutMs: 8 * minute,
    runner: 'extension/runInWorkbench.ts',
  },
  {
    name: 'person',
    title: 'the packed extension, by keystrokes, in both of them',
    subject: 'src/extension/node.ts',
    directory: 'extension/person',
    needsBuild: true,
    needsVsCode: true,
    timeoutMs: 10 * minute,
    runner: 'support/runMocha.ts',
  },
];

export function testFilesOf(stage: Stage): string[] {
  return testFilesBelow(join(repositoryRoot, 'test', stage.directory));
}

export function hasSubject(stage: Stage): boolean {
  return existsSync(join(repositoryRoot, stage.subject));
}
