import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmodSync, writeFileSync } from 'node:fs';
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
    [['--receive-timeout', '2.9'], 2, /--receive-timeout takes a number of seconds from 3 to 86400, not "2\.9"/],
    [['--heartbeat-timeout', '0.5'], 2, /--heartbeat-timeout takes a number of seconds from 3 to 86400/],
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

  it('names the file that is no certificate, no key, or not the key of the certificate', async () => {
    const [key, cert, otherKey] = [
      join(folder.path, 'key.pem'),
      join(folder.path, 'cert.pem'),
      join(folder.path, 'k2'),
    ];
    const makeKey = (path: string) => execFileSync('openssl', ['genrsa', '-out', path, '2048'], { stdio: 'ignore' });
    makeKey(key);
    makeKey(otherKey);
    execFileSync('openssl', ['req', '-x509', '-key', key, '-subj', '/CN=localhost', '-out', cert], { stdio: 'ignore' });
    for (const [certFile, keyFile, sentence] of [
      [key, key, /key\.pem given with --cert holds no certificate in PEM format/],
      [cert, cert, /cert\.pem given with --key holds no key in PEM format/],
      [cert, otherKey, /cert\.pem given with --cert and the key \S+k2 given with --key do not fit/],
    ] as const) {
      const server = await ServerProcess.run(['--cert', certFile, '--key', keyFile, '--demo']);
      assertOneSentence(server.errors, sentence);
      assert.doesNotMatch(server.errors, /listen/);
      assert.equal(await server.exit, 1);
    }
  });

  it('says that a pattern matches nothing yet, and of which', async () => {
    writeFileSync(join(folder.path, 'there.log'), 'x\n');
    const [some, none] = [join(folder.path, '*.log'), join(folder.path, 'no*.txt')];
    const server = await ServerProcess.start([some, none]);
    assert.equal(server.errors, `live-log-server: Nothing matches ${none} yet; files are read as soon as they do.\n`);
    await server.stop();
  });

  it('says on standard error too that a command cannot be started, and serves on', async () => {
    const server = await ServerProcess.start(['--', 'no-such-command-anywhere']);
    await server.until('the sentence', () => server.errors.includes('“no-such-command-anywhere” could not be started'));
    const client = await StreamClient.connect(server.url);
    await client.until('the event', () => client.events('exited').length > 0);
    await client.close();
    await server.stop();
  });

  it('takes an empty LOG_STREAM_TOKEN for none, and a host in capitals for the same', async () => {
    const server = await ServerProcess.start(['--host', 'LOCALHOST', '--demo'], {
      environment: { LOG_STREAM_TOKEN: '' },
    });
    assert.match(server.pageUrl, /^http:\/\/localhost:/);
    await server.stop();
  });

  it('shows a file name without what could command the terminal', async () => {
    const server = await ServerProcess.start([join(folder.path, 'a\u001b]0;title\u0007\u009b2J\nb.log')]);
    assert.match(server.errors, /a\u241b\]0;title\u2407\ufffd2J\u240ab\.log does not exist yet/);
    await server.stop();
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
    await client.until('its own log', () => /client [0-9a-f]{8} connected/.test(client.text('server')));
    assert.ok(!client.text('server').includes('test-'), 'nobody reads there what a client calls itself');
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
