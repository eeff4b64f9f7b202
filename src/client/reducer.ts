import { CLOSE, fitCloseReason } from '../protocol/closeCodes';
import { LIMITS } from '../protocol/limits';
import { clientTexts } from '../text/client';
import {
  breakOff,
  close,
  closedByPeer,
  connectTimedOut,
  dial,
  dialAsked,
  drained,
  givenUp,
  refused,
  startAfresh,
  startDraining,
} from './ending';
import { nothingNoticed } from './flapping';
import {
  answered,
  answerPlainPing,
  becomeStable,
  drainOver,
  experimentProved,
  foreign,
  graceOver,
  heartbeatDue,
  holdUp,
  linesArrived,
  marked,
  opened,
  probeAfterNetworkChange,
  received,
  replan,
  replayQuiet,
  sendMessage,
  silenceDue,
  welcomed,
  welcomeMissed,
} from './linkLife';
import type { MachineEvent, MachineOptions, MachineState, Moment, Recalled, Step, TimerName } from './state';
import { Turn } from './turn';

/** A connection that was never asked for. */
export function initialState(options: MachineOptions): MachineState {
  return {
    name: 'idle',
    reason: clientTexts.state.idle,
    code: undefined,
    options,
    dialect: 'logstream',
    socket: 0,
    hasSocket: false,
    timers: {},
    link: null,
    doubt: null,
    heldUp: null,
    afterDrain: null,
    focused: false,
    refusals: 0,
    refusedSince: null,
    losses: 0,
    mutes: 0,
    waitCause: null,
    delayMs: undefined,
    lastDialAt: null,
    lastPlannedAt: null,
    plannedUnstable: false,
    reconnectWindowMs: 0,
    everLive: false,
    wasLive: false,
    welcomed: false,
    guessedPlain: false,
    plainTrial: null,
    lostAt: null,
    roundTripMs: undefined,
    messageBytes: LIMITS.controlMessageBytes,
    limits: {},
    flapping: nothingNoticed,
    toldCorrection: null,
  };
}

/**
 * The whole behaviour of a connection: what it becomes and what is to be done when something
 * happens. Pure: no clock, no socket, no randomness but what `moment` brings. An event of a socket
 * that is not the present one changes nothing.
 */
export function reduce(state: MachineState, event: MachineEvent, moment: Moment): Step {
  if ('socket' in event && (event.socket !== state.socket || !state.hasSocket)) {
    return { state, effects: [] };
  }
  const turn = new Turn(state, moment);
  handle(turn, event);
  return { state: turn.state, effects: turn.effects };
}

function handle(turn: Turn, event: MachineEvent): void {
  switch (event.type) {
    case 'connect':
      connect(turn, event);
      return;
    case 'disconnect':
      disconnect(turn);
      return;
    case 'reconnectNow':
      reconnectNow(turn);
      return;
    case 'focus':
      focus(turn, event.focused);
      return;
    case 'networkChanged':
      networkChanged(turn);
      return;
    case 'credentialsChanged':
      credentialsChanged(turn);
      return;
    case 'options':
      optionsChanged(turn, event);
      return;
    case 'forget':
      forget(turn);
      return;
    case 'request':
      sendMessage(turn, event.message);
      return;
    case 'tick':
      tick(turn, event.lateMs);
      return;
    default:
      fromSocket(turn, event);
  }
}

type SocketEvent = Extract<MachineEvent, { readonly socket: number }>;

function fromSocket(turn: Turn, event: SocketEvent): void {
  // A peer that was broken off with is only waited for; what it still says changes nothing.
  if (turn.state.name === 'failed') {
    if (event.type === 'closed' || event.type === 'broken') {
      turn.set({ hasSocket: false, timers: {} });
    }
    return;
  }
  switch (event.type) {
    case 'opened':
      if (turn.state.name === 'connecting') {
        opened(turn, event.subprotocol);
      }
      return;
    case 'dialFailed':
      if (turn.state.name === 'connecting') {
        refused(turn, event.failure);
      }
      return;
    case 'closed':
      closedByPeer(turn, event.code, event.reason);
      return;
    case 'broken':
      turn.set({ hasSocket: false });
      givenUp(turn, clientTexts.close.broken(turn.shownAddress, event.reason));
      return;
    case 'violation':
      violated(turn, event.reason);
      return;
    case 'foreign':
      foreign(turn);
      return;
    case 'welcome':
      welcomed(turn, event.message);
      return;
    case 'ping':
      sendMessage(turn, { type: 'pong', id: event.message.id });
      return;
    case 'pong':
      answered(turn, event.message.id);
      return;
    case 'plainPong':
      answered(turn, event.id);
      return;
    case 'plainPing':
      answerPlainPing(turn, event.id);
      return;
    case 'mark':
      turn.set({ reconnectWindowMs: event.reconnectWindowMs });
      marked(turn, event.replayed);
      return;
    case 'lines':
      linesArrived(turn, event.replayed);
      return;
    case 'goaway':
      goaway(turn, event.reason, event.reconnectWindowMs);
      return;
    case 'received':
      received(turn);
      return;
  }
}

function violated(turn: Turn, reason: string): void {
  const { link, afterDrain } = turn.state;
  if (afterDrain === 'closed' || afterDrain === 'reconnect') {
    // A person has ended it already: for good, or to have it made anew, at another address perhaps.
    drained(turn);
  } else if (link !== null) {
    const { code } = CLOSE.protocolError;
    breakOff(turn, code, fitCloseReason(reason), clientTexts.close.violation(turn.shownAddress, reason));
  }
}

function connect(turn: Turn, event: Extract<MachineEvent, { readonly type: 'connect' }>): void {
  switch (turn.state.name) {
    case 'idle':
    case 'closed':
    case 'failed':
      startAfresh(turn);
      turn.set({ ...beginWith(event), limits: event.limits });
      dial(turn);
      return;
    case 'waiting':
    case 'dormant':
      dialAsked(turn);
      return;
    case 'draining':
      if (turn.state.afterDrain === 'closed') {
        startAfresh(turn);
        turn.set({ afterDrain: 'reconnect' });
      }
      return;
    default:
      return;
  }
}

function beginWith({ dialect, welcomed }: Recalled): Partial<MachineState> {
  return { dialect, welcomed, guessedPlain: false, mutes: 0 };
}

function disconnect(turn: Turn): void {
  switch (turn.state.name) {
    case 'opening':
    case 'replaying':
    case 'live':
    case 'suspect':
      startDraining(turn, 'closed', clientTexts.state.disconnecting);
      return;
    case 'draining':
      startDraining(turn, 'closed', clientTexts.state.disconnecting);
      return;
    case 'idle':
    case 'closed':
      return;
    default:
      close(turn, clientTexts.state.disconnected);
  }
}

function reconnectNow(turn: Turn): void {
  switch (turn.state.name) {
    case 'idle':
    case 'closed':
    case 'failed':
      startAfresh(turn);
      dial(turn);
      return;
    case 'waiting':
    case 'dormant':
      dialAsked(turn);
      return;
    case 'replaying':
    case 'live':
    case 'suspect':
      startDraining(turn, 'reconnect', clientTexts.state.reconnecting);
      return;
    default:
      return;
  }
}

function focus(turn: Turn, focused: boolean): void {
  const gained = focused && !turn.state.focused;
  turn.set({ focused });
  const { name, waitCause, reconnectWindowMs } = turn.state;
  if (gained && (name === 'dormant' || (name === 'waiting' && waitCause === 'refused' && reconnectWindowMs === 0))) {
    dialAsked(turn);
  }
}

function networkChanged(turn: Turn): void {
  const { name } = turn.state;
  if (name === 'waiting' || name === 'dormant') {
    dialAsked(turn);
  } else {
    probeAfterNetworkChange(turn);
  }
}

function credentialsChanged(turn: Turn): void {
  const { name } = turn.state;
  if (name === 'waiting' || name === 'dormant') {
    dialAsked(turn);
  }
}

function optionsChanged(turn: Turn, event: Extract<MachineEvent, { readonly type: 'options' }>): void {
  turn.set({ options: event.options, limits: event.limits });
  if (!event.redial) {
    replan(turn);
    return;
  }
  turn.set(beginWith(event));
  switch (turn.state.name) {
    case 'idle':
    case 'closed':
    case 'failed':
      return;
    case 'connecting':
    case 'waiting':
    case 'dormant':
      startAfresh(turn);
      dial(turn);
      return;
    case 'draining':
      startAfresh(turn);
      if (turn.state.afterDrain !== 'closed') {
        turn.set({ afterDrain: 'reconnect' });
      }
      return;
    default:
      startAfresh(turn);
      startDraining(turn, 'reconnect', clientTexts.state.reconnecting);
  }
}

function forget(turn: Turn): void {
  const { link, dialect, options } = turn.state;
  turn.set({
    limits: {},
    welcomed: link !== null && link.welcome !== null,
    guessedPlain: dialect === 'plain' && options.format === 'auto',
  });
  replan(turn);
}

function goaway(turn: Turn, reason: string, reconnectWindowMs: number): void {
  switch (turn.state.name) {
    case 'opening':
    case 'replaying':
    case 'live':
    case 'suspect':
      turn.setLink({ leaving: true });
      turn.set({
        name: 'draining',
        reason: clientTexts.close.goaway(turn.shownAddress, reason),
        afterDrain: 'planned',
        reconnectWindowMs,
        doubt: null,
        heldUp: null,
        timers: { goaway: turn.now + turn.policy.goawayTimeoutMs },
      });
      return;
    default:
      return;
  }
}

function tick(turn: Turn, lateMs: number): void {
  if (turn.state.hasSocket && lateMs > turn.policy.lateMs) {
    holdUp(turn, lateMs);
  }
  // Each deadline is removed before it is handled; a handler sets only later ones.
  for (let name = due(turn); name !== undefined; name = due(turn)) {
    turn.timer(name, undefined);
    timerDue(turn, name, lateMs);
  }
}

function due(turn: Turn): TimerName | undefined {
  let first: TimerName | undefined;
  for (const [name, at] of Object.entries(turn.state.timers) as [TimerName, number][]) {
    if (at <= turn.now && (first === undefined || at < (turn.state.timers[first] ?? at))) {
      first = name;
    }
  }
  return first;
}

function timerDue(turn: Turn, name: TimerName, lateMs: number): void {
  switch (name) {
    case 'dial':
      dial(turn);
      return;
    case 'network':
      turn.emit({ type: 'lookAtNetwork' });
      turn.timer('network', turn.now + turn.policy.networkPollMs);
      return;
    case 'connect':
      connectTimedOut(turn);
      return;
    case 'welcome':
      welcomeMissed(turn);
      return;
    case 'replay':
      replayQuiet(turn);
      return;
    case 'heartbeat':
      heartbeatDue(turn);
      return;
    case 'stable':
      becomeStable(turn);
      return;
    case 'silence':
      silenceDue(turn, lateMs);
      return;
    case 'drain':
      drainOver(turn);
      return;
    case 'grace':
      graceOver(turn, lateMs);
      return;
    case 'experiment':
      experimentProved(turn);
      return;
    case 'lifetime':
      startDraining(turn, 'planned', clientTexts.state.aheadOfLifetime(turn.state.limits.lifetimeMs ?? 0));
      return;
    case 'goaway':
      startDraining(turn, 'planned', turn.state.reason);
      return;
    case 'close':
      if (turn.state.name === 'failed') {
        turn.emit({ type: 'terminate', socket: turn.state.socket });
        turn.set({ hasSocket: false, timers: {} });
      } else {
        drained(turn);
      }
      return;
  }
}
