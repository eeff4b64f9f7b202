import assert from 'node:assert/strict';
import { once } from 'node:events';
import { appendFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect as connectTcp, type Socket } from 'node:net';
import { join } from 'node:path';
import { WebSocket } from 'ws';
import { LiveLogTail } from '../../support/liveLogTail';
import { ServerProcess } from '../../support/serverProcess';
import { StreamClient } from '../../support/streamClient';
import { createTemporaryDirectory, type TemporaryDirectory } from '../../support/temporaryDirectory';
import { repositoryRoot } from '../../support/testCache';

/** Makes reads fail in a server it is loaded into. */
const FAILING_READS = join(repositoryRoot, 'test/support/failingReads.cjs');

const numbered = (from: number, to: number) => Array.from({ length: to - from }, (_, at) => `line ${from + at}`);
const text = (lines: readonly string[]) => lines.map((line) => `${line}\n`).join('');

describe('a session', function () {
  this.timeout(30_000);
  let folder: TemporaryDirectory;
  let file: string;
  let server: ServerProcess;
  const clients: StreamClient[] = [];

  const connect = async (options = {}) => {
    const client = await StreamClient.connect(server.url, options);
    clients.push(client);
    return client;
  };

  beforeEach(async () => {
    folder = await createTemporaryDirectory('session');
    file = join(folder.path, 'app.log');
    writeFileSync(file, text(numbered(0, 5)));
  });
  afterEach(async () => {
    await Promise.all(clients.splice(0).map((client) => client.close()));
    await server.stop();
    await folder.remove();
  });

  it('states the timings it lives by', async () => {
    server = await ServerProcess.start([file]);
    const client = await connect();
    await client.until('welcome', () => client.messages[0]?.type === 'welcome');
    const [welcome] = client.messages;
    assert.ok(welcome?.type === 'welcome');
    assert.equal(welcome.pingMs, 9000);
    assert.equal(welcome.receiveTimeoutMs, 70_000);
    assert.equal(welcome.heartbeatTimeoutMs, 180_000);
    assert.ok(welcome.reconnectWindowMs >= 0);
  });

  it('never tells a client an interval that does not fit a timeout the person chose', async () => {
    server = await ServerProcess.start(['--receive-timeout', '10', file]);
    const client = await connect();
    await client.until('welcome', () => client.messages[0]?.type === 'welcome');
    const [welcome] = client.messages;
    assert.ok(welcome?.type === 'welcome');
    assert.equal(welcome.receiveTimeoutMs, 10_000);
    assert.ok(welcome.pingMs * 2 < 10_000);
  });

  it('answers pings, marks its quiet sources and asks for life itself', async () => {
    server = await ServerProcess.start(['--heartbeat-timeout', '3', file]);
    const client = await connect();
    client.send({ type: 'ping', id: 7 });
    await client.until('the pong', () =>
      client.messages.some((message) => message.type === 'pong' && message.id === 7),
    );
    await client.until('a ping', () => client.messages.some(({ type }) => type === 'ping'));
    await client.until('a mark', () => client.messages.some(({ type }) => type === 'mark'));
  });

  const welcomeOf = async (client: StreamClient) => {
    await client.until('welcome', () => client.messages.length > 0);
    const [welcome] = client.messages;
    return welcome?.type === 'welcome' ? welcome : assert.fail();
  };

  it('is taken over by a newer connection that shows its key, which the older one is told', async () => {
    server = await ServerProcess.start([file]);
    const first = await connect({ clientId: 'same' });
    const { takeoverKey = assert.fail() } = await welcomeOf(first);
    const second = await connect({ clientId: 'same', takeoverKey });
    await first.untilClosed();
    assert.equal(first.closeCode, 4202);
    assert.equal((await welcomeOf(second)).takeoverKey, takeoverKey);
    await second.until('the lines', () => second.text() === text(numbered(0, 5)));
    assert.equal(second.closeCode, undefined);
  });

  it('is not ended by somebody who knows only what it calls itself, which no log tells', async () => {
    const clientId = 'an-id-that-may-be-read-somewhere';
    server = await ServerProcess.start(['--demo', '--verbose', file]);
    const first = await connect({ clientId, sources: [file] });
    const { takeoverKey } = await welcomeOf(first);
    for (const shown of [{}, { takeoverKey: 'a guess' }]) {
      const other = await connect({ clientId, sources: [file], ...shown });
      assert.notEqual((await welcomeOf(other)).takeoverKey, takeoverKey);
      await other.until('the lines', () => other.text(file) === text(numbered(0, 5)));
    }
    first.send({ type: 'ping', id: 1 });
    await first.until('the pong', () => first.messages.some(({ type }) => type === 'pong'));
    assert.equal(first.closeCode, undefined);
    await server.until('the heartbeat', () => server.errors.includes('heartbeat of client '));
    assert.ok(!server.errors.includes(clientId) && !server.errors.includes(String(takeoverKey)), server.errors);
  });

  for (const [what, message, code] of [
    ['no JSON', 'hello?', 4000],
    ['another message before hello', '{"type":"ping","id":1}', 4000],
    ['a hello without a client', '{"type":"hello","version":1,"heartbeatMs":9000,"lines":1}', 4000],
    ['another version', '{"type":"hello","version":99,"clientId":"a","heartbeatMs":9000,"lines":1}', 4001],
    [
      'an unknown source',
      '{"type":"hello","version":1,"clientId":"a","heartbeatMs":9000,"lines":1,"sources":["nope"]}',
      4004,
    ],
    ['more than 64 KiB', `{"type":"hello","x":"${'x'.repeat(70_000)}"}`, 1009],
  ] as const) {
    it(`is refused in one sentence when it begins with ${what}`, async () => {
      server = await ServerProcess.start([file]);
      const socket = new WebSocket(server.url, 'logstream.v1');
      await once(socket, 'open');
      socket.send(message);
      const [closed, reason] = (await once(socket, 'close')) as [number, Buffer];
      assert.equal(closed, code);
      assert.ok(code === 1009 || reason.length > 0, 'the reason says what was wrong');
      // And the server goes on for others.
      const client = await connect();
      await client.until('the lines', () => client.text() === text(numbered(0, 5)));
    });
  }

  it('is ended when it floods the server', async () => {
    server = await ServerProcess.start([file]);
    const client = await connect();
    for (let id = 0; id < 2000; id++) {
      client.send({ type: 'ping', id });
    }
    await client.untilClosed();
    assert.equal(client.closeCode, 4104);
  });

  for (const [frame, opcode] of [
    ['pings', 0x9],
    ['pongs', 0xa],
  ] as const) {
    for (const protocol of ['logstream.v1', undefined]) {
      it(`is ended when it floods the server with RFC 6455 ${frame}, ${protocol ?? 'plain text'}`, async () => {
        server = await ServerProcess.start([file]);
        const socket = new WebSocket(server.url, protocol);
        socket.on('error', () => {});
        await once(socket, 'open');
        // Masked, empty (RFC 6455 section 5.5), at once and without an end, as no library would send them.
        const flood = Buffer.alloc(6 * 10_000, Buffer.of(0x80 | opcode, 0x80, 0, 0, 0, 0));
        const { _socket: stream } = socket as unknown as { readonly _socket: Socket };
        const pour = setInterval(() => stream.writable && stream.write(flood), 5);
        const [code, reason] = (await once(socket, 'close')) as [number, Buffer];
        clearInterval(pour);
        assert.equal(code, 4104);
        assert.equal(reason.toString(), 'more than 50 messages and pings per second');
        const client = await connect();
        await client.until('the lines', () => client.text() === text(numbered(0, 5)));
      });
    }
  }

  it('delivers only the sources it asks for, and others once it asks for those', async () => {
    const other = join(folder.path, 'other.log');
    writeFileSync(other, 'other\n');
    server = await ServerProcess.start([file, other]);
    const client = await connect({ sources: [other] });
    await client.until('other', () => client.text(other) === 'other\n');
    assert.ok(!client.sources.has(file));
    client.send({ type: 'subscribe', sources: [file] });
    await client.until('the lines', () => client.text(file) === text(numbered(0, 5)));
    appendFileSync(other, 'unwanted\n');
    appendFileSync(file, 'line 5\n');
    await client.until('the new line', () => client.text(file) === text(numbered(0, 6)));
    assert.equal(client.text(other), 'other\n');
  });

  it('is told goodbye when the server stops', async () => {
    server = await ServerProcess.start([file]);
    const client = await connect();
    await client.until('the lines', () => client.text() === text(numbered(0, 5)));
    server.signal('SIGTERM');
    await client.untilClosed();
    assert.equal(client.closeCode, 4200);
    assert.ok(client.messages.some(({ type }) => type === 'goaway'));
    assert.equal(await server.exit, 0);
  });

  it('costs the others nothing when it does not read', async () => {
    server = await ServerProcess.start([file]);
    // Reads the answer to the upgrade and then nothing more.
    const stalled = connectTcp(server.port, '127.0.0.1');
    await once(stalled, 'connect');
    stalled.write(
      `GET /ws HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${Buffer.alloc(16).toString('base64')}\r\n\r\n`,
    );
    await once(stalled, 'data');
    stalled.pause();
    const healthy = await connect();
    const many = text(Array.from({ length: 200_000 }, (_, at) => `line ${5 + at} ${'x'.repeat(80)}`));
    appendFileSync(file, many);
    const wanted = text(numbered(0, 5)).length + many.length;
    await healthy.until('all of it', () => healthy.bytes().length === wanted);
    assert.deepEqual(healthy.gaps, []);
    stalled.destroy();
  });

  it('outlasts a file that cannot be read while it begins, as does everybody else', async () => {
    const other = join(folder.path, 'other.log');
    writeFileSync(other, 'other\n');
    const failing = join(folder.path, 'failing');
    server = await ServerProcess.start([file, other], {
      environment: { NODE_OPTIONS: `--require ${FAILING_READS}`, FAILING_READS: failing },
    });
    const before = await connect();
    await before.until('the lines', () => before.text(file) === text(numbered(0, 5)));
    writeFileSync(failing, file);
    const client = await connect({ lines: 2 });
    const plain = new WebSocket(server.url);
    let plainText = '';
    plain.on('message', (data: Buffer) => {
      plainText += data.toString();
    });
    await once(plain, 'message');
    assert.equal(plainText, 'other\n');
    await client.until('the failure and the other file', () => {
      return client.events('failed').length === 1 && client.text(other) === 'other\n';
    });
    const states = () =>
      client.messages.flatMap((message) =>
        message.type === 'source' && message.source === file ? [message.state] : [],
      );
    assert.deepEqual(states(), ['failed']);
    rmSync(failing);
    await client.until('the lines', () => client.text(file) === text(numbered(3, 5)));
    assert.deepEqual(states(), ['failed', 'live']);
    while (!plainText.includes('line 4\n')) {
      await once(plain, 'message');
    }
    plain.terminate();
    assert.equal(before.closeCode, undefined);
  });

  it('outlasts an error that nobody has thought of, which the log tells', async () => {
    const stray = 'process.on("SIGUSR2",()=>Promise.reject(new Error("stray")))';
    server = await ServerProcess.start([file], {
      environment: { NODE_OPTIONS: `--import data:text/javascript,${encodeURIComponent(stray)}` },
    });
    const client = await connect();
    await client.until('the lines', () => client.text() === text(numbered(0, 5)));
    server.signal('SIGUSR2');
    await server.until('the error', () => /WARN .*Error: stray/.test(server.errors));
    appendFileSync(file, 'line 5\n');
    await client.until('the new line', () => client.text() === text(numbered(0, 6)));
  });

  it('ends with 4300 when input that may end has ended, and the terminal client exits 0', async () => {
    server = await ServerProcess.start(['--exit-on-eof', '-']);
    const tail = new LiveLogTail(['--lines', 'all', server.url]);
    await server.write(text(numbered(0, 3)));
    await tail.until('the lines', () => tail.output.toString() === text(numbered(0, 3)));
    server.endInput();
    assert.equal(await tail.exit, 0);
    assert.equal(tail.output.toString(), text(numbered(0, 3)));
    assert.equal(await server.exit, 0);
  });

  it('ends with 4300 for those too that follow no source, or only one of those that ended', async () => {
    const script = 'process.stdin.resume(); console.log("out"); setTimeout(() => console.error("err"), 1000)';
    server = await ServerProcess.start(['--exit-on-eof', '--', process.execPath, '-e', script]);
    const clients = [
      await StreamClient.connect(server.url, { sources: [] }),
      await StreamClient.connect(server.url, { sources: ['stdout'] }),
      await StreamClient.connect(server.url),
    ];
    for (const client of clients) {
      await client.untilClosed();
      assert.equal(client.closeCode, 4300);
    }
    assert.deepEqual(
      clients.map((client) => [client.text('stdout'), client.text('stderr')]),
      [
        ['', ''],
        ['out\n', ''],
        ['out\n', 'err\n'],
      ],
    );
    assert.equal(await server.exit, 0);
  });
});

describe('plain text on the same address', function () {
  this.timeout(30_000);
  let folder: TemporaryDirectory;
  let file: string;
  let server: ServerProcess;

  beforeEach(async () => {
    folder = await createTemporaryDirectory('plain');
    file = join(folder.path, 'app.log');
    writeFileSync(file, text(numbered(0, 5)));
    server = await ServerProcess.start(['--lines', '3', file]);
  });
  afterEach(async () => {
    await server.stop();
    await folder.remove();
  });

  it('gives the last lines, then each new one, in text frames of whole lines', async () => {
    const socket = new WebSocket(server.url);
    const frames: { readonly data: string; readonly binary: boolean }[] = [];
    socket.on('message', (data: Buffer, binary) => frames.push({ data: data.toString(), binary }));
    await once(socket, 'message');
    assert.equal(frames.map(({ data }) => data).join(''), text(numbered(2, 5)));
    appendFileSync(file, 'line 5\n');
    await once(socket, 'message');
    assert.equal(frames.map(({ data }) => data).join(''), text(numbered(2, 6)));
    assert.ok(frames.every(({ data, binary }) => data.endsWith('\n') && !binary));
    assert.equal(socket.protocol, '');
    socket.terminate();
  });

  it('answers a JSON ping with a JSON pong', async () => {
    const socket = new WebSocket(server.url);
    await once(socket, 'message');
    socket.send('{"type":"ping"}');
    const [data] = (await once(socket, 'message')) as [Buffer];
    assert.equal(data.toString().trim(), '{"type":"pong"}');
    socket.terminate();
  });
});
