import type { IncomingMessage } from 'node:http';
import { texts } from '../../text/texts';

/** Where a request comes from, as logs show it; one over a local socket has no address. */
export function remoteAddress({ socket }: IncomingMessage): string {
  if (socket.remoteAddress === undefined && socket.remotePort === undefined) {
    return texts.server.fromSocket;
  }
  return `${socket.remoteAddress ?? 'unknown'}:${socket.remotePort ?? 0}`;
}
