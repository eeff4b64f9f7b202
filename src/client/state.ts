import type { ClientMessage, PingMessage, PongMessage, WelcomeMessage } from '../protocol/messages';
import type { Address } from './address';
import type { BackoffSituation } from './backoff';
import type { Verdict } from './closes';
import type { Experiment, FlappingMemory, Limits } from './flapping';
import type { HeartbeatPlan } from './heartbeat';
import type { Policy } from './policy';
import type { ConnectionStateName } from './status';
import type { DialFailure } from './transport';

/** How the peer is spoken to. `plain`: no subprotocol, every message is lines. */
export type Dialect = 'logstream' | 'plain';

/** What the machine is told about its connection; changes come as `options` events. */
export interface MachineOptions {
  readonly address: Address;
  readonly format: 'auto' | 'logstream' | 'text' | 'json';
  /** Undefined: the person set none. ms. */
  readonly chosenHeartbeatMs: number | undefined;
  readonly maxAttempts: number;
  /** Failed attempts in a row after which it is over; undefined: it never is. */
  readonly giveUpAfter: number | undefined;
  readonly canPingFrame: boolean;
  readonly policy: Policy;
}

/** The deadlines a state can have, each in ms of the driver's time. */
export type TimerName =
  | 'dial'
  | 'network'
  | 'connect'
  | 'welcome'
  | 'replay'
  | 'heartbeat'
  | 'stable'
  | 'silence'
  | 'drain'
  | 'grace'
  | 'experiment'
  | 'lifetime'
  | 'goaway'
  | 'close';

export type Timers = { readonly [Name in TimerName]?: number };

/** A ping that has had no answer yet. */
export interface OutstandingPing {
  readonly id: number;
  readonly sentAt: number;
}

/** What is known of the open socket. Times in ms of the driver's time. */
export interface Link {
  readonly dialect: Dialect;
  /** Taken for plain text by its silence alone: a welcome may yet come. */
  readonly assumedPlain: boolean;
  readonly openedAt: number;
  readonly heartbeat: HeartbeatPlan;
  /** What breaks the silence: our own `ping`, an RFC 6455 ping, or both that and a JSON ping. */
  readonly pingWith: 'message' | 'frame' | 'json';
  readonly welcome: WelcomeMessage | null;
  readonly lastSentAt: number;
  readonly lastMessageAt: number;
  readonly longestSentGapMs: number;
  readonly longestMessageGapMs: number;
  readonly nextPingId: number;
  readonly outstanding: readonly OutstandingPing[];
  /** Silence before this is not held against the peer: we had given it no reason to speak. */
  readonly silenceFrom: number;
  /** What this connection tries out; null: nothing. */
  readonly experiment: Experiment | null;
  /** A ping of ours has been answered. */
  readonly answered: boolean;
  /** When lines could first come. */
  readonly establishedAt: number | null;
  /** It has lasted `stableMs` with a heartbeat answered. */
  readonly stable: boolean;
  /** The server has said goodbye. */
  readonly leaving: boolean;
}

/** Doubt about the peer. */
export interface Doubt {
  /** `quiet`: any frame ends it. `woken`: only an answer, or a frame that cannot have waited in a buffer. */
  readonly kind: 'quiet' | 'woken';
  readonly since: number;
  readonly probeId: number;
  /** Where to return to. */
  readonly from: 'replaying' | 'live';
}

/** A late timer whose cause is not judged yet: first what has arrived is read. */
export interface HeldUp {
  readonly heldMs: number;
  readonly noticedAt: number;
  readonly lastReceivedAt: number;
}

/** What is done once an orderly end has ended. */
export type AfterDrain = 'closed' | 'reconnect' | 'planned';

/** The whole of what the machine knows. Assigned in one place: the driver, from what `reduce` returns. */
export interface MachineState {
  readonly name: ConnectionStateName;
  readonly reason: string;
  readonly code: number | undefined;
  readonly options: MachineOptions;
  readonly dialect: Dialect;
  /** Number of the current or last dial; a callback that carries another one is ignored. 0: none yet. */
  readonly socket: number;
  /** Whether that socket exists. */
  readonly hasSocket: boolean;
  readonly timers: Timers;
  readonly link: Link | null;
  readonly doubt: Doubt | null;
  readonly heldUp: HeldUp | null;
  readonly afterDrain: AfterDrain | null;
  readonly focused: boolean;
  /** Dials that failed since the last one that opened. */
  readonly refusals: number;
  readonly refusedSince: number | null;
  /** Connections lost before they were stable, in a row. */
  readonly losses: number;
  /** Connections that were given up as dead although nobody had shown anything there, since somebody last did. */
  readonly mutes: number;
  /** What the present wait is for. */
  readonly waitCause: BackoffSituation['cause'] | null;
  readonly delayMs: number | undefined;
  readonly lastDialAt: number | null;
  readonly lastPlannedAt: number | null;
  /** Since a connection was last stable, one that was not has ended as planned without costing an attempt. */
  readonly plannedUnstable: boolean;
  readonly reconnectWindowMs: number;
  readonly everLive: boolean;
  /** It was live since a person last asked for this address: what would be final then is an outage now. */
  readonly wasLive: boolean;
  /** A welcome has come from this address, now or in an earlier run: silence and noise are no plain text there. */
  readonly welcomed: boolean;
  /**
   * That `dialect` is plain was concluded from silence, a refusal or a close, which may have had another cause:
   * it holds for the present socket, and the next one is asked again.
   */
  readonly guessedPlain: boolean;
  /**
   * A dial without our subprotocol is under way because of this answer to the one with it, or, where that
   * had `opened`, because of its close; null: none is.
   */
  readonly plainTrial: { readonly verdict: Verdict; readonly opened: boolean } | null;
  readonly lostAt: number | null;
  readonly roundTripMs: number | undefined;
  /** No message may be longer, in bytes: less than the protocol has it where a server closed with 1009. */
  readonly messageBytes: number;
  readonly limits: Limits;
  readonly flapping: FlappingMemory;
  /** A correction is told once, not on every reconnect. */
  readonly toldCorrection: string | null;
}

/** What the driver knows without asking the machine, at the time of an event. */
export interface Activity {
  /** When the last frame of any kind arrived. */
  readonly lastReceivedAt: number;
  /** The longest time between two frames, ms. */
  readonly longestReceivedGapMs: number;
  /** The longest message sent on this connection, in characters. */
  readonly longestSent: number;
  /** The `hello` of this connection had nothing in it that can be left out. */
  readonly shortestHello: boolean;
  /** We have stopped reading: silence is our own doing. */
  readonly paused: boolean;
}

/** What stands beside every event. */
export interface Moment {
  /** Driver's time in ms: monotonic, sleep of the machine included. */
  readonly now: number;
  /** Uniform in [0, 1). */
  readonly draw: number;
  readonly activity: Activity;
}

/** What is known of an address from earlier. */
export interface Recalled {
  /** How to begin with it. */
  readonly dialect: Dialect;
  readonly welcomed: boolean;
  readonly limits: Limits;
}

interface FromSocket {
  readonly socket: number;
}

export type MachineEvent =
  | ({ readonly type: 'connect' } & Recalled)
  | { readonly type: 'disconnect' }
  | { readonly type: 'reconnectNow' }
  | { readonly type: 'focus'; readonly focused: boolean }
  | { readonly type: 'networkChanged' }
  /** The token that was refused, or could not be had, may be another one now. */
  | { readonly type: 'credentialsChanged' }
  /** What was found out about the address counts no more: it is found out anew. */
  | { readonly type: 'forget' }
  /** `redial`: what changed needs a new connection. */
  | ({ readonly type: 'options'; readonly options: MachineOptions; readonly redial: boolean } & Recalled)
  | ({ readonly type: 'opened'; readonly subprotocol: string } & FromSocket)
  | ({ readonly type: 'dialFailed'; readonly failure: DialFailure } & FromSocket)
  | ({ readonly type: 'closed'; readonly code: number; readonly reason: string } & FromSocket)
  /** The peer broke RFC 6455 or our limit of size, and the transport has ended it. */
  | ({ readonly type: 'broken'; readonly reason: string } & FromSocket)
  /** The peer broke the contract. */
  | ({ readonly type: 'violation'; readonly reason: string } & FromSocket)
  /** Before any welcome came something that is none of our contract. */
  | ({ readonly type: 'foreign' } & FromSocket)
  | ({ readonly type: 'welcome'; readonly message: WelcomeMessage } & FromSocket)
  | ({ readonly type: 'ping'; readonly message: PingMessage } & FromSocket)
  | ({ readonly type: 'pong'; readonly message: PongMessage } & FromSocket)
  /** An RFC 6455 pong, or a JSON pong of a peer that is not ours; `id` null where it repeats none. */
  | ({ readonly type: 'plainPong'; readonly id: number | null } & FromSocket)
  /** A JSON ping of a peer that is not ours; `id` is repeated in the answer where there is one. */
  | ({ readonly type: 'plainPing'; readonly id: unknown } & FromSocket)
  /** `replayed`: every source has sent the lines that existed. */
  | ({ readonly type: 'mark'; readonly replayed: boolean; readonly reconnectWindowMs: number } & FromSocket)
  /** Lines arrived, or a source that may have some was announced; told only while `replaying`. `replayed`: nothing more of those that existed is to be waited for. */
  | ({ readonly type: 'lines'; readonly replayed: boolean } & FromSocket)
  | ({ readonly type: 'goaway'; readonly reason: string; readonly reconnectWindowMs: number } & FromSocket)
  /** A frame arrived; told only while {@link wantsFrames}. */
  | ({ readonly type: 'received' } & FromSocket)
  /** Something other than a heartbeat is to be sent. */
  | { readonly type: 'request'; readonly message: ClientMessage }
  /** A deadline has passed. `lateMs`: by how much the timer itself came late. */
  | { readonly type: 'tick'; readonly lateMs: number };

export type NoticeName = 'connected' | 'reconnected' | 'disconnected' | 'adapted' | 'corrected';

export type Effect =
  | { readonly type: 'dial'; readonly socket: number; readonly dialect: Dialect }
  | { readonly type: 'terminate'; readonly socket: number }
  | { readonly type: 'close'; readonly socket: number; readonly code: number; readonly reason: string }
  /** The driver completes it with client id, lines, sources, token and the positions to resume at. */
  | { readonly type: 'hello'; readonly socket: number; readonly heartbeatMs: number; readonly mostBytes: number }
  | { readonly type: 'send'; readonly socket: number; readonly message: ClientMessage }
  | { readonly type: 'sendJson'; readonly socket: number; readonly message: object }
  | { readonly type: 'pingFrame'; readonly socket: number; readonly id: number }
  /** From now on lines may come: the driver makes the adapter and applies a pause. */
  | { readonly type: 'established'; readonly socket: number; readonly dialect: Dialect; readonly again: boolean }
  | {
      readonly type: 'heartbeat';
      readonly kind: 'sent' | 'answered';
      readonly id: number;
      readonly roundTripMs?: number;
    }
  | { readonly type: 'notice'; readonly kind: NoticeName; readonly text: string }
  | { readonly type: 'rememberDialect'; readonly dialect: Dialect }
  | { readonly type: 'rememberLimits'; readonly limits: Limits }
  | { readonly type: 'disconnected'; readonly reason: string; readonly code?: number }
  | { readonly type: 'lookAtNetwork' };

export interface Step {
  readonly state: MachineState;
  readonly effects: readonly Effect[];
}

/** Whether lines that arrive in this state are for the listeners. */
export function deliversLines(state: MachineState): boolean {
  switch (state.name) {
    case 'replaying':
    case 'live':
    case 'suspect':
      return true;
    case 'draining':
      return state.afterDrain !== 'closed';
    default:
      return false;
  }
}

/** Whether the machine has to hear of every frame in this state. */
export function wantsFrames(state: MachineState): boolean {
  return state.name === 'suspect';
}

/** The earliest deadline, or undefined. */
export function nextDeadline(timers: Timers): number | undefined {
  let earliest: number | undefined;
  for (const due of Object.values(timers)) {
    if (due !== undefined && (earliest === undefined || due < earliest)) {
      earliest = due;
    }
  }
  return earliest;
}
