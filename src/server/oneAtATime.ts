import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';

/** Requests of one connection that may wait behind the one under way. Browsers and proxies send none. */
const MOST_WAITING = 16;

/**
 * Has each connection answered one request at a time: one that was sent on behind another (pipelined, RFC
 * 9112 section 9.3.2) is begun once the system has taken the answer before. So whoever reads no answer
 * costs one, however many it asks for.
 */
export class OneAtATime {
  readonly #handle: RequestListener;
  /** Of the connections that have a request under way: those that wait behind it. */
  readonly #waiting = new WeakMap<Duplex, (() => void)[]>();

  constructor(handle: RequestListener) {
    this.#handle = handle;
  }

  /** Whether an answer is under way on a connection. */
  isBusy(socket: Duplex): boolean {
    return this.#waiting.has(socket);
  }

  /** @param before runs when it is the request's turn; false: it answered the request itself. */
  take(request: IncomingMessage, response: ServerResponse, before?: () => boolean): void {
    const { socket } = request;
    const begin = () => {
      response.once('close', () => this.#next(socket));
      if (before?.() !== false) {
        this.#handle(request, response);
      }
    };
    const waiting = this.#waiting.get(socket);
    if (waiting === undefined) {
      this.#waiting.set(socket, []);
      begin();
    } else if (waiting.length < MOST_WAITING) {
      waiting.push(begin);
    } else {
      socket.destroy();
    }
  }

  #next(socket: Duplex): void {
    const begin = this.#waiting.get(socket)?.shift();
    if (begin === undefined || socket.destroyed) {
      this.#waiting.delete(socket);
    } else {
      begin();
    }
  }
}
