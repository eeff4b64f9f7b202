import type { Clock } from '../../base/clock';
import type { Disposable } from '../../base/disposable';

export interface LivenessTimings {
  /** Longest silence of the client. */
  readonly receiveTimeoutMs: number;
  /** Longest time a ping may stay unanswered while frames arrive. */
  readonly heartbeatTimeoutMs: number;
  /** How often a ping is sent. */
  readonly pingMs: number;
}

export interface LivenessEvents {
  sendPing(id: number): void;
  receiveTimeout(): void;
  heartbeatTimeout(): void;
}

/**
 * Watches one connection for two kinds of death: nothing comes from the client any more, or things
 * come but nobody answers (a proxy that keeps the socket, a page whose script is stuck).
 */
export class Liveness implements Disposable {
  readonly #clock: Clock;
  readonly #timings: LivenessTimings;
  readonly #events: LivenessEvents;
  #lastReceived: number;
  #nextPing: number;
  #pings = 0;
  #answered = 0;
  #oldestUnanswered: number | undefined;
  #timer: Disposable | undefined;

  constructor(clock: Clock, timings: LivenessTimings, events: LivenessEvents) {
    this.#clock = clock;
    this.#timings = timings;
    this.#events = events;
    this.#lastReceived = clock.now();
    this.#nextPing = clock.now() + timings.pingMs;
    this.#schedule();
  }

  /** A frame of any kind came, RFC 6455 ping and pong included. */
  received(): void {
    this.#lastReceived = this.#clock.now();
  }

  /** An answer to a ping came; ids older than the last answered one count for nothing. */
  answered(id: number): void {
    if (id > this.#answered && id <= this.#pings) {
      this.#answered = id;
      this.#oldestUnanswered = this.#answered === this.#pings ? undefined : this.#clock.now();
    }
  }

  dispose(): void {
    this.#timer?.dispose();
  }

  #schedule(): void {
    const due = Math.min(
      this.#nextPing,
      this.#lastReceived + this.#timings.receiveTimeoutMs,
      this.#oldestUnanswered === undefined
        ? Number.POSITIVE_INFINITY
        : this.#oldestUnanswered + this.#timings.heartbeatTimeoutMs,
    );
    this.#timer = this.#clock.schedule(Math.max(1, due - this.#clock.now()), () => this.#check());
  }

  #check(): void {
    const now = this.#clock.now();
    if (now - this.#lastReceived >= this.#timings.receiveTimeoutMs) {
      this.#events.receiveTimeout();
      return;
    }
    if (this.#oldestUnanswered !== undefined && now - this.#oldestUnanswered >= this.#timings.heartbeatTimeoutMs) {
      this.#events.heartbeatTimeout();
      return;
    }
    if (now >= this.#nextPing) {
      this.#pings++;
      this.#oldestUnanswered ??= now;
      this.#nextPing = now + this.#timings.pingMs;
      this.#events.sendPing(this.#pings);
    }
    this.#schedule();
  }
}
