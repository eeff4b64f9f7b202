import type { Writable } from 'node:stream';
import type { LinesFrame } from '../protocol/frames';
import { harmlessLine } from './terminalText';

const NEWLINE = 0x0a;
/** What a pipe of Linux takes at once. More in one piece would be with the reader or not, and nobody could tell. */
const pieceBytes = 64 * 1024;

interface OutputEvents {
  /** More is waiting to be written than is good: stop sending. */
  full(): void;
  /** Everything has been written: go on. */
  empty(): void;
  /** The reader is gone (EPIPE), or writing failed. */
  failed(error: NodeJS.ErrnoException): void;
  /** So many bytes of a frame, whole lines of it, are with the operating system; all of them: the whole frame. */
  written(frame: LinesFrame, bytes: number): void;
}

interface Waiting {
  readonly bytes: Uint8Array;
  /** null: a newline of ours. */
  readonly frame: LinesFrame | null;
  /** Where what is not written yet begins. */
  from: number;
}

/**
 * Standard output. Into a pipe or a file the bytes of the lines go as they are, so that the output
 * is byte for byte what the source wrote; into a terminal only what is harmless there. Written in
 * pieces, one after the other: of what is handed over at once one hears only when all of it is gone.
 */
export class LineOutput {
  readonly #stream: Writable;
  readonly #terminal: boolean;
  readonly #events: OutputEvents;
  /** The source whose last line has no newline yet, because it goes on in a later frame. */
  #open: string | null = null;
  readonly #waiting: Waiting[] = [];
  #waitingBytes = 0;
  #writing = false;
  #full = false;
  #failed = false;

  constructor(stream: Writable, terminal: boolean, events: OutputEvents) {
    this.#stream = stream;
    this.#terminal = terminal;
    this.#events = events;
    stream.on('error', (error: NodeJS.ErrnoException) => {
      this.#failed = true;
      events.failed(error);
    });
  }

  /** Whether everything written is with the operating system; never again once writing has failed. */
  get idle(): boolean {
    return this.#waiting.length === 0 && !this.#failed;
  }

  write(frame: LinesFrame): void {
    if (this.#open !== null && this.#open !== frame.source) {
      // Two sources share the output: a line that waits for its end must not run into another's.
      this.#put(Uint8Array.of(NEWLINE), null);
    }
    this.#open = frame.continues === true ? frame.source : null;
    // The newline after a piece of a longer line is the server's, not the source's.
    this.#put(frame.continues === true ? frame.bytes.subarray(0, -1) : frame.bytes, frame);
  }

  #put(bytes: Uint8Array, frame: LinesFrame | null): void {
    this.#waiting.push({ bytes, frame, from: 0 });
    this.#waitingBytes += bytes.length;
    if (!this.#writing) {
      this.#writeNext();
    }
    if (this.#waitingBytes >= this.#stream.writableHighWaterMark && !this.#full) {
      this.#full = true;
      this.#events.full();
    }
  }

  #writeNext(): void {
    const [waiting] = this.#waiting;
    if (waiting === undefined || this.#failed) {
      return;
    }
    const end = pieceEnd(waiting.bytes, waiting.from);
    const piece = waiting.bytes.subarray(waiting.from, end);
    this.#writing = true;
    this.#stream.write(this.#terminal ? forTerminal(piece) : piece, (error) => {
      this.#writing = false;
      if (error) {
        this.#failed = true;
      } else {
        this.#pieceWritten(waiting, end);
      }
    });
  }

  #pieceWritten(waiting: Waiting, end: number): void {
    const { bytes, frame, from } = waiting;
    this.#waitingBytes -= end - from;
    waiting.from = end;
    const whole = end === bytes.length;
    if (whole) {
      this.#waiting.shift();
    }
    if (frame !== null) {
      this.#events.written(frame, whole ? frame.bytes.length : end);
    }
    this.#writeNext();
    if (this.#full && this.#waiting.length === 0) {
      this.#full = false;
      this.#events.empty();
    }
  }
}

/** Where the piece that begins at `from` ends: behind its last line that ends in time, or behind its first line. */
function pieceEnd(bytes: Uint8Array, from: number): number {
  if (bytes.length - from <= pieceBytes) {
    return bytes.length;
  }
  const last = bytes.lastIndexOf(NEWLINE, from + pieceBytes - 1);
  const newline = last >= from ? last : bytes.indexOf(NEWLINE, from + pieceBytes);
  return newline === -1 ? bytes.length : newline + 1;
}

const decoder = new TextDecoder();

function forTerminal(bytes: Uint8Array): Uint8Array {
  return Buffer.from(decoder.decode(bytes).split('\n').map(harmlessLine).join('\n'), 'utf8');
}
