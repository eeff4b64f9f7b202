import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import type { Clock } from '../../base/clock';
import { CLOSE } from '../../protocol/closeCodes';
import { LIMITS } from '../../protocol/limits';
import { SUBPROTOCOL, WEBSOCKET_PATH } from '../../protocol/version';
import { texts } from '../../text/texts';
import type { Access } from './access';
import { type AccessRules, bearerToken, checkRequest, isOperator } from './accessRules';
import type { Peer } from './listener';
import { remoteAddress } from './remoteAddress';

/** Pieces that a message of a client may come in: none of ours sends any, and each costs more than its bytes. */
const MOST_FRAGMENTS = 256;
/** Reads of the socket that one frame may be spread over; 64 KiB in the segments of any network are fewer. */
const MOST_BUFFERED_CHUNKS = 1024;

/** A WebSocket that was let in. */
export interface Admitted {
  readonly webSocket: WebSocket;
  /** The connection below it. */
  readonly socket: Duplex;
  readonly peer: Peer;
  /** Where it comes from, as logs show it. */
  readonly from: string;
  /** It speaks our protocol; others get lines as text. */
  readonly speaksOurs: boolean;
  /** It has shown the token, or none is wanted. */
  readonly authorized: boolean;
  /** It has proved already that it may read; others do so by their hello. */
  readonly isProof: boolean;
  /** Who started the server is at the other end, and not merely somebody who may read. */
  readonly isOperator: boolean;
}

export interface AdmissionOptions {
  readonly clock: Clock;
  readonly rules: AccessRules;
  readonly access: Access;
  /** Those who are let in wait for it; undefined: they need not. */
  readonly ready: Promise<void> | undefined;
  /** How long a WebSocket that is turned away has for its goodbye, in ms. */
  readonly closeMs: number;
  readonly isStopping: () => boolean;
  /** Whether there is a place for one client more. */
  readonly hasPlace: () => boolean;
  readonly onRefused: (why: string, request: IncomingMessage) => void;
  readonly admit: (admitted: Admitted) => void;
}

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

/** Decides which requests become WebSockets, and when. What those do is nothing to it. */
export class Admission {
  readonly #options: AdmissionOptions;
  readonly #webSockets: WebSocketServer;
  #isReady: boolean;

  constructor(options: AdmissionOptions) {
    this.#options = options;
    this.#isReady = options.ready === undefined;
    void options.ready?.then(() => {
      this.#isReady = true;
    });
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

  /** Takes a request for a WebSocket: refuses it, or lets it in once the server is ready. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer, peer: Peer): void {
    const { rules, access, ready, onRefused } = this.#options;
    const refuse = (status: string, sentence: string) => {
      onRefused(sentence, request);
      const body = `${sentence}\n`;
      // Not left to the other end, which could keep the connection and with it a place.
      socket.once('finish', () => socket.destroy());
      socket.end(
        `HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
      );
    };
    const { http } = texts.server;
    const refusal = checkRequest(request, rules);
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
    const authorized = access.accepts(shown);
    // A page cannot set headers: one that speaks our protocol may still show the token in hello.
    if (!authorized && (shown !== undefined || !speaksOurs)) {
      refuse('401 Unauthorized', http.badToken);
      return;
    }
    const begin = () => this.#letIn({ request, socket, head, peer, authorized, speaksOurs, refuse });
    if (this.#isReady) {
      begin();
      return;
    }
    if (authorized && access.isGuarded) {
      // It has shown the token: nobody takes its place while it waits.
      peer.prove();
    }
    void ready?.then(begin);
  }

  /** The sources are there. */
  #letIn({ request, socket, head, peer, authorized, speaksOurs, refuse }: Admissible): void {
    const { rules, access, isStopping, hasPlace, admit } = this.#options;
    if (isStopping()) {
      refuse('503 Service Unavailable', texts.server.closeReason.restart);
      return;
    }
    // Where everybody may read, who speaks our protocol proves that by its hello.
    const isProof = authorized && (access.isGuarded || !speaksOurs);
    const isFull = isProof && !hasPlace();
    this.#webSockets.handleUpgrade(request, socket, head, (webSocket) => {
      if (isFull) {
        this.#turnAway(webSocket);
        return;
      }
      admit({
        webSocket,
        socket,
        peer,
        from: remoteAddress(request),
        speaksOurs,
        authorized,
        isProof,
        isOperator: isOperator(request, rules),
      });
    });
  }

  /** There is no place for one client more: a WebSocket can be told so where a request could not. */
  #turnAway(webSocket: WebSocket): void {
    const { clock, closeMs } = this.#options;
    webSocket.on('error', () => undefined);
    webSocket.close(CLOSE.overloaded.code, texts.server.closeReason.overloaded);
    // It has no session that would count what it sends.
    webSocket.pause();
    const cut = clock.schedule(closeMs, () => webSocket.terminate());
    webSocket.once('close', () => cut.dispose());
  }
}
