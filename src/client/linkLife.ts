import { CLOSE } from '../protocol/closeCodes';
import type { ClientMessage, WelcomeMessage } from '../protocol/messages';
import { PROTOCOL_VERSION, SUBPROTOCOL } from '../protocol/version';
import { clientTexts } from '../text/client';
import { adopt, breakOff, givenUp, refused, startDraining } from './ending';
import { type Experiment, experimentAfter, nothingNoticed, outlived } from './flapping';
import { type HeartbeatPlan, planHeartbeat } from './heartbeat';
import { isStable } from './stability';
import type { Link } from './state';
import type { Turn } from './turn';

/** Pings without an answer that are kept in mind; older ones no longer tell anything. */
const outstandingKept = 16;

/** The socket is open. */
export function opened(turn: Turn, subprotocol: string): void {
  const { state, policy, now } = turn;
  turn.set({ plainTrial: null });
  if (state.dialect === 'logstream' && subprotocol !== SUBPROTOCOL) {
    turn.emit({ type: 'terminate', socket: state.socket });
    refused(turn, { kind: 'subprotocol' });
    return;
  }
  const ours = state.dialect === 'logstream';
  const pings = pingWith(turn);
  const experiment = pings === 'frame' ? experimentAfter(state.flapping, policy) : null;
  const link: Link = {
    dialect: state.dialect,
    assumedPlain: false,
    openedAt: now,
    heartbeat: plan(turn, null, experiment),
    pingWith: pings,
    experiment,
    silenceFrom: now,
    welcome: null,
    lastSentAt: now,
    lastMessageAt: now,
    longestSentGapMs: 0,
    longestMessageGapMs: 0,
    nextPingId: 1,
    outstanding: [],
    answered: false,
    establishedAt: null,
    stable: false,
    leaving: false,
  };
  const { lifetimeMs } = state.limits;
  turn.set({
    link,
    refusals: 0,
    refusedSince: null,
    timers: {
      heartbeat: now + policy.firstHeartbeatMs,
      stable: now + policy.stableMs,
      ...(experiment === null ? {} : { experiment: now + experiment.surviveMs }),
      ...(lifetimeMs === undefined ? {} : { lifetime: now + lifetimeMs * policy.lifetimeShare }),
      ...(ours ? { welcome: now + (turn.mayBePlain ? policy.plainSilenceMs : policy.welcomeTimeoutMs) } : {}),
    },
  });
  if (ours) {
    turn.set({ name: 'opening', reason: clientTexts.state.opening(turn.shownAddress) });
    const { messageBytes: mostBytes } = state;
    turn.emit({ type: 'hello', socket: state.socket, heartbeatMs: link.heartbeat.intervalMs, mostBytes });
  } else {
    tellCorrection(turn, link.heartbeat);
    established(turn);
  }
}

function pingWith(turn: Turn): Link['pingWith'] {
  const { dialect, options, limits } = turn.state;
  if (dialect === 'logstream') {
    return 'message';
  }
  return options.format === 'json' || limits.silence?.needs === 'messages' ? 'json' : 'frame';
}

function plan(turn: Turn, welcome: WelcomeMessage | null, experiment: Experiment | null): HeartbeatPlan {
  const { options, limits } = turn.state;
  return planHeartbeat(
    {
      chosenMs: options.chosenHeartbeatMs,
      stated: welcome ?? undefined,
      ours: turn.state.dialect === 'logstream',
      silenceLimitMs: experiment?.limitMs ?? limits.silence?.limitMs,
    },
    turn.policy,
  );
}

function tellCorrection(turn: Turn, { correction }: HeartbeatPlan): void {
  if (correction !== null && correction !== turn.state.toldCorrection) {
    turn.emit({ type: 'notice', kind: 'corrected', text: correction });
  }
  turn.set({ toldCorrection: correction });
}

/**
 * Before any welcome came something that is none of our contract, although the server echoed our
 * subprotocol. From then on it is plain text: on this connection, what has come included, since the address
 * may hold a ticket that is good for one dial.
 */
export function foreign(turn: Turn): void {
  if (turn.state.link?.assumedPlain === true) {
    // A server of ours sends its welcome first: what looks like one from here on is a line.
    turn.setLink({ assumedPlain: false });
    return;
  }
  if (turn.state.name !== 'opening') {
    return;
  }
  if (turn.mayBePlain) {
    turn.emit({ type: 'rememberDialect', dialect: 'plain' });
    becomePlain(turn, false);
  } else {
    givenUp(turn, clientTexts.close.foreign(turn.shownAddress));
  }
}

/** No welcome has come in time. */
export function welcomeMissed(turn: Turn): void {
  if (turn.mayBePlain) {
    becomePlain(turn, true);
  } else {
    givenUp(turn, clientTexts.close.noWelcome(turn.shownAddress, turn.policy.welcomeTimeoutMs));
  }
}

function becomePlain(turn: Turn, assumedPlain: boolean): void {
  turn.set({ dialect: 'plain', guessedPlain: assumedPlain });
  turn.timer('welcome', undefined);
  const pings = pingWith(turn);
  const experiment = pings === 'frame' ? experimentAfter(turn.state.flapping, turn.policy) : null;
  const heartbeat = plan(turn, null, experiment);
  turn.setLink({ dialect: 'plain', assumedPlain, pingWith: pings, experiment, heartbeat });
  if (experiment !== null && turn.state.link !== null) {
    turn.timer('experiment', turn.state.link.openedAt + experiment.surviveMs);
  }
  tellCorrection(turn, heartbeat);
  established(turn);
}

/** The server states its timings. */
export function welcomed(turn: Turn, welcome: WelcomeMessage): void {
  const { link } = turn.state;
  if (turn.state.name === 'draining') {
    // Its end has begun already: a person's, for good, or because it is to be had at another address.
    return;
  }
  if (link?.assumedPlain === true) {
    // It was only slow. What it sends from here on could not be read, so it is asked once more.
    noteWelcome(turn);
    startDraining(turn, 'reconnect', clientTexts.state.lateWelcome(turn.shownAddress));
    return;
  }
  if (turn.state.name !== 'opening' || link === null) {
    return;
  }
  noteWelcome(turn);
  if (welcome.version !== PROTOCOL_VERSION) {
    const { code } = CLOSE.unsupportedVersion;
    const closeReason = clientTexts.close.weSpeak(PROTOCOL_VERSION);
    breakOff(turn, code, closeReason, clientTexts.close.unsupportedWelcome(turn.shownAddress, welcome.version));
    return;
  }
  const heartbeat = plan(turn, welcome, null);
  turn.setLink({ welcome, heartbeat });
  turn.set({ reconnectWindowMs: welcome.reconnectWindowMs });
  turn.timer('welcome', undefined);
  tellCorrection(turn, heartbeat);
  established(turn);
}

function noteWelcome(turn: Turn): void {
  turn.set({ mutes: 0 });
  if (!turn.state.welcomed) {
    turn.emit({ type: 'rememberDialect', dialect: 'logstream' });
    turn.set({ welcomed: true });
  }
}

/** Options have changed under an open link: the interval follows at once. */
export function replan(turn: Turn): void {
  const { link } = turn.state;
  if (link === null) {
    return;
  }
  const heartbeat = plan(turn, link.welcome, link.experiment);
  turn.setLink({ heartbeat, pingWith: pingWith(turn) });
  tellCorrection(turn, heartbeat);
  // Only ever earlier: whoever changes options often must not put the next heartbeat off.
  const due = turn.state.timers.heartbeat;
  if (link.nextPingId > 1 && due !== undefined) {
    turn.timer('heartbeat', Math.min(due, turn.now + heartbeat.intervalMs));
  }
}

function established(turn: Turn): void {
  const { state } = turn;
  const again = state.everLive;
  turn.setLink({ establishedAt: turn.now });
  turn.set({
    name: 'replaying',
    reason: clientTexts.state.replaying(turn.shownAddress),
    code: undefined,
    everLive: true,
    wasLive: true,
  });
  turn.timer('replay', turn.now + turn.policy.replayQuietMs);
  armSilence(turn);
  turn.emit({ type: 'established', socket: state.socket, dialect: state.dialect, again });
  const text = clientTexts.connected;
  const sentence = again
    ? text.again(turn.shownAddress, state.lostAt === null ? 0 : turn.now - state.lostAt, state.dialect === 'logstream')
    : text.first(turn.shownAddress);
  turn.emit({ type: 'notice', kind: again ? 'reconnected' : 'connected', text: sentence });
}

/** Everything that existed has arrived. */
export function caughtUp(turn: Turn): void {
  if (turn.state.name === 'replaying') {
    turn.timer('replay', undefined);
    turn.set({ name: 'live', reason: clientTexts.state.live });
  }
}

/** No lines have arrived for a while, which says nothing while we do not read. */
export function replayQuiet(turn: Turn): void {
  if (turn.moment.activity.paused) {
    turn.timer('replay', turn.now + turn.policy.replayQuietMs);
  } else {
    caughtUp(turn);
  }
}

/** A source says where it stands. */
export function marked(turn: Turn, replayed: boolean): void {
  if (replayed) {
    caughtUp(turn);
  }
}

/** Lines arrived while those that existed before are awaited. */
export function linesArrived(turn: Turn, replayed: boolean): void {
  if (turn.state.name !== 'replaying') {
    return;
  }
  if (replayed) {
    caughtUp(turn);
  } else {
    turn.timer('replay', turn.now + turn.policy.replayQuietMs);
  }
}

/** A frame arrived in a state that wants to hear of it. */
export function received(turn: Turn): void {
  const { doubt } = turn.state;
  if (doubt !== null && (doubt.kind === 'quiet' || turn.now - doubt.since >= turn.policy.freshMs)) {
    endDoubt(turn);
  }
}

/** Something was sent; `message`: an application message, not only an RFC 6455 frame. */
function noteSent(turn: Turn, message: boolean): void {
  const { link } = turn.state;
  if (link === null) {
    return;
  }
  const { now } = turn;
  turn.setLink({
    lastSentAt: now,
    longestSentGapMs: Math.max(link.longestSentGapMs, now - link.lastSentAt),
    ...(message
      ? {
          lastMessageAt: now,
          longestMessageGapMs: Math.max(link.longestMessageGapMs, now - link.lastMessageAt),
        }
      : {}),
  });
}

/** Sends a message of our contract, if there is somebody to send it to. */
export function sendMessage(turn: Turn, message: ClientMessage): void {
  if (turn.state.link?.welcome) {
    turn.emit({ type: 'send', socket: turn.state.socket, message });
    noteSent(turn, true);
  }
}

/** Answers the JSON ping of a peer that is not ours. */
export function answerPlainPing(turn: Turn, id: unknown): void {
  if (turn.state.link !== null) {
    const message = id === undefined ? { type: 'pong' } : { type: 'pong', id };
    turn.emit({ type: 'sendJson', socket: turn.state.socket, message });
    noteSent(turn, true);
  }
}

/** The heartbeat's deadline: send one, unless something was sent meanwhile. */
export function heartbeatDue(turn: Turn): void {
  const { link } = turn.state;
  if (link === null) {
    return;
  }
  const { intervalMs } = link.heartbeat;
  if (link.establishedAt === null) {
    turn.timer('heartbeat', turn.now + turn.policy.firstHeartbeatMs);
    return;
  }
  const lastMs = link.pingWith === 'frame' ? link.lastSentAt : link.lastMessageAt;
  if (link.nextPingId === 1 || turn.now >= lastMs + intervalMs) {
    sendPing(turn);
    turn.timer('heartbeat', turn.now + intervalMs);
  } else {
    turn.timer('heartbeat', lastMs + intervalMs);
  }
}

/** Sends a ping the way this peer understands; returns its id. */
function sendPing(turn: Turn): number {
  const { link, socket, options } = turn.state;
  if (link === null) {
    return 0;
  }
  const id = link.nextPingId;
  turn.setLink({
    nextPingId: id + 1,
    outstanding: [...link.outstanding, { id, sentAt: turn.now }].slice(-outstandingKept),
  });
  if (link.pingWith === 'message') {
    turn.emit({ type: 'send', socket, message: { type: 'ping', id } });
  } else {
    if (link.pingWith === 'json') {
      turn.emit({ type: 'sendJson', socket, message: { type: 'ping' } });
    }
    // Beside a JSON ping too: every peer answers it, whatever it makes of JSON.
    if (options.canPingFrame) {
      turn.emit({ type: 'pingFrame', socket, id });
    }
  }
  noteSent(turn, link.pingWith !== 'frame');
  turn.emit({ type: 'heartbeat', kind: 'sent', id });
  return id;
}

/** A ping was answered. `id` null: the answer does not say which. */
export function answered(turn: Turn, id: number | null): void {
  const { link, doubt } = turn.state;
  const ping = id === null ? link?.outstanding[0] : link?.outstanding.find((each) => each.id === id);
  if (link === null || ping === undefined) {
    return;
  }
  const roundTripMs = turn.now - ping.sentAt;
  turn.setLink({ answered: true, outstanding: link.outstanding.filter((each) => each.id > ping.id) });
  turn.set({ roundTripMs, mutes: 0 });
  turn.emit({ type: 'heartbeat', kind: 'answered', id: ping.id, roundTripMs });
  if (doubt !== null && ping.id >= doubt.probeId) {
    endDoubt(turn);
  }
  if (turn.now >= link.openedAt + turn.policy.stableMs) {
    becomeStable(turn);
  }
}

/** It has lasted long enough; if it was seen to live, the failures before it are forgotten, else it is looked at again. */
export function becomeStable(turn: Turn): void {
  const { link } = turn.state;
  if (link === null || link.stable) {
    return;
  }
  if (isStable(turn)) {
    turn.setLink({ stable: true });
    turn.set({ losses: 0, plannedUnstable: false, flapping: outlived(turn.state.flapping, turn.now - link.openedAt) });
  } else {
    turn.timer('stable', turn.now + turn.policy.stableMs);
  }
}

/** The connection has outlived the silence that ended those before it: what it tried out is what was missing. */
export function experimentProved(turn: Turn): void {
  const { link, limits } = turn.state;
  if (link?.experiment) {
    const { limitMs } = link.experiment;
    turn.setLink({ experiment: null });
    turn.set({ flapping: nothingNoticed });
    adopt(turn, { ...limits, silence: { limitMs, needs: 'frames' } }, { kind: 'silence', limitMs, needs: 'frames' });
  }
}

/** How long this peer may be silent, ms; null: its silence means nothing. */
function allowedSilenceMs(turn: Turn): number | null {
  const { link } = turn.state;
  if (link === null || link.establishedAt === null) {
    return null;
  }
  if (link.welcome !== null) {
    return turn.policy.negotiatedSilenceMs;
  }
  const isJudged = link.answered || (isMute(turn) && turn.state.mutes < turn.policy.mostMutes);
  return isJudged ? turn.policy.unstatedSilenceMs : null;
}

/**
 * Whether the peer has shown nothing whatever, neither a welcome nor a line nor an answer. It may have been cut off
 * right behind its handshake, and would count as live for ever. Or it has nothing to say, and what answers pings
 * does not hear them: judged each time, it would be given up again and again, and be away when a line comes.
 */
function isMute({ state: { link, options } }: Turn): boolean {
  return link?.assumedPlain === true && !link.answered && options.canPingFrame;
}

/** Since when the peer has been silent in a way that counts. */
function silentSince(turn: Turn): number {
  return Math.max(turn.moment.activity.lastReceivedAt, turn.state.link?.silenceFrom ?? 0);
}

/** Sets the next look at the peer's silence. */
function armSilence(turn: Turn): void {
  const allowedMs = allowedSilenceMs(turn) ?? turn.policy.unstatedSilenceMs;
  const from = turn.moment.activity.paused ? turn.now : Math.min(turn.now, silentSince(turn));
  turn.timer('silence', Math.max(turn.now, from + allowedMs - turn.policy.graceMs));
}

/** Whether a verdict on the peer's silence would be just: we are reading, and its silence means something. */
function canJudge(turn: Turn): boolean {
  return !turn.moment.activity.paused && allowedSilenceMs(turn) !== null;
}

/** The silence has lasted so long that only the grace is left: ask for life. */
export function silenceDue(turn: Turn, lateMs: number): void {
  const allowedMs = allowedSilenceMs(turn);
  const since = silentSince(turn);
  if (allowedMs === null || turn.moment.activity.paused) {
    turn.timer('silence', turn.now + (allowedMs ?? turn.policy.unstatedSilenceMs) - turn.policy.graceMs);
    return;
  }
  if (turn.now < since + allowedMs - turn.policy.graceMs) {
    armSilence(turn);
  } else if (lateMs > turn.policy.lateVerdictMs) {
    holdUp(turn, lateMs);
  } else {
    beginDoubt(turn, 'quiet', Math.max(turn.now + turn.policy.graceMs, since + allowedMs));
  }
}

/** The network has changed: an open connection may have died without a word. */
export function probeAfterNetworkChange(turn: Turn): void {
  const { name } = turn.state;
  if ((name === 'live' || name === 'replaying') && canJudge(turn)) {
    beginDoubt(turn, 'woken', turn.now + turn.policy.graceMs);
  }
}

function beginDoubt(turn: Turn, kind: 'quiet' | 'woken', verdictAt: number): void {
  const { doubt, name } = turn.state;
  const from = doubt?.from ?? (name === 'replaying' ? 'replaying' : 'live');
  const quietMs = turn.now - turn.moment.activity.lastReceivedAt;
  const probeId = sendPing(turn);
  turn.timer('silence', undefined);
  turn.timer('replay', undefined);
  turn.timer('grace', verdictAt);
  turn.set({
    name: 'suspect',
    reason: kind === 'woken' ? clientTexts.state.suspectWoken : clientTexts.state.suspect(quietMs),
    doubt: { kind, since: turn.now, probeId, from },
  });
}

function endDoubt(turn: Turn): void {
  const { doubt } = turn.state;
  if (doubt === null) {
    return;
  }
  turn.timer('grace', undefined);
  turn.set({
    doubt: null,
    name: doubt.from,
    reason: doubt.from === 'live' ? clientTexts.state.live : clientTexts.state.replaying(turn.shownAddress),
  });
  if (doubt.from === 'replaying') {
    turn.timer('replay', turn.now + turn.policy.replayQuietMs);
  }
  armSilence(turn);
}

/** The probe went unanswered for the whole grace. */
export function graceOver(turn: Turn, lateMs: number): void {
  if (lateMs > turn.policy.lateVerdictMs) {
    holdUp(turn, lateMs);
  } else if (!canJudge(turn)) {
    endDoubt(turn);
  } else {
    if (isMute(turn)) {
      turn.set({ mutes: turn.state.mutes + 1 });
    }
    givenUp(turn, clientTexts.close.dead(turn.shownAddress, turn.now - turn.moment.activity.lastReceivedAt));
  }
}

/**
 * A timer came late: the machine slept or the host was held. Timers run before what the sockets
 * hold is read, so nothing is judged until that has been done; an overdue timer must not kill a
 * healthy connection.
 */
export function holdUp(turn: Turn, lateMs: number): void {
  const { name, heldUp, timers } = turn.state;
  if (name === 'connecting') {
    turn.timer('connect', Math.max(timers.connect ?? 0, turn.now + turn.policy.graceMs));
    return;
  }
  if (name === 'opening') {
    turn.timer('welcome', Math.max(timers.welcome ?? 0, turn.now + turn.policy.graceMs));
    return;
  }
  if (name !== 'replaying' && name !== 'live' && name !== 'suspect') {
    return;
  }
  turn.timer('silence', undefined);
  turn.timer('grace', undefined);
  turn.timer('drain', turn.now + turn.policy.drainMs);
  turn.set({
    heldUp: {
      heldMs: Math.max(heldUp?.heldMs ?? 0, lateMs),
      noticedAt: turn.now,
      lastReceivedAt: heldUp?.lastReceivedAt ?? turn.moment.activity.lastReceivedAt,
    },
  });
}

/** What had arrived during a hold-up has been read: now ask for life, and judge by what it showed. */
export function drainOver(turn: Turn): void {
  const { heldUp } = turn.state;
  turn.set({ heldUp: null });
  if (heldUp === null || turn.state.link === null) {
    return;
  }
  const allowedMs = allowedSilenceMs(turn);
  if (allowedMs === null || !canJudge(turn)) {
    if (turn.state.doubt === null) {
      armSilence(turn);
    } else {
      endDoubt(turn);
    }
    return;
  }
  const { lastReceivedAt } = turn.moment.activity;
  const graceEnd = heldUp.noticedAt + turn.policy.graceMs;
  if (heldUp.heldMs > turn.policy.longestStallMs) {
    beginDoubt(turn, 'woken', graceEnd);
  } else if (turn.state.link.welcome === null) {
    // This peer speaks only when we do or when there is a line, and we could not: its time starts anew.
    turn.setLink({ silenceFrom: turn.now });
    if (turn.state.doubt !== null) {
      endDoubt(turn);
    }
    sendPing(turn);
    armSilence(turn);
  } else if (lastReceivedAt <= heldUp.lastReceivedAt) {
    // A stall of our own says nothing about the other end: it keeps its full allowance.
    beginDoubt(turn, 'quiet', Math.max(graceEnd, lastReceivedAt + allowedMs));
  } else if (turn.state.doubt !== null) {
    endDoubt(turn);
  } else {
    sendPing(turn);
    armSilence(turn);
  }
}
