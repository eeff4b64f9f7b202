import type { Clock } from '../base/clock';
import type { Disposable } from '../base/disposable';
import type { Random } from '../base/random';
import type { HelloMessage } from '../protocol/messages';
import { SUBPROTOCOL } from '../protocol/version';
import type { TokenReading } from './credentials';
import { reduce } from './reducer';
import {
  type Dialect,
  deliversLines,
  type Effect,
  type MachineEvent,
  type MachineState,
  nextDeadline,
  wantsFrames,
} from './state';
import type { Socket, SocketListener, Transport } from './transport';

/** What the driver needs from the runtime. */
export interface DriverEnvironment {
  readonly clock: Clock;
  readonly random: Random;
  readonly transport: Transport;
}

/** The effects that do not end in a socket or a timer. */
type ToldEffect = Extract<Effect, { readonly type: 'heartbeat' | 'notice' }>;
type KeptEffect = Extract<Effect, { readonly type: 'rememberDialect' | 'rememberLimits' | 'disconnected' }>;

/** What the driver asks of and tells to its owner. */
export interface DriverHooks {
  /** `token`: that of this very dial; `mostBytes`: how long the message may be, if there is anything to leave out. */
  hello(heartbeatMs: number, token: string | undefined, mostBytes: number): HelloMessage;
  /** The token of the dial that begins now; a promise that never rejects where it has to be asked for. */
  token(): TokenReading | Promise<TokenReading>;
  /** Lines may come from now on; `again`: not for the first time. */
  established(dialect: Dialect, again: boolean): void;
  text(text: string): void;
  binary(bytes: Uint8Array): void;
  /** To be taken in before the change of state is told. */
  keep(effect: KeptEffect): void;
  /** The state is another one; the sockets and timers of the old are gone already. */
  changed(state: MachineState, previous: MachineState): void;
  tell(effect: ToldEffect): void;
}

/**
 * Runs the machine: feeds it events one after the other, carries its effects out, and keeps one
 * timer for the earliest of its deadlines. The only place that assigns the state.
 */
export class Driver implements Disposable {
  #state: MachineState;
  readonly #environment: DriverEnvironment;
  readonly #hooks: DriverHooks;
  readonly #queue: MachineEvent[] = [];
  #running = false;
  #disposed = false;
  #socket: { readonly id: number; readonly socket: Socket; readonly token: string | undefined } | null = null;
  #timer: { readonly due: number; readonly wall: number; readonly mono: number; readonly handle: Disposable } | null =
    null;
  /** Sleep of the machine that the monotonic clock did not count, ms (Linux does not). */
  #sleptMs = 0;
  #lastReceivedAt = 0;
  #longestReceivedGapMs = 0;
  #paused = false;
  #longestSent = 0;
  #shortestHello = true;
  #network: string | undefined;

  constructor(state: MachineState, environment: DriverEnvironment, hooks: DriverHooks) {
    this.#state = state;
    this.#environment = environment;
    this.#hooks = hooks;
  }

  get state(): MachineState {
    return this.#state;
  }

  /** Monotonic ms, sleep of the machine included. */
  now(): number {
    return this.#environment.clock.now() + this.#sleptMs;
  }

  /** Whether a frame that has just arrived is for the listeners. */
  get delivers(): boolean {
    return deliversLines(this.#state);
  }

  /** Takes in an event. Events that arise meanwhile wait their turn. */
  dispatch(event: MachineEvent): void {
    if (this.#disposed) {
      return;
    }
    this.#queue.push(event);
    if (this.#running) {
      return;
    }
    this.#running = true;
    try {
      for (let next = this.#queue.shift(); next !== undefined && !this.#disposed; next = this.#queue.shift()) {
        this.#run(next);
      }
    } finally {
      this.#running = false;
    }
  }

  /** Stops reading; the peer is slowed down and its silence no longer counts. */
  pause(): void {
    this.#paused = true;
    if (this.delivers) {
      this.#socket?.socket.pause();
    }
  }

  /** Stops reading until the event loop has been round, unless it is stopped for longer. */
  pauseForTurn(): void {
    this.#socket?.socket.pause();
  }

  resumeAfterTurn(): void {
    if (!this.#paused || !this.delivers) {
      this.#socket?.socket.resume();
    }
  }

  resume(): void {
    if (this.#paused) {
      this.#paused = false;
      this.#lastReceivedAt = this.now();
      this.#socket?.socket.resume();
    }
  }

  /** Ends everything at once: socket, timer, events. */
  dispose(): void {
    this.#disposed = true;
    this.#queue.length = 0;
    this.#timer?.handle.dispose();
    this.#timer = null;
    this.#socket?.socket.terminate();
    this.#socket = null;
  }

  #run(event: MachineEvent): void {
    const previous = this.#state;
    const { state, effects } = reduce(previous, event, {
      now: this.now(),
      draw: this.#environment.random.next(),
      activity: {
        lastReceivedAt: this.#lastReceivedAt,
        longestReceivedGapMs: this.#longestReceivedGapMs,
        longestSent: this.#longestSent,
        shortestHello: this.#shortestHello,
        paused: this.#paused,
      },
    });
    this.#state = state;
    const told: ToldEffect[] = [];
    for (const effect of effects) {
      if (effect.type === 'heartbeat' || effect.type === 'notice') {
        told.push(effect);
      } else {
        this.#carryOut(effect);
      }
    }
    if (this.#socket !== null && (!state.hasSocket || this.#socket.id !== state.socket)) {
      this.#socket = null;
    }
    this.#setTimer();
    if (state !== previous) {
      this.#hooks.changed(state, previous);
    }
    for (const effect of told) {
      if (!this.#disposed) {
        this.#hooks.tell(effect);
      }
    }
  }

  #carryOut(effect: Exclude<Effect, ToldEffect>): void {
    switch (effect.type) {
      case 'dial':
        this.#dial(effect.socket, effect.dialect);
        return;
      case 'terminate':
        this.#socketOf(effect.socket)?.terminate();
        this.#socket = null;
        return;
      case 'close':
        this.#socketOf(effect.socket)?.close(effect.code, effect.reason);
        return;
      case 'hello':
        this.#sendHello(effect);
        return;
      case 'send':
      case 'sendJson':
        this.#send(effect.socket, effect.message);
        return;
      case 'pingFrame':
        this.#socketOf(effect.socket)?.pingFrame(String(effect.id));
        return;
      case 'established':
        this.#hooks.established(effect.dialect, effect.again);
        if (this.#paused) {
          this.#socketOf(effect.socket)?.pause();
        }
        return;
      case 'lookAtNetwork':
        this.#lookAtNetwork();
        return;
      case 'rememberDialect':
      case 'rememberLimits':
      case 'disconnected':
        this.#hooks.keep(effect);
    }
  }

  #sendHello({ socket, heartbeatMs, mostBytes }: Extract<Effect, { readonly type: 'hello' }>): void {
    const hello = this.#hooks.hello(heartbeatMs, this.#socket?.token, mostBytes);
    this.#shortestHello = hello.resume === undefined;
    this.#send(socket, hello);
  }

  #send(socket: number, message: object): void {
    const json = JSON.stringify(message);
    this.#longestSent = Math.max(this.#longestSent, json.length);
    this.#socketOf(socket)?.send(json);
  }

  #socketOf(id: number): Socket | undefined {
    return this.#socket?.id === id ? this.#socket.socket : undefined;
  }

  #dial(id: number, dialect: Dialect): void {
    const { transport } = this.#environment;
    this.#network = transport.networkFingerprint?.();
    this.#lastReceivedAt = this.now();
    this.#longestReceivedGapMs = 0;
    this.#longestSent = 0;
    this.#shortestHello = true;
    const reading = this.#hooks.token();
    if (reading instanceof Promise) {
      void reading.then((late) => this.#dialWith(id, dialect, late));
    } else {
      this.#dialWith(id, dialect, reading);
    }
  }

  #dialWith(id: number, dialect: Dialect, reading: TokenReading): void {
    const { transport } = this.#environment;
    // Meanwhile another dial may have taken this one's place, or none is wanted any more.
    if (!this.#isCurrent(id)) {
      return;
    }
    if (reading.kind === 'problem') {
      this.dispatch({ type: 'dialFailed', socket: id, failure: { kind: 'credentials', problem: reading.problem } });
      return;
    }
    const { token } = reading;
    const socket = transport.dial(
      {
        url: this.#state.options.address.url,
        subprotocol: dialect === 'logstream' ? SUBPROTOCOL : null,
        ...(token === undefined || !transport.canSetHeaders ? {} : { token }),
      },
      this.#listener(id),
    );
    this.#socket = { id, socket, token };
  }

  #isCurrent(id: number): boolean {
    return !this.#disposed && this.#state.hasSocket && this.#state.socket === id;
  }

  /** Callbacks of one socket. Each carries its id: one of an earlier socket changes nothing. */
  #listener(id: number): SocketListener {
    const isCurrent = () => this.#isCurrent(id);
    return {
      opened: (subprotocol) => {
        if (isCurrent()) {
          this.#lastReceivedAt = this.now();
          this.#longestReceivedGapMs = 0;
        }
        this.dispatch({ type: 'opened', socket: id, subprotocol });
      },
      failed: (failure) => this.dispatch({ type: 'dialFailed', socket: id, failure }),
      broken: (reason) => this.dispatch({ type: 'broken', socket: id, reason }),
      closed: (code, reason) => this.dispatch({ type: 'closed', socket: id, code, reason }),
      text: (text) => {
        if (isCurrent()) {
          this.#noteFrame(id);
          if (isCurrent()) {
            this.#hooks.text(text);
          }
          this.#serveAsTimer();
        }
      },
      binary: (bytes) => {
        if (isCurrent()) {
          this.#noteFrame(id);
          if (isCurrent()) {
            this.#hooks.binary(bytes);
          }
          this.#serveAsTimer();
        }
      },
      pingFrame: () => {
        if (isCurrent()) {
          this.#noteFrame(id);
          this.#serveAsTimer();
        }
      },
      pongFrame: (payload) => {
        if (isCurrent()) {
          this.#noteFrame(id);
          const pingId = Number.parseInt(payload, 10);
          if (Number.isSafeInteger(pingId)) {
            this.dispatch({ type: 'plainPong', socket: id, id: pingId });
          }
          this.#serveAsTimer();
        }
      },
    };
  }

  /** Runs for every frame, so it does as little as possible. */
  #noteFrame(id: number): void {
    const now = this.now();
    const gapMs = now - this.#lastReceivedAt;
    if (gapMs > this.#longestReceivedGapMs) {
      this.#longestReceivedGapMs = gapMs;
    }
    this.#lastReceivedAt = now;
    if (wantsFrames(this.#state)) {
      this.dispatch({ type: 'received', socket: id });
    }
  }

  /**
   * A hidden browser tab runs its timers once a minute, but frames arrive: they serve as the timer. After the
   * frame, which may be what was waited for: the welcome behind which a machine slept. Behind another one it may
   * yet lie in the buffer, so while it is waited for, the time without us does not count.
   */
  #serveAsTimer(): void {
    const now = this.now();
    if (this.#timer !== null && now > this.#timer.due) {
      const deadline = nextDeadline(this.#state.timers);
      if (deadline !== undefined && deadline <= now) {
        this.dispatch({ type: 'tick', lateMs: this.#state.name === 'opening' ? now - this.#timer.due : 0 });
      }
    }
  }

  #setTimer(): void {
    const { hasSocket, timers, options } = this.#state;
    const deadline = nextDeadline(timers);
    if (deadline === undefined || this.#disposed) {
      this.#timer?.handle.dispose();
      this.#timer = null;
      return;
    }
    const now = this.now();
    const due = hasSocket ? Math.min(deadline, now + options.policy.pulseMs) : deadline;
    if (this.#timer !== null && this.#timer.due <= due) {
      return;
    }
    this.#timer?.handle.dispose();
    const { clock } = this.#environment;
    this.#timer = {
      due,
      wall: clock.wallTime(),
      mono: clock.now(),
      handle: clock.schedule(due - now, () => this.#timerFired()),
    };
  }

  #timerFired(): void {
    const timer = this.#timer;
    this.#timer = null;
    if (timer === null || this.#disposed) {
      return;
    }
    const { clock } = this.#environment;
    const { lateMs: lateAt } = this.#state.options.policy;
    const uncountedMs = clock.wallTime() - timer.wall - (clock.now() - timer.mono);
    if (uncountedMs > lateAt) {
      this.#sleptMs += uncountedMs;
    }
    const now = this.now();
    const lateMs = now - timer.due;
    const deadline = nextDeadline(this.#state.timers);
    if ((deadline !== undefined && deadline <= now) || (lateMs > lateAt && this.#state.hasSocket)) {
      this.dispatch({ type: 'tick', lateMs });
    }
    this.#setTimer();
  }

  #lookAtNetwork(): void {
    const fingerprint = this.#environment.transport.networkFingerprint?.();
    if (fingerprint !== this.#network) {
      this.#network = fingerprint;
      this.dispatch({ type: 'networkChanged' });
    }
  }
}
