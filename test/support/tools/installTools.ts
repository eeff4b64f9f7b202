import { existsSync } from 'node:fs';
import { runProcess } from '../processes';
import { isContinuousIntegration } from '../unavailable';
import { missingTools, packagesOf, type TestTool } from './testTools';

/**
 * Installs what tests use and npm does not bring, where that needs nobody's leave: as root on
 * Debian and its descendants, or in continuous integration where `sudo` asks for no password.
 * Elsewhere it does nothing. Never fails: what is still missing then is skipped, or counted.
 *
 * @param say told what goes on, in sentences.
 * @returns the tools that are missing in the end.
 */
export async function installTools(say: (sentence: string) => void = console.log): Promise<TestTool[]> {
  const missing = missingTools();
  if (missing.length === 0) {
    return [];
  }
  const packages = packagesOf(missing);
  if (!(await installPackages(packages, say))) {
    return missing;
  }
  return missingTools();
}

/**
 * Installs packages of Debian, where that needs nobody's leave.
 *
 * @returns whether they were installed.
 */
export async function installPackages(
  packages: readonly string[],
  say: (sentence: string) => void = console.log,
): Promise<boolean> {
  const asRoot = await prefixOfRoot();
  if (asRoot === undefined) {
    return false;
  }
  say(`Installing ${packages.join(', ')} for the tests (once, usually under a minute) …`);
  // RUNLEVEL=1 keeps nginx from starting its service: the tests start their own on free ports.
  const aptGet = [...asRoot, 'env', 'DEBIAN_FRONTEND=noninteractive', 'RUNLEVEL=1', 'apt-get', '-qq'];
  const run = ([program = '', ...args]: readonly string[]) => runProcess(program, args);
  const update = await run([...aptGet, 'update']);
  if (update.code !== 0) {
    say(`apt-get could not renew its lists (${lastLine(update.tail)}); those that are there are tried.`);
  }
  const install = await run([...aptGet, 'install', '-y', '--no-install-recommends', ...packages]);
  if (install.code !== 0) {
    say(`apt-get could not install ${packages.join(', ')}: ${lastLine(install.tail)}`);
  }
  return install.code === 0;
}

/** How a command line begins that runs as root without anybody being asked; undefined where none can. */
async function prefixOfRoot(): Promise<readonly string[] | undefined> {
  if (process.platform !== 'linux' || !existsSync('/usr/bin/apt-get')) {
    return undefined;
  }
  if (process.getuid?.() === 0) {
    return [];
  }
  if (isContinuousIntegration()) {
    const { code } = await runProcess('sudo', ['-n', 'true']);
    return code === 0 ? ['sudo', '-n'] : undefined;
  }
  return undefined;
}

function lastLine(text: string): string {
  return text.split('\n').at(-1)?.trim() || 'it gave no reason';
}
