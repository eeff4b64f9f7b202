import { fittingHeartbeatMs, heartbeatFitsTimeout, TIMINGS } from '../protocol/timings';

/**
 * A page's largest file passes in that time over 100 kbit/s, beside its others; a client that has the token
 * needs a few round trips.
 */
const UNPROVEN_MS = 30_000;

/** The timings of one server, in ms. */
export interface ServerTimings {
  /** What clients are told to use between heartbeats. */
  readonly clientPingMs: number;
  readonly receiveTimeoutMs: number;
  readonly heartbeatTimeoutMs: number;
  readonly serverPingMs: number;
  readonly markMs: number;
  /** How long a connection may take, from accept on, to prove that it may read. */
  readonly unprovenMs: number;
}

/**
 * Derives all timings from the two timeouts a person may set, so that none of them can contradict
 * another: what our clients are told always fits the timeouts they are held to.
 */
export function serverTimings(receiveTimeoutMs: number, heartbeatTimeoutMs: number): ServerTimings {
  const fitting = (intervalMs: number, timeoutMs: number) =>
    heartbeatFitsTimeout(intervalMs, timeoutMs) ? intervalMs : fittingHeartbeatMs(timeoutMs);
  return {
    clientPingMs: fitting(TIMINGS.heartbeatMs, receiveTimeoutMs),
    receiveTimeoutMs,
    heartbeatTimeoutMs,
    // A plain client has no heartbeat of its own: the pongs to our pings are what it sends.
    serverPingMs: fitting(fitting(TIMINGS.serverPingMs, receiveTimeoutMs), heartbeatTimeoutMs),
    markMs: TIMINGS.markMs,
    unprovenMs: UNPROVEN_MS,
  };
}
