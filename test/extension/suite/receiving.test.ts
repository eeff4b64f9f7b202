import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import WebSocket, { WebSocketServer } from 'ws';
import { ReceiveMemory, ReceivingAgent } from '../../../src/client/nodeReceiveMemory';
import { socketAddress } from '../../../src/protocol/socketAddress';
import { makeFolder, removeFolders } from './support';

describe('a client in an extension host', () => {
  afterEach(removeFolders);

  it('reads into its own memory, although VS Code puts an agent of its own before every request', async () => {
    await readFrom('127.0.0.1');
  });

  it('reads into it over a local socket, too', async () => {
    await readFrom(process.platform === 'win32' ? `\\\\.\\pipe\\suite-${process.pid}` : join(makeFolder(), 's'));
  });
});

/** Reads 20 MiB from a server of its own. */
async function readFrom(place: string): Promise<void> {
  const http = createServer();
  const isSocket = place !== '127.0.0.1';
  await new Promise<void>((resolve) => (isSocket ? http.listen(place, resolve) : http.listen(0, place, resolve)));
  const server = new WebSocketServer({ server: http });
  server.on('connection', (socket) => {
    for (let count = 0; count < 20; count++) {
      socket.send(Buffer.alloc(1024 * 1024));
    }
    socket.close();
  });
  let reads = 0;
  const buffers = new Set<Buffer>();
  const memory = new (class extends ReceiveMemory {
    override received(buffer: Buffer, length: number): Buffer {
      reads++;
      buffers.add(buffer);
      return super.received(buffer, length);
    }
  })();
  const url = isSocket ? socketAddress(place, '/') : `ws://127.0.0.1:${(http.address() as AddressInfo).port}`;
  const socket = new WebSocket(url, {
    perMessageDeflate: false,
    agent: new ReceivingAgent(memory, isSocket ? place : undefined),
  });
  let bytes = 0;
  socket.on('message', (data: Buffer) => {
    bytes += data.length;
    memory.messageEnded();
  });
  await new Promise((resolve, reject) => {
    socket.once('close', resolve);
    socket.once('error', reject);
  });
  server.close();
  http.close();
  assert.equal(bytes, 20 * 1024 * 1024);
  assert.ok(reads >= 80, `${reads} reads`);
  assert.ok(buffers.size < reads / 2, `${buffers.size} buffers in ${reads} reads`);
}
