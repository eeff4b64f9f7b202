/** The largest thing a runtime has to give us: sockets. One implementation for Node, one for browsers. */
export interface Transport {
  /** Whether {@link Socket.pingFrame} sends anything: browsers cannot send RFC 6455 pings. */
  readonly canPingFrame: boolean;
  /** Whether {@link DialRequest.token} can travel in a header; where not, it travels in `hello`. */
  readonly canSetHeaders: boolean;
  /** Begins a dial. Never throws: whatever goes wrong is told to `listener.failed`, possibly at once. */
  dial(request: DialRequest, listener: SocketListener): Socket;
  /** A text that changes when this machine's network does; absent where the runtime cannot tell. */
  networkFingerprint?(): string;
}

export interface DialRequest {
  /** An absolute ws: or wss: address; where the runtime has local sockets, a ws+unix: one, too. */
  readonly url: string;
  /** The subprotocol to offer, or null for none. */
  readonly subprotocol: string | null;
  /** Sent as `Authorization: Bearer TOKEN` where headers can be set. */
  readonly token?: string;
}

/** Why a dial did not lead to an open socket. */
export type DialFailure =
  /**
   * The server answered the upgrade with an HTTP status. `location`: the address it redirects to, for people;
   * `tooOften`: redirects were followed, and led to nothing but further ones.
   * `wantsTls`: it said that it expects TLS on this port.
   */
  | {
      readonly kind: 'http';
      readonly status: number;
      readonly retryAfterMs?: number;
      readonly location?: string;
      readonly tooOften?: boolean;
      readonly wantsTls?: boolean;
    }
  /** We offered a subprotocol and the server opened without echoing it. */
  | { readonly kind: 'subprotocol' }
  /** The certificate was not accepted; `detail` is the runtime's code, `names` those it is made out for. */
  | { readonly kind: 'certificate'; readonly detail: string; readonly names?: string }
  /** TLS was begun, and something answered that is none. */
  | { readonly kind: 'noTls' }
  /** The token could not be had; `problem` is one sentence. Nothing was dialled. */
  | { readonly kind: 'credentials'; readonly problem: string }
  /** Something answered that does not speak HTTP, or not the WebSocket handshake. */
  | { readonly kind: 'notWebSocket'; readonly detail: string }
  /** The runtime cannot make such a request at all, say for a token that no header can carry. */
  | { readonly kind: 'request'; readonly detail: string }
  /** Nobody answered: refused, unreachable, unknown host, reset; `detail` is the runtime's code. */
  | { readonly kind: 'network'; readonly detail: string };

/**
 * What a socket tells. Either `failed` once, or `opened` once and then at most one `closed` or `broken`. Nothing
 * comes after `failed`, `broken`, `closed` or {@link Socket.terminate}.
 */
export interface SocketListener {
  /** `subprotocol` is the one the server chose, or ''. */
  opened(subprotocol: string): void;
  failed(failure: DialFailure): void;
  text(text: string): void;
  /** The bytes are never written to again by the transport. */
  binary(bytes: Uint8Array): void;
  /** An RFC 6455 ping of the other end arrived (it is answered by the transport). */
  pingFrame(): void;
  /** An RFC 6455 pong arrived; `payload` repeats that of {@link Socket.pingFrame}. */
  pongFrame(payload: string): void;
  /** The other end sent frames that break RFC 6455 or our limit of size; the transport has ended the connection. */
  broken(reason: string): void;
  /** The connection ended; 1006 where it ended without a close frame. */
  closed(code: number, reason: string): void;
}

/** One connection attempt and what came of it. Every method is harmless on a socket that has ended. */
export interface Socket {
  send(text: string): void;
  /** Sends an RFC 6455 ping; does nothing where the runtime cannot. */
  pingFrame(payload: string): void;
  /** Begins the closing handshake; `closed` follows when the other end answers. At most 123 bytes of reason. */
  close(code: number, reason: string): void;
  /** Ends at once without waiting for the other end; no callback follows. */
  terminate(): void;
  /** Stops reading, so that the other end is slowed down. */
  pause(): void;
  resume(): void;
}
