import { type Browser, chromium } from 'playwright-core';
import { findBrowser } from './findBrowser';

/**
 * Starts a headless Chromium that keeps to itself: no sync, no component updates, no background
 * traffic. The sandbox is left out only where it cannot work: as root, and in CI containers.
 *
 * @throws UnavailableError when no browser can be had.
 */
export async function launchChromium(options: { readonly args?: readonly string[] } = {}): Promise<Browser> {
  const executablePath = await findBrowser();
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
