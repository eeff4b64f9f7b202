import assert from 'node:assert/strict';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { type IncomingMessage, request } from 'node:http';
import { join } from 'node:path';
import { ServerProcess } from '../../support/serverProcess';
import { StreamClient } from '../../support/streamClient';
import { createTemporaryDirectory, type TemporaryDirectory } from '../../support/temporaryDirectory';
import { upgradeStatus } from '../../support/upgradeStatus';

const isWindows = process.platform === 'win32';
const token = 'sesame';

describe('a server on a local socket', function () {
  this.timeout(30_000);
  let folder: TemporaryDirectory;
  let file: string;
  let path: string;
  let server: ServerProcess | undefined;

  beforeEach(async () => {
    folder = await createTemporaryDirectory('socket');
    file = join(folder.path, 'app.log');
    writeFileSync(file, 'secret line\n');
    path = isWindows ? `\\\\.\\pipe\\live-log-test-${process.pid}` : join(folder.path, 's');
  });
  afterEach(async () => {
    await server?.stop();
    server = undefined;
    await folder.remove();
  });

  const start = async (...args: string[]): Promise<ServerProcess> => {
    server = await ServerProcess.start(['--socket', path, ...args, file], {
      environment: { LOG_STREAM_TOKEN: token },
    });
    return server;
  };

  it('names it in the ready line, in the form that can be dialled, and opens no port', async () => {
    const { output, url } = await start();
    assert.equal(output, `Live log server listening on ${url}\n`);
    assert.match(url, /^ws\+unix:/);
    const client = await StreamClient.connect(url, { token });
    await client.until('the line', () => client.text() === 'secret line\n');
    await client.close();
  });

  it('wants the token all the same, and checks Host and Origin', async () => {
    const { url } = await start();
    assert.equal(await upgradeStatus(url, { Authorization: `Bearer ${token}` }), 101);
    assert.equal(await upgradeStatus(url, { Authorization: 'Bearer wrong' }), 401);
    assert.equal(await upgradeStatus(url, { Authorization: `Bearer ${token}`, Host: 'evil.example' }), 403);
    assert.equal(await upgradeStatus(url, { Authorization: `Bearer ${token}`, Origin: 'http://evil.example' }), 403);
    const mute = await StreamClient.connect(url);
    await mute.untilClosed();
    assert.equal(mute.closeCode, 4003);
    assert.equal(mute.text(), '');
  });

  it('answers plain requests there too', async () => {
    await start();
    const health = request({ socketPath: path, path: '/healthz' }).end();
    const [response] = (await once(health, 'response')) as [IncomingMessage];
    response.resume();
    assert.equal(response.statusCode, 200);
  });

  it('is for this user alone, and leaves nothing behind', async () => {
    const running = await start();
    if (!isWindows) {
      assert.equal(statSync(path).mode & 0o777, 0o600);
    }
    await running.stop();
    assert.equal(existsSync(path), false);
  });

  it('takes the place of one that was killed, and of nothing else', async () => {
    const first = await start();
    await first.kill();
    assert.equal(existsSync(path), !isWindows);
    const second = await start();
    const third = await ServerProcess.run(['--socket', path, file]);
    assert.equal(await third.exit, 1);
    assert.match(third.errors, /is already there and in use; choose another path with --socket/);
    assert.equal(await upgradeStatus(second.url, { Authorization: `Bearer ${token}` }), 101, 'it is still there');
    if (!isWindows) {
      const fourth = await ServerProcess.run(['--socket', file, file]);
      assert.equal(await fourth.exit, 1);
      assert.ok(existsSync(file), 'a file that is no socket stays');
    }
  });

  it('does not take away the socket of the server that follows it', async () => {
    const first = await start();
    const client = await StreamClient.connect(first.url, { token });
    // It says goodbye to its client for up to a second, and listens no more.
    first.signal('SIGTERM');
    await client.untilClosed();
    const second = await start();
    await first.exit;
    assert.equal(await upgradeStatus(second.url, { Authorization: `Bearer ${token}` }), 101);
  });

  it('says in one sentence why a path cannot be one', async () => {
    const long = isWindows ? 'C:\\x.sock' : join(folder.path, 'x'.repeat(120));
    const tooLong = await ServerProcess.run(['--socket', long, file]);
    assert.equal(await tooLong.exit, 2);
    assert.match(tooLong.errors, isWindows ? /is no pipe of Windows/ : /too long for a socket, which takes \d+ bytes/);
    const nowhere = isWindows ? '\\\\.\\pipe\\' : join(folder.path, 'no', 's');
    const missing = await ServerProcess.run(['--socket', nowhere, file]);
    assert.match(missing.errors, isWindows ? /is no pipe/ : /Cannot listen on the socket .*\/no\/s: /);
  });

  it('goes with its folder when the editor that made both is gone', async () => {
    const own = join(folder.path, 'live-log-stream-x');
    const others = join(folder.path, 'others');
    for (const each of [own, others]) {
      mkdirSync(each);
      const socket = isWindows ? path : join(each, 's');
      const started = await ServerProcess.start(['--socket', socket, file], { channel: true });
      assert.equal(await started.disconnect(), 0);
    }
    assert.equal(existsSync(own), isWindows);
    assert.deepEqual(readdirSync(others), []);
  });
});
