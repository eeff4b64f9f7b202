import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { connect as connectTls } from 'node:tls';
import { type WebSocket, WebSocketServer } from 'ws';
import { pendingBytes } from '../../../src/server/sessions/pendingWrite';
import { createTemporaryDirectory } from '../../support/temporaryDirectory';

/** More than the buffers of the system hold, several times over. */
const MESSAGE_BYTES = 64 * 1024 * 1024;

/** A runtime that tells this otherwise would have slow clients closed as stalled, and nobody would notice. */
async function movesBeforeTheMessageIsGone(server: ReturnType<typeof createServer>, dial: (port: number) => Socket) {
  const sockets = new WebSocketServer({ server });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const client = dial((server.address() as AddressInfo).port);
  try {
    client.on('error', () => {});
    client.write(
      `GET / HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${Buffer.alloc(16).toString('base64')}\r\n\r\n`,
    );
    const [socket] = (await once(sockets, 'connection')) as [WebSocket];
    socket.on('error', () => {});
    let isGone = false;
    socket.send(Buffer.alloc(MESSAGE_BYTES), () => {
      isGone = true;
    });
    let most = 0;
    while (most === 0) {
      await nextTurn();
      most = pendingBytes(socket);
    }
    client.resume();
    for (let now = most; now >= most; now = pendingBytes(socket)) {
      most = now;
      await nextTurn();
    }
    assert.equal(isGone, false);
  } finally {
    client.destroy();
    sockets.close();
    server.close();
  }
}

describe('what is told of a write under way', function () {
  this.timeout(30_000);

  it('moves while a long message is leaving', () =>
    movesBeforeTheMessageIsGone(createServer(), (port) => connect(port)));

  it('moves over TLS too', async () => {
    const folder = await createTemporaryDirectory('tls');
    const [key, cert] = [join(folder.path, 'key.pem'), join(folder.path, 'cert.pem')];
    const request = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '1', '-subj', '/CN=localhost'];
    execFileSync('openssl', [...request, '-keyout', key, '-out', cert], { stdio: 'ignore' });
    const server = createTlsServer({ key: readFileSync(key), cert: readFileSync(cert) });
    await movesBeforeTheMessageIsGone(server, (port) => connectTls({ port, rejectUnauthorized: false }));
    await folder.remove();
  });
});
