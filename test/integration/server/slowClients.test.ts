import assert from 'node:assert/strict';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { WebSocket } from 'ws';
import { LogServer } from '../../../src/server/logServer';
import { serverTimings } from '../../../src/server/serverTimings';
import { SourceSet } from '../../../src/server/sourceSet';
import { OwnLog } from '../../../src/server/sources/ownLog';
import { scaledClock } from '../../support/scaledClock';
import { createTemporaryDirectory, type TemporaryDirectory } from '../../support/temporaryDirectory';

/** The minute a client may take nothing passes in half a second. */
const FACTOR = 120;
/** No other timeout than that of a stall can end a client. */
const LONG_MS = 3_600_000;

describe('a client that reads nothing any more', function () {
  this.timeout(30_000);
  let folder: TemporaryDirectory;
  let sources: SourceSet;
  let server: LogServer;
  let url: string;
  const log: string[] = [];
  let logged: () => void = () => {};

  beforeEach(async () => {
    folder = await createTemporaryDirectory('slow');
    const file = join(folder.path, 'app.log');
    // More than the buffers of the system hold on their way.
    writeFileSync(file, `${'x'.repeat(99)}\n`.repeat(300_000));
    const clock = scaledClock(FACTOR);
    sources = new SourceSet(clock, 1024 * 1024);
    await sources.addFiles([file]);
    server = new LogServer({
      clock,
      host: '127.0.0.1',
      port: 0,
      lines: 'all',
      timings: serverTimings(LONG_MS, LONG_MS),
      maxClients: 10,
      token: undefined,
      allowedOrigins: [],
      tls: undefined,
      pageFolder: folder.path,
      version: '0.0.0',
      sources,
      ownLog: new OwnLog(clock, false, (line) => {
        log.push(line);
        logged();
      }),
      endWithSources: false,
    });
    url = `${(await server.start()).replace('http', 'ws')}/ws`;
  });
  afterEach(async () => {
    await server.stop();
    sources.dispose();
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
      const client = new WebSocket(url, subprotocol);
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
