import assert from 'node:assert/strict';
import type { AddressInfo } from 'node:net';
import WebSocket, { WebSocketServer } from 'ws';
import { ReceiveMemory, ReceivingAgent } from '../../../src/client/nodeReceiveMemory';

describe('a client in an extension host', () => {
  it('reads into its own memory, although VS Code puts an agent of its own before every request', async () => {
    const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
    await new Promise((resolve) => server.once('listening', resolve));
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
    const socket = new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`, {
      perMessageDeflate: false,
      agent: new ReceivingAgent(memory),
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
    assert.equal(bytes, 20 * 1024 * 1024);
    assert.ok(reads >= 80, `${reads} reads`);
    assert.ok(buffers.size < reads / 2, `${buffers.size} buffers in ${reads} reads`);
  });
});
