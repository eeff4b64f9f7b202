import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { type WebSocket, WebSocketServer } from 'ws';
import { encodeFrame, type LinesFrame } from '../../src/protocol/frames';
import type { HelloMessage, ServerMessage, WelcomeMessage } from '../../src/protocol/messages';
import { parseClientMessage } from '../../src/protocol/parse';
import { PROTOCOL_VERSION, SUBPROTOCOL } from '../../src/protocol/version';

/** One connection to a {@link ScriptedPeer}. */
export class PeerConnection {
  /** Application messages of the client, in order. */
  readonly received: string[] = [];
  framePings = 0;

  constructor(
    readonly socket: WebSocket,
    readonly request: IncomingMessage,
    /** 1 for the first connection. */
    readonly ordinal: number,
  ) {
    socket.on('message', (data) => this.received.push(String(data)));
    socket.on('ping', () => this.framePings++);
    socket.on('error', () => {});
  }

  send(message: ServerMessage): void {
    this.socket.send(JSON.stringify(message));
  }

  sendText(text: string): void {
    this.socket.send(text);
  }

  sendLines(lines: string[], header: Partial<LinesFrame> & { readonly seq: number }): void {
    const bytes = Buffer.from(lines.map((line) => `${line}\n`).join(''));
    const frame = { source: 'log', epoch: 'e1', count: lines.length, receivedAt: 0, cursor: null, ...header, bytes };
    this.socket.send(encodeFrame(frame));
  }

  welcome(change: Partial<WelcomeMessage> = {}): void {
    this.send({
      type: 'welcome',
      version: PROTOCOL_VERSION,
      clientId: 'client',
      pingMs: 9000,
      receiveTimeoutMs: 70_000,
      heartbeatTimeoutMs: 180_000,
      reconnectWindowMs: 0,
      ...change,
    });
  }

  /** Answers `ping` and greets after `hello`, as a server of our contract does. */
  behave(onHello: (hello: HelloMessage) => void = () => {}, change: () => Partial<WelcomeMessage> = () => ({})): void {
    this.socket.on('message', (data) => {
      const result = parseClientMessage(String(data));
      if (result.kind !== 'message') {
        return;
      }
      if (result.message.type === 'hello') {
        this.welcome(change());
        onHello(result.message);
      } else if (result.message.type === 'ping') {
        this.send({ type: 'pong', id: result.message.id });
      }
    });
  }
}

interface PeerScript {
  /** Whether our subprotocol is echoed (true). */
  readonly echo?: boolean;
  readonly onConnection?: (connection: PeerConnection) => void;
  /** Answers the upgrade with this status instead. */
  readonly refuse?: (ordinal: number) => { readonly status: number; readonly headers?: Record<string, string> } | null;
  /** 0: any free one. */
  readonly port?: number;
}

/** A WebSocket server on a free port that does what a test says, protocol mistakes included. */
export class ScriptedPeer {
  readonly connections: PeerConnection[] = [];
  #dials = 0;
  readonly #sockets = new Set<Socket>();
  readonly #http: Server;

  private constructor(http: Server, script: PeerScript) {
    this.#http = http;
    const server = new WebSocketServer({
      noServer: true,
      handleProtocols: (offered) => (script.echo !== false && offered.has(SUBPROTOCOL) ? SUBPROTOCOL : false),
    });
    http.on('connection', (socket: Socket) => {
      this.#sockets.add(socket);
      socket.once('close', () => this.#sockets.delete(socket));
    });
    http.on('upgrade', (request, socket: Socket, head) => {
      this.#dials++;
      const refusal = script.refuse?.(this.#dials);
      if (refusal) {
        const headers = Object.entries(refusal.headers ?? {}).map(([name, value]) => `${name}: ${value}\r\n`);
        socket.end(`HTTP/1.1 ${refusal.status} No\r\nConnection: close\r\n${headers.join('')}\r\n`);
        return;
      }
      server.handleUpgrade(request, socket, head, (webSocket) => {
        const connection = new PeerConnection(webSocket, request, this.connections.length + 1);
        this.connections.push(connection);
        script.onConnection?.(connection);
      });
    });
  }

  static start(script: PeerScript = {}): Promise<ScriptedPeer> {
    const http = createServer((_request, response) => response.writeHead(404).end());
    const peer = new ScriptedPeer(http, script);
    return new Promise((resolve, reject) => {
      http.once('error', reject);
      http.listen(script.port ?? 0, '127.0.0.1', () => resolve(peer));
    });
  }

  get port(): number {
    return (this.#http.address() as AddressInfo).port;
  }

  get url(): string {
    return `ws://127.0.0.1:${this.port}/ws`;
  }

  /** How often a connection was asked for, refused ones included. */
  get dials(): number {
    return this.#dials;
  }

  /** Ends everything at once, without goodbye. */
  stop(): Promise<void> {
    for (const socket of this.#sockets) {
      socket.destroy();
    }
    return new Promise((resolve) => this.#http.close(() => resolve()));
  }
}
