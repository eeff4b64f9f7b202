import { type Clock, systemClock } from '../../src/base/clock';

/**
 * The machine's clock, running faster by a factor: a scenario of minutes passes in seconds, and not
 * one figure of the policy is another one.
 */
export function scaledClock(factor: number): Clock {
  const wallStart = systemClock.wallTime();
  const start = systemClock.now();
  return {
    now: () => (systemClock.now() - start) * factor,
    wallTime: () => wallStart + (systemClock.now() - start) * factor,
    schedule: (delayMs, callback) => systemClock.schedule(delayMs / factor, callback),
  };
}
