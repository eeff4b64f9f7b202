import { type Disposable, toDisposable } from './disposable';

/**
 * The only source of time in the product. Injected everywhere, so that tests and simulations run
 * hours of connection life in milliseconds and never sleep.
 */
export interface Clock {
  /** Monotonic time in ms from an arbitrary origin; use it for every duration and deadline. */
  now(): number;
  /** Wall-clock time in ms since the Unix epoch; for showing and for stamps only, it may jump. */
  wallTime(): number;
  /** Runs `callback` once, not before `delayMs` ms from now. Dispose to cancel. */
  schedule(delayMs: number, callback: () => void): Disposable;
}

/** setTimeout fires at once above this delay (32-bit signed ms, about 24.8 days). */
const LONGEST_TIMEOUT_MS = 0x7fff_ffff;

/** The machine's clock. */
export const systemClock: Clock = {
  now: () => performance.now(),
  wallTime: () => Date.now(),
  schedule(delayMs, callback) {
    const handle = setTimeout(callback, Math.min(Math.max(0, delayMs), LONGEST_TIMEOUT_MS));
    return toDisposable(() => clearTimeout(handle));
  },
};
