import assert from 'node:assert/strict';
import { type ChildProcess, execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { systemClock } from '../../../src/base/clock';
import { findPortHolder, nextFreePort } from '../../../src/server/cli/portHolder';
import { startProcess, stopProcess } from '../../support/processes';
import { SERVER_PATH, ServerProcess } from '../../support/serverProcess';
import { createTemporaryDirectory, type TemporaryDirectory } from '../../support/temporaryDirectory';

describe('live-log-server where its port is taken', function () {
  this.timeout(30_000);
  const held: Server[] = [];
  let terminal: ChildProcess | undefined;
  let folder: TemporaryDirectory;

  before(async () => {
    folder = await createTemporaryDirectory('port-taken');
  });
  after(() => folder.remove());

  afterEach(async () => {
    if (terminal) {
      await stopProcess(terminal);
      terminal = undefined;
    }
    for (const server of held.splice(0)) {
      server.close();
    }
  });

  async function hold(server: Server): Promise<number> {
    held.push(server.listen(0, '127.0.0.1'));
    await once(server, 'listening');
    return (server.address() as AddressInfo).port;
  }

  it('says in one line that another log server has it, and the port to use, and ends with code 1', async () => {
    const first = await ServerProcess.start(['--demo']);
    const second = await ServerProcess.run(['--port', String(first.port), '--demo']);
    assert.match(
      second.errors,
      new RegExp(
        `^live-log-server: Port ${first.port} on 127\\.0\\.0\\.1 is already in use by another log server \\(version \\d+\\.\\d+\\.\\d+, http://127\\.0\\.0\\.1:${first.port}\\); choose another one with --port, such as --port \\d+\\.\\n$`,
      ),
    );
    assert.equal(second.output, '');
    assert.equal(await second.exit, 1);
    const next = /such as --port (\d+)/.exec(second.errors)?.[1] ?? '';
    assert.ok(Number(next) > first.port);
    const third = await ServerProcess.start(['--port', next, '--demo']);
    await third.stop();
    await first.stop();
  });

  it('knows one with TLS too', async () => {
    const [key, cert] = [join(folder.path, 'key.pem'), join(folder.path, 'cert.pem')];
    execFileSync('openssl', ['genrsa', '-out', key, '2048'], { stdio: 'ignore' });
    execFileSync('openssl', ['req', '-x509', '-key', key, '-subj', '/CN=localhost', '-out', cert], { stdio: 'ignore' });
    const first = await ServerProcess.start(['--demo', '--cert', cert, '--key', key]);
    const holder = await findPortHolder('127.0.0.1', first.port, systemClock);
    assert.equal(holder.kind === 'logServer' && holder.url, `https://127.0.0.1:${first.port}`);
    await first.stop();
  });

  it('says which program has it, where the system tells', async function () {
    if (process.platform !== 'linux') {
      this.skip();
    }
    const port = await hold(createServer());
    const server = await ServerProcess.run(['--port', String(port), '--demo']);
    assert.match(
      server.errors,
      new RegExp(
        `^live-log-server: Port ${port} on 127\\.0\\.0\\.1 is already in use by node \\(process ${process.pid}\\); choose another one with --port, such as --port \\d+\\.\\n$`,
      ),
    );
    assert.equal(await server.exit, 1);
  });

  it('waits a second at most for one that takes connections and says nothing, or never ends', async () => {
    const silent = await hold(createServer((socket) => socket.on('error', () => undefined)));
    const endless = await hold(
      createHttpServer((_request, response) => {
        response.writeHead(200);
        const write = () => {
          while (response.write('{"server":"live-log-server",'.repeat(100))) {
            // Until the socket is full.
          }
        };
        response.on('drain', write);
        response.on('error', () => undefined);
        write();
      }),
    );
    for (const port of [silent, endless]) {
      const startedAt = performance.now();
      assert.notEqual((await findPortHolder('127.0.0.1', port, systemClock)).kind, 'logServer');
      // The deadline is a second; the rest is for a machine that is busy.
      assert.ok(performance.now() - startedAt < 3000);
    }
  });

  it('offers only a port that can be listened on', async () => {
    const port = await hold(createServer());
    const next = (await nextFreePort('127.0.0.1', port)) ?? 0;
    assert.ok(next > port);
    held.push(createServer().listen(next, '127.0.0.1'));
    await once(held.at(-1) as Server, 'listening');
    assert.ok(((await nextFreePort('127.0.0.1', port)) ?? 0) > next);
    assert.equal(await nextFreePort('127.0.0.1', 65_535), undefined);
  });

  for (const [typed, wanted] of [
    ['\n', /Use port (\d+) instead\? \[Y\/n\] [\s\S]*listening on http:\/\/127\.0\.0\.1:\1/],
    ['n\n', /Use port (\d+) instead\? \[Y\/n\] [\s\S]*live-log-server: Not started\./],
  ] as const) {
    it(`asks on a terminal, and takes ${JSON.stringify(typed)} for an answer`, async function () {
      if (process.platform !== 'linux') {
        this.skip();
      }
      const port = await hold(createServer());
      // script(1) gives the server a terminal, and copies our input to it.
      const command = `'${process.execPath}' '${SERVER_PATH}' --port ${port} --demo`;
      terminal = startProcess('script', ['-qec', command, '/dev/null'], { stdio: ['pipe', 'pipe', 'pipe'] });
      const { stdin, stdout } = terminal;
      let shown = '';
      const deadline = Date.now() + 15_000;
      stdout?.on('data', (chunk: Buffer) => {
        shown += chunk.toString('utf8');
      });
      const until = async (pattern: RegExp) => {
        while (!pattern.test(shown)) {
          assert.ok(Date.now() < deadline, `${pattern} is not in ${JSON.stringify(shown)}`);
          await new Promise((resolve) => setTimeout(resolve, 20));
        }
      };
      await until(/is already in use by node \(process \d+\)\.\s+Use port \d+ instead\? \[Y\/n\] $/);
      stdin?.write(typed);
      await until(wanted);
    });
  }
});
