import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { type Browser, chromium } from 'playwright-core';
import { runProcess } from './processes';
import { repositoryRoot } from './testCache';
import { UnavailableError } from './unavailable';

/** Where Chromium, Chrome and Edge install themselves, best known first. */
function standardLocations(): string[] {
  if (process.platform === 'win32') {
    const roots = ['PROGRAMFILES', 'PROGRAMFILES(X86)', 'LOCALAPPDATA']
      .map((name) => process.env[name])
      .filter((root) => root !== undefined);
    return roots.flatMap((root) => [
      join(root, 'Google', 'Chrome', 'Application', 'chrome.exe'),
      join(root, 'Chromium', 'Application', 'chrome.exe'),
      join(root, 'Microsoft', 'Edge', 'Application', 'msedge.exe'),
    ]);
  }
  if (process.platform === 'darwin') {
    return [
      '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
      '/Applications/Chromium.app/Contents/MacOS/Chromium',
      '/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge',
    ];
  }
  const names = [
    'chromium',
    'google-chrome',
    'google-chrome-stable',
    'microsoft-edge',
    'microsoft-edge-stable',
    'chromium-browser',
  ];
  const folders = (process.env.PATH ?? '').split(delimiter).filter((folder) => folder !== '');
  return names.flatMap((name) => [...folders, '/usr/bin'].map((folder) => join(folder, name)));
}

/**
 * A Chromium from Ubuntu's snap store sees neither our temporary folders nor the pipe that
 * Playwright speaks through; `/usr/bin/chromium-browser` there is a script that starts it.
 */
function isFromSnap(executable: string): boolean {
  if (process.platform !== 'linux') {
    return false;
  }
  if (/\/snap(\/|$)/.test(realpathSync(executable))) {
    return true;
  }
  const opening = readFileSync(executable).subarray(0, 4096).toString('latin1');
  return opening.startsWith('#!') && opening.includes('/snap/');
}

function findInstalled(): string | undefined {
  const named = process.env.CHROME_PATH;
  if (named) {
    if (!existsSync(named)) {
      throw new UnavailableError(
        `CHROME_PATH names ${named}, which does not exist: let it name a Chromium, Chrome or Edge, or unset it.`,
      );
    }
    return named;
  }
  return [...standardLocations(), chromium.executablePath()].find((path) => existsSync(path) && !isFromSnap(path));
}

let found: Promise<string> | undefined;

/**
 * Finds a browser for the tests: `CHROME_PATH`, else an installed Chromium, Chrome or Edge, else
 * the one Playwright downloads, which is fetched now if need be.
 *
 * @throws UnavailableError in one sentence when none can be had.
 */
export function findChromium(say: (sentence: string) => void = console.log): Promise<string> {
  found ??= findOrFetch(say);
  return found;
}

async function findOrFetch(say: (sentence: string) => void): Promise<string> {
  const installed = findInstalled();
  if (installed) {
    return installed;
  }
  say('No Chromium, Chrome or Edge found: fetching a Chromium for the tests (once, about 180 MB) …');
  const commandLine = join(repositoryRoot, 'node_modules', 'playwright-core', 'cli.js');
  const { code, tail } = await runProcess(process.execPath, [commandLine, 'install', 'chromium'], {
    echo: true,
  });
  const fetched = chromium.executablePath();
  if (code === 0 && existsSync(fetched)) {
    return fetched;
  }
  const reason = tail.split('\n').find((line) => /error|fail/i.test(line)) ?? 'no reason given';
  throw new UnavailableError(
    `No browser for the tests: none is installed and Playwright could not fetch one (${reason.trim()}); install Chromium, Chrome or Edge, or name one in CHROME_PATH.`,
  );
}

/**
 * Starts a headless Chromium that keeps to itself: no sync, no component updates, no background
 * traffic. The sandbox is left out only where it cannot work: as root, and in CI containers.
 *
 * @throws UnavailableError when no browser can be had.
 */
export async function launchChromium(options: { readonly args?: readonly string[] } = {}): Promise<Browser> {
  const executablePath = await findChromium();
  const withoutSandbox = process.getuid?.() === 0 || process.env.CI === 'true';
  return chromium.launch({
    executablePath,
    headless: true,
    chromiumSandbox: !withoutSandbox,
    args: [
      ...(withoutSandbox ? ['--no-sandbox'] : []),
      '--disable-gpu',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      ...(options.args ?? []),
    ],
  });
}
