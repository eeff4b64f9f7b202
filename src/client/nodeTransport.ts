import type { ClientRequest, IncomingMessage } from 'node:http';
import { networkInterfaces } from 'node:os';
import WebSocket from 'ws';
import { LIMITS } from '../protocol/limits';
import { parseAddress } from './address';
import { ReceiveMemory, ReceivingAgent } from './nodeReceiveMemory';
import { REDIRECTS_MAX, readRedirect } from './redirect';
import type { DialFailure, DialRequest, Socket, SocketListener, Transport } from './transport';

/** A frame's length field and header come on top of the lines. */
const largestFrameBytes = LIMITS.frameBytes + LIMITS.frameHeaderBytes + 4;

/** Floods of pings end by our own limit, which says so (`floodGuard.ts`); `ws` would cut the connection. Not in its types yet. */
const unlimitedPongs = { maxPendingAutoPongs: 0 };

/** Codes of Node's TLS errors that are about the certificate (tls documentation, "X509 certificate error codes"). */
const certificateCode =
  /^(CERT_|ERR_TLS_CERT|UNABLE_TO_|SELF_SIGNED|DEPTH_ZERO|INVALID_CA|INVALID_PURPOSE|PATH_LENGTH_EXCEEDED|HOSTNAME_MISMATCH|CRL_|ERROR_IN_C)/;

/** Sockets of Node, by the `ws` package. */
export const nodeTransport: Transport = {
  canPingFrame: true,
  canSetHeaders: true,
  dial: (request, listener) => new NodeSocket(request, listener),
  networkFingerprint() {
    const parts: string[] = [];
    for (const [name, addresses] of Object.entries(networkInterfaces())) {
      for (const address of addresses ?? []) {
        if (!address.internal) {
          parts.push(`${name} ${address.address}`);
        }
      }
    }
    return parts.sort().join('\n');
  },
};

class NodeSocket implements Socket {
  #socket: WebSocket | null;
  /** What is dialled at present: a redirect that must not see the token ends it for those behind it, too. */
  #request: DialRequest;
  readonly #listener: SocketListener;
  /** Where speed is bounded by this process alone: on this machine, without TLS and compression. */
  #memory: ReceiveMemory | undefined;
  #redirects = 0;
  #opened = false;
  #ended = false;

  constructor(request: DialRequest, listener: SocketListener) {
    this.#request = request;
    this.#listener = listener;
    this.#socket = this.#dial(request);
  }

  send(text: string): void {
    if (this.#socket?.readyState === WebSocket.OPEN) {
      // An error of sending is followed by the close, which says it.
      this.#socket.send(text, () => {});
    }
  }

  pingFrame(payload: string): void {
    if (this.#socket?.readyState === WebSocket.OPEN) {
      this.#socket.ping(payload, true, () => {});
    }
  }

  close(code: number, reason: string): void {
    this.#socket?.close(code, reason);
  }

  terminate(): void {
    this.#ended = true;
    this.#socket?.terminate();
  }

  pause(): void {
    this.#socket?.pause();
  }

  resume(): void {
    this.#socket?.resume();
  }

  #dial({ url, subprotocol, token }: DialRequest): WebSocket | null {
    const parsed = parseAddress(url);
    const loopback = parsed.kind === 'address' && parsed.address.loopback;
    const socketPath = parsed.kind === 'address' ? parsed.address.socketPath : undefined;
    this.#memory = loopback && !parsed.address.url.startsWith('wss:') ? new ReceiveMemory() : undefined;
    let socket: WebSocket;
    try {
      socket = new WebSocket(url, subprotocol === null ? [] : [subprotocol], {
        // Compression costs more than a loopback saves: 0.26 M lines/s at best, against 3 M without.
        perMessageDeflate: loopback ? false : { threshold: 1024 },
        maxPayload: largestFrameBytes,
        ...unlimitedPongs,
        // A log may hold anything; bytes that are no UTF-8 are shown as such instead of ending the connection.
        skipUTF8Validation: true,
        followRedirects: false,
        // The default, on which the memory that is read into depends.
        allowSynchronousEvents: true,
        ...(this.#memory ? { agent: new ReceivingAgent(this.#memory, socketPath) } : {}),
        ...(token === undefined ? {} : { headers: { Authorization: `Bearer ${token}` } }),
      });
    } catch (error) {
      queueMicrotask(() => this.#fail({ kind: 'request', detail: messageOf(error) }));
      return null;
    }
    socket.binaryType = 'nodebuffer';
    socket.on('open', () => this.#open(socket));
    socket.on('unexpected-response', (httpRequest, response) => this.#answered(url, httpRequest, response));
    socket.on('message', (data, isBinary) => this.#message(data as Buffer, isBinary));
    socket.on('ping', () => {
      // The answer, with the same payload, may wait for its turn to be sent.
      this.#memory?.keepNewest();
      this.#tell((listener) => listener.pingFrame());
    });
    socket.on('pong', (payload) => {
      const text = payload.toString('latin1');
      this.#tell((listener) => listener.pongFrame(text));
    });
    socket.on('error', (error) => {
      if (socket === this.#socket) {
        this.#error(error);
      }
    });
    socket.on('close', (code, reason) => {
      if (socket === this.#socket) {
        this.#end((listener) => listener.closed(code, reason.toString('utf8')));
      }
    });
    return socket;
  }

  #open(socket: WebSocket): void {
    this.#opened = true;
    this.#tell((listener) => listener.opened(socket.protocol));
  }

  #message(data: Buffer, isBinary: boolean): void {
    this.#memory?.messageEnded();
    if (this.#ended) {
      return;
    }
    if (isBinary) {
      this.#listener.binary(this.#memory?.lasting(data) ?? data);
    } else {
      this.#listener.text(data.toString('utf8'));
    }
  }

  /** The answer is an HTTP status. `url`: what was dialled. */
  #answered(url: string, request: ClientRequest, response: IncomingMessage): void {
    const status = response.statusCode ?? 0;
    const redirect = readRedirect(url, status, response.headers.location);
    if (redirect?.isFollowed === true && this.#redirects < REDIRECTS_MAX && !this.#ended) {
      response.resume();
      this.#redirects++;
      const { token, ...rest } = this.#request;
      this.#request = { ...rest, url: redirect.url, ...(token !== undefined && redirect.keepsToken ? { token } : {}) };
      // Before the old one is ended: what that still tells is nobody's any more.
      this.#socket = this.#dial(this.#request);
      request.destroy();
      return;
    }
    const retryAfterMs = readRetryAfter(response.headers['retry-after']);
    const refuse = (words: string) => {
      request.destroy();
      this.#fail({
        kind: 'http',
        status,
        ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
        ...(redirect === null ? {} : { location: redirect.shown, tooOften: redirect.isFollowed }),
        ...(url.startsWith('ws:') && wantsTls.test(words) ? { wantsTls: true } : {}),
      });
    };
    if (status === 400) {
      readBeginning(response, refuse);
    } else {
      response.resume();
      refuse('');
    }
  }

  #error(error: Error): void {
    if (!this.#opened) {
      this.#fail(dialFailureOf(error));
      return;
    }
    const code = codeOf(error);
    if (code.startsWith('WS_ERR_')) {
      this.#end((listener) => listener.broken(error.message));
      this.#socket?.terminate();
    }
    // Anything else is followed by 'close' with code 1006.
  }

  #fail(failure: DialFailure): void {
    this.#end((listener) => listener.failed(failure));
  }

  #end(tell: (listener: SocketListener) => void): void {
    if (!this.#ended) {
      this.#ended = true;
      tell(this.#listener);
    }
  }

  #tell(tell: (listener: SocketListener) => void): void {
    if (!this.#ended) {
      tell(this.#listener);
    }
  }
}

/** What nginx and others say to HTTP on a port for TLS. */
const wantsTls = /plain HTTP request was sent to HTTPS port|HTTP request to an HTTPS server/i;

/** So much of an answer is read, in bytes, and so long, in ms. */
const beginningBytes = 2048;
const beginningMs = 1000;

/** Calls back once with the beginning of an answer's text. */
function readBeginning(response: IncomingMessage, callback: (text: string) => void): void {
  let text = '';
  let done = false;
  const finish = () => {
    if (!done) {
      done = true;
      clearTimeout(timer);
      callback(text);
    }
  };
  const timer = setTimeout(finish, beginningMs);
  response.setEncoding('latin1');
  response.on('data', (chunk: string) => {
    text = (text + chunk).slice(0, beginningBytes);
    if (text.length === beginningBytes) {
      finish();
    }
  });
  response.on('end', finish);
  response.on('close', finish);
  response.on('error', finish);
}

function codeOf(error: unknown): string {
  const { code } = error as { readonly code?: unknown };
  return typeof code === 'string' ? code : '';
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function dialFailureOf(error: Error): DialFailure {
  const code = codeOf(error);
  const { message } = error;
  if (/^Server sent (no|an invalid) subprotocol$/.test(message)) {
    return { kind: 'subprotocol' };
  }
  if (certificateCode.test(code)) {
    const { cert } = error as { readonly cert?: { readonly subjectaltname?: unknown } };
    const names = cert?.subjectaltname;
    return { kind: 'certificate', detail: code, ...(typeof names === 'string' ? { names } : {}) };
  }
  if (code === 'EPROTO' && /wrong version number|packet length too long/i.test(message)) {
    return { kind: 'noTls' };
  }
  // HPE_…: the answer is no HTTP. EPROTO: no TLS where TLS was expected. The rest is ws's own check of the handshake.
  if (code.startsWith('HPE_') || code === 'EPROTO' || /^(Invalid|Server sent) /.test(message)) {
    return { kind: 'notWebSocket', detail: message };
  }
  return { kind: 'network', detail: code === '' ? message : code };
}

/** Reads Retry-After: seconds, or a date (RFC 9110 section 10.2.3). */
function readRetryAfter(value: string | undefined): number | undefined {
  if (value === undefined) {
    return undefined;
  }
  if (/^\d+$/.test(value.trim())) {
    return Number(value) * 1000;
  }
  const at = Date.parse(value);
  return Number.isNaN(at) ? undefined : Math.max(0, at - Date.now());
}
