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
  const launch = () =>
    chromium.launch({
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
  return launch().catch((error: unknown) => {
    // On a busy machine Chromium itself crashes while it starts, about once in a thousand times.
    if (!String(error).includes('has been closed')) {
      throw error;
    }
    console.log('Chromium crashed while it started; it is started once more.');
    return launch();
  });
}
