import { TIMINGS } from '../protocol/timings';

/** One figure the connection lives by. */
interface Figure {
  readonly value: number;
  readonly unit: 'ms' | 'attempts' | 'factor' | 'closes' | 'heartbeats' | 'messages' | 'samples' | 'requests';
  readonly minimum: number;
  readonly maximum: number;
}

const second = 1000;
const minute = 60 * second;

/** Every figure of the connection, in one place. Nothing in the client counts with any other number. */
export const POLICY_TABLE = {
  /** The first heartbeat after opening: soon enough to meet the shortest timeout worth adapting to. */
  firstHeartbeatMs: { value: 1 * second, unit: 'ms', minimum: 100, maximum: 5 * second },
  /** Interval for a peer that states nothing: less than half of the 30 s that common servers allow. */
  unstatedHeartbeatMs: { value: 12 * second, unit: 'ms', minimum: 1 * second, maximum: 15 * second },
  /** No interval is ever shorter: a server that states a tiny timeout must not make this host busy. */
  shortestHeartbeatMs: { value: TIMINGS.shortestHeartbeatMs, unit: 'ms', minimum: 1, maximum: 5 * second },
  /** No interval is ever longer. */
  longestHeartbeatMs: { value: TIMINGS.longestHeartbeatMs, unit: 'ms', minimum: 1 * second, maximum: 60 * second },
  /** Share of a known timeout that the interval becomes where it does not fit. */
  heartbeatShare: { value: 0.4, unit: 'factor', minimum: 0.1, maximum: 0.49 },
  /** A peer that states its timings is dead after this long without any frame: four quiet marks. */
  negotiatedSilenceMs: { value: 20 * second, unit: 'ms', minimum: 10 * second, maximum: 60 * second },
  /** A peer that states nothing is dead after this long without any frame, once it has answered a ping, or if none ever came. */
  unstatedSilenceMs: { value: 30 * second, unit: 'ms', minimum: 15 * second, maximum: 120 * second },
  /** After so many connections in a row on which no frame ever came, silence is taken for the way of that peer. */
  mostMutes: { value: 2, unit: 'attempts', minimum: 1, maximum: 100 },
  /** How long a probe may go unanswered before the verdict. */
  graceMs: { value: 3 * second, unit: 'ms', minimum: 500, maximum: 10 * second },
  /** After a late timer, how long what has already arrived is read before anything is judged. */
  drainMs: { value: 100, unit: 'ms', minimum: 10, maximum: 1 * second },
  /** Frames this long after a wake-up were not merely waiting in a buffer. */
  freshMs: { value: 1 * second, unit: 'ms', minimum: 100, maximum: 3 * second },
  /** How often an open connection looks at the clock, so that a wake-up is noticed at once. */
  pulseMs: { value: 400, unit: 'ms', minimum: 100, maximum: 2 * second },
  /** A timer this late means that the machine slept or the host was held. */
  lateMs: { value: 2 * second, unit: 'ms', minimum: 500, maximum: 10 * second },
  /** The same for the timer that would declare the peer dead: doubt favours the peer. */
  lateVerdictMs: { value: 250, unit: 'ms', minimum: 50, maximum: 2 * second },
  /** A longer hold-up was sleep: frames that waited in a buffer prove nothing then. */
  longestStallMs: { value: 30 * second, unit: 'ms', minimum: 5 * second, maximum: 60 * second },
  connectTimeoutMs: { value: 10 * second, unit: 'ms', minimum: 1 * second, maximum: 60 * second },
  /** A server that echoes our subprotocol and says nothing for this long is read as plain text, this once. */
  plainSilenceMs: { value: 10 * second, unit: 'ms', minimum: 1 * second, maximum: 60 * second },
  welcomeTimeoutMs: { value: 5 * second, unit: 'ms', minimum: 1 * second, maximum: 30 * second },
  closeTimeoutMs: { value: 1 * second, unit: 'ms', minimum: 100, maximum: 10 * second },
  /** How long a server that said goodbye may take to close before we do. */
  goawayTimeoutMs: { value: 5 * second, unit: 'ms', minimum: 1 * second, maximum: 30 * second },
  /** Lines have stopped arriving for this long: the replay is over. */
  replayQuietMs: { value: 300, unit: 'ms', minimum: 50, maximum: 2 * second },
  /** A source that announces itself and then says nothing for this long holds a replay up no longer: marks come every 5 s. */
  replaySilenceMs: { value: 6 * second, unit: 'ms', minimum: 1 * second, maximum: 60 * second },
  backoffBaseMs: { value: 1 * second, unit: 'ms', minimum: 100, maximum: 10 * second },
  backoffCapMs: { value: 60 * second, unit: 'ms', minimum: 1 * second, maximum: 600 * second },
  focusedBackoffCapMs: { value: 15 * second, unit: 'ms', minimum: 1 * second, maximum: 600 * second },
  /** For a server that was live and turns us away now: an outage lasts, and refused log-ins are counted. */
  turnedAwayBackoffCapMs: { value: 120 * second, unit: 'ms', minimum: 1 * second, maximum: 600 * second },
  loopbackBackoffCapMs: { value: 5 * second, unit: 'ms', minimum: 1 * second, maximum: 600 * second },
  /** A server that says when to return is believed up to this long. */
  longestRetryAfterMs: { value: 60 * minute, unit: 'ms', minimum: 1 * minute, maximum: 1440 * minute },
  /** The same for the window over which a server wants its clients spread. */
  longestReconnectWindowMs: { value: 60 * minute, unit: 'ms', minimum: 1 * minute, maximum: 1440 * minute },
  /** A connection is stable after this long if it is seen to live; only that resets the backoff. */
  stableMs: { value: 60 * second, unit: 'ms', minimum: 1 * second, maximum: 600 * second },
  /** Dials that are refused for this long lead to `dormant`. */
  refusedForMs: { value: 15 * minute, unit: 'ms', minimum: 1 * minute, maximum: 1440 * minute },
  /** Unstable connections in a row that lead to `dormant`. */
  maxAttempts: { value: 20, unit: 'attempts', minimum: 1, maximum: 1000 },
  dormantRetryMs: { value: 5 * minute, unit: 'ms', minimum: 1 * minute, maximum: 60 * minute },
  /** Dials asked for by a click, focus or network change are at least this far apart. */
  askedDialSpacingMs: { value: 5 * second, unit: 'ms', minimum: 100, maximum: 60 * second },
  /** A planned close is honoured as costing no attempt once per this time. */
  plannedSpacingMs: { value: 60 * second, unit: 'ms', minimum: 1 * second, maximum: 600 * second },
  /** Pings and pongs a server may send in a row, of any kind, and per second after that. */
  heartbeatBurst: { value: 2000, unit: 'heartbeats', minimum: 100, maximum: 100_000 },
  heartbeatsPerSecond: { value: 200, unit: 'heartbeats', minimum: 10, maximum: 10_000 },
  /** How often the network is looked at while waiting. */
  networkPollMs: { value: 2 * second, unit: 'ms', minimum: 500, maximum: 60 * second },
  /** Closes at the same value that make it a limit. */
  limitCloses: { value: 3, unit: 'closes', minimum: 2, maximum: 10 },
  /** How far apart, either way, values may lie that count as the same. */
  limitTolerance: { value: 0.1, unit: 'factor', minimum: 0.01, maximum: 0.3 },
  /** A shorter silence is a failing server, never a limit. */
  shortestSilenceLimitMs: { value: 4 * second, unit: 'ms', minimum: 1 * second, maximum: 60 * second },
  /** A shorter lifetime is a failing server, never a limit. */
  shortestLifetimeLimitMs: { value: 20 * second, unit: 'ms', minimum: 5 * second, maximum: 600 * second },
  /** Share of a known lifetime after which we reconnect by ourselves. */
  lifetimeShare: { value: 0.9, unit: 'factor', minimum: 0.5, maximum: 0.98 },
  /** How long a limit stays remembered, and that a server speaks our contract: another may take its place. */
  limitMemoryMs: { value: 43_200 * minute, unit: 'ms', minimum: 1 * minute, maximum: 525_600 * minute },
  /** How long it stays remembered that a server does not speak our contract; it may learn it. */
  dialectMemoryMs: { value: 1440 * minute, unit: 'ms', minimum: 1 * minute, maximum: 43_200 * minute },
  /** Plain text: nothing has come for this long, so what lacks a newline is a line, or is shown as far as it is written. */
  plainQuietMs: { value: TIMINGS.partialMs, unit: 'ms', minimum: 50, maximum: 5 * second },
  /** The same where something goes on coming. */
  plainHeldMs: { value: 1 * second, unit: 'ms', minimum: 50, maximum: 10 * second },
  /** After so many messages without a newline, the next ones are taken for lines at once. */
  plainSureMessages: { value: 8, unit: 'messages', minimum: 1, maximum: 1000 },
  historyTimeoutMs: { value: 30 * second, unit: 'ms', minimum: 1 * second, maximum: 300 * second },
  /** Requests for earlier lines at once; the others wait their turn. */
  historyAtOnce: { value: 16, unit: 'requests', minimum: 1, maximum: 100 },
  /** Requests in a row, and per second after that: half of what a server takes, which closes with 4104 beyond. */
  historyBurst: { value: 50, unit: 'requests', minimum: 1, maximum: 100 },
  historyPerSecond: { value: 25, unit: 'requests', minimum: 1, maximum: 40 },
  /** Round trips kept for the report. */
  roundTripSamples: { value: 1000, unit: 'samples', minimum: 10, maximum: 100_000 },
} as const satisfies Record<string, Figure>;

/** The figures by name: times in ms, shares as factors. */
export type Policy = { readonly [Name in keyof typeof POLICY_TABLE]: number };

export const defaultPolicy: Policy = Object.fromEntries(
  Object.entries(POLICY_TABLE).map(([name, figure]) => [name, figure.value]),
) as unknown as Policy;

/** The defaults with some figures replaced, each brought within its limits. */
export function policyWith(changes: Partial<Policy>): Policy {
  const policy: Record<string, number> = { ...defaultPolicy };
  for (const [name, value] of Object.entries(changes)) {
    const { minimum, maximum } = POLICY_TABLE[name as keyof Policy];
    policy[name] = Math.min(Math.max(value, minimum), maximum);
  }
  return policy as unknown as Policy;
}
