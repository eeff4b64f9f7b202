import type { Policy } from './policy';

/** One kind of quiet on a connection that ended, ms. */
export interface Quiet {
  /** How long it had lasted when the other end closed. */
  readonly lastMs: number;
  /** The longest that had been survived before. */
  readonly longestMs: number;
}

/** What a connection looked like when the other end closed it. All ms. */
export interface CloseSample {
  readonly lifetimeMs: number;
  /** Quiet of everything we send, RFC 6455 pings included. */
  readonly sent: Quiet;
  /** Quiet of the application messages we send. */
  readonly messages: Quiet;
  /** Quiet of everything that arrives; null where we had stopped reading. */
  readonly received: Quiet | null;
}

/** What has been found out about an address. */
export interface Limits {
  /** It ends connections that are silent for this long; `needs` says what breaks the silence for it. */
  readonly silence?: { readonly limitMs: number; readonly needs: 'frames' | 'messages' };
  /** It ends connections of this age, however busy, ms. */
  readonly lifetimeMs?: number;
}

export interface FlappingMemory {
  readonly samples: readonly CloseSample[];
  /**
   * What the closes that led to the last adaptation had in common. One more close at the same value
   * shows that the adaptation was not it, so the next remedy is tried without waiting for three.
   */
  readonly trial: { readonly messagesMs: number | null; readonly lifetimeMs: number | null } | null;
  /** How old the last connections became, however they ended, ms. */
  readonly ages: readonly number[];
}

export const nothingNoticed: FlappingMemory = { samples: [], trial: null, ages: [] };

/** So many ages are kept for each close that makes a limit: between two of those, others may end by our plan. */
const agesPerClose = 2;

/** Takes in how old a connection became. */
export function noteAge(memory: FlappingMemory, ageMs: number, policy: Policy): FlappingMemory {
  return { ...memory, ages: [...memory.ages, ageMs].slice(-policy.limitCloses * agesPerClose) };
}

export type Adaptation =
  | { readonly kind: 'silence'; readonly limitMs: number; readonly needs: 'frames' | 'messages' }
  | { readonly kind: 'lifetime'; readonly limitMs: number };

export interface FlappingOutcome {
  readonly memory: FlappingMemory;
  readonly limits: Limits;
  readonly adaptation: Adaptation | null;
}

/**
 * Takes in one close and finds out whether the last ones have a limit in common.
 *
 * Idle time is kept apart by what was quiet, because different things end connections: a server
 * that waits for messages, a proxy that waits for bytes of either end, a balancer that counts age.
 * A quiet spell explains a close only if none as long was survived. Silence is tried before
 * lifetime where both fit, since a heartbeat costs nothing and a reconnect may.
 *
 * @param framesSent whether RFC 6455 pings were what broke our silence (a peer that is not ours).
 */
export function noteClose(
  memory: FlappingMemory,
  sample: CloseSample,
  limits: Limits,
  framesSent: boolean,
  policy: Policy,
): FlappingOutcome {
  const samples = [...memory.samples, sample].slice(-policy.limitCloses);
  const { trial } = outlived(memory, sample.lifetimeMs);
  const { ages } = noteAge(memory, sample.lifetimeMs, policy);
  const waiting = (): FlappingOutcome => ({ memory: { samples, trial, ages }, limits, adaptation: null });
  if (trial !== null) {
    if (framesSent && near(sample.messages.lastMs, trial.messagesMs, policy) && explains(sample.messages, policy)) {
      return silence(sample.messages.lastMs, 'messages', [sample], limits, policy);
    }
    if (!framesSent && near(sample.lifetimeMs, trial.lifetimeMs, policy) && isOldest(sample.lifetimeMs, ages, policy)) {
      return lifetime(sample.lifetimeMs, ages);
    }
  }
  if (samples.length < policy.limitCloses) {
    return waiting();
  }
  const sentMs = commonQuiet(samples, (each) => each.sent, policy);
  if (sentMs !== null) {
    return silence(sentMs, framesSent ? 'frames' : 'messages', samples, limits, policy);
  }
  // Nothing arrives although our pings go out: they are not answered, so ask in messages.
  const receivedMs = commonQuiet(samples, (each) => each.received, policy);
  if (receivedMs !== null) {
    return silence(receivedMs, 'messages', samples, limits, policy);
  }
  if (framesSent) {
    const messagesMs = commonQuiet(samples, (each) => each.messages, policy);
    if (messagesMs !== null) {
      return silence(messagesMs, 'messages', samples, limits, policy);
    }
  }
  const lifetimeMs = commonLifetime(samples, policy);
  return lifetimeMs === null || !isOldest(lifetimeMs, ages, policy) ? waiting() : lifetime(lifetimeMs, ages);
}

/**
 * Whether no connection of late became older. One that did was not ended by its age: a server that is
 * restarted by the clock ends whatever is open then, and the reconnects ahead of a lifetime that was found
 * from it would make the next ones younger and younger.
 */
function isOldest(lifetimeMs: number, ages: readonly number[], policy: Policy): boolean {
  return ages.every((ageMs) => ageMs <= lifetimeMs * (1 + policy.limitTolerance));
}

/** What is left to doubt once a connection has reached that age: a remedy that held is no longer on trial. */
export function outlived(memory: FlappingMemory, ageMs: number): FlappingMemory {
  const { trial } = memory;
  const longest = Math.max(trial?.messagesMs ?? 0, trial?.lifetimeMs ?? 0);
  return trial !== null && ageMs > longest * 1.5 ? { ...memory, trial: null } : memory;
}

/** What the next connection tries out, and how long it has to survive to prove it. ms. */
export interface Experiment {
  readonly limitMs: number;
  readonly surviveMs: number;
}

/**
 * One close before it would be a limit, when it cannot be told whether bytes or messages were
 * missed: the next connection sends RFC 6455 pings often enough. If it still ends at the same
 * silence of messages, three closes have shown that pings do not help and messages are needed; so
 * the third close already leads to what works. If it survives, that is what was missing.
 */
export function experimentAfter(memory: FlappingMemory, policy: Policy): Experiment | null {
  const { samples, trial } = memory;
  if (trial !== null || samples.length < policy.limitCloses - 1) {
    return null;
  }
  const last = samples.slice(-(policy.limitCloses - 1));
  const sentMs = commonQuiet(last, (each) => each.sent, policy);
  const messagesMs = commonQuiet(last, (each) => each.messages, policy);
  return sentMs === null || messagesMs === null
    ? null
    : { limitMs: Math.round(sentMs), surviveMs: Math.max(sentMs, messagesMs) * 1.5 };
}

function silence(
  limitMs: number,
  needs: 'frames' | 'messages',
  samples: readonly CloseSample[],
  limits: Limits,
  policy: Policy,
): FlappingOutcome {
  const messagesMs = common(
    samples.map((each) => each.messages.lastMs),
    policy,
  );
  const trial = { messagesMs, lifetimeMs: commonLifetime(samples, policy) };
  return {
    memory: { samples: [], trial, ages: [] },
    limits: { ...limits, silence: { limitMs: Math.round(limitMs), needs } },
    adaptation: { kind: 'silence', limitMs: Math.round(limitMs), needs },
  };
}

/** A remedy for silence that was tried on the way here did not help, so it is taken back. */
function lifetime(limitMs: number, ages: readonly number[]): FlappingOutcome {
  const lifetimeMs = Math.round(limitMs);
  return {
    memory: { ...nothingNoticed, ages },
    limits: { lifetimeMs },
    adaptation: { kind: 'lifetime', limitMs: lifetimeMs },
  };
}

/** Whether a quiet spell can be why the connection ended: it is long enough, and none as long was survived. */
function explains(quiet: Quiet, policy: Policy): boolean {
  return quiet.lastMs >= policy.shortestSilenceLimitMs && quiet.lastMs > quiet.longestMs * (1 + policy.limitTolerance);
}

function commonQuiet(
  samples: readonly CloseSample[],
  pick: (sample: CloseSample) => Quiet | null,
  policy: Policy,
): number | null {
  const quiets = samples.map(pick);
  if (!quiets.every((quiet): quiet is Quiet => quiet !== null && explains(quiet, policy))) {
    return null;
  }
  return common(
    quiets.map((quiet) => quiet.lastMs),
    policy,
  );
}

function commonLifetime(samples: readonly CloseSample[], policy: Policy): number | null {
  const value = common(
    samples.map((each) => each.lifetimeMs),
    policy,
  );
  return value !== null && value >= policy.shortestLifetimeLimitMs ? value : null;
}

/** The mean of values that all lie within the tolerance of it, or null. */
function common(values: readonly number[], policy: Policy): number | null {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return values.every((value) => near(value, mean, policy)) ? mean : null;
}

function near(value: number, to: number | null, policy: Policy): boolean {
  return to !== null && Math.abs(value - to) <= to * policy.limitTolerance;
}
