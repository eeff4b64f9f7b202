/**
 * The timings both ends live by, in ms. They stand together because the failure this product was
 * built against was two ends with numbers nobody had compared: a heartbeat every 60 s against a
 * receive timeout of 30 s.
 */
export const TIMINGS = {
  /** How often a client of our server sends a heartbeat, counted from its last outgoing message. */
  heartbeatMs: 9_000,
  /** Shortest heartbeat interval a client ever uses, whatever it is told. */
  shortestHeartbeatMs: 1_000,
  /** Longest heartbeat interval a client ever uses, whatever it is told. */
  longestHeartbeatMs: 30_000,
  /** How often a quiet source sends `mark`. */
  markMs: 5_000,
  /** Shortest timeout a server may be told to hold clients to: the shortest interval fits it. */
  shortestTimeoutMs: 3_000,
  /** A server closes with 4102 after this long without any frame from the client. */
  receiveTimeoutMs: 70_000,
  /** A server closes with 4103 when frames arrive but its ping has had no answer for this long. */
  heartbeatTimeoutMs: 180_000,
  /** How often a server sends `ping` to a client of this contract. */
  serverPingMs: 25_000,
  /** How often a server sends an RFC 6455 ping to a plain-text client. */
  plainPingMs: 25_000,
  /** A line that lacks its newline is shown, as far as it is written, after being quiet for this long. */
  partialMs: 250,
} as const;

/**
 * Whether a heartbeat interval can keep a connection alive against the other end's timeout: it
 * must be less than half, so that one lost or late heartbeat is not yet a disconnect.
 */
export function heartbeatFitsTimeout(heartbeatMs: number, timeoutMs: number): boolean {
  return heartbeatMs > 0 && heartbeatMs * 2 < timeoutMs;
}

/**
 * The interval to use in place of one that does not fit: 0.4 of the timeout, which leaves room for
 * one lost heartbeat and for delay on the way.
 */
export function fittingHeartbeatMs(timeoutMs: number): number {
  return Math.max(1, Math.floor(timeoutMs * 0.4));
}
