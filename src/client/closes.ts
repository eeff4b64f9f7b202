import { CLOSE, closeConsequence } from '../protocol/closeCodes';
import { clientTexts } from '../text/client';
import type { DialFailure } from './transport';

/** What follows from an end that we did not ask for. */
export type Consequence =
  | 'fatal'
  /** Try again, with growing delays. */
  | 'retry'
  /** Reconnect at once, or within the server's window; no failed attempt. */
  | 'planned'
  /** A newer connection of this client took over: stay away, without alarm. */
  | 'superseded'
  /** The stream is over. */
  | 'ended'
  /** Dial again at once without our subprotocol. */
  | 'plainText';

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
 * error". Everything else: 4xx is fatal (the request itself is wrong and stays so), 5xx passes,
 * 1xx to 3xx is no WebSocket server.
 */
const HTTP_ANSWERS: ReadonlyMap<number, 'fatal' | 'retry'> = new Map([
  [401, 'fatal'],
  [403, 'fatal'],
  [404, 'fatal'],
  [407, 'fatal'],
  [408, 'retry'],
  [421, 'retry'],
  [425, 'retry'],
  [426, 'fatal'],
  [429, 'retry'],
  [501, 'fatal'],
  [505, 'fatal'],
] as const);

function httpConsequence(status: number): 'fatal' | 'retry' {
  return HTTP_ANSWERS.get(status) ?? (status >= 500 ? 'retry' : 'fatal');
}

/** What a failed dial leads to. `subprotocolOffered`: whether another dial without ours may do better. */
export function judgeDialFailure(failure: DialFailure, address: string, subprotocolOffered: boolean): Verdict {
  const text = clientTexts.dial;
  switch (failure.kind) {
    case 'subprotocol':
      return {
        consequence: subprotocolOffered ? 'plainText' : 'fatal',
        reason: text.noSubprotocol(address),
        retryAfterMs: 0,
      };
    case 'http':
      return {
        // Some servers refuse an unknown subprotocol with 400 instead of leaving it out of the answer.
        consequence: failure.status === 400 && subprotocolOffered ? 'plainText' : httpConsequence(failure.status),
        reason: text.http(address, failure.status),
        code: failure.status,
        retryAfterMs: failure.retryAfterMs ?? 0,
      };
    case 'certificate':
      return { consequence: 'fatal', reason: text.certificate(address, failure.detail), retryAfterMs: 0 };
    case 'notWebSocket':
      return { consequence: 'fatal', reason: text.notWebSocket(address), retryAfterMs: 0 };
    case 'request':
      return { consequence: 'fatal', reason: text.request(address, failure.detail), retryAfterMs: 0 };
    case 'network':
      return { consequence: 'retry', reason: text.network(address, failure.detail), retryAfterMs: 0 };
  }
}

/**
 * What a close that the other end began leads to. `ours`: the server speaks our contract. Codes of
 * 4000 and above are free for everybody (RFC 6455 section 7.4.2), and some frameworks close with
 * 4000 on a timeout; so from a server that is not ours no code is a reason to give up for good.
 */
export function judgeClose(code: number, reason: string, address: string, ours: boolean): Verdict {
  const text = clientTexts.close;
  const stated = closeConsequence(code);
  const consequence = ours || stated === 'planned' || stated === 'ended' ? stated : 'backOff';
  const common = { code, retryAfterMs: 0 };
  switch (consequence) {
    case 'fatal':
      return { ...common, consequence: 'fatal', reason: fatalReason(code, reason, address) };
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
