import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { WebSocket } from 'ws';
import { SUBPROTOCOL } from '../../src/protocol/version';

/**
 * HTTP status that a request for a WebSocket is answered with; 101 where it is accepted.
 * @param protocol null: none is offered.
 */
export async function upgradeStatus(
  url: string,
  headers: Readonly<Record<string, string>> = {},
  protocol: string | null = SUBPROTOCOL,
): Promise<number> {
  const socket = new WebSocket(url, protocol ?? [], { headers });
  socket.on('error', () => {});
  const status = await Promise.race([
    once(socket, 'open').then(() => 101),
    once(socket, 'unexpected-response').then(([, response]) => (response as IncomingMessage).statusCode ?? 0),
  ]);
  socket.terminate();
  return status;
}
