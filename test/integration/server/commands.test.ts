import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { ServerProcess } from '../../support/serverProcess';
import { StreamClient } from '../../support/streamClient';
import { createTemporaryDirectory, type TemporaryDirectory } from '../../support/temporaryDirectory';

const node = process.execPath;

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

describe('the output of a command', function () {
  this.timeout(30_000);
  let folder: TemporaryDirectory;
  let server: ServerProcess;
  let client: StreamClient;

  const follow = async (...args: string[]) => {
    server = await ServerProcess.start(args);
    client = await StreamClient.connect(server.url);
  };

  beforeEach(async () => {
    folder = await createTemporaryDirectory('command');
  });
  afterEach(async () => {
    await client?.close();
    await server?.stop();
    await folder.remove();
  });

  it('is two sources, and its end an event with the exit code', async () => {
    await follow('--', node, '-e', 'console.log("out"); console.error("err"); process.exitCode = 3');
    await client.until('both', () => client.sources.size === 2 && client.events('exited').length > 0);
    const texts = [...client.sources.keys()].map((source) => client.text(source)).sort();
    assert.deepEqual(texts, ['err\n', 'out\n']);
    assert.match(client.events('exited')[0]?.text ?? '', /ended with code 3/);
  });

  it('ends with an event that names the signal', async function () {
    if (process.platform === 'win32') {
      this.skip();
    }
    await follow('--', node, '-e', 'process.kill(process.pid, "SIGKILL")');
    await client.until('the end', () => client.events('exited').length > 0);
    assert.match(client.events('exited')[0]?.text ?? '', /was ended by SIGKILL/);
  });

  it('is told to be missing in one sentence when the command cannot be started', async () => {
    await follow('--', 'no-such-command-anywhere');
    await client.until('the sentence', () => JSON.stringify(client.messages).includes('could not be started'));
  });

  it('comes again when the command is started again', async () => {
    await follow('--restart', '--', node, '-e', 'console.log("run")');
    await client.until(
      'two runs',
      () => [...client.sources.keys()].some((id) => client.text(id) === 'run\nrun\n'),
      15_000,
    );
    assert.ok(client.events('restarted').length + client.events('exited').length > 0);
  });

  it('ends with the server, the whole process tree of it', async () => {
    const pids = join(folder.path, 'pids');
    const grandchild = `require("fs").appendFileSync(${JSON.stringify(pids)}, process.pid + "\\n"); setInterval(() => {}, 1000)`;
    const child = `require("child_process").spawn(process.execPath, ["-e", ${JSON.stringify(grandchild)}], { stdio: "ignore" }); ${grandchild}`;
    await follow('--', node, '-e', child);
    for (let wait = 0; wait < 200 && (!existsSync(pids) || readFileSync(pids, 'utf8').split('\n').length < 3); wait++) {
      await pause(50);
    }
    const started = readFileSync(pids, 'utf8').trim().split('\n').map(Number);
    assert.equal(started.length, 2);
    server.signal('SIGTERM');
    assert.equal(await server.exit, 0);
    for (let wait = 0; wait < 100 && started.some(isRunning); wait++) {
      await pause(50);
    }
    assert.deepEqual(started.filter(isRunning), []);
  });
});

describe('standard input', function () {
  this.timeout(30_000);
  let server: ServerProcess;
  let client: StreamClient;

  afterEach(async () => {
    await client?.close();
    await server?.stop();
  });

  it('is served after its end too, until the server is stopped', async () => {
    server = await ServerProcess.start(['-'], { input: 'one\ntwo' });
    client = await StreamClient.connect(server.url);
    await client.until('both', () => client.text() === 'one\ntwo');
    await client.until('the end', () => client.events('ended').length > 0);
    assert.equal(client.closeCode, undefined);
    assert.ok(client.sources.get('stdin')?.frames.at(-1)?.continues, 'the last line had no newline');
  });

  it('is overwritten rather than held up while nobody reads', async () => {
    server = await ServerProcess.start(['--buffer-mib', '1', '-']);
    const line = `${'x'.repeat(999)}\n`;
    for (let at = 0; at < 50; at++) {
      await server.write(line.repeat(100));
    }
    client = await StreamClient.connect(server.url);
    await client.until('what is kept', () => client.bytes().length > 500_000);
    assert.ok(client.bytes().length <= 1024 * 1024);
  });

  it('waits for a client that is behind when asked to', async () => {
    server = await ServerProcess.start(['--block', '--buffer-mib', '1', '-']);
    client = await StreamClient.connect(server.url);
    await client.until('welcome', () => client.messages.length > 0);
    client.socket.pause();
    const total = 30_000;
    let written = 0;
    const writing = (async () => {
      for (; written < total; written++) {
        await server.write(`${String(written).padStart(999, ' ')}\n`);
      }
    })();
    await pause(1500);
    assert.ok(written < total, 'the writer waits');
    client.socket.resume();
    await writing;
    await client.until('all of it', () => client.bytes().length === total * 1000);
    assert.deepEqual(client.gaps, []);
    assert.deepEqual(client.problems, []);
  });
});
