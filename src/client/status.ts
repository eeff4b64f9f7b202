import type { StreamEnd } from './streamEnd';

/**
 * The states of a connection.
 * - `idle`: never asked to connect.
 * - `connecting`: the dial is under way.
 * - `opening`: the socket is open, the server's welcome is awaited.
 * - `replaying`: lines that existed before are arriving.
 * - `live`: everything that exists has arrived, new lines come as they are written.
 * - `suspect`: nothing has arrived for too long, or the machine slept; the server has been asked for life.
 * - `draining`: an orderly end is under way, ours or the server's.
 * - `waiting`: the next dial has a time.
 * - `dormant`: many attempts have failed; a slow retry every few minutes, at once on a click.
 * - `failed`: trying again cannot help.
 * - `closed`: a normal end.
 */
export type ConnectionStateName =
  | 'idle'
  | 'connecting'
  | 'opening'
  | 'replaying'
  | 'live'
  | 'suspect'
  | 'draining'
  | 'waiting'
  | 'dormant'
  | 'failed'
  | 'closed';

/**
 * What a connection tells of itself: changes of it are shown, told and saved, so nothing that changes
 * by itself while all is well belongs here, see {@link ConnectionMetrics}. Wall times are ms since the
 * Unix epoch.
 */
export interface ConnectionStatus {
  readonly state: ConnectionStateName;
  /** A sentence for a person: why it is in this state. */
  readonly reason: string;
  /** The close code (1000 and above) or HTTP status (below 1000) that led here. */
  readonly code?: number;
  /** Since when it is in this state, wall ms. */
  readonly since: number;
  /** Failed attempts in a row; 0 once a connection has proved stable. */
  readonly attempt: number;
  /** When the next dial is due, wall ms; in `waiting` and `dormant`. */
  readonly retryAt?: number;
  /** How long the present wait was when it began, ms. */
  readonly delayMs?: number;
  /** The address as shown: without user name, password or query. */
  readonly address: string;
  /** The heartbeat interval in force, ms. */
  readonly heartbeatMs?: number;
  /** A sentence: where the interval came from. */
  readonly heartbeatOrigin?: string;
  /** Everything of the stream has ended, and everything of it has arrived; the connection may stay open all the same. */
  readonly end?: StreamEnd;
  /** The server would run its command again: it has ended, and this client may ask for it. */
  readonly canRunAgain?: true;
  readonly lastDisconnect?: { readonly at: number; readonly reason: string; readonly code?: number };
}

/**
 * What a connection measures, all the time: looked at when it is to be shown. No change of status;
 * heartbeats and lines, which bring it, have events of their own.
 */
export interface ConnectionMetrics {
  /** The last measured round trip, ms. */
  readonly roundTripMs?: number;
  readonly linesReceived: number;
  readonly bytesReceived: number;
}
