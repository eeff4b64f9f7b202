import assert from 'node:assert/strict';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { WebSocket } from 'ws';
import { SUBPROTOCOL } from '../../../src/protocol/version';
import { QuickServer } from '../../support/quickServer';
import { StreamClient } from '../../support/streamClient';
import { createTemporaryDirectory } from '../../support/temporaryDirectory';

/** A server whose sources are there once `admit` is called. */
async function startUnready(token?: string) {
  let admit = () => {};
  const ready = new Promise<void>((resolve) => {
    admit = resolve;
  });
  const server = await QuickServer.start({
    files: [],
    factor: 1,
    receiveTimeoutMs: 70_000,
    heartbeatTimeoutMs: 180_000,
    ready,
    ...(token === undefined ? {} : { token }),
  });
  return { server, admit };
}

describe('a client that dials before the sources of a server are there', () => {
  it('waits for them, and is not given them as if they had come later', async () => {
    const folder = await createTemporaryDirectory('ready');
    writeFileSync(join(folder.path, 'app.log'), 'old\nlast\n');
    const { server, admit } = await startUnready();
    try {
      let isOpen = false;
      const connecting = StreamClient.connect(server.url, { lines: 1 }).then((client) => {
        isOpen = true;
        return client;
      });
      await pause(100);
      assert.equal(isOpen, false);
      await server.sources.addFiles([join(folder.path, 'app.log')]);
      admit();
      const client = await connecting;
      await client.until('the last line', () => client.text() === 'last\n');
      await client.close();
    } finally {
      await server.stop();
      await folder.remove();
    }
  });

  it('is kept out by nobody once it has shown the token', async () => {
    const { server, admit } = await startUnready('secret');
    const strangers: Socket[] = [];
    try {
      const headers = { Authorization: 'Bearer secret' };
      const client = new WebSocket(server.url, SUBPROTOCOL, { headers });
      const opened = once(client, 'open');
      opened.catch(() => undefined);
      await pause(100);
      const crowd = Array.from({ length: 257 }, () => connect(Number(new URL(server.url).port), '127.0.0.1'));
      strangers.push(...crowd);
      // The oldest of those that have shown nothing goes.
      await Promise.race(
        crowd.map(
          (stranger) =>
            new Promise((resolve) => {
              stranger.on('error', () => undefined).once('close', resolve);
            }),
        ),
      );
      admit();
      await opened;
      client.terminate();
    } finally {
      for (const stranger of strangers) {
        stranger.destroy();
      }
      await server.stop();
    }
  });
});
