import { LIMITS } from '../protocol/limits';
import { clientTexts } from '../text/client';
import type { BackoffSituation } from './backoff';
import { backoffDelayMs } from './backoff';
import {
  isForeignClose,
  judgeClose,
  judgeDialFailure,
  judgeTurnedAway,
  mayRefuseSubprotocol,
  type Verdict,
} from './closes';
import { type Adaptation, type CloseSample, type Limits, noteAge, noteClose, nothingNoticed } from './flapping';
import { isStable } from './stability';
import type { AfterDrain, Link, MachineState } from './state';
import type { DialFailure } from './transport';
import type { Turn } from './turn';

/** RFC 6455 section 7.4.1: a message was too long for the peer. */
const MESSAGE_TOO_BIG = 1009;
/**
 * Characters that no peer finds too long once it has taken our `hello`: a gateway that closes both its ends with
 * this code, for a frame of the server's, means nothing that we sent.
 */
const NEVER_TOO_LONG = 4096;

/** What a state has when no socket exists. */
const noSocket = {
  hasSocket: false,
  link: null,
  doubt: null,
  heldUp: null,
  afterDrain: null,
  timers: {},
} as const satisfies Partial<MachineState>;

/** Ends the socket at once, its callbacks and its timers with it. The other end is never awaited. */
function dropSocket(turn: Turn): void {
  if (turn.state.hasSocket) {
    turn.emit({ type: 'terminate', socket: turn.state.socket });
  }
  turn.set(noSocket);
}

/** Dials now. */
export function dial(turn: Turn): void {
  dropSocket(turn);
  if (turn.state.guessedPlain && turn.state.plainTrial === null) {
    turn.set({ dialect: 'logstream', guessedPlain: false });
  }
  const socket = turn.state.socket + 1;
  turn.set({
    name: 'connecting',
    reason: clientTexts.state.connecting(turn.shownAddress),
    code: undefined,
    delayMs: undefined,
    waitCause: null,
    socket,
    hasSocket: true,
    lastDialAt: turn.now,
    timers: { connect: turn.now + turn.policy.connectTimeoutMs },
  });
  turn.emit({ type: 'dial', socket, dialect: turn.state.dialect });
}

/** Dials for somebody who asked: at once, but at most every `askedDialSpacingMs`. */
export function dialAsked(turn: Turn): void {
  const { lastDialAt, timers } = turn.state;
  const earliest = lastDialAt === null ? turn.now : lastDialAt + turn.policy.askedDialSpacingMs;
  if (turn.now >= earliest) {
    dial(turn);
  } else {
    turn.timer('dial', Math.min(timers.dial ?? earliest, earliest));
  }
}

/** A person or the program ends it, or the stream is over. */
export function close(turn: Turn, reason: string, code?: number): void {
  dropSocket(turn);
  turn.set({ name: 'closed', reason, code, waitCause: null, delayMs: undefined });
}

function fail(turn: Turn, reason: string, code?: number): void {
  dropSocket(turn);
  turn.set({ name: 'failed', reason, code, waitCause: null, delayMs: undefined });
}

/** Begins the closing handshake, and gives the other end `closeTimeoutMs` to answer it. */
export function startDraining(turn: Turn, afterDrain: AfterDrain, reason: string): void {
  turn.emit({ type: 'close', socket: turn.state.socket, code: 1000, reason: '' });
  turn.set({
    name: 'draining',
    reason,
    code: undefined,
    afterDrain,
    doubt: null,
    heldUp: null,
    timers: { close: turn.now + turn.policy.closeTimeoutMs },
  });
}

/** The end of an orderly end. */
export function drained(turn: Turn): void {
  const { afterDrain } = turn.state;
  if (afterDrain === 'closed') {
    close(turn, clientTexts.state.disconnected);
  } else if (afterDrain === 'planned') {
    planned(turn, turn.state.reason, turn.state.code, turn.state.link?.leaving === true);
  } else {
    dial(turn);
  }
}

/** The peer broke the contract: it is told why, and there is no point in trying again. */
export function breakOff(turn: Turn, closeCode: number, closeReason: string, reason: string): void {
  turn.emit({ type: 'close', socket: turn.state.socket, code: closeCode, reason: closeReason });
  const { socket } = turn.state;
  turn.set({ ...noSocket, name: 'failed', reason, code: closeCode, waitCause: null, delayMs: undefined });
  turn.set({ socket, hasSocket: true, timers: { close: turn.now + turn.policy.closeTimeoutMs } });
}

/** The dial did not lead to an open socket. */
export function refused(turn: Turn, failure: DialFailure): void {
  const { state } = turn;
  const verdict = judgeDialFailure(failure, turn.shownAddress, state.wasLive);
  // The failed socket tells nothing more; it need not be terminated.
  turn.set(noSocket);
  // A server that leaves our subprotocol out of its answer has said itself that it does not speak it.
  const isStated = failure.kind === 'subprotocol' && state.options.format === 'auto';
  if (isStated && state.welcomed) {
    // But here one did: what answers in its place may be gone by the next time.
    tryPlain(turn, { ...verdict, consequence: state.wasLive ? 'turnedAway' : 'retry' }, false);
  } else if (isStated) {
    turn.emit({ type: 'rememberDialect', dialect: 'plain' });
    turn.set({ dialect: 'plain' });
    dial(turn);
  } else if (turn.mayBePlain && mayRefuseSubprotocol(failure)) {
    tryPlain(turn, verdict, false);
  } else {
    notOpened(turn, verdict);
  }
}

/**
 * Dials once more, at once, without our subprotocol; `verdict`: what follows if that does no better.
 * `opened`: the dial with it had opened.
 */
function tryPlain(turn: Turn, verdict: Verdict, opened: boolean): void {
  turn.set({ dialect: 'plain', guessedPlain: true, plainTrial: { verdict, opened } });
  dial(turn);
}

/** A dial has failed. What the one with our subprotocol was told is what counts, and it counts once. */
function notOpened(turn: Turn, verdict: Verdict): void {
  const { plainTrial } = turn.state;
  if (plainTrial !== null) {
    turn.set({ dialect: 'logstream', guessedPlain: false, plainTrial: null });
  }
  const counted = plainTrial?.verdict ?? verdict;
  if (counted.consequence === 'fatal') {
    fail(turn, counted.reason, counted.code);
  } else if (plainTrial?.opened === true) {
    // As refused it would be the first each time, since one that opens ends the row of those.
    retryLost(turn, counted, turn.state.losses + 1);
  } else {
    retryRefused(turn, counted);
  }
}

/** No answer within the connect timeout. */
export function connectTimedOut(turn: Turn): void {
  dropSocket(turn);
  const reason = clientTexts.dial.timeout(turn.shownAddress, turn.policy.connectTimeoutMs);
  notOpened(turn, { consequence: 'retry', reason, retryAfterMs: 0 });
}

function retryRefused(turn: Turn, verdict: Verdict): void {
  const refusals = turn.state.refusals + 1;
  const refusedSince = turn.state.refusedSince ?? turn.now;
  turn.set({ refusals, refusedSince });
  if (givesUp(turn, verdict)) {
    return;
  }
  const { losses, options } = turn.state;
  const tired = !options.address.loopback && turn.now - refusedSince >= turn.policy.refusedForMs;
  if (tired || losses >= options.maxAttempts) {
    sleep(turn, verdict);
  } else {
    wait(turn, verdict.consequence === 'turnedAway' ? 'turnedAway' : 'refused', refusals, verdict);
  }
}

/** The other end closed, or the connection broke. */
export function closedByPeer(turn: Turn, code: number, reason: string): void {
  const { state } = turn;
  const link = state.link;
  const ours = state.dialect === 'logstream';
  const mayBeTooLong = state.name === 'opening' || turn.moment.activity.longestSent > NEVER_TOO_LONG;
  const isTooLong = ours && code === MESSAGE_TOO_BIG && mayBeTooLong;
  const verdict = isTooLong ? sendLess(turn) : judgeClose(code, reason, turn.shownAddress, ours, state.wasLive);
  // A goodbye, or our own plan, decides how to return; the code still decides whether to return at all.
  const returns = ['retry', 'planned', 'turnedAway'].includes(verdict.consequence);
  if (state.afterDrain !== null && (returns || state.afterDrain !== 'planned')) {
    turn.set({ hasSocket: false, code: state.afterDrain === 'planned' && link?.leaving ? code : state.code });
    drained(turn);
    return;
  }
  const sample = link === null || state.heldUp !== null ? null : sampleOf(turn, link);
  const wasOpening = state.name === 'opening';
  turn.set({ hasSocket: false });
  if (wasOpening && turn.mayBePlain && isForeignClose(code) && turn.state.messageBytes === state.messageBytes) {
    turn.set(noSocket);
    tryPlain(turn, verdict, true);
    return;
  }
  switch (verdict.consequence) {
    case 'fatal':
      tellDisconnected(turn, verdict.reason, code);
      fail(turn, verdict.reason, code);
      return;
    case 'turnedAway':
      lost(turn, verdict, null);
      return;
    case 'ended':
    case 'superseded':
      tellDisconnected(turn, verdict.reason, code);
      close(turn, verdict.reason, code);
      return;
    case 'planned':
      planned(turn, verdict.reason, code, true);
      return;
    case 'retry':
      lost(turn, verdict, wasOpening ? null : sample);
  }
}

/**
 * Something we sent was too long for the other end, whatever its limit: the same again would have the same
 * answer, for ever. So the next messages are a quarter as long, and where nothing could be left out
 * of `hello` it is no question of its length.
 */
function sendLess(turn: Turn): Verdict {
  const { longestSent, shortestHello } = turn.moment.activity;
  const text = clientTexts.close;
  if (shortestHello && turn.state.name === 'opening') {
    const reason = text.tooLongAtAll(turn.shownAddress);
    return judgeTurnedAway(
      { consequence: 'turnedAway', reason, code: MESSAGE_TOO_BIG, retryAfterMs: 0 },
      turn.state.wasLive,
    );
  }
  turn.set({ messageBytes: Math.floor(longestSent / 4) });
  return { consequence: 'retry', reason: text.tooLong(turn.shownAddress), code: MESSAGE_TOO_BIG, retryAfterMs: 0 };
}

/** We judged the peer dead, or it did not say what it had to in time. */
export function givenUp(turn: Turn, reason: string): void {
  lost(turn, { consequence: 'retry', reason, retryAfterMs: 0 }, null);
}

function sampleOf(turn: Turn, link: Link): CloseSample {
  const { activity } = turn.moment;
  return {
    lifetimeMs: turn.now - link.openedAt,
    sent: { lastMs: turn.now - link.lastSentAt, longestMs: link.longestSentGapMs },
    messages: { lastMs: turn.now - link.lastMessageAt, longestMs: link.longestMessageGapMs },
    received: activity.paused
      ? null
      : { lastMs: turn.now - activity.lastReceivedAt, longestMs: activity.longestReceivedGapMs },
  };
}

function tellDisconnected(turn: Turn, reason: string, code?: number): void {
  turn.emit({ type: 'disconnected', reason, ...(code === undefined ? {} : { code }) });
  turn.emit({ type: 'notice', kind: 'disconnected', text: reason });
  turn.set({ lostAt: turn.now });
}

function lost(turn: Turn, verdict: Verdict, sample: CloseSample | null): void {
  const wasStable = isStable(turn);
  const framesSent = turn.state.link?.pingWith === 'frame';
  tellDisconnected(turn, verdict.reason, verdict.code);
  dropSocket(turn);
  // The end of a stable connection is no failed attempt: the first one is the dial that follows.
  const losses = wasStable ? 0 : turn.state.losses + 1;
  if (sample !== null) {
    adapt(turn, sample, framesSent);
  }
  retryLost(turn, verdict, losses);
}

/** `losses`: connections lost before they were stable, in a row, this one included. */
function retryLost(turn: Turn, verdict: Verdict, losses: number): void {
  turn.set({ losses });
  if (givesUp(turn, verdict)) {
    return;
  }
  if (losses >= turn.state.options.maxAttempts) {
    sleep(turn, verdict);
  } else {
    wait(turn, verdict.consequence === 'turnedAway' ? 'turnedAway' : 'lost', Math.max(1, losses), verdict);
  }
}

/** Ends it after as many failed attempts as were allowed. */
function givesUp(turn: Turn, { reason, code }: Verdict): boolean {
  const { losses, refusals, options } = turn.state;
  const attempts = losses + refusals;
  if (options.giveUpAfter === undefined || attempts < options.giveUpAfter) {
    return false;
  }
  fail(turn, clientTexts.state.gaveUp(attempts, reason), code);
  return true;
}

function adapt(turn: Turn, sample: CloseSample, framesSent: boolean): void {
  const { flapping, limits } = turn.state;
  const outcome = noteClose(flapping, sample, limits, framesSent, turn.policy);
  turn.set({ flapping: outcome.memory });
  if (outcome.adaptation !== null) {
    adopt(turn, outcome.limits, outcome.adaptation);
  }
}

/** Something was found out about the address: it is remembered, and told in one sentence. */
export function adopt(turn: Turn, limits: Limits, adaptation: Adaptation): void {
  turn.set({ limits });
  turn.emit({ type: 'rememberLimits', limits });
  const text = clientTexts.adapted;
  const sentence =
    adaptation.kind === 'lifetime'
      ? text.lifetime(adaptation.limitMs, adaptation.limitMs * turn.policy.lifetimeShare)
      : text.silence(adaptation.limitMs, adaptation.limitMs * turn.policy.heartbeatShare, adaptation.needs);
  turn.emit({ type: 'notice', kind: 'adapted', text: sentence });
}

/**
 * The end was announced, or is our own plan: it costs no attempt. One that the server asks for is
 * honoured once per `plannedSpacingMs`, and for a connection that was not stable once until one is:
 * a server that asks more often is failing.
 */
function planned(turn: Turn, reason: string, code: number | undefined, asked: boolean): void {
  const { lastPlannedAt, plannedUnstable, link, flapping } = turn.state;
  const stable = isStable(turn);
  if (link !== null) {
    turn.set({ flapping: noteAge(flapping, turn.now - link.openedAt, turn.policy) });
  }
  const verdict: Verdict = {
    consequence: 'planned',
    reason,
    retryAfterMs: 0,
    ...(code === undefined ? {} : { code }),
  };
  const tooSoon = lastPlannedAt !== null && turn.now - lastPlannedAt < turn.policy.plannedSpacingMs;
  if (asked && (tooSoon || (!stable && plannedUnstable))) {
    lost(turn, verdict, null);
    return;
  }
  tellDisconnected(turn, reason, code);
  turn.set({
    losses: stable ? 0 : turn.state.losses,
    lastPlannedAt: asked ? turn.now : lastPlannedAt,
    plannedUnstable: plannedUnstable || (asked && !stable),
  });
  dropSocket(turn);
  if (!asked) {
    dial(turn);
    return;
  }
  wait(turn, 'planned', 0, verdict);
}

function wait(turn: Turn, cause: BackoffSituation['cause'], failures: number, verdict: Verdict): void {
  const { focused, options, reconnectWindowMs } = turn.state;
  const delayMs = backoffDelayMs(
    {
      cause,
      failures,
      loopback: options.address.loopback,
      focused,
      reconnectWindowMs,
      retryAfterMs: verdict.retryAfterMs,
    },
    turn.policy,
    turn.moment.draw,
  );
  turn.set({
    name: 'waiting',
    reason: verdict.reason,
    code: verdict.code,
    waitCause: cause,
    delayMs,
    timers: { dial: turn.now + delayMs, network: turn.now + turn.policy.networkPollMs },
  });
}

function sleep(turn: Turn, verdict: Verdict): void {
  const delayMs = turn.policy.dormantRetryMs;
  turn.set({
    name: 'dormant',
    reason: clientTexts.state.dormant(verdict.reason, turn.state.losses + turn.state.refusals),
    code: verdict.code,
    waitCause: null,
    delayMs,
    timers: { dial: turn.now + delayMs, network: turn.now + turn.policy.networkPollMs },
  });
}

/** What a fresh start by a person forgets. */
export function startAfresh(turn: Turn): void {
  turn.set({
    refusals: 0,
    refusedSince: null,
    losses: 0,
    flapping: nothingNoticed,
    lastPlannedAt: null,
    plannedUnstable: false,
    wasLive: false,
    plainTrial: null,
    messageBytes: LIMITS.controlMessageBytes,
  });
}
