import type { Policy } from './policy';

/** What the delay before the next dial depends on. */
export interface BackoffSituation {
  /**
   * `refused`: the dial failed; `turnedAway`: it failed by an answer that would be final on first contact;
   * `lost`: it had opened, but was not stable; `planned`: costs no attempt.
   */
  readonly cause: 'refused' | 'turnedAway' | 'lost' | 'planned';
  /** Failures of that cause in a row, this one included; 0 for `planned`. */
  readonly failures: number;
  readonly loopback: boolean;
  readonly focused: boolean;
  /** Over how long the server asked its clients to spread their return, ms; 0 for none. */
  readonly reconnectWindowMs: number;
  /** How long the server asked to stay away (Retry-After), ms; 0 for none. */
  readonly retryAfterMs: number;
}

/** The longest delay that can be drawn, ms, Retry-After apart. */
export function backoffLimitMs(situation: BackoffSituation, policy: Policy): number {
  const { cause, failures } = situation;
  const reconnectWindowMs = Math.min(situation.reconnectWindowMs, policy.longestReconnectWindowMs);
  if (cause === 'planned' || failures < 1) {
    return reconnectWindowMs;
  }
  const grown = policy.backoffBaseMs * 2 ** Math.min(failures - 1, 30);
  return Math.max(reconnectWindowMs, Math.min(capMs(situation, policy), grown));
}

function capMs({ cause, loopback, focused }: BackoffSituation, policy: Policy): number {
  // Whoever opens and closes at once is failing, and hurrying it because somebody looks does not help.
  if (cause === 'lost') {
    return policy.backoffCapMs;
  }
  if (cause === 'turnedAway') {
    return policy.turnedAwayBackoffCapMs;
  }
  if (loopback) {
    return policy.loopbackBackoffCapMs;
  }
  return focused ? policy.focusedBackoffCapMs : policy.backoffCapMs;
}

/**
 * The delay before the next dial, ms: drawn uniformly from 0 to the limit ("full jitter", Brooker,
 * "Exponential Backoff And Jitter", 2015), so that clients that failed together do not return together.
 *
 * @param draw uniform in [0, 1)
 */
export function backoffDelayMs(situation: BackoffSituation, policy: Policy, draw: number): number {
  const retryAfter = Math.min(situation.retryAfterMs, policy.longestRetryAfterMs);
  return Math.round(retryAfter + draw * backoffLimitMs(situation, policy));
}
