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
    assert.match(client.events('exited')[0]?.text ?? '', /ended with exit code 3/);
  });

  it('has ended as a source too, with the exit code, and is called what was typed; its end is told once', async () => {
    const script = 'console.log("out"); console.error("err"); process.exitCode = 3';
    await follow('--name', 'npm test', '--', node, '-e', script);
    const told = () => client.messages.flatMap((message) => (message.type === 'source' ? [message] : []));
    const ended = () => told().filter(({ state }) => state === 'ended');
    await client.until('both ends', () => ended().length === 2);
    assert.deepEqual(
      ended().map(({ source, name, command, exit }) => [source, name, command, exit]),
      [
        ['stdout', 'npm test', 'npm test', { code: 3 }],
        ['stderr', 'npm test (stderr)', 'npm test', { code: 3 }],
      ],
    );
    assert.deepEqual(
      client.events('exited').map(({ source, text }) => [source, text]),
      [['stdout', '“npm test” ended with exit code 3.']],
    );
    const later = await StreamClient.connect(server.url, { sources: ['npm test (stderr)'] });
    await later.until('the end', () => later.events('ended').length > 0);
    assert.deepEqual(
      later.events('exited').map(({ source }) => source),
      ['stderr'],
      'who follows only one of the two is told, too',
    );
    await later.close();
  });

  it('can be run again on this machine once it has ended, in the same sources', async () => {
    const file = join(folder.path, 'runs');
    const script = `const fs = require("fs"); fs.appendFileSync(${JSON.stringify(file)}, "x");
      console.log("run " + fs.readFileSync(${JSON.stringify(file)}, "utf8").length)`;
    await follow('--name', 'count', '--', node, '-e', script);
    const ends = () => client.messages.filter((message) => message.type === 'source' && message.state === 'ended');
    await client.until('its end', () => ends().length === 2);
    const welcome = client.messages.find((message) => message.type === 'welcome');
    assert.equal(welcome?.features?.includes('run'), true);
    client.send({ type: 'run', source: 'stderr' });
    client.send({ type: 'run', source: 'stdout' });
    await client.until('the second end', () => ends().length === 4);
    assert.equal(client.text('stdout'), 'run 1\nrun 2\n');
    assert.deepEqual(client.problems, [], 'the numbers go on');
    assert.deepEqual(
      client.events('restarted').map(({ text }) => text),
      ['“count” is started again.'],
    );
    const errors = client.messages.flatMap((message) => (message.type === 'error' ? [message.code] : []));
    assert.deepEqual(errors, ['running'], 'twice at once is once');
  });

  it('can be run again by nobody who merely reads', async () => {
    const origin = 'https://app.example.com';
    await follow('--allow-origin', origin, '--', node, '-e', '');
    await client.until('its end', () => client.events('ended').length === 2);
    const strangers: Record<string, string>[] = [{ origin }, { 'x-forwarded-for': '192.0.2.1' }, { via: '1.1 proxy' }];
    for (const headers of strangers) {
      const stranger = await StreamClient.connect(server.url, { headers });
      stranger.send({ type: 'run', source: 'stdout' });
      await stranger.until('the refusal', () => stranger.messages.some(({ type }) => type === 'error'));
      const welcome = stranger.messages.find((message) => message.type === 'welcome');
      assert.equal(welcome?.features?.includes('run'), false, JSON.stringify(headers));
      await stranger.close();
    }
    assert.deepEqual(client.events('restarted'), []);
  });

  it('comes from a process that does not know the token of the server', async () => {
    const script =
      'console.log(JSON.stringify(Object.entries(process.env)), process.argv.join(" ")); setInterval(() => {}, 1000)';
    server = await ServerProcess.start(['--', node, '-e', script], { environment: { LOG_STREAM_TOKEN: 'sesame' } });
    client = await StreamClient.connect(server.url, { token: 'sesame' });
    await client.until('its environment', () => [...client.sources.keys()].some((each) => client.text(each) !== ''));
    const said = [...client.sources.keys()].map((each) => client.text(each)).join('');
    assert.match(said, /"PATH"/i);
    assert.doesNotMatch(said, /LOG_STREAM_TOKEN|sesame/);
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
    const sentence = '“no-such-command-anywhere” could not be started: no program of that name was found.';
    const ends = () =>
      client.messages.flatMap((message) =>
        message.type === 'source' && message.state === 'ended' ? [message.exit] : [],
      );
    await client.until('the end', () => ends().length === 2);
    assert.deepEqual(ends(), [{ failure: sentence }, { failure: sentence }]);
    assert.equal(client.events('exited').length, 1);
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

  it('keeps the runs apart when one ends without a newline', async () => {
    await follow('--restart', '--', node, '-e', 'process.stdout.write("x\\nabc")');
    await client.until('two runs', () => client.text('stdout') === 'x\nabc\nx\nabc\n', 15_000);
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

  describe('of a shell', () => {
    before(function () {
      if (process.platform === 'win32') {
        // Windows has neither this shell nor process groups.
        this.skip();
      }
    });

    /** The process that a line of the output names, as `echo "pid $$"` does. */
    const namedProcess = async () => {
      await client.until('a process id', () => /pid \d+\n/.test(client.text('stdout')));
      return Number(/pid (\d+)/.exec(client.text('stdout'))?.[1]);
    };
    const assertEnded = async (pid: number) => {
      for (let wait = 0; wait < 100 && isRunning(pid); wait++) {
        await pause(50);
      }
      assert.equal(isRunning(pid), false, `process ${pid} is left running`);
    };

    it('ends with the server what a command that has exited left in the background', async () => {
      await follow('--', 'sh', '-c', 'sleep 600 & echo "pid $!"');
      const pid = await namedProcess();
      await client.until('its exit', () => client.events('exited').length > 0);
      assert.ok(isRunning(pid));
      server.signal('SIGTERM');
      assert.equal(await server.exit, 0);
      await assertEnded(pid);
    });

    it('ends with the server a command that does not listen to SIGTERM, and soon', async () => {
      await follow('--', 'sh', '-c', 'trap "" TERM; echo "pid $$"; while :; do sleep 600; done');
      const pid = await namedProcess();
      const asked = performance.now();
      server.signal('SIGTERM');
      assert.equal(await server.exit, 0);
      assert.ok(performance.now() - asked < 3000, 'the editor kills a server that takes longer');
      await assertEnded(pid);
    });

    it('gives a command the time to end by itself', async () => {
      const said = join(folder.path, 'said');
      await follow(
        '--',
        'sh',
        '-c',
        `trap 'sleep 0.3; echo bye > "${said}"; exit' TERM; echo "pid $$"; sleep 600 & wait`,
      );
      await namedProcess();
      server.signal('SIGTERM');
      assert.equal(await server.exit, 0);
      assert.equal(readFileSync(said, 'utf8'), 'bye\n');
    });

    it('ends with a closed terminal (SIGHUP) as it does with SIGTERM, and clients are told', async () => {
      await follow('--', 'sh', '-c', 'echo "pid $$"; sleep 600');
      const pid = await namedProcess();
      server.signal('SIGHUP');
      assert.equal(await server.exit, 0);
      await client.untilClosed();
      assert.equal(client.closeCode, 4200);
      assert.ok(client.messages.some(({ type }) => type === 'goaway'));
      await assertEnded(pid);
    });

    it('ends with a server that could not listen', async () => {
      const taken = await ServerProcess.start(['--demo']);
      const pidFile = join(folder.path, 'pid');
      try {
        const failed = await ServerProcess.run([
          '--port',
          String(taken.port),
          '--',
          'sh',
          '-c',
          `echo $$ > "${pidFile}"; exec sleep 600`,
        ]);
        assert.equal(await failed.exit, 1);
      } finally {
        await taken.stop();
      }
      // It may have been ended before it could say who it was.
      if (existsSync(pidFile)) {
        await assertEnded(Number(readFileSync(pidFile, 'utf8')));
      }
    });

    it('is started again while a process of the last run still holds its output, after that one was ended', async () => {
      await follow('--restart', '--', 'sh', '-c', 'sleep 600 & echo "pid $!"; exit 7');
      const pid = await namedProcess();
      await client.until('the second run', () => client.text('stdout').split('pid').length > 2, 15_000);
      assert.match(client.events('exited')[0]?.text ?? '', /ended with exit code 7/);
      await assertEnded(pid);
    });

    it('tells the exit of a command while what it left in the background goes on writing', async () => {
      await follow('--', 'sh', '-c', '(sleep 1.5; echo late) & echo early');
      await client.until('the exit', () => client.events('exited').length > 0);
      assert.equal(client.text('stdout'), 'early\n');
      await client.until('the rest', () => client.text('stdout') === 'early\nlate\n');
      await client.until('the end', () => client.events('ended').length > 0);
    });
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
    await client.until('both', () => client.text() === 'one\ntwo\n');
    await client.until('the end', () => client.events('ended').length > 0);
    assert.equal(client.closeCode, undefined);
    assert.equal(
      client.sources.get('stdin')?.frames.at(-1)?.continues,
      undefined,
      'nothing goes on with the last line',
    );
  });

  it('comes in pieces of --max-line where a line is longer, a complete one too', async () => {
    server = await ServerProcess.start(['--max-line', '100', '-'], { input: `${'a'.repeat(250)}\nb\n` });
    client = await StreamClient.connect(server.url);
    await client.until('all of it', () => client.text() === `${'a'.repeat(250)}\nb\n`);
    const frames = client.sources.get('stdin')?.frames ?? [];
    assert.deepEqual(
      frames.map(({ count, continues }) => [count, continues === true]),
      [
        [1, true],
        [1, true],
        [2, false],
      ],
    );
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

  /** Writes numbered lines of 1000 bytes until all are taken; `written` counts those that were. */
  const writeLines = (total: number) => {
    const progress = { written: 0, done: Promise.resolve() };
    progress.done = (async () => {
      for (; progress.written < total; progress.written++) {
        await server.write(`${String(progress.written).padStart(999, ' ')}\n`);
      }
    })();
    return progress;
  };
  /** Waits until the writer has not got further for 0.7 s. */
  const untilItWaits = async (progress: { readonly written: number }) => {
    for (let before = -1; progress.written !== before; ) {
      before = progress.written;
      await pause(700);
    }
  };

  it('waits for a first client too when asked to wait, which then misses nothing', async () => {
    server = await ServerProcess.start(['--block', '--buffer-mib', '1', '-']);
    const total = 5_000;
    const progress = writeLines(total);
    await untilItWaits(progress);
    assert.ok(progress.written < total, 'the writer waits');
    client = await StreamClient.connect(server.url);
    await progress.done;
    await client.until('all of it', () => client.bytes().length === total * 1000);
    assert.deepEqual(client.gaps, []);
  });

  it('does not wait for a client that wants nothing of what is there', async () => {
    server = await ServerProcess.start(['--block', '--buffer-mib', '1', '-']);
    const progress = writeLines(5_000);
    await untilItWaits(progress);
    client = await StreamClient.connect(server.url, { lines: 0 });
    await progress.done;
    await client.until('the last line', () => client.text().endsWith(' 4999\n'));
    assert.deepEqual(client.gaps, []);
  });
});
