import type { Clock } from '../../base/clock';
import type { Adapter, AdapterSink } from './adapter';
import { readJsonHeartbeat } from './jsonHeartbeat';

/** The one source of a server that names none. */
export const PLAIN_SOURCE = 'stream';

const NEWLINE = 0x0a;
const encoder = new TextEncoder();

/**
 * A server that is not ours: each message, text or binary, is one or several lines; a newline at
 * its end is optional. JSON heartbeats are answered and hidden. Lines get numbers of our own,
 * counted from 0 within `epoch`, since the server has none.
 */
export function createPlainTextAdapter(sink: AdapterSink, clock: Clock, epoch: string): Adapter {
  let seq = 0;
  const deliver = (bytes: Uint8Array) => {
    const count = countLines(bytes);
    sink.lines({ source: PLAIN_SOURCE, epoch, seq, count, receivedAt: clock.wallTime(), cursor: null, bytes });
    seq += count;
  };
  return {
    text(text) {
      const heartbeat = readJsonHeartbeat(text);
      if (heartbeat === null) {
        deliver(encoder.encode(text.endsWith('\n') ? text : `${text}\n`));
      } else if (heartbeat.type === 'ping') {
        sink.plainPing(heartbeat.id);
      } else {
        sink.plainPong();
      }
    },
    binary(bytes) {
      deliver(bytes[bytes.length - 1] === NEWLINE ? bytes : withNewline(bytes));
    },
  };
}

function withNewline(bytes: Uint8Array): Uint8Array {
  const whole = new Uint8Array(bytes.length + 1);
  whole.set(bytes);
  whole[bytes.length] = NEWLINE;
  return whole;
}

function countLines(bytes: Uint8Array): number {
  let count = 0;
  for (let at = bytes.indexOf(NEWLINE); at !== -1; at = bytes.indexOf(NEWLINE, at + 1)) {
    count++;
  }
  return count;
}
