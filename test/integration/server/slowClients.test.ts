import assert from 'node:assert/strict';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { WebSocket } from 'ws';
import { QuickServer } from '../../support/quickServer';
import { createTemporaryDirectory, type TemporaryDirectory } from '../../support/temporaryDirectory';

/** The minute a client may take nothing passes in half a second. */
const FACTOR = 120;
/** No other timeout than that of a stall can end a client. */
const LONG_MS = 3_600_000;

describe('a client that reads nothing any more', function () {
  this.timeout(30_000);
  let folder: TemporaryDirectory;
  let server: QuickServer;
  const log: string[] = [];
  let logged: () => void = () => {};

  beforeEach(async () => {
    folder = await createTemporaryDirectory('slow');
    const file = join(folder.path, 'app.log');
    // More than the buffers of the system hold on their way.
    writeFileSync(file, `${'x'.repeat(99)}\n`.repeat(300_000));
    server = await QuickServer.start({
      files: [file],
      factor: FACTOR,
      receiveTimeoutMs: LONG_MS,
      heartbeatTimeoutMs: LONG_MS,
      log: (line) => {
        log.push(line);
        logged();
      },
    });
  });
  afterEach(async () => {
    await server.stop();
    await folder.remove();
    log.length = 0;
  });

  for (const [what, subprotocol] of [
    ['of our protocol', 'logstream.v1'],
    ['of plain text', undefined],
  ] as const) {
    it(`is closed with 4101 by a session ${what}`, async () => {
      const ended = new Promise<string>((resolve) => {
        logged = () => {
          const line = log.find((text) => text.includes('disconnected'));
          if (line !== undefined) {
            resolve(line);
          }
        };
      });
      const client = new WebSocket(server.url, subprotocol);
      client.on('error', () => {});
      await once(client, 'open');
      client.pause();
      if (subprotocol !== undefined) {
        client.send(
          JSON.stringify({ type: 'hello', version: 1, clientId: 'stalled', heartbeatMs: 9000, lines: 'all' }),
        );
      }
      assert.match(await ended, /4101 too slow: nothing taken for 60 s/);
      client.terminate();
    });
  }
});
