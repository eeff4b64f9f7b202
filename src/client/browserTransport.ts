import type { DialRequest, Socket, SocketListener, Transport } from './transport';

/**
 * Sockets of a browser. A browser says nothing about why a dial failed, sends no RFC 6455 pings and
 * sets no headers; heartbeats are messages, and a token travels in `hello`.
 */
export const browserTransport: Transport = {
  canPingFrame: false,
  canSetHeaders: false,
  dial: (request, listener) => dial(request, listener),
};

function dial({ url, subprotocol }: DialRequest, listener: SocketListener): Socket {
  let ended = false;
  let opened = false;
  const end = (tell: () => void) => {
    if (!ended) {
      ended = true;
      tell();
    }
  };
  let socket: WebSocket;
  try {
    socket = new WebSocket(url, subprotocol === null ? [] : [subprotocol]);
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    queueMicrotask(() => end(() => listener.failed({ kind: 'request', detail })));
    return { send() {}, pingFrame() {}, close() {}, terminate: () => end(() => {}), pause() {}, resume() {} };
  }
  socket.binaryType = 'arraybuffer';
  // A browser cannot stop reading; what arrives meanwhile waits here and is delivered in order.
  let held: MessageEvent[] | null = null;
  const deliver = (event: MessageEvent) => {
    if (ended) {
      return;
    }
    if (typeof event.data === 'string') {
      listener.text(event.data);
    } else {
      listener.binary(new Uint8Array(event.data as ArrayBuffer));
    }
  };
  socket.onopen = () => {
    opened = true;
    if (!ended) {
      listener.opened(socket.protocol);
    }
  };
  socket.onmessage = (event) => (held === null ? deliver(event) : held.push(event));
  socket.onclose = (event) =>
    end(() =>
      opened ? listener.closed(event.code, event.reason) : listener.failed({ kind: 'network', detail: 'ECONNREFUSED' }),
    );
  return {
    send(text) {
      if (socket.readyState === WebSocket.OPEN) {
        socket.send(text);
      }
    },
    pingFrame() {},
    close(code, reason) {
      socket.close(code, reason);
    },
    terminate() {
      ended = true;
      held = null;
      // There is no way to cut a socket off; it is forgotten and closes in its own time.
      socket.close();
    },
    pause() {
      held ??= [];
    },
    resume() {
      const waiting = held ?? [];
      held = null;
      for (const event of waiting) {
        deliver(event);
      }
    },
  };
}
