import { fittingHeartbeatMs, heartbeatFitsTimeout, TIMINGS } from '../protocol/timings';
import { clientTexts } from '../text/client';
import type { Policy } from './policy';

/** What is known when the interval is chosen. All ms. */
export interface HeartbeatKnowledge {
  /** What the person set; undefined: nothing. */
  readonly chosenMs: number | undefined;
  /** What a server of our contract states in `welcome`; undefined: the peer states nothing. */
  readonly stated: { readonly pingMs: number; readonly receiveTimeoutMs: number } | undefined;
  /** The peer speaks our contract, but has not stated its timings yet. */
  readonly ours: boolean;
  /** The silence after which this address has been found to end connections; undefined: none. */
  readonly silenceLimitMs: number | undefined;
}

export interface HeartbeatPlan {
  readonly intervalMs: number;
  /** A sentence: where the interval came from. */
  readonly origin: string;
  /** A sentence for the person when what was set or stated could not be used. */
  readonly correction: string | null;
}

/**
 * Chooses the heartbeat interval: from `shortestHeartbeatMs` to `longestHeartbeatMs`, and less than half
 * of every timeout that is known and that the shortest one fits: the founding failure was an interval
 * nobody had compared with a timeout.
 */
export function planHeartbeat(knowledge: HeartbeatKnowledge, policy: Policy): HeartbeatPlan {
  const { chosenMs, stated } = knowledge;
  const text = clientTexts.heartbeat;
  const shortestMs = policy.shortestHeartbeatMs;
  let { intervalMs, origin, correction } = fittingHeartbeat(knowledge, policy);
  if (intervalMs < shortestMs) {
    correction = intervalMs === chosenMs ? text.tooShort(chosenMs, shortestMs) : correction;
    intervalMs = shortestMs;
  }
  const timeoutMs = stated?.receiveTimeoutMs ?? 0;
  if (timeoutMs > 0 && !heartbeatFitsTimeout(shortestMs, timeoutMs)) {
    correction = text.noneFits(timeoutMs, shortestMs);
  }
  return { intervalMs, origin, correction };
}

/** The interval that fits, however short the one that was set or stated is. */
function fittingHeartbeat(knowledge: HeartbeatKnowledge, policy: Policy): HeartbeatPlan {
  const { stated, silenceLimitMs } = knowledge;
  const text = clientTexts.heartbeat;
  const chosenMs = knowledge.chosenMs !== undefined && knowledge.chosenMs > 0 ? knowledge.chosenMs : undefined;
  const defaultMs = knowledge.ours ? TIMINGS.heartbeatMs : policy.unstatedHeartbeatMs;
  const offeredMs = stated === undefined ? defaultMs : stated.pingMs;
  let intervalMs = offeredMs;
  let origin: string = stated === undefined ? text.originUnstated : text.originStated;
  let correction: string | null = null;
  if (chosenMs !== undefined && (stated === undefined || chosenMs <= offeredMs || offeredMs <= 0)) {
    intervalMs = chosenMs;
    origin = text.originChosen;
  }
  if (!(intervalMs > 0)) {
    intervalMs = defaultMs;
    origin = text.originUnstated;
  }
  if (intervalMs > policy.longestHeartbeatMs) {
    if (intervalMs === chosenMs) {
      correction = text.tooLong(intervalMs, policy.longestHeartbeatMs);
    }
    intervalMs = policy.longestHeartbeatMs;
  }
  if (stated !== undefined && stated.receiveTimeoutMs > 0) {
    const timeoutMs = stated.receiveTimeoutMs;
    if (!heartbeatFitsTimeout(intervalMs, timeoutMs)) {
      const fitting = Math.max(policy.shortestHeartbeatMs, fittingHeartbeatMs(timeoutMs));
      correction = text.doesNotFit(intervalMs === chosenMs, chosenMs ?? intervalMs, timeoutMs, fitting);
      intervalMs = fitting;
      origin = text.originCorrected(timeoutMs);
    } else if (chosenMs !== undefined && !heartbeatFitsTimeout(chosenMs, timeoutMs)) {
      correction = text.doesNotFit(true, chosenMs, timeoutMs, intervalMs);
    }
  }
  if (silenceLimitMs !== undefined && !heartbeatFitsTimeout(intervalMs, silenceLimitMs)) {
    intervalMs = Math.max(1, Math.floor(silenceLimitMs * policy.heartbeatShare));
    origin = text.originLearned(silenceLimitMs);
  } else if (silenceLimitMs !== undefined && chosenMs === undefined) {
    const learnedMs = Math.max(1, Math.floor(silenceLimitMs * policy.heartbeatShare));
    if (learnedMs < intervalMs) {
      intervalMs = learnedMs;
      origin = text.originLearned(silenceLimitMs);
    }
  }
  return { intervalMs, origin, correction };
}
