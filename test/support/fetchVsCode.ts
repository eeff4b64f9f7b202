import { UnavailableError } from './unavailable';
import { ensureVsCodeHost } from './vscodeHost';
import { vsCodeVersions } from './vscodeVersions';

/**
 * Fetches what the tests inside VS Code need, one version after the other: each install keeps both
 * cores of a small machine busy. What cannot be had is said here and decided on by the tests.
 */
async function main(): Promise<void> {
  for (const version of vsCodeVersions) {
    try {
      await ensureVsCodeHost(version);
    } catch (error) {
      if (!(error instanceof UnavailableError)) {
        throw error;
      }
      console.log(error.message);
    }
  }
}

void main();
