import { LIMITS } from '../protocol/limits';
import type { HelloMessage, ResumeMessage, ResumePosition } from '../protocol/messages';

/** Where a client stands, as it is told to one server. */
export interface ResumeOffer {
  readonly hello: HelloMessage;
  /** What `hello` had no room for; to be sent where the server takes it. */
  readonly parts: readonly ResumeMessage[];
  /** Sources whose positions are in none of them. */
  readonly leftOut: readonly string[];
}

/** No number of parts is written longer. */
const LONGEST_PARTS_FIELD = `,"resumeParts":${LIMITS.resumeParts}`;

const encoder = new TextEncoder();

function bytesOf(value: unknown): number {
  return encoder.encode(JSON.stringify(value)).length;
}

/** Takes as many positions from the front as fit into so many bytes; each has a comma. */
function takeFitting(positions: readonly ResumePosition[], from: number, room: number): number {
  let left = room;
  let end = from;
  for (let next = positions[end]; next !== undefined; next = positions[end]) {
    left -= bytesOf(next) + 1;
    if (left < 0) {
      break;
    }
    end++;
  }
  return end;
}

/**
 * Puts positions into a `hello`, and what it has no room for into messages behind it: with hundreds of
 * sources it was longer than a server accepts, and so it was each time.
 *
 * @param hello without positions
 * @param mostBytes no message is longer, `hello` without any position apart
 */
export function offerResume(
  hello: HelloMessage,
  positions: readonly ResumePosition[],
  mostBytes: number = LIMITS.controlMessageBytes,
): ResumeOffer {
  if (positions.length === 0) {
    return { hello, parts: [], leftOut: [] };
  }
  const helloRoom = mostBytes - bytesOf({ ...hello, resume: [] }) - LONGEST_PARTS_FIELD.length;
  const partRoom = mostBytes - bytesOf({ type: 'resume', positions: [] } satisfies ResumeMessage);
  const inHello = takeFitting(positions, 0, helloRoom);
  const parts: ResumeMessage[] = [];
  const leftOut: string[] = [];
  let from = inHello;
  while (from < positions.length) {
    const end = parts.length < LIMITS.resumeParts ? takeFitting(positions, from, partRoom) : from;
    if (end === from) {
      // One that fits nowhere; or there are as many parts as a server takes.
      leftOut.push((positions[from] as ResumePosition).source);
      from++;
    } else {
      parts.push({ type: 'resume', positions: positions.slice(from, end) });
      from = end;
    }
  }
  return {
    hello: {
      ...hello,
      ...(inHello === 0 ? {} : { resume: positions.slice(0, inHello) }),
      ...(parts.length === 0 ? {} : { resumeParts: parts.length }),
    },
    parts,
    leftOut,
  };
}

/** Whether a list of sources can be told to a server: it stands in one message, which cannot be parted. */
export function sourcesFit(sources: readonly string[]): boolean {
  return bytesOf(sources) <= LIMITS.controlMessageBytes - ROOM_FOR_THE_REST;
}

/** What else stands in a `hello`, a token of 8 KiB included. */
const ROOM_FOR_THE_REST = 12 * 1024;
