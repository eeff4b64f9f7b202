import { Agent } from 'node:http';
import { connect, type NetConnectOpts, type Socket } from 'node:net';

/** As much as one read takes at most, bytes: four times what Node.js takes, so a quarter of the wake-ups. */
const BUFFER_BYTES = 256 * 1024;
/** Buffers kept for later reads: what a full frame on a fast way needs, and some. */
const MOST_FREE = 8;
/** A buffer that is lent is held as a whole, so few are lent for reads of less than so many bytes. */
const COPIED_BYTES = 16 * 1024;
/** The read before, whose message has just ended, and the new one: messages that come whole need no copy. */
const MOST_SMALL_LENT = 2;

/**
 * Memory that a socket reads into again and again. Node.js takes fresh memory for each read, which
 * the system has to clear and the garbage collector to take back: a quarter of a client's work while
 * it catches up, and pauses of everything else in an extension host.
 *
 * Of a frame that comes in pieces of 1.4 kB, as through a forwarded port, each would hold a buffer: small
 * reads are delivered as copies once two are lent. So is what comes once as much is lent as can be free again.
 * Either way a few megabytes are held besides the bytes themselves, whatever comes and in what parts.
 *
 * Nothing that is delivered may lie in it for longer than until the next read, and `ws` delivers
 * views where it can. So whoever listens to `ws` tells when a message has ended ({@link
 * messageEnded}: what was read before it was put together by then), takes its bytes through
 * {@link lasting}, and says when `ws` itself may go on looking at bytes ({@link keepNewest}).
 * Only right without compression, with which `ws` delivers messages later than it reads them.
 */
export class ReceiveMemory {
  readonly #free: Buffer[] = [];
  /** What was read into and may still be looked at, oldest first. */
  #lent: Buffer[] = [];
  /** What was read last lies in the newest of those, and not in a copy. */
  #isNewestLent = false;
  readonly #own = new WeakSet<ArrayBufferLike>();

  /** Memory for the next read. */
  take(): Buffer {
    const free = this.#free.pop();
    if (free) {
      return free;
    }
    const fresh = Buffer.allocUnsafeSlow(BUFFER_BYTES);
    this.#own.add(fresh.buffer);
    return fresh;
  }

  /** What a read brought, as it is to be delivered: the first `length` bytes of the memory taken for it. */
  received(buffer: Buffer, length: number): Buffer {
    const bytes = buffer.subarray(0, length);
    this.#isNewestLent = this.#lent.length < (length >= COPIED_BYTES ? MOST_FREE + 1 : MOST_SMALL_LENT);
    if (this.#isNewestLent) {
      this.#lent.push(buffer);
      return bytes;
    }
    const copy = Buffer.from(bytes);
    this.#giveBack(buffer);
    return copy;
  }

  /** A whole message came; at most the newest of what is lent is still looked at. */
  messageEnded(): void {
    for (const buffer of this.#lent.splice(0, this.#lent.length - 1)) {
      this.#giveBack(buffer);
    }
  }

  /** The newest read is left to whoever looks at it, for an unknown time, and to the collector: it is not used again. */
  keepNewest(): void {
    if (this.#isNewestLent) {
      this.#isNewestLent = false;
      this.#lent.pop();
    }
  }

  /** The same bytes where nobody will write over them. */
  lasting(bytes: Buffer): Buffer {
    return this.#own.has(bytes.buffer) ? Buffer.from(bytes) : bytes;
  }

  #giveBack(buffer: Buffer): void {
    if (this.#free.length < MOST_FREE) {
      this.#free.push(buffer);
    }
  }
}

/**
 * Connects sockets that read into a {@link ReceiveMemory}, one at a time. An agent, because a host
 * that puts its own agent before requests (VS Code, for proxies) asks the one it replaced.
 */
export class ReceivingAgent extends Agent {
  readonly #memory: ReceiveMemory;
  readonly #socketPath: string | undefined;

  /**
   * @param socketPath the Unix socket or Windows pipe to connect to instead of host and port. `ws` would
   * take it from the address, but as it stands there: percent-encoded.
   */
  constructor(memory: ReceiveMemory, socketPath?: string) {
    super();
    this.#memory = memory;
    this.#socketPath = socketPath;
  }

  override createConnection(options: NetConnectOpts): Socket {
    const memory = this.#memory;
    const socket = connect({
      ...options,
      ...(this.#socketPath === undefined ? {} : { path: this.#socketPath }),
      onread: {
        buffer: () => memory.take(),
        callback(length, buffer) {
          // What a stream of its own would do, which `onread` replaces.
          socket.emit('data', memory.received(buffer as Buffer, length));
          return true;
        },
      },
    });
    return socket;
  }
}
