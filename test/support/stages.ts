import { join } from 'node:path';
import { repositoryRoot } from './testCache';
import { testFilesBelow } from './testFiles';

/** What has to be there before a stage can run. */
export type Need = 'build' | 'browser' | 'vscode' | 'tools' | 'package';

/** One kind of tests. Its parts run in processes of their own, several beside each other. */
export interface Stage {
  readonly name: string;
  /** What it tests, for a person. */
  readonly title: string;
  /** The folder of the test files, below `test/`. */
  readonly directory: string;
  readonly needs: readonly Need[];
  /** How it is taken apart; the parts do not know of each other. */
  readonly parts: 'one' | 'each file' | 'each VS Code';
  /** In which VS Codes it runs each time, where it has a part for each; continuous integration takes them all. */
  readonly vsCodes?: 'all' | 'current';
  /** Whether its tests run in a process of their own, or inside the extension host of a VS Code. */
  readonly runner: 'mocha' | 'workbench';
  /**
   * What a part keeps busy, in cores, as measured: a workbench in a browser 1.6, a page 1.3, real processes that
   * mostly wait 0.3. More at once than there are cores only makes each of them late.
   */
  readonly cores: number;
  /** After how many ms a part counts as hung and is ended. */
  readonly timeoutMs: number;
}

const minute = 60_000;

/** In the order they are told of in the end. What fails fastest begins first, then what took longest before. */
export const stages: readonly Stage[] = [
  {
    name: 'unit',
    title: 'every pure part, with a fake clock',
    directory: 'unit',
    needs: [],
    parts: 'one',
    runner: 'mocha',
    cores: 1,
    timeoutMs: 5 * minute,
  },
  {
    name: 'person',
    title: 'the packed extension, by keystrokes, in the current and the lowest VS Code',
    directory: 'extension/person',
    needs: ['build', 'package', 'browser', 'tools', 'vscode'],
    parts: 'each VS Code',
    // What a person does costs a minute and a half of a core a window, and what differs from one VS Code to
    // another is its API: the extension stage asks that of both, each time.
    vsCodes: 'current',
    runner: 'mocha',
    cores: 1.5,
    timeoutMs: 10 * minute,
  },
  {
    name: 'extension',
    title: 'inside real VS Code, the current and the lowest one',
    directory: 'extension/suite',
    needs: ['build', 'browser', 'tools', 'vscode'],
    parts: 'each VS Code',
    vsCodes: 'all',
    runner: 'workbench',
    cores: 1.5,
    timeoutMs: 8 * minute,
  },
  {
    name: 'viewer',
    title: 'the page in Chromium',
    directory: 'viewer',
    needs: ['build', 'browser'],
    parts: 'each file',
    runner: 'mocha',
    cores: 1,
    timeoutMs: 5 * minute,
  },
  {
    name: 'integration',
    title: 'real processes, sockets and files',
    directory: 'integration',
    needs: ['build', 'tools'],
    parts: 'each file',
    runner: 'mocha',
    cores: 0.25,
    timeoutMs: 6 * minute,
  },
];

export function testFilesOf(stage: Stage): string[] {
  return testFilesBelow(join(repositoryRoot, 'test', stage.directory));
}
