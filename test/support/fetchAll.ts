import { findBrowser } from './browser/findBrowser';
import { installTools } from './tools/installTools';
import { installCommand } from './tools/testTools';
import { UnavailableError } from './unavailable';
import { ensureVsCodeHost } from './vscodeHost';
import { vsCodeVersions } from './vscodeVersions';

/**
 * Fetches what the tests need, one after the other: each install keeps both cores of a small
 * machine busy. What cannot be had is said here and decided on by the tests.
 */
async function main(): Promise<void> {
  const missing = await installTools();
  if (missing.length > 0) {
    console.log(`Missing: ${missing.map(({ name }) => name).join(', ')}; on Debian: ${installCommand(missing)}`);
  }
  for (const fetch of [findBrowser, ...vsCodeVersions.map((version) => () => ensureVsCodeHost(version))]) {
    try {
      await fetch();
    } catch (error) {
      if (!(error instanceof UnavailableError)) {
        throw error;
      }
      console.log(error.message);
    }
  }
}

void main();
