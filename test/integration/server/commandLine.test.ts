import assert from 'node:assert/strict';
import { once } from 'node:events';
import { chmodSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { ServerProcess } from '../../support/serverProcess';
import { StreamClient } from '../../support/streamClient';
import { createTemporaryDirectory, type TemporaryDirectory } from '../../support/temporaryDirectory';

describe('live-log-server on the command line', function () {
  this.timeout(30_000);
  let folder: TemporaryDirectory;

  before(async () => {
    folder = await createTemporaryDirectory('command-line');
  });
  after(() => folder.remove());

  const assertOneSentence = (errors: string, wanted: RegExp) => {
    assert.match(errors, wanted);
    assert.doesNotMatch(errors, /\n\s+at |Error:/, 'no stack trace');
  };

  for (const [args, code, sentence] of [
    [['--nonsense'], 2, /Unknown option --nonsense\./],
    [['--port'], 2, /The option --port needs a value/],
    [['--port', 'abc'], 2, /The option --port takes a number from 0 to 65535, not "abc"/],
    [['--port', '70000'], 2, /from 0 to 65535, not "70000"/],
    [['--lines', '-1'], 2, /The option --lines takes a number of lines from 0 up, or "all", not "-1"|needs a value/],
    [['--demo=yes'], 2, /The option --demo takes no value/],
    [['--'], 2, /After "--" a command is expected/],
    [['--cert', 'x'], 2, /Give --cert and --key together/],
    [['--token-file', '/nonexistent', 'x.log'], 1, /\/nonexistent given with --token-file cannot be read/],
    [['--receive-timeout', '0'], 2, /takes a number of seconds from 0\.05/],
  ] as const) {
    it(`answers ${args.join(' ')} with one sentence and exit code ${code}`, async () => {
      const server = await ServerProcess.run([...args]);
      assertOneSentence(server.errors, sentence);
      assert.equal(await server.exit, code);
      assert.equal(server.output, '');
    });
  }

  it('prints its help and its version', async () => {
    const help = await ServerProcess.run(['--help']);
    assert.match(help.output, /Usage: live-log-server/);
    assert.equal(await help.exit, 0);
    const version = await ServerProcess.run(['--version']);
    assert.match(version.output, /^\d+\.\d+\.\d+\n$/);
  });

  it('says that the port is taken, and what to do', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as { port: number };
    const server = await ServerProcess.run(['--port', String(port), '--demo']);
    assertOneSentence(
      server.errors,
      new RegExp(`Port ${port} on 127\\.0\\.0\\.1 is already in use; choose another one with --port`),
    );
    assert.equal(await server.exit, 1);
    other.close();
  });

  it('says that a file may not be read', async function () {
    if (process.platform === 'win32') {
      this.skip();
    }
    chmodSync(folder.path, 0o755);
    const file = join(folder.path, 'forbidden.log');
    writeFileSync(file, 'x\n');
    chmodSync(file, 0);
    const server = await ServerProcess.run([file], { withoutRights: true });
    assertOneSentence(server.errors, /forbidden\.log may not be read by this user/);
    assert.equal(await server.exit, 1);
  });

  it('warns of a token that others can see', async () => {
    const server = await ServerProcess.start(['--token', 'abc', '--demo']);
    assert.match(server.errors, /Warning: a token given with --token can be seen by other users/);
    await server.stop();
  });

  it('streams a demo and its own log where nothing is named, both labelled', async () => {
    const server = await ServerProcess.start([]);
    const client = await StreamClient.connect(server.url);
    await client.until('both', () => client.messages.filter(({ type }) => type === 'source').length === 2);
    const kinds = client.messages.filter((message) => message.type === 'source').map(({ kind, name }) => [kind, name]);
    assert.deepEqual(kinds, [
      ['demo', 'demo (made-up lines)'],
      ['server', "this server's log"],
    ]);
    await client.until('a demo line', () => client.text('demo').includes('demo'));
    await client.until('its own log', () => /client test-\S+ connected/.test(client.text('server')));
    await client.close();
    await server.stop();
  });

  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    it(`ends gracefully on ${signal}`, async function () {
      if (process.platform === 'win32') {
        this.skip();
      }
      const server = await ServerProcess.start(['--demo']);
      const client = await StreamClient.connect(server.url);
      await client.until('welcome', () => client.messages.length > 0);
      server.signal(signal);
      assert.equal(await server.exit, 0);
      await client.untilClosed();
      assert.equal(client.closeCode, 4200);
    });
  }
});
