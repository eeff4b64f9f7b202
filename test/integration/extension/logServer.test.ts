import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { systemClock } from '../../../src/base/clock';
import { systemRandom } from '../../../src/base/random';
import { Connection } from '../../../src/client/connection';
import { createMemoryStorage } from '../../../src/client/learned';
import { nodeTransport } from '../../../src/client/nodeTransport';
import { type LogServer, LogServerError, startLogServer } from '../../../src/extension/logServer';
import { makeServerSocket } from '../../../src/extension/serverSocket';
import { type ServerSources, serverArguments } from '../../../src/extension/serverSources';
import { freePort } from '../../support/freePort';
import { SERVER_PATH } from '../../support/serverProcess';
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

/** The one that ships, as the platform starts it. */
describe('the log server that the extension starts', function () {
  this.timeout(30_000);
  let folder: TemporaryDirectory;
  let file: string;
  const servers: LogServer[] = [];
  const connections: Connection[] = [];
  const token = randomBytes(32).toString('base64url');

  beforeEach(async () => {
    folder = await createTemporaryDirectory('extension-server');
    file = join(folder.path, 'app.log');
    writeFileSync(file, 'one\ntwo\n');
  });

  afterEach(async () => {
    for (const connection of connections.splice(0)) {
      connection.dispose();
    }
    await Promise.all(servers.splice(0).map((server) => server.stop()));
    await folder.remove();
  });

  async function start(sources: ServerSources, port = 0): Promise<{ server: LogServer; socketFolder: string }> {
    const socket = port === 0 ? makeServerSocket(process.platform) : undefined;
    const server = await startLogServer({
      program: SERVER_PATH,
      arguments: serverArguments(sources, socket?.path ?? port, process.platform) ?? [],
      directory: folder.path,
      clock: systemClock,
      token,
      socketFolder: socket?.folder,
    });
    servers.push(server);
    return { server, socketFolder: socket?.folder ?? '' };
  }

  const files = (): ServerSources => ({ kind: 'files', paths: [file] });

  function connect(url: string, shown?: string) {
    const connection = new Connection(
      { name: 'test', url, lines: 'all', token: shown },
      { clock: systemClock, random: systemRandom, transport: nodeTransport, memory: createMemoryStorage() },
    );
    connections.push(connection);
    const lines: string[] = [];
    const gaps: unknown[] = [];
    connection.onLines(({ bytes }) => lines.push(...Buffer.from(bytes).toString().trimEnd().split('\n')));
    connection.onGap((gap) => gaps.push(gap));
    connection.connect();
    return { connection, lines, gaps };
  }

  async function until(what: string, holds: () => boolean): Promise<void> {
    const end = Date.now() + 10_000;
    while (!holds()) {
      assert.ok(Date.now() < end, `not within 10 s: ${what}`);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }

  it('is read over a socket by whoever has the token, and by nobody else', async () => {
    const { server } = await start(files());
    assert.match(server.url, /^ws\+unix:/);
    assert.equal(server.token, token);
    const { lines } = connect(server.url, token);
    await until('the lines', () => lines.join() === 'one,two');
    const other = connect(server.url);
    await until('the refusal', () => other.connection.status.state === 'failed');
    assert.deepEqual(other.lines, []);
  });

  it('wants the token on a port that was set, too', async () => {
    const { server } = await start(files(), await freePort());
    const { lines } = connect(server.url, token);
    await until('the lines', () => lines.join() === 'one,two');
    const other = connect(server.url);
    await until('the refusal', () => other.connection.status.state === 'failed');
  });

  it('keeps the token from the command that it runs, and its arguments from saying it', async () => {
    const script = 'console.log(JSON.stringify(process.env))';
    writeFileSync(join(folder.path, 'app.js'), script);
    const { server } = await start({ kind: 'command', line: `"${process.execPath}" app.js` });
    const { lines } = connect(server.url, token);
    await until('its environment', () => lines.length > 0);
    assert.doesNotMatch(lines[0] ?? '', new RegExp(`LOG_STREAM_TOKEN|${token}`));
    if (process.platform === 'linux') {
      assert.ok(!readFileSync(`/proc/${server.processId}/cmdline`, 'utf8').includes(token));
    }
  });

  it('opens a port when it is asked to, and lets in a page with its ticket', async () => {
    const { server } = await start(files());
    const address = await server.openPort(0);
    const ticket = await server.issueTicket(null);
    const exchange = () =>
      fetch(`${address}/session`, { method: 'POST', headers: { Origin: address }, body: JSON.stringify({ ticket }) });
    const { token: pageToken } = (await (await exchange()).json()) as { token: string };
    assert.equal((await exchange()).status, 403);
    const { lines } = connect(`${address}/ws`, pageToken);
    await until('the lines', () => lines.join() === 'one,two');
  });

  it('leaves neither socket nor folder, whether it was stopped or killed', async function () {
    if (process.platform === 'win32') {
      this.skip();
    }
    const [stopped, killed] = [await start(files()), await start(files())];
    await stopped.server.stop();
    const ended = new Promise((resolve) => killed.server.onEnded(resolve));
    process.kill(killed.server.processId, 'SIGKILL');
    await ended;
    await assert.rejects(killed.server.openPort(0), /has ended/);
    assert.deepEqual(
      [stopped, killed].map(({ socketFolder }) => existsSync(socketFolder)),
      [false, false],
    );
  });

  it('is followed without loss to the socket of the one that is started again after it died', async () => {
    const first = await start(files());
    const { connection, lines, gaps } = connect(first.server.url, token);
    await until('the lines', () => lines.length === 2);
    process.kill(first.server.processId, 'SIGKILL');
    await until('the loss', () => connection.status.state === 'waiting');
    appendFileSync(file, 'three\n');
    const second = await start(files());
    assert.notEqual(second.server.url, first.server.url);
    connection.moveTo({ url: second.server.url, token });
    connection.connect();
    appendFileSync(file, 'four\n');
    await until('the rest', () => lines.length >= 4);
    assert.deepEqual(lines, ['one', 'two', 'three', 'four']);
    assert.deepEqual(gaps, []);
  });
});
