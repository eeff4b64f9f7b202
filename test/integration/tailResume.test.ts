import assert from 'node:assert/strict';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { LiveLogTail } from '../support/liveLogTail';
import { startProcess, stopProcess } from '../support/processes';
import { createTemporaryDirectory, type TemporaryDirectory } from '../support/temporaryDirectory';
import { repositoryRoot } from '../support/testCache';

async function freePort(): Promise<number> {
  const server = createServer();
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}

/** Appends 5,000 numbered lines a second, in batches every 10 ms, until it is stopped. */
class Writer {
  #next = 0;
  readonly #timer: NodeJS.Timeout;

  constructor(file: string) {
    this.#timer = setInterval(() => {
      let batch = '';
      for (let line = 0; line < 50; line++) {
        batch += `2026-11-23T09:00:00.000Z INFO line ${this.#next++} of the writer\n`;
      }
      appendFileSync(file, batch);
    }, 10);
  }

  get lines(): number {
    return this.#next;
  }

  stop(): void {
    clearInterval(this.#timer);
  }
}

describe('live-log-tail with the real server, a writer at 5,000 lines/s', () => {
  let folder: TemporaryDirectory;
  let file: string;
  let port: number;
  let server: ChildProcess;
  let writer: Writer;
  const tails: LiveLogTail[] = [];

  const startServer = async () => {
    server = startProcess(process.execPath, [join(repositoryRoot, 'dist/server.js'), '--port', String(port), file], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    await once(server.stdout as NonNullable<typeof server.stdout>, 'data');
  };
  const run = (...args: string[]) => {
    const tail = new LiveLogTail(['--lines', 'all', '--status', 'json', ...args, `http://127.0.0.1:${port}`]);
    tails.push(tail);
    return tail;
  };
  const kill = async () => {
    server.kill('SIGKILL');
    await once(server, 'close');
  };
  const linesOf = (output: Buffer) => output.toString('latin1').split('\n').length - 1;

  beforeEach(async () => {
    folder = await createTemporaryDirectory('resume');
    file = join(folder.path, 'app.log');
    writeFileSync(file, 'first\n');
    port = await freePort();
    await startServer();
    writer = new Writer(file);
  });
  afterEach(async () => {
    writer.stop();
    await Promise.all(tails.splice(0).map((tail) => tail.stop()));
    await stopProcess(server);
    await folder.remove();
  });

  it('loses and doubles nothing while the server is killed twice and restarted', async () => {
    const tail = run();
    for (let round = 1; round <= 2; round++) {
      const reached = round * 4000;
      await tail.until(`${reached} lines`, () => linesOf(tail.output) > reached, 15_000);
      await kill();
      await tail.until(
        'waiting',
        () => tail.statuses.at(-1)?.state === 'waiting' || tail.statuses.at(-1)?.state === 'connecting',
      );
      await startServer();
      await tail.until(
        'connected again',
        () => ['replaying', 'live'].includes(tail.statuses.at(-1)?.state ?? ''),
        15_000,
      );
    }
    writer.stop();
    const expected = readFileSync(file);
    await tail.until('everything', () => tail.output.length >= expected.length, 15_000);
    assert.ok(tail.output.equals(expected), 'byte for byte');
    assert.deepEqual(
      tail.statuses.filter(({ notice }) => notice === 'gap'),
      [],
    );
  }).timeout(60_000);

  it('loses and doubles nothing over a graceful restart, which costs no attempt', async () => {
    const tail = run();
    await tail.until('lines', () => linesOf(tail.output) > 3000, 15_000);
    server.kill('SIGTERM');
    await once(server, 'close');
    await startServer();
    await tail.until(
      'connected again',
      () => ['replaying', 'live'].includes(tail.statuses.at(-1)?.state ?? ''),
      15_000,
    );
    assert.ok(
      tail.statuses.some(({ code }) => code === 4200),
      tail.errors,
    );
    writer.stop();
    const expected = readFileSync(file);
    await tail.until('everything', () => tail.output.length >= expected.length, 15_000);
    assert.ok(tail.output.equals(expected), 'byte for byte');
  }).timeout(60_000);

  it('goes on in a later run where an interrupted one stopped', async () => {
    const state = join(folder.path, 'state.json');
    const outputs: Buffer[] = [];
    for (let round = 1; round <= 3; round++) {
      const tail = run('--state-file', state);
      await tail.until('lines', () => linesOf(tail.output) > 2000, 15_000);
      if (round === 3) {
        writer.stop();
        const rest = readFileSync(file).length - Buffer.concat(outputs).length;
        await tail.until('everything', () => tail.output.length >= rest, 15_000);
      }
      tail.signal('SIGTERM');
      assert.equal(await tail.exit, 0);
      outputs.push(tail.output);
    }
    assert.ok(Buffer.concat(outputs).equals(readFileSync(file)), 'byte for byte');
  }).timeout(60_000);

  it('loses nothing when it is killed, and repeats no more than it wrote since it last saved', async () => {
    const state = join(folder.path, 'killed.json');
    const first = run('--state-file', state);
    await first.until('lines and a saved position', () => linesOf(first.output) > 4000 && existsSync(state), 15_000);
    const { nextSeq, linesAhead = 0 } = JSON.parse(readFileSync(state, 'utf8')).positions[0];
    await first.stop();
    const written = first.output.subarray(0, first.output.lastIndexOf(0x0a) + 1);
    assert.ok(readFileSync(file).subarray(0, written.length).equals(written));
    const second = run('--state-file', state);
    await second.until('lines', () => linesOf(second.output) > 2000, 15_000);
    const firstLine = second.output.subarray(0, second.output.indexOf(0x0a) + 1);
    const from = readFileSync(file).indexOf(firstLine);
    assert.ok(from > 0 && from <= written.length, 'nothing is left out');
    const resumedAt = linesOf(written.subarray(0, from));
    assert.ok(
      resumedAt >= nextSeq + linesAhead,
      `from line ${resumedAt}, although ${nextSeq}+${linesAhead} were saved`,
    );
  }).timeout(60_000);

  it('goes on inside a frame that an interrupted run had written in part', async () => {
    writer.stop();
    const before = readFileSync(file).length;
    appendFileSync(file, Array.from({ length: 200_000 }, (_, at) => `line ${at} of many\n`).join(''));
    const expected = readFileSync(file);
    const state = join(folder.path, 'blocked.json');
    const first = run('--state-file', state);
    await first.until('more than a frame', () => first.output.length > before + 400_000);
    first.stdout?.pause();
    first.signal('SIGTERM');
    // Its reader takes nothing: it ends by itself after a while, with a part of a frame written.
    await first.ended;
    first.stdout?.resume();
    assert.equal(await first.exit, 0);
    const { nextSeq, linesAhead = 0 } = JSON.parse(readFileSync(state, 'utf8')).positions[0];
    const second = run('--state-file', state);
    await second.until('the end', () => second.output.subarray(-50).includes('line 199999 of many\n'));
    const from = expected.length - second.output.length;
    assert.ok(expected.subarray(from).equals(second.output), 'byte for byte from there');
    assert.ok(from <= first.output.length, 'nothing is left out');
    assert.ok(first.output.length - from <= 64 * 1024 + 100, `${first.output.length - from} bytes twice`);
    assert.ok(linesAhead === 0 || nextSeq + linesAhead <= linesOf(first.output), 'not more than was written');
  }).timeout(60_000);

  it('survives a server that is stopped for a while and goes on', async function () {
    if (process.platform === 'win32') {
      // Windows has no SIGSTOP.
      this.skip();
    }
    const tail = run();
    await tail.until('lines', () => linesOf(tail.output) > 2000, 15_000);
    server.kill('SIGSTOP');
    const stoppedAt = writer.lines;
    await new Promise<void>((resolve) => {
      const look = setInterval(() => {
        if (writer.lines > stoppedAt + 10_000) {
          clearInterval(look);
          resolve();
        }
      }, 20);
    });
    server.kill('SIGCONT');
    writer.stop();
    const expected = readFileSync(file);
    await tail.until('everything', () => tail.output.length >= expected.length, 15_000);
    assert.ok(tail.output.equals(expected), 'byte for byte');
    assert.equal(tail.statuses.filter(({ state }) => state === 'connecting').length, 1, 'no reconnect');
  }).timeout(60_000);
});
