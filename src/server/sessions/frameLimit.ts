import type { WebSocket } from 'ws';
import type { Clock } from '../../base/clock';
import { RateLimit } from '../../base/rateLimit';
import { SESSION_LIMITS } from './sessionLimits';

/**
 * Holds one client to the rate at which it may send: messages, RFC 6455 pings and pongs alike, since
 * each costs the server about the same. Counted here, because what a library makes of a flood of control
 * frames is another thing with each of its versions.
 */
export class FrameLimit {
  readonly #socket: WebSocket;
  readonly #rate: RateLimit;
  readonly #exceeded: () => void;

  /** @param exceeded closes the client; it may be called again while that takes. */
  constructor(socket: WebSocket, clock: Clock, exceeded: () => void) {
    this.#socket = socket;
    this.#rate = new RateLimit(clock, SESSION_LIMITS.frameBurst, SESSION_LIMITS.framesPerSecond);
    this.#exceeded = exceeded;
  }

  /** Answers RFC 6455 pings; `received` hears of each ping and pong that was not too many. */
  answerPings(received: () => void): void {
    this.#socket.on('ping', (payload) => {
      if (this.take()) {
        received();
        if (this.#socket.readyState === this.#socket.OPEN) {
          // An error of sending is followed by the close.
          this.#socket.pong(payload, false, () => {});
        }
      }
    });
    this.#socket.on('pong', () => {
      if (this.take()) {
        received();
      }
    });
  }

  /** Counts one; false if it was too many. */
  take(): boolean {
    if (this.#rate.take()) {
      return true;
    }
    this.#exceeded();
    // A flood goes on after the close frame; nothing more of it is read until the connection is cut.
    this.#socket.pause();
    return false;
  }
}
