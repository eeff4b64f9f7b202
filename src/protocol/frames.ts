import { LIMITS } from './limits';

/**
 * A batch of lines of one source, as a binary frame carries it:
 * a 32-bit unsigned big-endian header length, the header as JSON, then the bytes of `count` lines,
 * each ending in a newline (0x0A) and otherwise exactly as the source wrote it.
 */
export interface LinesHeader {
  readonly source: string;
  readonly epoch: string;
  /** Sequence number of the first line. */
  readonly seq: number;
  readonly count: number;
  /** When the server read the lines: ms since the Unix epoch. */
  readonly receivedAt: number;
  /**
   * Opaque to clients: describes where these lines lie in the source, both ends. A client hands it
   * back as `cursor` to resume behind the last line, or to ask for the history before the first.
   */
  readonly cursor: string | null;
  /** The last line is a piece of a longer one: its newline is not the source's, and the next line goes on with it. */
  readonly continues?: boolean;
  /** Part of an answer to `history`: the lines lie before those delivered so far. */
  readonly history?: boolean;
}

export interface LinesFrame extends LinesHeader {
  /** The `count` newline-terminated lines; a view into the received frame, not a copy. */
  readonly bytes: Uint8Array;
}

const LENGTH_BYTES = 4;
const NEWLINE = 0x0a;
const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { fatal: true });

/**
 * The bytes that stand before the payload in a frame: length and header. A server sends them
 * followed by the payload, whose bytes it need not copy or look at again.
 */
export function encodeFrameHead(header: LinesHeader): Uint8Array {
  const json = encoder.encode(JSON.stringify(header));
  const head = new Uint8Array(LENGTH_BYTES + json.length);
  new DataView(head.buffer).setUint32(0, json.length);
  head.set(json, LENGTH_BYTES);
  return head;
}

/** A whole frame in one piece of memory. */
export function encodeFrame(frame: LinesFrame): Uint8Array {
  const { bytes, ...header } = frame;
  const head = encodeFrameHead(header);
  const encoded = new Uint8Array(head.length + bytes.length);
  encoded.set(head);
  encoded.set(bytes, head.length);
  return encoded;
}

export type FrameResult =
  | { readonly kind: 'frame'; readonly frame: LinesFrame }
  | { readonly kind: 'malformed'; readonly reason: string };

function malformed(reason: string): FrameResult {
  return { kind: 'malformed', reason };
}

/**
 * Reads a binary frame. Checks everything but the number of newlines, which costs a pass over the
 * bytes: the store makes that pass anyway and goes by it, and who keeps no store asks for the check. Never throws, never copies.
 */
export function decodeFrame(data: Uint8Array): FrameResult {
  if (data.length < LENGTH_BYTES) {
    return malformed('a lines frame must start with a 4-byte header length');
  }
  const headerLength = new DataView(data.buffer, data.byteOffset, data.byteLength).getUint32(0);
  if (headerLength > LIMITS.frameHeaderBytes || headerLength > data.length - LENGTH_BYTES) {
    return malformed(`the header length ${headerLength} of a lines frame is too large`);
  }
  let header: unknown;
  try {
    header = JSON.parse(decoder.decode(data.subarray(LENGTH_BYTES, LENGTH_BYTES + headerLength)));
  } catch {
    return malformed('the header of a lines frame must be JSON');
  }
  if (typeof header !== 'object' || header === null) {
    return malformed('the header of a lines frame must be a JSON object');
  }
  const { source, epoch, seq, count, receivedAt, cursor, continues, history } = header as Record<string, unknown>;
  if (typeof source !== 'string' || typeof epoch !== 'string') {
    return malformed('the header of a lines frame must name "source" and "epoch"');
  }
  if (!Number.isSafeInteger(seq) || !Number.isSafeInteger(count) || (count as number) < 1) {
    return malformed('the header of a lines frame must give whole numbers "seq" and "count", at least one line');
  }
  if (typeof receivedAt !== 'number' || !Number.isFinite(receivedAt)) {
    return malformed('the header of a lines frame must give "receivedAt" as a number');
  }
  if (cursor !== null && cursor !== undefined && typeof cursor !== 'string') {
    return malformed('"cursor" in the header of a lines frame must be a string or null');
  }
  const bytes = data.subarray(LENGTH_BYTES + headerLength);
  if (bytes.length < (count as number) || bytes[bytes.length - 1] !== NEWLINE) {
    return malformed('the lines of a frame must each end in a newline');
  }
  return {
    kind: 'frame',
    frame: {
      source,
      epoch,
      seq: seq as number,
      count: count as number,
      receivedAt,
      cursor: cursor ?? null,
      ...(continues === true ? { continues } : {}),
      ...(history === true ? { history } : {}),
      bytes,
    },
  };
}
