import { decodeFrame } from '../../protocol/frames';
import { parseServerMessage } from '../../protocol/parse';
import type { Adapter } from './adapter';

/** So much is kept for the one who reads it in the end; a server of ours sends its welcome long before that. */
const keptMessages = 64;

/** The same in bytes, or characters of text: a message may be as large as the largest frame. */
const keptBytes = 1024 * 1024;

/** A welcome of ours, though a broken one. Many servers greet with a `welcome` of their own, which is a line. */
const meantForWelcome =
  /^\s*\{\s*"type"\s*:\s*"welcome"(?=.*"(version|pingMs|receiveTimeoutMs|heartbeatTimeoutMs)"\s*:\s*-?\d)/s;

/** What has to be known of a peer that may yet turn out not to be ours. */
export interface OpeningSink {
  /** A message that our contract has in this place: the welcome, an error or a goodbye in its stead. */
  ours(text: string): void;
  /** Something that no server of ours sends before its welcome. It is kept, like all that came before it. */
  foreign(): void;
}

/**
 * Reads what comes before a welcome, and keeps it: if the peer turns out to speak plain text, nothing of it
 * is lost.
 */
export class OpeningAdapter implements Adapter {
  readonly #sink: OpeningSink;
  readonly #kept: (string | Uint8Array)[] = [];
  #keptBytes = 0;

  constructor(sink: OpeningSink) {
    this.#sink = sink;
  }

  text(text: string): void {
    this.#keep(text);
    const result = parseServerMessage(text);
    if (result.kind === 'message' && ['welcome', 'error', 'goaway'].includes(result.message.type)) {
      this.#sink.ours(text);
    } else if (result.kind === 'malformed' && meantForWelcome.test(text)) {
      // One of ours that is broken: what is wrong with it is said.
      this.#sink.ours(text);
    } else if (result.kind !== 'message' || this.#isFull) {
      this.#sink.foreign();
    }
  }

  binary(bytes: Uint8Array): void {
    this.#keep(bytes);
    if (decodeFrame(bytes).kind === 'malformed' || this.#isFull) {
      this.#sink.foreign();
    }
  }

  /** Gives what has come to the one who reads the rest. */
  handOver(reader: Adapter): void {
    for (const message of this.#kept.splice(0)) {
      if (typeof message === 'string') {
        reader.text(message);
      } else {
        reader.binary(message);
      }
    }
  }

  end(): void {
    this.#kept.length = 0;
  }

  get #isFull(): boolean {
    return this.#kept.length > keptMessages || this.#keptBytes > keptBytes;
  }

  #keep(message: string | Uint8Array): void {
    this.#kept.push(message);
    this.#keptBytes += message.length;
  }
}
