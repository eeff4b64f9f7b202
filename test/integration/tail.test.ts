import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import type { HelloMessage } from '../../src/protocol/messages';
import { LiveLogTail } from '../support/liveLogTail';
import { ScriptedPeer } from '../support/scriptedPeer';
import { ServerProcess } from '../support/serverProcess';
import { createTemporaryDirectory, type TemporaryDirectory } from '../support/temporaryDirectory';

const numbered = (from: number, to: number) => Array.from({ length: to - from }, (_, at) => `line ${from + at}`);
const text = (lines: readonly string[]) => lines.map((line) => `${line}\n`).join('');

describe('live-log-tail', () => {
  const tails: LiveLogTail[] = [];
  const peers: ScriptedPeer[] = [];
  let folder: TemporaryDirectory;

  const run = (...args: string[]) => {
    const tail = new LiveLogTail(args);
    tails.push(tail);
    return tail;
  };
  const serve = async (script: Parameters<typeof ScriptedPeer.start>[0]) => {
    const peer = await ScriptedPeer.start(script);
    peers.push(peer);
    return peer;
  };

  before(async () => {
    folder = await createTemporaryDirectory('tail');
  });
  after(() => folder.remove());
  afterEach(async () => {
    await Promise.all(tails.splice(0).map((tail) => tail.stop()));
    await Promise.all(peers.splice(0).map((peer) => peer.stop()));
  });

  it('writes the bytes of the lines and exits 0 when the stream ends', async () => {
    const peer = await serve({
      onConnection: (connection) =>
        connection.behave((hello) => {
          assert.equal(hello.lines, 5);
          connection.sendLines(numbered(0, 3), { seq: 0 });
          connection.sendLines(['a long'], { seq: 3, continues: true });
          connection.sendLines([' line'], { seq: 4 });
          connection.socket.close(4300);
        }),
    });
    const tail = run('--lines', '5', peer.url);
    assert.equal(await tail.exit, 0);
    assert.equal(tail.output.toString(), 'line 0\nline 1\nline 2\na long line\n');
    assert.match(tail.errors, /The stream has ended/);
  });

  it('says that a command has ended and how, and stays until the server ends the stream', async () => {
    const server = await ServerProcess.start(['--name', 'npm test', '--', process.execPath, '-e', 'process.exit(3)']);
    try {
      const json = run('--status', 'json', server.url);
      const tail = run(server.url);
      const page = `http://127.0.0.1:${server.port}/`;
      await tail.until('how to run it again', () => tail.errors.includes(`choose “Run again” at ${page}`));
      assert.equal(tail.errors.split('ended with exit code 3').length, 3, 'as an event and as a state');
      assert.doesNotMatch(tail.errors, /std(out|err) ended/);
      await json.until('the end', () => json.statuses.some(({ ended }) => ended?.code === 3));
    } finally {
      await server.stop();
    }
  });

  it('goes on after a lost connection without loss or doubles', async () => {
    const peer = await serve({
      onConnection: (connection) =>
        connection.behave((hello) => {
          const from = hello.resume?.[0]?.nextSeq ?? 0;
          // The server may repeat what it is not sure of; numbers tell.
          const start = Math.max(0, from - 3);
          connection.sendLines(numbered(start, from + 10), { seq: start });
          if (connection.ordinal < 3) {
            connection.socket.terminate();
          } else {
            connection.socket.close(4300);
          }
        }),
    });
    // terminate() right after sending may cut off what was sent; whatever arrived counts.
    const tail = run('--status', 'json', peer.url);
    assert.equal(await tail.exit, 0);
    const lines = tail.output.toString().trimEnd().split('\n');
    assert.deepEqual(lines, numbered(0, lines.length));
    assert.ok(tail.statuses.some(({ state, code }) => state === 'waiting' && code === 1006));
  });

  it('keeps its position in a state file over its own restarts', async () => {
    const hellos: HelloMessage[] = [];
    const peer = await serve({
      onConnection: (connection) =>
        connection.behave(
          (hello) => {
            hellos.push(hello);
            const from = hello.resume?.[0]?.nextSeq ?? 0;
            connection.sendLines(numbered(from, from + 5), { seq: from, cursor: `at ${from + 5}` });
          },
          () => ({ takeoverKey: `key of ${hellos.length + 1}` }),
        ),
    });
    const file = join(folder.path, 'state.json');
    let output = '';
    for (let restart = 1; restart <= 3; restart++) {
      const tail = run('--state-file', file, '--report', join(folder.path, 'report.md'), peer.url);
      await tail.until('five lines', () => tail.output.toString().split('\n').length > 5);
      tail.signal('SIGTERM');
      assert.equal(await tail.exit, 0);
      output += tail.output.toString();
    }
    assert.equal(output, text(numbered(0, 15)));
    assert.deepEqual(hellos[2]?.resume, [{ source: 'log', epoch: 'e1', nextSeq: 10, cursor: 'at 10' }]);
    assert.equal(hellos[0]?.clientId, hellos[2]?.clientId);
    assert.deepEqual(
      hellos.map(({ takeoverKey }) => takeoverKey),
      [undefined, 'key of 1', 'key of 2'],
    );
    assert.ok(!readFileSync(join(folder.path, 'report.md'), 'utf8').includes('key of'));
    assert.match(readFileSync(join(folder.path, 'report.md'), 'utf8'), /# Connection report/);
  });

  it('slows the server down when its own reader is slow, keeps its heartbeats up, and loses nothing', async () => {
    const lines = numbered(0, 400_000);
    let heard: () => void = () => {};
    const heartbeat = new Promise<void>((resolve) => {
      heard = resolve;
    });
    const peer = await serve({
      onConnection: (each) => {
        each.socket.on('message', (data) => {
          if (String(data).includes('"ping"')) {
            heard();
          }
        });
        each.behave(() => {
          for (let from = 0; from < lines.length; from += 20_000) {
            each.sendLines(lines.slice(from, from + 20_000), { seq: from });
          }
        });
      },
    });
    const tail = run('--lines', 'all', peer.url);
    tail.stdout?.pause();
    await heartbeat;
    tail.stdout?.resume();
    const expected = text(lines);
    await tail.until('everything', () => tail.output.length >= expected.length);
    assert.ok(tail.output.equals(Buffer.from(expected)));
  });

  it('exits 0 quietly when its reader goes away', async () => {
    const peer = await serve({
      onConnection: (connection) =>
        connection.behave(() => {
          for (let from = 0; from < 500_000; from += 10_000) {
            connection.sendLines(numbered(from, from + 10_000), { seq: from });
          }
        }),
    });
    const tail = run('--lines', 'all', '--status', 'json', peer.url);
    await tail.until('the first bytes', () => tail.output.length > 0);
    tail.stdout?.destroy();
    assert.equal(await tail.exit, 0);
    assert.ok(!/EPIPE|rror/.test(tail.errors), tail.errors);
  });

  it('does not count what could not be written as written: a later run gets it', async () => {
    const hellos: HelloMessage[] = [];
    const peer = await serve({
      onConnection: (connection) =>
        connection.behave((hello) => {
          hellos.push(hello);
          connection.sendLines(numbered(0, 100_000), { seq: 0 });
        }),
    });
    const state = join(folder.path, 'reader-gone.json');
    const first = run('--lines', 'all', '--state-file', state, peer.url);
    await first.until('the first bytes', () => first.output.length > 0);
    first.stdout?.destroy();
    assert.equal(await first.exit, 0);
    const second = run('--lines', 'all', '--state-file', state, peer.url);
    await second.until('lines', () => second.output.length > 0);
    assert.deepEqual(hellos[1]?.resume ?? [], []);
  });

  it('is interrupted with a goodbye: close code 1000, exit 0', async () => {
    let closeCode: number | undefined;
    const peer = await serve({
      onConnection: (connection) => {
        connection.behave();
        connection.socket.on('close', (code) => {
          closeCode = code;
        });
      },
    });
    const tail = run('--status', 'json', peer.url);
    await tail.until('live', () => tail.statuses.some(({ state }) => state === 'live'));
    tail.signal('SIGINT');
    assert.equal(await tail.exit, 0);
    assert.equal(closeCode, 1000);
    const { state, reason } = tail.statuses.at(-1) ?? assert.fail('no status');
    assert.deepEqual({ state, reason }, { state: 'closed', reason: 'Interrupted.' });
  });

  it('gives up after --max-attempts with exit 1', async () => {
    const closed = createServer();
    await once(closed.listen(0, '127.0.0.1'), 'listening');
    const { port } = closed.address() as { port: number };
    closed.close();
    const tail = run('--max-attempts', '2', `ws://127.0.0.1:${port}`);
    assert.equal(await tail.exit, 1);
    assert.match(tail.errors, /Gave up after 2 failed attempts in a row: .* nothing listens there \(ECONNREFUSED\)/);
  });

  it('says at the end that it gave up: the last status is failed, without a delay, and so is the report', async () => {
    const peer = await serve({ onConnection: ({ socket }) => socket.close(4100, 'full') });
    const report = join(folder.path, 'gave-up.md');
    const tail = run('--max-attempts', '1', '--status', 'json', '--report', report, peer.url);
    assert.equal(await tail.exit, 1);
    const { state, reason, delayMs, code, attempt } = tail.statuses.at(-1) ?? assert.fail('no status');
    assert.deepEqual({ state, delayMs, code, attempt }, { state: 'failed', delayMs: null, code: 4100, attempt: 1 });
    assert.match(reason, /^Gave up after 1 failed attempt in a row: .*full/);
    assert.match(readFileSync(report, 'utf8'), /State: \*\*failed\*\*.*\n- Why: Gave up after 1/);
  });

  for (const code of [4000, 4001, 4003, 4004]) {
    it(`exits 3 when it is refused for good with ${code}`, async () => {
      const peer = await serve({ onConnection: ({ socket }) => socket.close(code, 'no way') });
      const tail = run(peer.url);
      assert.equal(await tail.exit, 3);
      assert.match(tail.errors, /no way/);
    });
  }

  for (const status of [401, 403, 404, 426]) {
    it(`exits 3 at HTTP ${status}`, async () => {
      const peer = await serve({ refuse: () => ({ status }) });
      const tail = run(peer.url);
      assert.equal(await tail.exit, 3);
      assert.match(tail.errors, new RegExp(`HTTP ${status}`));
      // Once more without the subprotocol, where that may have been what was refused.
      assert.equal(peer.dials, status === 401 ? 1 : 2);
    });
  }

  it('exits 3 with one sentence when what answers is no WebSocket server', async () => {
    const other = createServer((socket) => {
      socket.on('error', () => {});
      socket.end('220 smtp.example ESMTP\r\n');
    });
    await once(other.listen(0, '127.0.0.1'), 'listening');
    const { port } = other.address() as { port: number };
    const tail = run(`ws://127.0.0.1:${port}`);
    assert.equal(await tail.exit, 3);
    assert.match(tail.errors, /no WebSocket server/);
    assert.ok(!tail.errors.includes('    at '), 'no stack trace');
    other.close();
  });

  it('exits 3 when the server breaks the contract, and tells the server so', async () => {
    let closed: { code: number; reason: string } | undefined;
    const peer = await serve({
      onConnection: (connection) => {
        connection.behave(() => connection.socket.send(Buffer.from([0, 0, 0, 200, 1])));
        connection.socket.on('close', (code, reason) => {
          closed = { code, reason: String(reason) };
        });
      },
    });
    const tail = run(peer.url);
    assert.equal(await tail.exit, 3);
    assert.match(tail.errors, /breaks the protocol.*header length 200/);
    assert.equal(closed?.code, 4000);
  });

  it('exits 3 at a frame that holds another number of lines than it says, and writes none of it', async () => {
    const peer = await serve({
      onConnection: (each) =>
        each.behave(() => {
          each.sendLines(['good'], { seq: 0 });
          each.sendLines(['bad', 'bad'], { seq: 1, count: 5 });
        }),
    });
    const state = join(folder.path, 'miscounted.json');
    const tail = run('--state-file', state, peer.url);
    assert.equal(await tail.exit, 3);
    assert.match(tail.errors, /breaks the protocol.*holds 2 lines although its header says 5/);
    assert.equal(tail.output.toString(), 'good\n');
    assert.equal(JSON.parse(readFileSync(state, 'utf8')).positions[0].nextSeq, 1);
  });

  it('exits 1 when a newer run of the same client takes over', async () => {
    const peer = await serve({ onConnection: (each) => each.behave(() => each.socket.close(4202)) });
    const tail = run(peer.url);
    assert.equal(await tail.exit, 1);
    assert.match(tail.errors, /newer connection of the same client has taken over/);
  });

  it('exits 2 on wrong use and 0 on --help and --version', async () => {
    const wrong = run('--frobnicate');
    assert.equal(await wrong.exit, 2);
    assert.equal(wrong.errors, 'live-log-tail: There is no option --frobnicate. Try "live-log-tail --help".\n');
    const help = run('--help');
    assert.equal(await help.exit, 0);
    assert.match(help.output.toString(), /^Usage: live-log-tail/);
    const version = run('--version');
    assert.equal(await version.exit, 0);
    assert.match(version.output.toString(), /^live-log-tail \d/);
  });

  it('exits 1 with one sentence when the token file cannot be read or is empty', async () => {
    const missing = run('--token-file', join(folder.path, 'nope'), 'ws://127.0.0.1:9');
    assert.equal(await missing.exit, 1);
    assert.match(missing.errors, /token file .*nope cannot be read \(ENOENT\)/);
    const empty = join(folder.path, 'empty');
    writeFileSync(empty, '\n');
    assert.equal(await run('--token-file', empty, 'ws://127.0.0.1:9').exit, 1);
  });

  it('exits 2 with one sentence when the token file holds what no header can carry', async () => {
    for (const content of ['one\ntwo\n', 'жетон\n', 'a\u0000b\n']) {
      const file = join(folder.path, 'unsendable');
      writeFileSync(file, content);
      const tail = run('--token-file', file, 'ws://127.0.0.1:9');
      assert.equal(await tail.exit, 2);
      assert.match(tail.errors, /^live-log-tail: The token file .*unsendable holds something.*\n$/);
    }
  });

  it('with --status json says everything on standard error as JSON, troubles with its own files included', async () => {
    const peer = await serve({ onConnection: (each) => each.behave(() => each.socket.close(4300)) });
    const state = join(folder.path, 'broken-state.json');
    writeFileSync(state, 'no state');
    const token = join(folder.path, 'no-token');
    const runs: [string[], string[]][] = [
      [
        ['--state-file', state, '--report', folder.path],
        ['stateFile', 'report'],
      ],
      [
        ['--state-file', join(state, 'below-a-file')],
        ['stateFile', 'stateFile'],
      ],
      [['--token-file', token], ['tokenFile']],
    ];
    for (const [args, notices] of runs) {
      const tail = run('--status', 'json', ...args, peer.url);
      await tail.exit;
      const lines = tail.errors.trimEnd().split('\n');
      assert.equal(tail.statuses.length, lines.length, tail.errors);
      for (const line of tail.statuses) {
        const keys = ['at', 'state', 'reason', 'code', 'attempt', 'delayMs', 'heartbeatMs'];
        assert.deepEqual(Object.keys(line).slice(0, 7), keys);
      }
      const said = tail.statuses.flatMap(({ notice }) => notice ?? []);
      assert.deepEqual(said, notices);
    }
  });

  it('sends the token as a header and nowhere else', async () => {
    const token = join(folder.path, 'token');
    writeFileSync(token, 'geheim\n');
    const peer = await serve({ onConnection: (each) => each.behave(() => each.socket.close(4300)) });
    const tail = run('--token-file', token, '--report', join(folder.path, 'r.md'), peer.url);
    assert.equal(await tail.exit, 0);
    assert.equal(peer.connections[0]?.request.headers.authorization, 'Bearer geheim');
    assert.ok(!peer.connections[0]?.received.join().includes('geheim'));
    assert.ok(!(tail.errors + readFileSync(join(folder.path, 'r.md'), 'utf8')).includes('geheim'));
  });

  it('keeps user name, password and query of the address out of the report', async () => {
    const peer = await serve({ onConnection: (each) => each.behave(() => each.socket.close(4300)) });
    const report = join(folder.path, 'secrets.md');
    const address = peer.url.replace('ws://', 'ws://alice:pw123@');
    const tail = run('--report', report, `${address}?key=topsecret`);
    assert.equal(await tail.exit, 0);
    const said = tail.errors + readFileSync(report, 'utf8');
    assert.ok(!/alice|pw123|topsecret/.test(said), said);
    assert.match(said, new RegExp(`# Connection report: ${peer.url}`));
  });

  it('says once that a plain server takes no wishes, and only where there were any', async () => {
    const peer = await serve({
      echo: false,
      onConnection: ({ socket }) => {
        socket.send('a line');
        setImmediate(() => socket.close(1011));
      },
    });
    const asked = run('--source', 'a', '--lines', '5', peer.url);
    await asked.until('two lines', () => asked.output.toString() === 'a line\na line\n');
    assert.equal(asked.errors.match(/: --source and --lines have no effect\./g)?.length, 1, asked.errors);
    assert.match(asked.errors, /Lines of stream may be missing here: The connection was interrupted, and this server/);
    const silent = run(peer.url);
    await silent.until('two lines', () => silent.output.toString() === 'a line\na line\n');
    assert.ok(!silent.errors.includes('no effect'));
  });

  it('reads a plain server and one with JSON heartbeats', async () => {
    const peer = await serve({
      echo: false,
      onConnection: (connection) => {
        connection.sendText('one\n');
        connection.sendText('{"type":"ping"}');
        connection.socket.on('message', (data) => {
          if (String(data) === '{"type":"pong"}') {
            connection.socket.send(Buffer.from('two\nthree\n'));
          }
        });
      },
    });
    const tail = run(peer.url);
    await tail.until('three lines', () => tail.output.toString() === 'one\ntwo\nthree\n');
    assert.equal(peer.dials, 2, 'once with our subprotocol, once without');
  });

  it('writes exactly the bytes of a plain server that cuts lines and characters anywhere', async () => {
    const bytes = Buffer.concat([
      Buffer.from('first line\r\nsecond lïne – ok\nthi'),
      Buffer.of(0xff),
      Buffer.from('rd\n'),
    ]);
    const peer = await serve({
      echo: false,
      onConnection: ({ socket }) => {
        for (let from = 0; from < bytes.length; from += 3) {
          socket.send(bytes.subarray(from, from + 3));
        }
        socket.send('unfinished');
        setImmediate(() => socket.close(1011));
      },
    });
    const whole = Buffer.concat([bytes, Buffer.from('unfinished\n')]);
    const tail = run(peer.url);
    await tail.until('the bytes twice', () => tail.output.equals(Buffer.concat([whole, whole])));
  });
});
