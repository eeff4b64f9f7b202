import type { Context } from 'mocha';
import { isContinuousIntegration, UnavailableError } from './unavailable';

/**
 * Awaits what a test needs from outside. Where it cannot be had, the test is skipped with the
 * reason on screen; in continuous integration it fails instead.
 *
 * ```ts
 * before(async function () {
 *   this.timeout(600_000); // it may have to be fetched
 *   host = await orSkip(this, ensureVsCodeHost(version));
 * });
 * ```
 */
export async function orSkip<T>(context: Context, needed: Promise<T>): Promise<T> {
  try {
    return await needed;
  } catch (error) {
    if (error instanceof UnavailableError && !isContinuousIntegration()) {
      console.log(error.message);
      context.skip();
    }
    throw error;
  }
}
