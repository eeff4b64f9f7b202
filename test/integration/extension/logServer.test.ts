import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { systemClock } from '../../../src/base/clock';
import { type LogServer, LogServerError, startLogServer } from '../../../src/extension/logServer';
import { createTemporaryDirectory, type TemporaryDirectory } from '../../support/temporaryDirectory';

/** Programs in the place of the server, each behaving in one way. */
describe('starting a log server process', () => {
  let folder: TemporaryDirectory;
  const servers: LogServer[] = [];

  before(async () => {
    folder = await createTemporaryDirectory('log-server');
  });

  afterEach(async () => {
    await Promise.all(servers.splice(0).map((server) => server.stop()));
  });

  after(() => folder.remove());

  async function start(script: string, ...args: string[]): Promise<LogServer> {
    const program = join(folder.path, 'server.js');
    writeFileSync(program, script);
    const server = await startLogServer({ program, arguments: args, directory: folder.path, clock: systemClock });
    servers.push(server);
    return server;
  }

  const ready = "console.log('Live log server listening on http://127.0.0.1:4321');";
  const untilDisconnected = "process.on('disconnect', () => process.exit(0)); setInterval(() => {}, 1000);";

  it('gives the address of its ready line, whatever else it says', async () => {
    const server = await start(`console.log('Hello'); ${ready} ${untilDisconnected}`);
    assert.equal(server.url, 'ws://127.0.0.1:4321/ws');
  });

  it('runs it as Node.js in the given folder, with its arguments', async () => {
    const server = await start(
      `if (process.cwd() !== ${JSON.stringify(folder.path)} || process.argv[2] !== '--demo') process.exit(1); ${ready} ${untilDisconnected}`,
      '--demo',
    );
    assert.ok(server.processId > 0);
  });

  it('fails with its own words when it ends before', async () => {
    await assert.rejects(
      start(
        "console.error('12:00 starting'); console.error('live-log-server: Port 80 is taken: choose another with --port.'); process.exitCode = 1;",
      ),
      (error) => error instanceof LogServerError && error.message === 'Port 80 is taken: choose another with --port.',
    );
  });

  it('fails with the exit code when it ends without a word', async () => {
    await assert.rejects(start('process.exit(3)'), /ended with code 3 and said nothing/);
  });

  it('fails in one sentence when the program is missing', async () => {
    const program = join(folder.path, 'missing.js');
    await assert.rejects(
      startLogServer({ program, arguments: [], directory: folder.path, clock: systemClock }),
      /missing\.js is missing: reinstall the extension/,
    );
  });

  it('tells when it ends by itself, in its own words', async () => {
    const server = await start(
      `${ready} setTimeout(() => { console.error('The disk is full.'); process.exit(1); }, 50);`,
    );
    const words = await new Promise((resolve) => server.onEnded(resolve));
    assert.equal(words, 'The disk is full.');
  });

  it('ends it by closing the channel, and is silent about that', async () => {
    const server = await start(`${ready} ${untilDisconnected}`);
    let told = false;
    server.onEnded(() => {
      told = true;
    });
    await server.stop();
    assert.equal(told, false);
    assert.throws(() => process.kill(server.processId, 0), /ESRCH/);
  });
});
