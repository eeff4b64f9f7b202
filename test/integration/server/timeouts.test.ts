import assert from 'node:assert/strict';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { WebSocket } from 'ws';
import { QuickServer } from '../../support/quickServer';
import { StreamClient } from '../../support/streamClient';
import { createTemporaryDirectory, type TemporaryDirectory } from '../../support/temporaryDirectory';

describe('a client that gives no sign of life', function () {
  this.timeout(30_000);
  let folder: TemporaryDirectory;
  let server: QuickServer;

  const serve = async (factor: number) => {
    const file = join(folder.path, 'app.log');
    writeFileSync(file, 'a line\n');
    server = await QuickServer.start({
      files: [file],
      factor,
      receiveTimeoutMs: 70_000,
      heartbeatTimeoutMs: 180_000,
    });
  };

  beforeEach(async () => {
    folder = await createTemporaryDirectory('timeouts');
  });
  afterEach(async () => {
    await server.stop();
    await folder.remove();
  });

  it('is closed after the receive timeout without a frame, by a reason that names both intervals', async () => {
    await serve(140);
    const client = await StreamClient.connect(server.url, { heartbeatMs: 60_000 });
    // Its answers to pings would be frames; this client is mute.
    client.send = () => {};
    await client.untilClosed();
    assert.equal(client.closeCode, 4102);
    assert.match(client.closeReason, /nothing received for 70 s; your heartbeat interval is 60 s/);
    assert.ok(Buffer.byteLength(client.closeReason) <= 123);
  });

  it('is closed after the heartbeat timeout when frames arrive but no ping is answered', async () => {
    await serve(360);
    const client = await StreamClient.connect(server.url);
    const { socket } = client;
    client.send = () => {};
    const chatter = setInterval(() => socket.send(JSON.stringify({ type: 'ping', id: 1 })), 50);
    await client.untilClosed();
    clearInterval(chatter);
    assert.equal(client.closeCode, 4103);
    assert.match(client.closeReason, /no ping answered for 180 s; one is sent every 25 s/);
  });

  it('is kept alive where its library answers RFC 6455 pings, as that of every mute reader does', async () => {
    await serve(140);
    const socket = new WebSocket(server.url);
    let closed = false;
    socket.on('close', () => {
      closed = true;
    });
    for (let pings = 0; pings < 4; pings++) {
      await once(socket, 'ping');
    }
    assert.equal(closed, false);
    socket.terminate();
  });
});
