import { constants } from 'node:crypto';
import {
  createServer as createHttpServer,
  type IncomingMessage,
  type RequestListener,
  ServerResponse,
} from 'node:http';
import { createServer, type Server, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { createSecureContext, TLSSocket } from 'node:tls';
import type { Clock } from '../base/clock';
import { OneAtATime } from './oneAtATime';
import { type DropReason, type UnprovenLimits, UnprovenPool } from './unprovenPool';

/** Longest head of a request, in bytes (RFC 9112 section 3 and 5). */
const MOST_HEADER_BYTES = 16 * 1024;
/** How long a connection is kept for one more request of a page, in ms. */
const KEEP_ALIVE_MS = 5_000;

export interface ListenerOptions {
  readonly clock: Clock;
  readonly unproven: UnprovenLimits;
  readonly tls: { readonly cert: Buffer; readonly key: Buffer } | undefined;
  /** Answers requests, one at a time for each connection. */
  readonly handler: RequestListener;
  /** Gets the requests for a WebSocket. */
  readonly onUpgrade: (request: IncomingMessage, socket: Duplex, head: Buffer, peer: Peer) => void;
  /** Connections had to be given up because too many came that proved nothing. */
  readonly onCrowded: () => void;
}

/** The other end of one connection, from accept to its end. */
export class Peer {
  readonly #pool: UnprovenPool<Peer>;
  /** Ends the connection; replaced where the peer can be told why. */
  end: (why: DropReason) => void;

  constructor(pool: UnprovenPool<Peer>, end: () => void) {
    this.#pool = pool;
    this.end = end;
  }

  /** Whether it has shown that it may read. This is the one place to ask. */
  get isProven(): boolean {
    return !this.#pool.has(this);
  }

  /** It has shown that it may read: from now on nobody who has not can take its place. */
  prove(): void {
    this.#pool.leave(this);
  }
}

/**
 * Listens at one address and speaks HTTP there, over TLS or not. Every connection counts as unproven from
 * the moment it is accepted, with its TLS handshake, its requests and their answers, until its peer has
 * proved that it may read; see {@link UnprovenPool}.
 */
export class Listener {
  /** What is listened with. The HTTP server behind it is given its connections. */
  readonly server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #peers = new WeakMap<Duplex, Peer>();
  readonly #pool: UnprovenPool<Peer>;

  constructor({ clock, unproven, tls, handler, onUpgrade, onCrowded }: ListenerOptions) {
    this.#pool = new UnprovenPool<Peer>(clock, unproven, (peer, why) => {
      peer.end(why);
      if (why === 'crowdedOut') {
        onCrowded();
      }
    });
    const requests = new OneAtATime(handler);
    // Its own deadlines begin with a request and end with its last byte, so they are not used.
    const http = createHttpServer({ maxHeaderSize: MOST_HEADER_BYTES, keepAliveTimeout: KEEP_ALIVE_MS });
    http.on('request', (request, response) => requests.take(request, response));
    http.on('checkContinue', (request, response) =>
      requests.take(request, response, () => {
        response.writeContinue();
        return true;
      }),
    );
    http.on('checkExpectation', (request, response) =>
      requests.take(request, response, () => {
        response.writeHead(417, { 'Content-Length': 0 }).end();
        return false;
      }),
    );
    http.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
      socket.on('error', () => socket.destroy());
      const peer = this.#peers.get(socket);
      if (peer === undefined || requests.isBusy(socket)) {
        // The connection is no longer one of HTTP; its bytes would stand in the middle of an answer.
        socket.destroy();
      } else if (request.headers.upgrade?.trim().toLowerCase() === 'websocket') {
        onUpgrade(request, socket, head, peer);
      } else {
        answerAsPlain(request, socket, handler);
      }
    });
    // What is no HTTP is answered by Node itself; it must not end the process.
    http.on('clientError', (_error, socket) => socket.destroy());
    const secureContext =
      tls && createSecureContext({ ...tls, secureOptions: constants.SSL_OP_CIPHER_SERVER_PREFERENCE });
    // As an HTTP server accepts its connections.
    this.server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
      this.#enter(socket);
      if (secureContext === undefined) {
        http.emit('connection', socket);
        return;
      }
      const secured = new TLSSocket(socket, { isServer: true, secureContext, ALPNProtocols: ['http/1.1'] });
      secured.on('error', () => socket.destroy());
      this.#peers.set(secured, this.#peers.get(socket) as Peer);
      secured.once('secure', () => http.emit('connection', secured));
    });
  }

  /** Ends all connections that are left. */
  destroyConnections(): void {
    for (const socket of this.#sockets) {
      socket.destroy();
    }
  }

  #enter(socket: Socket): void {
    const peer = new Peer(this.#pool, () => socket.destroy());
    this.#peers.set(socket, peer);
    this.#sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.once('close', () => {
      this.#sockets.delete(socket);
      this.#pool.leave(peer);
    });
    this.#pool.enter(peer);
  }
}

/**
 * Answers a request to upgrade to what is not spoken here, such as `h2c`, as if it asked for nothing
 * (RFC 9110 section 7.8). Node.js 20 hands over every upgrade and parses no more of such a connection.
 */
function answerAsPlain(request: IncomingMessage, socket: Duplex, handler: RequestListener): void {
  const response = new ServerResponse(request);
  response.shouldKeepAlive = false;
  // With and without TLS it is a net.Socket.
  response.assignSocket(socket as Socket);
  response.once('finish', () => (socket as Socket).destroySoon());
  handler(request, response);
}
