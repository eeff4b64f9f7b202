import type { IncomingMessage } from 'node:http';
import type { AddressInfo, Server } from 'node:net';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import type { Clock } from '../base/clock';
import { RateLimit } from '../base/rateLimit';
import { CLOSE } from '../protocol/closeCodes';
import { LIMITS } from '../protocol/limits';
import type { HelloMessage, LineCount } from '../protocol/messages';
import { socketAddress } from '../protocol/socketAddress';
import { SUBPROTOCOL, WEBSOCKET_PATH } from '../protocol/version';
import { texts } from '../text/texts';
import { Access } from './http/access';
import { type AccessRules, bearerToken, checkRequest, isOperator } from './http/accessRules';
import { Listener, type Peer } from './http/listener';
import { listenOnSocket } from './http/localSocket';
import { createRequestHandler } from './http/requestHandler';
import type { DropReason } from './http/unprovenPool';
import { RingSource } from './ring/ringSource';
import type { ServerLog } from './ring/serverLog';
import { drawSecret } from './secret';
import type { ServerTimings } from './serverTimings';
import { PlainSession } from './sessions/plainSession';
import { Session } from './sessions/session';
import { SESSION_LIMITS } from './sessions/sessionLimits';
import type { RunnableCommand, SessionServer } from './sessions/sessionServer';
import { shownClient, Takeover } from './sessions/takeover';
import type { SourceSet } from './sourceSet';

export interface LogServerOptions {
  readonly clock: Clock;
  readonly host: string;
  readonly port: number;
  /** Path of a Unix socket or Windows pipe to listen on instead of host and port. */
  readonly socket?: string | undefined;
  readonly lines: LineCount;
  readonly timings: ServerTimings;
  readonly maxClients: number;
  readonly token: string | undefined;
  readonly allowedOrigins: readonly string[];
  readonly tls: { readonly cert: Buffer; readonly key: Buffer } | undefined;
  readonly pageFolder: string;
  readonly version: string;
  readonly sources: SourceSet;
  readonly serverLog: ServerLog;
  /** Clients wait for it, from the opening of the port on: the sources are there. Absent: they are. */
  readonly ready?: Promise<void>;
  /** The stream is over for everyone once all sources have ended. */
  readonly endWithSources: boolean;
  /** What clients on this machine may have run again once it has ended. */
  readonly command?: RunnableCommand | undefined;
  /** Draws tickets, the tokens of pages and the keys of clients; absent: at random. */
  readonly drawSecret?: () => string;
}

/**
 * Connections at once, at each address that is listened at, that have yet to prove that they may read;
 * they do not count against `maxClients`. Of the thousand that one more program opens and opens again each
 * lives long enough to show a token, and all of them cost a few MiB.
 */
const MOST_UNPROVEN = 256;
/** At most so often it is told that there were more, in ms. */
const CROWDED_LOG_MS = 60_000;
/** Pieces that a message of a client may come in: none of ours sends any, and each costs more than its bytes. */
const MOST_FRAGMENTS = 256;
/** Reads of the socket that one frame may be spread over; 64 KiB in the segments of any network are fewer. */
const MOST_BUFFERED_CHUNKS = 1024;

/** Clients that may return per second after a restart. */
const RETURNS_PER_SECOND = 200;

/** A request for a WebSocket in which nothing is wrong. */
interface Admissible {
  readonly request: IncomingMessage;
  readonly socket: Duplex;
  readonly head: Buffer;
  readonly peer: Peer;
  /** It shows the token, or none is wanted. */
  readonly authorized: boolean;
  /** It offers our subprotocol. */
  readonly speaksOurs: boolean;
  refuse(status: string, sentence: string): void;
}

/** Listens, admits clients, and says goodbye to them. */
export class LogServer implements SessionServer {
  readonly clock: Clock;
  readonly timings: ServerTimings;
  readonly #options: LogServerOptions;
  readonly #rules: AccessRules;
  readonly #access: Access;
  readonly #listeners: Listener[] = [];
  readonly #webSockets: WebSocketServer;
  /** With the connection of each. */
  readonly #sessions = new Map<Session | PlainSession, Peer>();
  /** Those of {@link #sessions} that have proved that they may read: they count against `maxClients`. */
  readonly #clients = new Set<Session | PlainSession>();
  readonly #crowdedLog: RateLimit;
  readonly #takeover: Takeover<Session>;
  #stopping = false;
  #isReady: boolean;
  /** Address of the page, once a port is open or about to be. */
  #page: Promise<string> | undefined;
  #external: URL | undefined;

  constructor(options: LogServerOptions) {
    this.#options = options;
    this.#isReady = options.ready === undefined;
    void options.ready?.then(() => {
      this.#isReady = true;
    });
    const draw = options.drawSecret ?? drawSecret;
    this.#access = new Access(options.token, options.clock, draw);
    this.#takeover = new Takeover(draw);
    this.clock = options.clock;
    this.timings = options.timings;
    this.#crowdedLog = new RateLimit(options.clock, 1, 1000 / CROWDED_LOG_MS);
    this.#rules = {
      host: options.host,
      allowedOrigins: options.allowedOrigins,
      isGuarded: this.#access.isGuarded,
      external: () => this.#external,
    };
    this.#webSockets = new WebSocketServer({
      noServer: true,
      // Compression makes a loopback stream 10 to 500 times slower.
      perMessageDeflate: false,
      maxPayload: LIMITS.controlMessageBytes,
      maxFragments: MOST_FRAGMENTS,
      maxBufferedChunks: MOST_BUFFERED_CHUNKS,
      // Pings are answered by the sessions, up to their limit; ws would cut a flood off without a word.
      autoPong: false,
      handleProtocols: (offered) => (offered.has(SUBPROTOCOL) ? SUBPROTOCOL : false),
    });
  }

  get sources() {
    return this.#options.sources.all;
  }

  get onDidAddSource() {
    return this.#options.sources.onDidAdd;
  }

  get command(): RunnableCommand | undefined {
    return this.#options.command;
  }

  get clientCount(): number {
    return this.#sessions.size;
  }

  /**
   * Opens the port or the socket and returns the address for people.
   * @param port another one than in the options, where that was taken.
   * @throws the system's error, such as EADDRINUSE; it may be called again then.
   */
  async start(port = this.#options.port): Promise<string> {
    const { socket } = this.#options;
    if (socket !== undefined) {
      await this.#listen((server) => listenOnSocket(server, socket));
      return socketAddress(socket);
    }
    return this.openPort(port);
  }

  /**
   * Opens a port, if none is open yet, and returns the address of the page for people.
   *
   * @param port 0: any free one.
   * @throws the system's error, such as EADDRINUSE; another port may be tried then.
   */
  openPort(port: number): Promise<string> {
    this.#page ??= this.#openPort(port).catch((error: unknown) => {
      this.#page = undefined;
      throw error;
    });
    return this.#page;
  }

  /**
   * A ticket for one page; whoever shows it first, within two minutes, may read as if it had the token.
   *
   * @param origin where the page will be, if no address of the loopback: pages of this origin may read, those
   * of the one before no longer.
   */
  issueTicket(origin: string | null): string {
    this.#external = origin === null ? undefined : new URL(origin);
    return this.#access.issueTicket();
  }

  async #openPort(port: number): Promise<string> {
    const { host, tls } = this.#options;
    const main = await this.#listen((server) => listenOnPort(server, host, port));
    const bound = main.address() as AddressInfo;
    if (host === '127.0.0.1') {
      // Browsers may try ::1 first for "localhost"; without it they would meet whoever listens there.
      await this.#listen((server) => listenOnPort(server, '::1', bound.port)).catch(() => undefined);
    }
    const shown = bound.family === 'IPv6' || host.includes(':') ? `[${host}]` : host;
    return `${tls ? 'https' : 'http'}://${shown}:${bound.port}`;
  }

  /** Says goodbye to all clients, and resolves when the last one is gone or a second has passed. */
  async stop(): Promise<void> {
    this.#stopping = true;
    const windowMs = this.reconnectWindowMs();
    for (const { server } of this.#listeners) {
      server.close();
    }
    for (const session of [...this.#sessions.keys()]) {
      session.goAway(texts.server.closeReason.restart, windowMs);
    }
    const deadline = this.clock.now() + SESSION_LIMITS.closeMs;
    while (this.#sessions.size > 0 && this.clock.now() < deadline) {
      await new Promise<void>((resolve) => {
        this.clock.schedule(10, resolve);
      });
    }
    for (const listener of this.#listeners) {
      listener.destroyConnections();
    }
  }

  // --- SessionServer ------------------------------------------------------------------------------

  reconnectWindowMs(): number {
    return Math.round((this.#sessions.size / RETURNS_PER_SECOND) * 1000);
  }

  acceptsToken(token: string | undefined): boolean {
    return this.#access.accepts(token);
  }

  register(session: Session, { clientId, takeoverKey: shownKey }: HelloMessage): string | null {
    const { takeoverKey, older } = this.#takeover.register(session, clientId, shownKey);
    older?.close(CLOSE.takenOver, texts.server.closeReason.takenOver);
    const peer = this.#sessions.get(session);
    if (peer?.isProven === false) {
      const inherits = older !== undefined && this.#sessions.get(older)?.isProven === true;
      if (inherits || this.#hasPlace()) {
        this.#prove(session, peer);
      } else {
        return null;
      }
    }
    this.log('info', texts.server.clientConnected(shownClient(clientId), session.from, this.#sessions.size));
    return takeoverKey;
  }

  endsWithSources(): boolean {
    return this.#options.endWithSources && this.sources.every((source) => source.state === 'ended');
  }

  /**
   * Closes with 4300 the clients that are left once the stream has ended and everybody has all of it:
   * those that follow no source hear of no end. Sessions that have not said hello yet may still read.
   */
  closeEnded(): void {
    if (this.sources.every((source) => source instanceof RingSource && source.isReadToEnd)) {
      for (const session of [...this.#takeover.sessions()]) {
        session.close(CLOSE.streamEnded, texts.server.closeReason.ended);
      }
    }
  }

  log(level: 'info' | 'debug', text: string): void {
    this.#options.serverLog.write(level, text);
  }

  // --- admission ----------------------------------------------------------------------------------

  #hasPlace(): boolean {
    return this.#clients.size < this.#options.maxClients;
  }

  #prove(session: Session | PlainSession, peer: Peer): void {
    peer.prove();
    if (peer.isProven) {
      this.#clients.add(session);
    }
  }

  async #listen(begin: (server: Server) => Promise<void>): Promise<Server> {
    const { tls, version, pageFolder } = this.#options;
    const listener = new Listener({
      clock: this.clock,
      unproven: { most: MOST_UNPROVEN, deadlineMs: this.timings.unprovenMs },
      tls,
      handler: createRequestHandler({
        pageFolder,
        rules: this.#rules,
        health: () => ({ version, clients: this.#clients.size, sources: this.sources.length }),
        redeem: (ticket) => this.#access.redeem(ticket),
        onRefused: (why, request) => this.log('info', texts.server.requestRefused(why, address(request))),
      }),
      onUpgrade: (request, socket, head, peer) => this.#upgrade(request, socket, head, peer),
      onCrowded: () => {
        if (this.#crowdedLog.take()) {
          this.log('info', texts.server.crowded(MOST_UNPROVEN));
        }
      },
    });
    const { server } = listener;
    await begin(server);
    server.on('error', (error) => this.log('info', error.message));
    this.#listeners.push(listener);
    if (this.#stopping) {
      server.close();
    }
    return server;
  }

  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer, peer: Peer): void {
    const refuse = (status: string, sentence: string) => {
      this.log('info', texts.server.requestRefused(sentence, address(request)));
      const body = `${sentence}\n`;
      // Not left to the other end, which could keep the connection and with it a place.
      socket.once('finish', () => socket.destroy());
      socket.end(
        `HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
      );
    };
    const { http } = texts.server;
    const refusal = checkRequest(request, this.#rules);
    if (refusal) {
      refuse('403 Forbidden', http[refusal]);
      return;
    }
    if ((request.url ?? '').split('?', 1)[0] !== WEBSOCKET_PATH) {
      refuse('404 Not Found', http.notFound);
      return;
    }
    const offered = request.headers['sec-websocket-protocol'];
    const speaksOurs = offered?.split(',').some((name) => name.trim() === SUBPROTOCOL) ?? false;
    const shown = bearerToken(request);
    const authorized = this.#access.accepts(shown);
    // A page cannot set headers: one that speaks our protocol may still show the token in hello.
    if (!authorized && (shown !== undefined || !speaksOurs)) {
      refuse('401 Unauthorized', http.badToken);
      return;
    }
    const begin = () => this.#admitWith({ request, socket, head, peer, authorized, speaksOurs, refuse });
    if (this.#isReady) {
      begin();
      return;
    }
    if (authorized && this.#access.isGuarded) {
      // It has shown the token: nobody takes its place while it waits.
      peer.prove();
    }
    void this.#options.ready?.then(begin);
  }

  /** The sources are there. */
  #admitWith({ request, socket, head, peer, authorized, speaksOurs, refuse }: Admissible): void {
    const { closeReason } = texts.server;
    if (this.#stopping) {
      refuse('503 Service Unavailable', closeReason.restart);
      return;
    }
    // Where everybody may read, who speaks our protocol proves that by its hello.
    const isProof = authorized && (this.#access.isGuarded || !speaksOurs);
    if (isProof && !this.#hasPlace()) {
      this.#webSockets.handleUpgrade(request, socket, head, (webSocket) => {
        webSocket.on('error', () => undefined);
        webSocket.close(CLOSE.overloaded.code, closeReason.overloaded);
        // It has no session that would count what it sends.
        webSocket.pause();
        const cut = this.clock.schedule(SESSION_LIMITS.closeMs, () => webSocket.terminate());
        webSocket.once('close', () => cut.dispose());
      });
      return;
    }
    this.#webSockets.handleUpgrade(request, socket, head, (webSocket) => {
      const session = speaksOurs
        ? new Session(webSocket, this, authorized, address(request), isOperator(request, this.#rules))
        : new PlainSession(webSocket, this, this.#options.lines);
      if (isProof) {
        this.#prove(session, peer);
      } else {
        peer.end = (why) => this.#turnAway(session, socket, why);
      }
      this.#admit(webSocket, session, request, peer);
    });
  }

  #admit(socket: WebSocket, session: Session | PlainSession, request: IncomingMessage, peer: Peer): void {
    let problem: string | undefined;
    socket.on('error', (error) => {
      problem = error.message;
    });
    this.#sessions.set(session, peer);
    if (session instanceof PlainSession) {
      this.log('info', texts.server.clientConnected(session.shownClient, address(request), this.#sessions.size));
    }
    socket.once('close', (code, reason) => {
      session.dispose();
      this.#sessions.delete(session);
      this.#clients.delete(session);
      if (session instanceof Session && session.clientId !== undefined) {
        this.#takeover.remove(session, session.clientId);
      }
      const why = session.closeReason ?? problem ?? texts.server.closedByClient(code, reason.toString('utf8'));
      this.log('info', texts.server.clientDisconnected(session.shownClient, why, this.#sessions.size));
    });
  }

  /** Ends a WebSocket that has not proved that it may read. It is told why, and not waited for. */
  #turnAway(session: Session | PlainSession, socket: Duplex, why: DropReason): void {
    if (session.closeReason !== undefined) {
      socket.destroy();
      return;
    }
    const { closeReason } = texts.server;
    if (why === 'late') {
      session.close(CLOSE.protocolError, closeReason.helloTimeout(this.timings.unprovenMs));
    } else {
      session.close(CLOSE.overloaded, closeReason.overloaded);
    }
    socket.once('finish', () => socket.destroy());
    socket.end();
  }
}

function listenOnPort(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ port, host, ipv6Only: true, backlog: 4096 }, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

/** Where a request comes from; one over a local socket has no address. */
function address(request: IncomingMessage): string {
  if (request.socket.remoteAddress === undefined && request.socket.remotePort === undefined) {
    return texts.server.fromSocket;
  }
  return `${request.socket.remoteAddress ?? 'unknown'}:${request.socket.remotePort ?? 0}`;
}
