import type { Disposable } from '../../src/base/disposable';
import type { DialFailure, DialRequest, Socket, SocketListener, Transport } from '../../src/client/transport';
import { encodeFrame, type LinesFrame } from '../../src/protocol/frames';
import type { HelloMessage, ServerMessage, WelcomeMessage } from '../../src/protocol/messages';
import { parseClientMessage } from '../../src/protocol/parse';
import { PROTOCOL_VERSION, SUBPROTOCOL } from '../../src/protocol/version';
import type { FakeClock } from './fakeClock';

/** How a {@link SimulatedServer} behaves; may be changed while it runs. */
interface ServerBehaviour {
  /** Whether it speaks our contract (true). A plain one does not echo the subprotocol. */
  ours: boolean;
  /** A plain one that echoes our subprotocol all the same, as Node's `ws` does by default. */
  echoes: boolean;
  /** What a dial meets: an open socket, this failure, or null: no answer at all. */
  dial: 'open' | DialFailure | null;
  /** One way, ms. */
  delayMs: number;
  welcome: Partial<WelcomeMessage> | null;
  /** 0: none. */
  markEveryMs: number;
  /** Answers our pings, RFC 6455 pings and JSON pings. */
  answersPings: boolean;
  answersJson: boolean;
  /** Closes after this long without an application message of ours. */
  messageTimeoutMs: number | null;
  /** Closes after this long without any frame of ours. */
  frameTimeoutMs: number | null;
  /** Closes at this age. */
  lifetimeMs: number | null;
  closeCode: number;
  /** Nothing passes either way, nobody is told. */
  cut: boolean;
}

const defaults: ServerBehaviour = {
  ours: true,
  echoes: false,
  dial: 'open',
  delayMs: 1,
  welcome: {},
  markEveryMs: 5000,
  answersPings: true,
  answersJson: false,
  messageTimeoutMs: null,
  frameTimeoutMs: null,
  lifetimeMs: null,
  closeCode: 1000,
  cut: false,
};

/** How long after being cut off a socket still says so, ms. */
const LATE_CLOSE_MS = 2500;

/** A socket to a {@link SimulatedServer}, seen from the server's end. */
export class SimulatedSocket implements Socket {
  /** Everything the client sent, in order; RFC 6455 pings as `PING n`. */
  readonly sent: string[] = [];
  readonly sentAt: number[] = [];
  terminated = false;
  paused = false;
  /** Nothing passes on this socket any more, and nobody is told: a half-open connection. */
  halfOpen = false;
  /** When the last thing under way arrives: what is sent later arrives later. */
  lastDue = 0;
  /** How the client closed. */
  closedBy: { readonly code: number; readonly reason: string } | null = null;
  #ended = false;
  readonly #timers = new Map<string, Disposable>();

  constructor(
    readonly server: SimulatedServer,
    readonly request: DialRequest,
    readonly listener: SocketListener,
    readonly dialedAt: number,
  ) {}

  get ended(): boolean {
    return this.#ended;
  }

  /** Messages of one type that the client sent. */
  messages(type: string): unknown[] {
    return this.sent
      .filter((text) => text.startsWith('{'))
      .map((text) => JSON.parse(text) as { type: string })
      .filter((message) => message.type === type);
  }

  send(text: string): void {
    this.#note(text);
    this.#restartTimeout('message');
    this.#restartTimeout('frame');
    this.server.later(this, () => this.server.receive(this, text));
  }

  pingFrame(payload: string): void {
    this.#note(`PING ${payload}`);
    this.#restartTimeout('frame');
    if (this.server.behaviour.answersPings) {
      this.server.later(this, () => this.deliver((listener) => listener.pongFrame(payload)));
    }
  }

  close(code: number, reason: string): void {
    this.closedBy = { code, reason };
    this.server.later(this, () => this.end(code, ''));
  }

  terminate(): void {
    this.terminated = true;
    this.#finish();
    // A socket that was cut off reports its end later, when others may have taken its place.
    this.server.clock.schedule(LATE_CLOSE_MS, () => this.listener.closed(1006, ''));
  }

  pause(): void {
    this.paused = true;
  }

  resume(): void {
    this.paused = false;
  }

  /** The server says something; it arrives after the delay. */
  say(message: ServerMessage | object): void {
    this.deliver((listener) => listener.text(JSON.stringify(message)));
  }

  text(text: string): void {
    this.deliver((listener) => listener.text(text));
  }

  lines(lines: readonly string[], header: Partial<LinesFrame> & { readonly seq: number }): void {
    const bytes = new TextEncoder().encode(lines.map((line) => `${line}\n`).join(''));
    const frame = { source: 'log', epoch: 'e1', count: lines.length, receivedAt: 0, cursor: null, ...header, bytes };
    this.deliver((listener) => listener.binary(encodeFrame(frame)));
  }

  /** The server closes. */
  serverClose(code: number, reason = ''): void {
    this.server.later(this, () => this.end(code, reason));
  }

  deliver(tell: (listener: SocketListener) => void): void {
    this.server.later(this, () =>
      this.server.toClient(() => {
        if (!this.#ended) {
          tell(this.listener);
        }
      }),
    );
  }

  end(code: number, reason: string): void {
    this.server.toClient(() => {
      if (!this.#ended) {
        this.#finish();
        this.listener.closed(code, reason);
      }
    });
  }

  /** The dial fails. */
  refuse(failure: DialFailure): void {
    this.#finish();
    this.listener.failed(failure);
  }

  opened(): void {
    const { behaviour, clock } = this.server;
    this.#restartTimeout('message');
    this.#restartTimeout('frame');
    if (behaviour.lifetimeMs !== null) {
      this.#timers.set(
        'lifetime',
        clock.schedule(behaviour.lifetimeMs, () => this.end(behaviour.closeCode, '')),
      );
    }
    this.#mark();
  }

  #mark(): void {
    const { behaviour, clock } = this.server;
    if (behaviour.ours && behaviour.markEveryMs > 0) {
      const timer = clock.schedule(behaviour.markEveryMs, () => {
        this.say({
          type: 'mark',
          source: 'quiet',
          epoch: 'e',
          nextSeq: 0,
          cursor: null,
          reconnectWindowMs: behaviour.welcome?.reconnectWindowMs ?? 0,
        });
        this.#mark();
      });
      this.#timers.set('mark', timer);
    }
  }

  #restartTimeout(kind: 'message' | 'frame'): void {
    const { behaviour, clock } = this.server;
    const ms = kind === 'message' ? behaviour.messageTimeoutMs : behaviour.frameTimeoutMs;
    if (ms === null || this.#ended || behaviour.cut) {
      return;
    }
    this.#timers.get(kind)?.dispose();
    this.#timers.set(
      kind,
      clock.schedule(ms, () => this.end(behaviour.closeCode, '')),
    );
  }

  #note(text: string): void {
    this.sent.push(text);
    this.sentAt.push(this.server.clock.now());
  }

  #finish(): void {
    this.#ended = true;
    for (const timer of this.#timers.values()) {
      timer.dispose();
    }
    this.#timers.clear();
  }
}

/** A server on a simulated network: everything happens on a fake clock. */
export class SimulatedServer {
  readonly sockets: SimulatedSocket[] = [];
  readonly behaviour: ServerBehaviour;
  readonly dialTimes: number[] = [];
  readonly transport: Transport;
  network = 'home';
  /** Called with each `hello`, after the welcome was sent. */
  onHello: (socket: SimulatedSocket, hello: HelloMessage) => void = () => {};
  onOpen: (socket: SimulatedSocket) => void = () => {};

  constructor(
    readonly clock: FakeClock,
    behaviour: Partial<ServerBehaviour> = {},
    readonly canPingFrame = true,
  ) {
    this.behaviour = { ...defaults, ...behaviour };
    this.transport = {
      canPingFrame,
      canSetHeaders: canPingFrame,
      dial: (request, listener) => this.#dial(request, listener),
      networkFingerprint: () => this.network,
    };
  }

  get dials(): number {
    return this.dialTimes.length;
  }

  /** The newest socket. */
  get socket(): SimulatedSocket {
    const last = this.sockets.at(-1);
    if (last === undefined) {
      throw new Error('nobody has dialled');
    }
    return last;
  }

  /** Hands something to the client; a simulation may hold it back while the client is stalled. */
  toClient: (run: () => void) => void = (run) => run();

  /** Runs something after the delay of the way, unless the way is cut. */
  later(socket: SimulatedSocket, run: () => void): void {
    const now = this.clock.now();
    socket.lastDue = Math.max(socket.lastDue, now + this.behaviour.delayMs);
    this.clock.schedule(socket.lastDue - now, () => {
      if (!this.behaviour.cut && !socket.halfOpen && !socket.terminated) {
        run();
      }
    });
  }

  receive(socket: SimulatedSocket, text: string): void {
    if (socket.ended) {
      return;
    }
    if (!this.behaviour.ours) {
      if (this.behaviour.answersJson && text === '{"type":"ping"}') {
        socket.say({ type: 'pong' });
      }
      return;
    }
    const result = parseClientMessage(text);
    if (result.kind !== 'message') {
      return;
    }
    const { message } = result;
    if (message.type === 'hello' && this.behaviour.welcome !== null) {
      socket.say({
        type: 'welcome',
        version: PROTOCOL_VERSION,
        clientId: message.clientId,
        pingMs: 9000,
        receiveTimeoutMs: 70_000,
        heartbeatTimeoutMs: 180_000,
        reconnectWindowMs: 0,
        ...this.behaviour.welcome,
      });
      this.onHello(socket, message);
    } else if (message.type === 'ping' && this.behaviour.answersPings) {
      socket.say({ type: 'pong', id: message.id });
    }
  }

  #dial(request: DialRequest, listener: SocketListener): Socket {
    const socket = new SimulatedSocket(this, request, listener, this.clock.now());
    this.sockets.push(socket);
    this.dialTimes.push(this.clock.now());
    const { dial, ours } = this.behaviour;
    this.later(socket, () => {
      if (dial === null) {
        return;
      }
      if (dial !== 'open') {
        socket.refuse(dial);
      } else if (request.subprotocol !== null && !ours && !this.behaviour.echoes) {
        socket.refuse({ kind: 'subprotocol' });
      } else {
        listener.opened(request.subprotocol === null ? '' : SUBPROTOCOL);
        socket.opened();
        this.onOpen(socket);
      }
    });
    return socket;
  }
}
