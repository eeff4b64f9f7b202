/**
 * Something a test needs cannot be had on this machine: no network, no build for this platform.
 *
 * The message is one sentence for a person. On a developer's machine it becomes a skipped test;
 * under `CI=true` a skipped test is a failed one (see {@link isContinuousIntegration}).
 */
export class UnavailableError extends Error {
  override readonly name = 'UnavailableError';
}

/** Whether this run is the gate: there nothing may be missing, so a skip counts as a failure. */
export function isContinuousIntegration(): boolean {
  return process.env.CI === 'true' || process.env.CI === '1';
}
