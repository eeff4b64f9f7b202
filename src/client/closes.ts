import { CLOSE, closeConsequence } from '../protocol/closeCodes';
import { clientTexts } from '../text/client';
import type { DialFailure } from './transport';

/** What follows from an end that we did not ask for. */
export type Consequence =
  | 'fatal'
  /** Final on first contact. From a server that was live it is an outage: try again, ever more slowly. */
  | 'turnedAway'
  /** Try again, with growing delays. */
  | 'retry'
  /** Reconnect at once, or within the server's window; no failed attempt. */
  | 'planned'
  /** A newer connection of this client took over: stay away, without alarm. */
  | 'superseded'
  /** The stream is over. */
  | 'ended';

type HttpFailure = Extract<DialFailure, { readonly kind: 'http' }>;

export interface Verdict {
  readonly consequence: Consequence;
  /** One sentence: what happened and, where it is fatal, what to do. */
  readonly reason: string;
  /** Close code or HTTP status. */
  readonly code?: number;
  readonly retryAfterMs: number;
}

/**
 * The HTTP statuses that answer an upgrade and whose meaning is more than "a client or a server
 * error". Everything else: 4xx turns us away (the request itself is wrong, or something else answers
 * in the server's place), 5xx passes, 1xx to 3xx is no WebSocket server.
 */
const HTTP_ANSWERS: ReadonlyMap<number, 'turnedAway' | 'retry'> = new Map([
  [408, 'retry'],
  [421, 'retry'],
  [425, 'retry'],
  [429, 'retry'],
  [501, 'turnedAway'],
  [505, 'turnedAway'],
] as const);

function httpConsequence(status: number): 'turnedAway' | 'retry' {
  return HTTP_ANSWERS.get(status) ?? (status >= 500 ? 'retry' : 'turnedAway');
}

/** Statuses that are never about the subprotocol: asking again without it would only be asking twice. */
const NOT_ABOUT_SUBPROTOCOL: ReadonlySet<number> = new Set([401, 407, 408, 421, 425, 429]);

/**
 * Whether a failed dial may be a server's way to refuse an unknown subprotocol. RFC 6455 section 4.2.2 has
 * it left out of the answer; some refuse the request instead, by any client error, by 501 or by a reset.
 */
export function mayRefuseSubprotocol(failure: DialFailure): boolean {
  switch (failure.kind) {
    case 'http': {
      const { status, wantsTls } = failure;
      const isClientError = status >= 400 && status < 500 && !NOT_ABOUT_SUBPROTOCOL.has(status);
      return wantsTls !== true && (isClientError || status === 501);
    }
    case 'network':
      return failure.detail === 'ECONNRESET' || failure.detail === 'EPIPE';
    default:
      return false;
  }
}

/**
 * What a failed dial leads to. What turns us away is final on first contact, since nothing but a person can
 * mend it: a wrong path, a wrong token, a wrong certificate. `wasLive`: where that is ruled out, because the
 * same dial has led to a live stream before, it is an outage that ends by itself: an ingress without its
 * backend (404), a page for maintenance (200), an identity service that restarts (401), another
 * certificate for a while.
 */
export function judgeDialFailure(failure: DialFailure, address: string, wasLive: boolean): Verdict {
  const verdict = judgeFirstContact(failure, address);
  return verdict.consequence === 'turnedAway' ? judgeTurnedAway(verdict, wasLive) : verdict;
}

/** Final on first contact, an outage later. */
export function judgeTurnedAway(verdict: Verdict, wasLive: boolean): Verdict {
  return wasLive
    ? { ...verdict, reason: clientTexts.state.turnedAway(verdict.reason) }
    : { ...verdict, consequence: 'fatal' };
}

function httpReason({ status, location, tooOften }: HttpFailure, address: string): string {
  const text = clientTexts.dial;
  if (location === undefined) {
    return text.http(address, status);
  }
  return tooOften === true
    ? text.redirectedTooOften(address, status, location)
    : text.redirected(address, status, location);
}

function judgeFirstContact(failure: DialFailure, address: string): Verdict {
  const text = clientTexts.dial;
  const turnedAway = (reason: string): Verdict => ({ consequence: 'turnedAway', reason, retryAfterMs: 0 });
  switch (failure.kind) {
    case 'subprotocol':
      return turnedAway(text.noSubprotocol(address));
    case 'http':
      return {
        consequence: httpConsequence(failure.status),
        reason: failure.wantsTls === true ? text.wantsTls(address) : httpReason(failure, address),
        code: failure.status,
        retryAfterMs: failure.retryAfterMs ?? 0,
      };
    case 'certificate':
      return turnedAway(text.certificate(address, failure.detail, failure.names));
    case 'noTls':
      return turnedAway(text.noTls(address));
    case 'notWebSocket':
      return turnedAway(text.notWebSocket(address));
    case 'request':
      return turnedAway(text.request(address, failure.detail));
    case 'credentials':
      // The file of a token is replaced now and then, and may be looked at just then.
      return { consequence: 'retry', reason: failure.problem, retryAfterMs: 0 };
    case 'network':
      return { consequence: 'retry', reason: text.network(address, failure.detail), retryAfterMs: 0 };
  }
}

/**
 * What a close that the other end began leads to. `ours`: the server speaks our contract. Codes of
 * 4000 and above are free for everybody (RFC 6455 section 7.4.2), and some frameworks close with
 * 4000 on a timeout; so from a server that is not ours no code is a reason to give up for good.
 * `wasLive`: as for {@link judgeDialFailure}. A token that is refused then is refused for a while: pages learn
 * of it by this close, where others see HTTP 401. What speaks another version, does not understand us, or
 * does not have the source is another server than the one that was live, and stays so.
 */
export function judgeClose(code: number, reason: string, address: string, ours: boolean, wasLive: boolean): Verdict {
  const text = clientTexts.close;
  const stated = closeConsequence(code);
  const consequence = ours || stated === 'planned' || stated === 'ended' ? stated : 'backOff';
  const common = { code, retryAfterMs: 0 };
  switch (consequence) {
    case 'fatal': {
      const fatal: Verdict = { ...common, consequence: 'fatal', reason: fatalReason(code, reason, address) };
      return code === CLOSE.forbidden.code ? judgeTurnedAway({ ...fatal, consequence: 'turnedAway' }, wasLive) : fatal;
    }
    case 'planned':
      return { ...common, consequence: 'planned', reason: text.planned(address, code === CLOSE.restart.code, reason) };
    case 'superseded':
      return { ...common, consequence: 'superseded', reason: text.superseded };
    case 'ended':
      return { ...common, consequence: 'ended', reason: text.ended };
    case 'backOff':
      return { ...common, consequence: 'retry', reason: text.lost(address, code, reason) };
  }
}

function fatalReason(code: number, reason: string, address: string): string {
  const text = clientTexts.close;
  switch (code) {
    case CLOSE.unsupportedVersion.code:
      return text.unsupportedVersion(address, reason);
    case CLOSE.forbidden.code:
      return text.forbidden(address, reason);
    case CLOSE.noSuchSource.code:
      return text.noSuchSource(address, reason);
    default:
      return text.protocolError(address, reason);
  }
}

/** Codes of RFC 6455 and its registry that our own server sends, too (RFC 6455 section 7.4.2). */
const REGISTERED_OF_OURS: ReadonlySet<number> = new Set([1012, 1013]);

/**
 * Whether a close says that the peer does not speak our contract, if it comes in place of a welcome: with a
 * code that is none of ours. A connection that merely broke (1006) says nothing.
 */
export function isForeignClose(code: number): boolean {
  const isOurs = (code >= 4000 && code <= 4300) || REGISTERED_OF_OURS.has(code);
  return !isOurs && code !== 1006;
}
