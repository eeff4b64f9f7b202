import type { Writable } from 'node:stream';
import type { LinesFrame } from '../protocol/frames';
import { harmlessLine } from './terminalText';

const NEWLINE = Buffer.from('\n');

interface OutputEvents {
  /** More is waiting to be written than is good: stop sending. */
  full(): void;
  /** Everything has been written: go on. */
  empty(): void;
  /** The reader is gone (EPIPE), or writing failed. */
  failed(error: NodeJS.ErrnoException): void;
  /** A frame is with the operating system. */
  written(frame: LinesFrame): void;
}

/**
 * Standard output. Into a pipe or a file the bytes of the lines go as they are, so that the output
 * is byte for byte what the source wrote; into a terminal only what is harmless there.
 */
export class LineOutput {
  readonly #stream: Writable;
  readonly #terminal: boolean;
  readonly #events: OutputEvents;
  /** The source whose last line has no newline yet, because it goes on in a later frame. */
  #open: string | null = null;
  #waiting = 0;
  #full = false;
  #failed = false;

  constructor(stream: Writable, terminal: boolean, events: OutputEvents) {
    this.#stream = stream;
    this.#terminal = terminal;
    this.#events = events;
    stream.on('error', (error: NodeJS.ErrnoException) => events.failed(error));
    stream.on('drain', () => {
      if (this.#full) {
        this.#full = false;
        events.empty();
      }
    });
  }

  /** Whether everything written is with the operating system; never again once writing has failed. */
  get idle(): boolean {
    return this.#waiting === 0 && !this.#failed;
  }

  write(frame: LinesFrame): void {
    if (this.#open !== null && this.#open !== frame.source) {
      // Two sources share the output: a line that waits for its end must not run into another's.
      this.#put(NEWLINE);
    }
    this.#open = frame.continues === true ? frame.source : null;
    // The newline after a piece of a longer line is the server's, not the source's.
    const bytes = frame.continues === true ? frame.bytes.subarray(0, -1) : frame.bytes;
    this.#put(this.#terminal ? forTerminal(bytes) : bytes, () => this.#events.written(frame));
  }

  #put(bytes: Uint8Array, done?: () => void): void {
    this.#waiting++;
    const room = this.#stream.write(bytes, (error) => {
      this.#waiting--;
      if (error) {
        this.#failed = true;
      } else {
        done?.();
      }
    });
    if (!room && !this.#full) {
      this.#full = true;
      this.#events.full();
    }
  }
}

const decoder = new TextDecoder();

function forTerminal(bytes: Uint8Array): Uint8Array {
  return Buffer.from(decoder.decode(bytes).split('\n').map(harmlessLine).join('\n'), 'utf8');
}
