import { LIMITS } from './limits';

/** What a client does after a close. */
export type CloseConsequence =
  /** Trying again cannot help: stop, say why and what to do. */
  | 'fatal'
  /** Try again, with growing delays. */
  | 'backOff'
  /** The server plans to be back at once: reconnect, counted as no failed attempt. */
  | 'planned'
  /** A newer connection of the same client replaced this one: this one stays away. */
  | 'superseded'
  /** The stream is over: a normal end. */
  | 'ended';

interface CloseCodeEntry {
  readonly code: number;
  readonly name: string;
  readonly consequence: CloseConsequence;
}

/** The close codes of this contract (RFC 6455 section 7.4.2: 4000–4999 are for private use). */
export const CLOSE = {
  protocolError: { code: 4000, name: 'protocol error', consequence: 'fatal' },
  unsupportedVersion: { code: 4001, name: 'unsupported version', consequence: 'fatal' },
  forbidden: { code: 4003, name: 'forbidden', consequence: 'fatal' },
  noSuchSource: { code: 4004, name: 'no such source', consequence: 'fatal' },
  overloaded: { code: 4100, name: 'overloaded', consequence: 'backOff' },
  tooSlow: { code: 4101, name: 'too slow', consequence: 'backOff' },
  receiveTimeout: { code: 4102, name: 'receive timeout', consequence: 'backOff' },
  heartbeatTimeout: { code: 4103, name: 'heartbeat timeout', consequence: 'backOff' },
  rateLimited: { code: 4104, name: 'rate limited', consequence: 'backOff' },
  restart: { code: 4200, name: 'restart', consequence: 'planned' },
  lifetime: { code: 4201, name: 'lifetime', consequence: 'planned' },
  takenOver: { code: 4202, name: 'taken over', consequence: 'superseded' },
  streamEnded: { code: 4300, name: 'stream ended', consequence: 'ended' },
} as const satisfies Record<string, CloseCodeEntry>;

const consequences = new Map<number, CloseConsequence>(
  Object.values(CLOSE).map((entry) => [entry.code, entry.consequence]),
);

/**
 * What follows from a close that the other end began. Codes outside the table, 1000 and 1001
 * included, are abnormal: the server of the founding failure closed with 1000 on its own timeout,
 * so "normal closure" says nothing about whether the stream is over.
 */
export function closeConsequence(code: number): CloseConsequence {
  return consequences.get(code) ?? 'backOff';
}

const encoder = new TextEncoder();

/**
 * Shortens a close reason to the 123 bytes a close frame carries (RFC 6455 section 5.5), never
 * inside a character. `ws` throws a RangeError beyond that, which would turn a polite close into
 * a crash.
 */
export function fitCloseReason(reason: string): string {
  if (encoder.encode(reason).length <= LIMITS.closeReasonBytes) {
    return reason;
  }
  const ellipsis = '…';
  let room = LIMITS.closeReasonBytes - encoder.encode(ellipsis).length;
  let kept = '';
  for (const character of reason) {
    room -= encoder.encode(character).length;
    if (room < 0) {
      break;
    }
    kept += character;
  }
  return kept + ellipsis;
}
