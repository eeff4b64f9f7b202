import { EventEmitter } from 'node:events';
import type { WebSocket } from 'ws';
import { Emitter } from '../../src/base/emitter';
import { decodeFrame, type LinesFrame } from '../../src/protocol/frames';
import type { EventMessage, HelloMessage, ServerMessage } from '../../src/protocol/messages';
import { PROTOCOL_VERSION } from '../../src/protocol/version';
import type { LogSource } from '../../src/server/logSource';
import { serverTimings } from '../../src/server/serverTimings';
import { Session } from '../../src/server/sessions/session';
import type { RunnableCommand, SessionServer } from '../../src/server/sessions/sessionServer';
import { SourceNames } from '../../src/server/sourceId';
import { FakeClock } from './fakeClock';

/** The server's end of a WebSocket, as far as a session uses one. It takes everything unless a test stops it. */
export class FakeServerSocket extends EventEmitter {
  readonly OPEN = 1;
  readonly readyState = 1;
  readonly sent: (string | Buffer)[] = [];
  /** Whether the way takes what it is given; what it does not take is unsent. */
  takes = true;
  /** Code and reason of each close. */
  readonly closes: string[] = [];
  paused = false;
  readonly #unsent: { readonly size: number; left: number; readonly sent: (() => void) | undefined }[] = [];

  /** As with a real one, a message counts whole until all of it is gone. */
  get bufferedAmount(): number {
    return this.#unsent.reduce((sum, { size }) => sum + size, 0);
  }

  /** Where a real one tells of the write under way. */
  get _socket(): object {
    return { _handle: { writeQueueSize: this.#unsent[0]?.left ?? 0 } };
  }

  send(data: string | Buffer, ...rest: readonly unknown[]): void {
    const last = rest.at(-1);
    const sent = typeof last === 'function' ? (last as () => void) : undefined;
    this.sent.push(data);
    this.#unsent.push({ size: data.length, left: data.length, sent });
    if (this.takes) {
      this.take(Number.POSITIVE_INFINITY);
    }
  }

  pause(): void {
    this.paused = true;
  }

  /** The way takes up to so many bytes; messages that are gone whole are called back. */
  take(bytes: number): void {
    let left = bytes;
    for (let first = this.#unsent[0]; first && left > 0; first = this.#unsent[0]) {
      const taken = Math.min(left, first.left);
      left -= taken;
      first.left -= taken;
      if (first.left > 0) {
        return;
      }
      this.#unsent.shift();
      queueMicrotask(() => first.sent?.());
    }
  }

  close(code: number, reason: string): void {
    this.closes.push(`${code} ${reason}`);
  }

  terminate(): void {}
}

/** One session on a fake clock, between sources and a socket that a test holds. */
export class SimulatedSession {
  readonly clock = new FakeClock();
  readonly socket = new FakeServerSocket();
  readonly log: string[] = [];
  readonly session: Session;
  readonly #added = new Emitter<LogSource>();
  readonly #names: SourceNames<LogSource>;

  /** `command`: what this client, the operator's, may have run again. */
  constructor(sources: readonly LogSource[], hello: Partial<HelloMessage> = {}, command?: RunnableCommand) {
    const { clock, log } = this;
    this.#names = new SourceNames(sources);
    const server: SessionServer = {
      clock,
      timings: serverTimings(70_000, 180_000),
      sources,
      names: this.#names,
      onDidAddSource: this.#added.event,
      reconnectWindowMs: () => 0,
      acceptsToken: () => true,
      register: () => 'key',
      endsWithSources: () => false,
      log: (_level, text) => log.push(text),
      command,
    };
    this.session = new Session(this.socket as unknown as WebSocket, server, true, true);
    this.say({ type: 'hello', version: PROTOCOL_VERSION, clientId: 'c', heartbeatMs: 9000, lines: 'all', ...hello });
  }

  /** Another source comes. */
  add(source: LogSource): void {
    this.#names.add(source);
    this.#added.fire(source);
  }

  /** The client says something. */
  say(message: object): void {
    this.socket.emit('message', Buffer.from(JSON.stringify(message)), false);
  }

  /** Lets the time pass for a client that sends its heartbeats and answers those of the server. */
  async pass(ms: number): Promise<void> {
    for (let left = ms; left > 0; left -= 1000) {
      this.say({ type: 'ping', id: 1 });
      for (const { id } of this.messages.filter((message) => message.type === 'ping').slice(-1)) {
        this.say({ type: 'pong', id });
      }
      await this.clock.advanceAsync(Math.min(left, 1000));
    }
  }

  get messages(): ServerMessage[] {
    return this.socket.sent
      .filter((data) => typeof data === 'string')
      .map((data) => JSON.parse(data.toString()) as ServerMessage);
  }

  /** Frames and messages in the order in which they were sent, but heartbeats and welcome. */
  get arrivals(): (LinesFrame | Extract<ServerMessage, { readonly source: string }>)[] {
    type Arrival = (typeof this.arrivals)[number];
    return this.socket.sent.flatMap((data): Arrival[] => {
      if (typeof data === 'string') {
        const message = JSON.parse(data) as ServerMessage;
        return 'source' in message ? [message] : [];
      }
      const result = decodeFrame(data);
      return result.kind === 'frame' ? [result.frame] : [];
    });
  }

  events(kind: string): EventMessage[] {
    return this.messages.filter(
      (message): message is EventMessage => message.type === 'event' && message.kind === kind,
    );
  }

  /** The states that were told of a source, in order. */
  states(source: string): string[] {
    return this.messages.flatMap((message) =>
      message.type === 'source' && message.source === source ? [message.state] : [],
    );
  }

  get frames(): LinesFrame[] {
    return this.socket.sent.flatMap((data) => {
      const result = typeof data === 'string' ? undefined : decodeFrame(data);
      return result?.kind === 'frame' ? [result.frame] : [];
    });
  }

  /** The lines that came of a source, history apart. */
  text(source: string): string {
    const frames = this.frames.filter((frame) => frame.source === source && frame.history !== true);
    return frames.map(({ bytes }) => Buffer.from(bytes).toString()).join('');
  }
}
