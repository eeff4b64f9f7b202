import type { Context } from 'mocha';
import { requireTool, type TestToolId } from './tools/testTools';
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
    return skip(context, error);
  }
}

/** Where a tool stands that a test needs; without it the test is skipped, as by {@link orSkip}. */
export function toolOrSkip(context: Context, id: TestToolId): string {
  try {
    return requireTool(id);
  } catch (error) {
    return skip(context, error);
  }
}

function skip(context: Context, error: unknown): never {
  if (error instanceof UnavailableError && !isContinuousIntegration()) {
    console.log(error.message);
    context.skip();
  }
  throw error;
}
