import { homedir } from 'node:os';
import { join } from 'node:path';

/** The root of this checkout. */
export const repositoryRoot = join(__dirname, '..', '..');

/**
 * Where downloads for the tests are kept, outside the checkout, so that every clone on this
 * machine finds what the first one fetched. `LOG_STREAM_TEST_CACHE` names another place.
 */
export function testCacheDirectory(): string {
  const override = process.env.LOG_STREAM_TEST_CACHE;
  if (override) {
    return override;
  }
  if (process.platform === 'win32') {
    return join(process.env.LOCALAPPDATA ?? join(homedir(), 'AppData', 'Local'), 'live-log-stream');
  }
  if (process.platform === 'darwin') {
    return join(homedir(), 'Library', 'Caches', 'live-log-stream');
  }
  return join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'live-log-stream');
}

/** Build output and packed extensions of the tests; inside the checkout, ignored by git. */
export const testBuildDirectory = join(repositoryRoot, '.vscode-test', 'build');

/** Reports and screenshots for a person to look at; inside the checkout, ignored by git. */
export const testResultsDirectory = join(repositoryRoot, 'test-results');
