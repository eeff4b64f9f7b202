import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { UnavailableError } from '../unavailable';

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
  return names.flatMap((name) => folders.map((folder) => join(folder, name)));
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

/**
 * The browser that `CHROME_PATH` names, or else a Chromium, Chrome or Edge that is installed on
 * this machine: on Linux one that stands on PATH.
 *
 * @returns its executable; undefined where there is none.
 * @throws UnavailableError when `CHROME_PATH` names what does not exist.
 */
export function installedBrowser(): string | undefined {
  const named = process.env.CHROME_PATH;
  if (named) {
    if (!existsSync(named)) {
      throw new UnavailableError(
        `CHROME_PATH names ${named}, which does not exist: let it name a Chromium, Chrome or Edge, or unset it.`,
      );
    }
    return named;
  }
  return standardLocations().find((path) => existsSync(path) && !isFromSnap(path));
}
