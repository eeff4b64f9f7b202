import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { runProcess } from '../processes';
import { repositoryRoot } from '../testCache';
import { UnavailableError } from '../unavailable';

/** The Chromium that Playwright has fetched on this machine; undefined where it has not. */
export function fetchedByPlaywright(): string | undefined {
  const executable = chromium.executablePath();
  return existsSync(executable) ? executable : undefined;
}

/**
 * Has Playwright fetch the Chromium that belongs to its version, from its own download address.
 *
 * @throws UnavailableError where that address cannot be reached, as in many company networks.
 */
export async function fetchByPlaywright(): Promise<string> {
  const commandLine = join(repositoryRoot, 'node_modules', 'playwright-core', 'cli.js');
  // Playwright tries each address five times; a refusal is final, and a silent address is left after 10 s.
  const environment = { ...process.env, PLAYWRIGHT_DOWNLOAD_CONNECTION_TIMEOUT: '10000' };
  const { code, tail } = await runProcess(process.execPath, [commandLine, 'install', 'chromium'], { env: environment });
  const fetched = fetchedByPlaywright();
  if (code === 0 && fetched) {
    return fetched;
  }
  const reason = tail.split('\n').find((line) => /error|fail/i.test(line)) ?? 'it gave no reason';
  throw new UnavailableError(`Playwright could not fetch a browser: ${reason.trim()}`);
}
