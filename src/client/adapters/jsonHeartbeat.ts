/** A heartbeat of a server that is not ours: `{"type":"ping"}` or `{"type":"pong"}`, perhaps with an id. */
export interface JsonHeartbeat {
  readonly type: 'ping' | 'pong';
  readonly id: unknown;
}

/** No heartbeat is longer, in characters; longer messages are not looked at. */
const longestHeartbeat = 256;

/** Fields that heartbeats carry in the wild; an object with any other one is a log line. */
const heartbeatFields: ReadonlySet<string> = new Set(['type', 'id', 'ts', 'time', 'timestamp', 't']);

/** The heartbeat that a message is, or null for a log line. */
export function readJsonHeartbeat(text: string): JsonHeartbeat | null {
  if (text.length > longestHeartbeat || !text.includes('"type"') || !text.trimStart().startsWith('{')) {
    return null;
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  const fields = value as Readonly<Record<string, unknown>>;
  if (fields.type !== 'ping' && fields.type !== 'pong') {
    return null;
  }
  return Object.keys(fields).every((name) => heartbeatFields.has(name)) ? { type: fields.type, id: fields.id } : null;
}
