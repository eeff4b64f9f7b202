import type { Clock } from '../base/clock';
import type { Disposable } from '../base/disposable';
import { RateLimit } from '../base/rateLimit';
import { CLOSE, fitCloseReason } from '../protocol/closeCodes';
import { clientTexts } from '../text/client';
import type { Policy } from './policy';
import type { Socket, SocketListener, Transport } from './transport';

export type FloodPolicy = Pick<Policy, 'heartbeatBurst' | 'heartbeatsPerSecond' | 'closeTimeoutMs'>;

/**
 * Holds a server to a rate of heartbeats: RFC 6455 pings and pongs, which it counts itself, and those that
 * are messages, which it is told of. Each is answered or taken note of in a process shared with every other
 * extension. A server that floods is told why, read no further and cut off; for the machine the
 * connection broke, so it is dialled again with growing delays.
 */
export class FloodGuard implements Disposable {
  readonly #clock: Clock;
  readonly #policy: FloodPolicy;
  /** Of the newest socket: the machine has one at a time. */
  #note: () => void = () => {};
  #cutOff: (() => void) | null = null;
  #timer: Disposable | null = null;
  /** The transport that it guards, to be used in place of it. */
  readonly transport: Transport;

  constructor(transport: Transport, clock: Clock, policy: FloodPolicy) {
    this.#clock = clock;
    this.#policy = policy;
    this.transport = {
      ...transport,
      dial: (request, listener) => this.#guard(listener, (guarded) => transport.dial(request, guarded)),
    };
  }

  /** A heartbeat came as a message. */
  noteHeartbeat(): void {
    this.#note();
  }

  dispose(): void {
    this.#cut();
  }

  #guard(listener: SocketListener, dial: (guarded: SocketListener) => Socket): Socket {
    const { heartbeatBurst, heartbeatsPerSecond, closeTimeoutMs } = this.#policy;
    const rate = new RateLimit(this.#clock, heartbeatBurst, heartbeatsPerSecond);
    let ended = false;
    const take = (): boolean => {
      if (ended || rate.take()) {
        return !ended;
      }
      ended = true;
      const reason = clientTexts.close.tooManyHeartbeats(heartbeatsPerSecond);
      this.#cut();
      socket.close(CLOSE.rateLimited.code, fitCloseReason(reason));
      socket.pause();
      this.#cutOff = () => socket.terminate();
      this.#timer = this.#clock.schedule(closeTimeoutMs, () => this.#cut());
      listener.broken(reason);
      return false;
    };
    this.#note = take;
    const socket = dial({
      opened: (subprotocol) => ended || listener.opened(subprotocol),
      failed: (failure) => ended || listener.failed(failure),
      text: (text) => ended || listener.text(text),
      binary: (bytes) => ended || listener.binary(bytes),
      pingFrame: () => take() && listener.pingFrame(),
      pongFrame: (payload) => take() && listener.pongFrame(payload),
      broken: (reason) => ended || listener.broken(reason),
      closed: (code, reason) => ended || listener.closed(code, reason),
    });
    return socket;
  }

  /** Ends for good what was only told to end. */
  #cut(): void {
    this.#timer?.dispose();
    this.#timer = null;
    this.#cutOff?.();
    this.#cutOff = null;
  }
}
