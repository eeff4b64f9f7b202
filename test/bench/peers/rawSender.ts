// The raw limit: a bare `ws` server that sends 256 KiB binary frames from memory, as fast as the
// socket takes them. Nothing a log server does can be faster. Prints its port, then serves.
import { readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { WebSocketServer } from 'ws';

const FRAME_BYTES = 256 * 1024;
const path = process.argv[2];
if (path === undefined) {
  throw new Error('usage: rawSender FILE');
}
const content = readFileSync(path);
const server = new WebSocketServer({ port: 0, host: '127.0.0.1', perMessageDeflate: false });
server.on('listening', () => console.log((server.address() as AddressInfo).port));
server.on('connection', (socket) => {
  let offset = 0;
  const sendMore = () => {
    while (offset < content.length && socket.bufferedAmount < 4 * FRAME_BYTES) {
      const end = Math.min(content.length, offset + FRAME_BYTES);
      socket.send(content.subarray(offset, end), { binary: true }, sendMore);
      offset = end;
    }
  };
  sendMore();
});
