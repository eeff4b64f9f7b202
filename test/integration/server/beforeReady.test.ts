import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { QuickServer } from '../../support/quickServer';
import { StreamClient } from '../../support/streamClient';
import { createTemporaryDirectory } from '../../support/temporaryDirectory';

describe('a client that dials before the sources of a server are there', () => {
  it('waits for them, and is not given them as if they had come later', async () => {
    const folder = await createTemporaryDirectory('ready');
    writeFileSync(join(folder.path, 'app.log'), 'old\nlast\n');
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
    });
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
});
