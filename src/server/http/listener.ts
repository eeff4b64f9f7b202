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
import type { Clock } from '../../base/clock';
import { type DropReason, type UnprovenLimits, UnprovenPool } from './unprovenPool';

/** Longest head of a request, in bytes (RFC 9112 section 3 and 5). */
const MOST_HEADER_BYTES = 16 * 1024;
/** Requests that may come behind the first of a connection before it is cut. Browsers and proxies send none. */
const MOST_UNHEARD = 16;

export interface ListenerOptions {
  readonly clock: Clock;
  readonly unproven: UnprovenLimits;
  readonly tls: { readonly cert: Buffer; readonly key: Buffer } | undefined;
  /** Answers requests: the first of each connection. */
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
  /** How many requests have come. */
  asked = 0;
  #isProven = false;

  constructor(pool: UnprovenPool<Peer>, end: () => void) {
    this.#pool = pool;
    this.end = end;
  }

  /** Whether it has shown that it may read. This is the one place to ask. */
  get isProven(): boolean {
    return this.#isProven;
  }

  /**
   * It has shown that it may read: from now on nobody who has not can take its place. One that has lost
   * its place before is about to end, and stays unproven.
   */
  prove(): void {
    this.#isProven ||= this.#pool.leave(this);
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
    // Its own deadlines begin with a request and end with its last byte, so they are not used.
    const http = createHttpServer({ maxHeaderSize: MOST_HEADER_BYTES });
    http.on('request', (request, response) => this.#answer(request, response, handler));
    http.on('checkContinue', (request, response) => {
      this.#answer(request, response, () => {
        response.writeContinue();
        handler(request, response);
      });
    });
    http.on('checkExpectation', (request, response) => {
      this.#answer(request, response, () => response.writeHead(417, { 'Content-Length': 0 }).end());
    });
    http.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
      socket.on('error', () => socket.destroy());
      const peer = this.#peers.get(socket);
      if (peer === undefined || peer.asked > 0) {
        // Its bytes would stand in the midst of the answer to another request.
        socket.destroy();
        return;
      }
      peer.asked++;
      if (request.headers.upgrade?.trim().toLowerCase() === 'websocket') {
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
        lingerAfterAnswer(socket);
        http.emit('connection', socket);
        return;
      }
      const secured = new TLSSocket(socket, { isServer: true, secureContext, ALPNProtocols: ['http/1.1'] });
      secured.on('error', () => socket.destroy());
      lingerAfterAnswer(secured);
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

  /**
   * Answers the first request of a connection, and ends it with the answer: what more the system would take
   * for an end that reads nothing is memory, too, and the few files of the page would gain little by it. A
   * client that sent more asks for the rest again on another connection (RFC 9112 section 9.3.2).
   */
  #answer(request: IncomingMessage, response: ServerResponse, handler: RequestListener): void {
    const peer = this.#peers.get(request.socket);
    if (peer === undefined) {
      return;
    }
    peer.asked++;
    if (peer.asked === 1) {
      response.shouldKeepAlive = false;
      handler(request, response);
    } else if (peer.asked > 1 + MOST_UNHEARD) {
      request.socket.destroy();
    }
  }

  #enter(socket: Socket): void {
    // A reset, or what the other end has not read would still be kept for it. Local sockets know none.
    const peer = new Peer(this.#pool, () =>
      socket.remotePort === undefined ? socket.destroy() : socket.resetAndDestroy(),
    );
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
 * Has a connection wait, after its last answer, until the other end has closed its half (RFC 9112 section
 * 9.6). Node.js would leave it to the system, which keeps what was not read, of as many connections as are
 * opened, for minutes. Like this it has its place in the pool until then, and its deadline.
 */
function lingerAfterAnswer(socket: Socket): void {
  socket.destroySoon = () => socket.end();
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
  response.once('finish', () => socket.end());
  // Nobody else hears of the end of its half.
  socket.resume();
  handler(request, response);
}
