import type { Clock } from '../../base/clock';
import type { Disposable } from '../../base/disposable';
import { LIMITS } from '../../protocol/limits';
import { countLines } from '../../store/lineCount';
import type { Policy } from '../policy';
import type { Adapter, AdapterSink } from './adapter';
import { ByteLines } from './byteLines';
import { readJsonHeartbeat } from './jsonHeartbeat';

/** The one source of a server that names none. */
export const PLAIN_SOURCE = 'stream';

const NEWLINE = 0x0a;
const CARRIAGE_RETURN = 0x0d;
const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** The figures of {@link Policy} that a plain text adapter goes by. */
export type PlainTextPolicy = Pick<
  Policy,
  'plainQuietMs' | 'plainHeldMs' | 'plainSureMessages' | 'lateVerdictMs' | 'drainMs'
>;

/**
 * A server that is not ours. What it sends, as text or binary messages, is a stream of bytes whose
 * lines end where the source ended them: a message may end within a line, or within a character
 * (`docker attach` and `kubectl logs` over WebSocket cut wherever a buffer was full). Only where no
 * message has held a newline yet, each message is a line (websocketd). Which of the two it is shows
 * with the first newline, and a line that was delivered is never changed: so a message without one is
 * held until nothing has come for a moment, and after several of them only where it looks cut off.
 *
 * JSON heartbeats are answered and hidden. Lines get numbers of our own, counted from 0 within
 * `epoch`, since the server has none.
 */
export function createPlainTextAdapter(
  sink: AdapterSink,
  clock: Clock,
  epoch: string,
  policy: PlainTextPolicy,
): Adapter {
  return new PlainTextAdapter(sink, clock, epoch, policy);
}

class PlainTextAdapter implements Adapter {
  readonly #sink: AdapterSink;
  readonly #clock: Clock;
  readonly #epoch: string;
  readonly #policy: PlainTextPolicy;
  readonly #lines = new ByteLines(LIMITS.lineBytes, (lines, continues) =>
    this.#deliver(lines, countLines(lines), continues),
  );
  #seq = 0;
  /** A newline has been seen: messages end anywhere. */
  #isByteStream = false;
  /** Where the held messages end in what is unfinished, while they may yet be lines. */
  #heldEnds: number[] = [];
  /** Messages that were taken for lines. */
  #messagesAsLines = 0;
  /** The newline of the last line is ours: the source may yet send its own. */
  #owesNewline = false;
  #timer: Disposable | null = null;
  #timerDue = 0;
  /** Since when what is unfinished has waited to be looked at, and when the last of it came; monotonic ms. */
  #waitsSince = 0;
  #lastAt = 0;
  /** What has arrived is being read after a hold-up of the host. */
  #drains = false;
  /** Whoever gets a line may end the connection within it, while more of the same message is left. */
  #ended = false;

  constructor(sink: AdapterSink, clock: Clock, epoch: string, policy: PlainTextPolicy) {
    this.#sink = sink;
    this.#clock = clock;
    this.#epoch = epoch;
    this.#policy = policy;
  }

  text(text: string): void {
    const heartbeat = readJsonHeartbeat(text);
    if (heartbeat === null) {
      this.#take(encoder.encode(text));
    } else if (heartbeat.type === 'ping') {
      this.#sink.plainPing(heartbeat.id);
    } else {
      this.#sink.plainPong();
    }
  }

  binary(bytes: Uint8Array): void {
    this.#take(bytes);
  }

  end(): void {
    this.#ended = true;
    this.#timer?.dispose();
    this.#timer = null;
    this.#deliverHeld();
    this.#lines.end();
  }

  #take(bytes: Uint8Array): void {
    if (this.#ended) {
      return;
    }
    if (this.#isByteStream) {
      this.#lines.take(bytes);
    } else if (this.#isSurelyWhole(bytes)) {
      this.#deliverHeld();
      this.#deliverMessage(bytes);
    } else if (bytes.includes(NEWLINE)) {
      this.#isByteStream = true;
      this.#heldEnds = [];
      this.#lines.take(this.#owesNewline ? this.#withoutOwedNewline(bytes) : bytes);
    } else if (bytes.length > 0) {
      this.#hold(bytes);
    }
    if (this.#lines.unfinished.length > 0 && !this.#ended) {
      this.#waitForQuiet();
    }
  }

  /**
   * Whether a message is taken at its word, because those before it were lines without a newline: also one
   * that holds several lines, as an error with its stack trace, if it does not end in a newline either.
   */
  #isSurelyWhole(bytes: Uint8Array): boolean {
    return (
      this.#messagesAsLines >= this.#policy.plainSureMessages &&
      bytes.length > 0 &&
      bytes[bytes.length - 1] !== NEWLINE &&
      !mayBeCutOff(bytes)
    );
  }

  /** A message without newline in a stream that has had none: a line, or a part of one. */
  #hold(bytes: Uint8Array): void {
    if (this.#lines.unfinished.length + bytes.length > LIMITS.lineBytes) {
      this.#deliverHeld();
    }
    if (bytes.length > LIMITS.lineBytes) {
      this.#deliverMessage(bytes);
    } else {
      this.#lines.hold(bytes);
      this.#heldEnds.push(this.#lines.unfinished.length);
    }
  }

  /** A message is one or several lines; the last gets its newline. */
  #deliverMessage(bytes: Uint8Array): void {
    this.#messagesAsLines++;
    this.#owesNewline = true;
    if (bytes.length < LIMITS.lineBytes) {
      const lines = new Uint8Array(bytes.length + 1);
      lines.set(bytes);
      lines[bytes.length] = NEWLINE;
      this.#lines.take(lines);
    } else {
      this.#lines.take(bytes);
      this.#lines.end();
    }
  }

  /** No newline has come: each message that was held is a line. */
  #deliverHeld(): void {
    const ends = this.#heldEnds;
    if (ends.length === 0) {
      return;
    }
    const held = this.#lines.unfinished;
    const lines = new Uint8Array(held.length + ends.length);
    let from = 0;
    ends.forEach((end, added) => {
      lines.set(held.subarray(from, end), from + added);
      lines[end + added] = NEWLINE;
      from = end;
    });
    this.#heldEnds = [];
    this.#lines.clear();
    this.#messagesAsLines += ends.length;
    this.#owesNewline = true;
    this.#waitsSince = this.#clock.now();
    this.#deliver(lines, ends.length, false);
  }

  /**
   * The first newline of the stream. Right behind a line that got one from us it is that line's own,
   * as when a program prints it by itself: no line, whether alone or behind its carriage return.
   */
  #withoutOwedNewline(bytes: Uint8Array): Uint8Array {
    const { unfinished } = this.#lines;
    if (unfinished.length === 0) {
      const from = bytes[0] === CARRIAGE_RETURN ? 1 : 0;
      return bytes[from] === NEWLINE ? bytes.subarray(from + 1) : bytes;
    }
    if (unfinished.length === 1 && unfinished[0] === CARRIAGE_RETURN && bytes[0] === NEWLINE) {
      this.#lines.clear();
      return bytes.subarray(1);
    }
    return bytes;
  }

  #deliver(lines: Uint8Array, count: number, continues: boolean): void {
    const seq = this.#seq;
    this.#seq += count;
    this.#sink.lines({
      source: PLAIN_SOURCE,
      epoch: this.#epoch,
      seq,
      count,
      receivedAt: this.#clock.wallTime(),
      cursor: null,
      ...(continues ? { continues } : {}),
      bytes: lines,
    });
  }

  /** One timer serves every message: it looks whether it has become quiet when it fires. */
  #waitForQuiet(): void {
    this.#lastAt = this.#clock.now();
    if (this.#timer === null) {
      this.#waitsSince = this.#lastAt;
      this.#setTimer(this.#policy.plainQuietMs);
    }
  }

  #setTimer(delayMs: number): void {
    this.#timerDue = this.#clock.now() + delayMs;
    this.#timer = this.#clock.schedule(delayMs, () => this.#timerFired());
  }

  #timerFired(): void {
    this.#timer = null;
    const { plainQuietMs, plainHeldMs, lateVerdictMs, drainMs } = this.#policy;
    if (this.#lines.unfinished.length === 0) {
      this.#drains = false;
      return;
    }
    const now = this.#clock.now();
    // Timers run before what the sockets hold is read: after a hold-up of the host the rest may be there already.
    if (!this.#drains && now - this.#timerDue > lateVerdictMs) {
      this.#drains = true;
      this.#setTimer(drainMs);
      return;
    }
    const waitMs = Math.min(this.#lastAt + plainQuietMs, this.#waitsSince + plainHeldMs) - now;
    if (waitMs > 0) {
      this.#setTimer(waitMs);
      return;
    }
    this.#drains = false;
    if (this.#isByteStream) {
      this.#sink.partial(PLAIN_SOURCE, decoder.decode(this.#lines.unfinished.subarray(0, LIMITS.partialBytes)));
    } else {
      this.#deliverHeld();
    }
  }
}

/**
 * Whether a message without newline shows signs of having been cut off: it ends within a line's end or
 * within a UTF-8 character, or it is as long as buffers are (OpenShift sends 2048 bytes).
 */
function mayBeCutOff(bytes: Uint8Array): boolean {
  const isFullBuffer = bytes.length % 1024 === 0;
  return isFullBuffer || bytes[bytes.length - 1] === CARRIAGE_RETURN || endsWithinCharacter(bytes);
}

/** Whether the last bytes begin a UTF-8 character (RFC 3629) that lacks its end. */
function endsWithinCharacter(bytes: Uint8Array): boolean {
  for (let length = 1; length <= 3; length++) {
    const byte = bytes[bytes.length - length] ?? 0;
    if (byte >= 0xc0) {
      return length < (byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2);
    }
    if (byte < 0x80) {
      return false;
    }
  }
  return false;
}
