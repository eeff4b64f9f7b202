import { LIMITS } from './limits';
import {
  type ClientMessage,
  type LineCount,
  type ResumePosition,
  type ServerMessage,
  SOURCE_KINDS,
  SOURCE_STATES,
  type SourceExit,
} from './messages';

/**
 * The one place where text from the other end becomes a message. A message of an unknown type is
 * `unknown` and to be ignored (a newer peer may send it); one of a known type with a wrong field is
 * `malformed`. Unknown fields are dropped.
 */
export type ParseResult<Message> =
  | { readonly kind: 'message'; readonly message: Message }
  | { readonly kind: 'unknown'; readonly type: string }
  | { readonly kind: 'malformed'; readonly reason: string };

class FieldError extends Error {}

type Fields = Readonly<Record<string, unknown>>;

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function text(fields: Fields, name: string): string {
  const value = fields[name];
  if (typeof value !== 'string') {
    throw new FieldError(`"${name}" must be a string`);
  }
  return value;
}

function textOrNull(fields: Fields, name: string): string | null {
  return fields[name] === null || fields[name] === undefined ? null : text(fields, name);
}

function integer(fields: Fields, name: string): number {
  const value = fields[name];
  if (typeof value !== 'number' || !Number.isSafeInteger(value)) {
    throw new FieldError(`"${name}" must be a whole number`);
  }
  return value;
}

function milliseconds(fields: Fields, name: string): number {
  const value = fields[name];
  if (typeof value !== 'number' || !Number.isFinite(value) || value < 0) {
    throw new FieldError(`"${name}" must be a number of milliseconds, 0 or more`);
  }
  return value;
}

function count(fields: Fields, name: string): number {
  const value = integer(fields, name);
  if (value < 0) {
    throw new FieldError(`"${name}" must not be negative`);
  }
  return value;
}

function lineCount(fields: Fields, name: string): LineCount {
  return fields[name] === 'all' ? 'all' : count(fields, name);
}

function texts(value: unknown, name: string): string[] {
  if (!Array.isArray(value) || !value.every((item): item is string => typeof item === 'string')) {
    throw new FieldError(`"${name}" must be a list of strings`);
  }
  return value;
}

function oneOf<Name extends string>(fields: Fields, name: string, allowed: readonly Name[]): Name {
  const value = fields[name];
  const found = allowed.find((candidate) => candidate === value);
  if (found === undefined) {
    throw new FieldError(`"${name}" must be one of ${allowed.join(', ')}`);
  }
  return found;
}

function resumePositions(fields: Fields, name: string): ResumePosition[] {
  const value = fields[name];
  if (!Array.isArray(value)) {
    throw new FieldError(`"${name}" must be a list`);
  }
  return value.map((item) => {
    if (!isFields(item)) {
      throw new FieldError(`"${name}" must hold objects`);
    }
    return {
      source: text(item, 'source'),
      epoch: text(item, 'epoch'),
      nextSeq: integer(item, 'nextSeq'),
      cursor: textOrNull(item, 'cursor'),
    };
  });
}

/** A form that is not known (a newer peer may have one) says nothing. */
function sourceExit(value: unknown): SourceExit | undefined {
  if (!isFields(value)) {
    throw new FieldError('"exit" must be an object');
  }
  if (value.code !== undefined) {
    return { code: integer(value, 'code') };
  }
  if (value.signal !== undefined) {
    return { signal: text(value, 'signal') };
  }
  return value.failure === undefined ? undefined : { failure: text(value, 'failure') };
}

function secret(fields: Fields, name: string): string {
  const value = text(fields, name);
  if (value.length < 1 || value.length > LIMITS.secretLength) {
    throw new FieldError(`"${name}" must have 1 to ${LIMITS.secretLength} characters`);
  }
  return value;
}

type Readers<Message extends { readonly type: string }> = {
  readonly [Type in Message['type']]: (fields: Fields) => Extract<Message, { readonly type: Type }>;
};

const clientReaders: Readers<ClientMessage> = {
  hello: (fields) => ({
    type: 'hello',
    version: integer(fields, 'version'),
    clientId: text(fields, 'clientId'),
    ...(fields.takeoverKey === undefined ? {} : { takeoverKey: secret(fields, 'takeoverKey') }),
    heartbeatMs: milliseconds(fields, 'heartbeatMs'),
    lines: lineCount(fields, 'lines'),
    ...(fields.sources === undefined ? {} : { sources: texts(fields.sources, 'sources') }),
    ...(fields.resume === undefined ? {} : { resume: resumePositions(fields, 'resume') }),
    ...(fields.resumeParts === undefined ? {} : { resumeParts: count(fields, 'resumeParts') }),
    ...(fields.token === undefined ? {} : { token: text(fields, 'token') }),
  }),
  resume: (fields) => ({ type: 'resume', positions: resumePositions(fields, 'positions') }),
  ping: (fields) => ({ type: 'ping', id: integer(fields, 'id') }),
  pong: (fields) => ({ type: 'pong', id: integer(fields, 'id') }),
  subscribe: (fields) => ({ type: 'subscribe', sources: texts(fields.sources, 'sources') }),
  history: (fields) => ({
    type: 'history',
    source: text(fields, 'source'),
    beforeSeq: integer(fields, 'beforeSeq'),
    cursor: textOrNull(fields, 'cursor'),
    lines: count(fields, 'lines'),
  }),
  run: (fields) => ({ type: 'run', source: text(fields, 'source') }),
};

const serverReaders: Readers<ServerMessage> = {
  welcome: (fields) => ({
    type: 'welcome',
    version: integer(fields, 'version'),
    clientId: text(fields, 'clientId'),
    ...(fields.takeoverKey === undefined ? {} : { takeoverKey: secret(fields, 'takeoverKey') }),
    pingMs: milliseconds(fields, 'pingMs'),
    receiveTimeoutMs: milliseconds(fields, 'receiveTimeoutMs'),
    heartbeatTimeoutMs: milliseconds(fields, 'heartbeatTimeoutMs'),
    reconnectWindowMs: milliseconds(fields, 'reconnectWindowMs'),
    ...(fields.features === undefined ? {} : { features: texts(fields.features, 'features') }),
  }),
  source: (fields) => {
    const exit = fields.exit === undefined ? undefined : sourceExit(fields.exit);
    return {
      type: 'source',
      source: text(fields, 'source'),
      name: text(fields, 'name'),
      kind: oneOf(fields, 'kind', SOURCE_KINDS),
      state: oneOf(fields, 'state', SOURCE_STATES),
      epoch: text(fields, 'epoch'),
      ...(fields.command === undefined ? {} : { command: text(fields, 'command') }),
      ...(exit === undefined ? {} : { exit }),
    };
  },
  mark: (fields) => ({
    type: 'mark',
    source: text(fields, 'source'),
    epoch: text(fields, 'epoch'),
    nextSeq: integer(fields, 'nextSeq'),
    cursor: textOrNull(fields, 'cursor'),
    reconnectWindowMs: milliseconds(fields, 'reconnectWindowMs'),
  }),
  gap: (fields) => ({
    type: 'gap',
    source: text(fields, 'source'),
    epoch: text(fields, 'epoch'),
    from: integer(fields, 'from'),
    to: integer(fields, 'to'),
    count: fields.count === null || fields.count === undefined ? null : count(fields, 'count'),
    reason: text(fields, 'reason'),
  }),
  event: (fields) => ({
    type: 'event',
    source: text(fields, 'source'),
    kind: text(fields, 'kind'),
    text: text(fields, 'text'),
    ...(fields.id === undefined ? {} : { id: text(fields, 'id') }),
  }),
  ping: clientReaders.ping,
  pong: clientReaders.pong,
  goaway: (fields) => ({
    type: 'goaway',
    reason: text(fields, 'reason'),
    reconnectWindowMs: milliseconds(fields, 'reconnectWindowMs'),
  }),
  error: (fields) => ({ type: 'error', code: text(fields, 'code'), message: text(fields, 'message') }),
};

function parse<Message extends { readonly type: string }>(
  json: string,
  readers: Readers<Message>,
): ParseResult<Message> {
  // A character is at least one byte, so this bound is exact enough and costs no encoding.
  if (json.length > LIMITS.controlMessageBytes) {
    return { kind: 'malformed', reason: `a control message must not exceed ${LIMITS.controlMessageBytes} bytes` };
  }
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    return { kind: 'malformed', reason: 'a control message must be JSON' };
  }
  if (!isFields(value) || typeof value.type !== 'string') {
    return { kind: 'malformed', reason: 'a control message must be a JSON object with a "type"' };
  }
  if (!Object.hasOwn(readers, value.type)) {
    return { kind: 'unknown', type: value.type };
  }
  try {
    return { kind: 'message', message: readers[value.type as Message['type']](value) };
  } catch (error) {
    if (error instanceof FieldError) {
      return { kind: 'malformed', reason: `in "${value.type}": ${error.message}` };
    }
    throw error;
  }
}

/** Reads a control message that a client sent. Never throws. */
export function parseClientMessage(json: string): ParseResult<ClientMessage> {
  return parse(json, clientReaders);
}

/** Reads a control message that a server sent. Never throws. */
export function parseServerMessage(json: string): ParseResult<ServerMessage> {
  return parse(json, serverReaders);
}
