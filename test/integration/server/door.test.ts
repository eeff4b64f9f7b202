import assert from 'node:assert/strict';
import { once } from 'node:events';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { get } from 'node:http';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { connect as connectTls } from 'node:tls';
import { WebSocket } from 'ws';
import { makeCertificate } from '../../support/certificate';
import { Crowd } from '../../support/crowd';
import { QuickServer } from '../../support/quickServer';
import { ServerProcess } from '../../support/serverProcess';
import { StreamClient } from '../../support/streamClient';
import { createTemporaryDirectory, type TemporaryDirectory } from '../../support/temporaryDirectory';
import { upgradeStatus } from '../../support/upgradeStatus';

const token = 'sesame';
const environment = { LOG_STREAM_TOKEN: token };
/** More than there are places, and than there ever were. */
const CROWD = 1250;
const MIB = 1024 * 1024;
/** It takes a tenth of a second where the machine does nothing else, and took 30 s when places were for all. */
const PROMPT_MS = 3000;
/** May stand before a request (RFC 9112 section 2.2): shows whether the connection is still there. */
const EMPTY_LINE = '\r\n';

const UPGRADE = `Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${Buffer.alloc(16).toString('base64')}\r\nSec-WebSocket-Protocol: logstream.v1\r\n`;

describe('who has not shown that it may read', function () {
  this.timeout(60_000);
  let folder: TemporaryDirectory;
  let file: string;
  let cert: string;
  let key: string;

  before(async () => {
    folder = await createTemporaryDirectory('door');
    file = join(folder.path, 'app.log');
    writeFileSync(file, 'secret line\n');
    ({ cert, key } = makeCertificate(folder.path));
    // More than the buffers of the system hold on their way.
    writeFileSync(join(folder.path, 'page.js'), Buffer.alloc(24 * MIB, 'x'));
    writeFileSync(join(folder.path, 'viewer.css'), 'a{}');
  });
  after(() => folder.remove());

  /** Ms until a line has come to a client that shows the token in the way named. */
  const msToFirstLine = (url: string, way: 'header' | 'hello'): Promise<number> =>
    new Promise((resolve, reject) => {
      const began = performance.now();
      const headers: Record<string, string> = way === 'header' ? { Authorization: `Bearer ${token}` } : {};
      const socket = new WebSocket(url, 'logstream.v1', { headers, rejectUnauthorized: false });
      const hello = { type: 'hello', version: 1, clientId: 'one', heartbeatMs: 9000, lines: 'all' };
      socket.once('open', () => socket.send(JSON.stringify(way === 'hello' ? { ...hello, token } : hello)));
      socket.on('message', (_data, isBinary) => {
        if (isBinary) {
          resolve(performance.now() - began);
          socket.terminate();
        }
      });
      socket.once('error', reject);
      socket.once('close', (code) => reject(new Error(`closed with ${code}`)));
    });

  describe('however many there are', () => {
    let server: ServerProcess;
    let crowd: Crowd;

    afterEach(async () => {
      await crowd.leave();
      await server.stop();
    });

    for (const scheme of ['ws', 'wss'] as const) {
      it(`keeps nobody out who shows the token (${scheme})`, async () => {
        const tls = scheme === 'wss' ? ['--cert', cert, '--key', key] : [];
        server = await ServerProcess.start([...tls, '--max-clients', '2', file], { environment });
        const headers = { Authorization: `Bearer ${token}` };
        const early = new WebSocket(server.url, 'logstream.v1', { headers, rejectUnauthorized: false });
        await once(early, 'open');
        early.send(JSON.stringify({ type: 'hello', version: 1, clientId: 'early', heartbeatMs: 9000, lines: 0 }));
        await once(early, 'message');
        crowd = await Crowd.gather(server.port, CROWD);
        await crowd.untilEnded(CROWD);
        for (const way of ['header', 'hello', 'header', 'hello'] as const) {
          const ms = await msToFirstLine(server.url, way);

          assert.ok(ms < PROMPT_MS, `${way}: ${Math.round(ms)} ms`);
        }
        assert.equal(early.readyState, WebSocket.OPEN, 'nobody takes a place that was earned');
        early.terminate();
        assert.match(server.errors, /more than 256 connections wait that have not shown that they may read/);
        assert.equal(server.errors.match(/more than 256/g)?.length, 1, 'told once, not for each');
      });
    }

    it('keeps no page from loading', async () => {
      server = await ServerProcess.start([file], { environment });
      crowd = await Crowd.gather(server.port, CROWD);
      for (const path of ['/', '/page.js', '/healthz']) {
        const [response] = await once(get({ port: server.port, path, agent: false }), 'response');
        assert.equal(response.statusCode, 200, path);
        response.resume();
        await once(response, 'end');
      }
    });

    it('costs little memory by answers that it does not read', async function () {
      if (!existsSync('/proc/self/status')) {
        this.skip();
      }
      server = await ServerProcess.start([file], { environment });
      const memory = () =>
        Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${server.pid}/status`, 'utf8'))?.[1]) * 1024;
      const before = memory();
      const text = 'GET /page.js HTTP/1.1\r\nHost: localhost\r\n\r\n'.repeat(16);
      crowd = await Crowd.gather(server.port, CROWD, { text });
      // The system takes some MiB of each answer, of one connection after the other.
      await msToFirstLine(server.url, 'header');
      // A copy for each answer would be 5 GiB, one for each connection 340 MiB.
      assert.ok(memory() - before < 150 * MIB, `${Math.round((memory() - before) / MIB)} MiB`);
    });

    it('leaves a server alive that runs out of file descriptors, and it takes connections again', async function () {
      if (process.platform === 'win32') {
        this.skip();
      }
      server = await ServerProcess.start([file], { environment, mostOpenFiles: 100 });
      crowd = await Crowd.gather(server.port, 300, { renewMs: 100_000 });
      await crowd.leave();
      for (let status = 0; status !== 101; ) {
        status = await upgradeStatus(server.url, { Authorization: `Bearer ${token}` }).catch(() => 0);
      }
      assert.ok((await msToFirstLine(server.url, 'hello')) < PROMPT_MS);
    });

    it('does not hold up the end of the server', async () => {
      server = await ServerProcess.start([file], { environment });
      crowd = await Crowd.gather(server.port, CROWD);
      const began = performance.now();
      server.signal('SIGTERM');
      assert.equal(await server.exit, 0);
      assert.ok(performance.now() - began < 2500);
    });
  });

  describe('whatever it does', () => {
    /** The half minute there is passes in half a second. */
    const FACTOR = 60;
    const LONG_MS = 3_600_000;
    let server: QuickServer;
    let port: number;

    const start = async (more: { readonly tls?: boolean; readonly socket?: string } = {}): Promise<void> => {
      server = await QuickServer.start({
        files: [file],
        factor: FACTOR,
        receiveTimeoutMs: LONG_MS,
        heartbeatTimeoutMs: LONG_MS,
        token,
        pageFolder: folder.path,
        ...(more.tls === true ? { tls: { cert: readFileSync(cert), key: readFileSync(key) } } : {}),
        ...(more.socket === undefined ? {} : { socket: more.socket }),
      });
      port = more.socket === undefined ? Number(new URL(server.url).port) : 0;
    };
    afterEach(() => server.stop());

    /** Ms until a connection is ended by the server, whose other end writes a piece every 20 ms. */
    const msToEnd = async (socket: Socket, first: string, then: string): Promise<number> => {
      const began = performance.now();
      socket.on('error', () => {});
      const ended = new Promise((resolve) => socket.once('close', resolve));
      socket.write(first);
      const writing = setInterval(() => then !== '' && socket.write(then), 20);
      await ended;
      clearInterval(writing);
      return performance.now() - began;
    };
    const assertAtDeadline = (ms: number): void => {
      assert.ok(ms > 400 && ms < 3000, `ended after ${Math.round(ms)} ms`);
    };

    for (const [what, first, then] of [
      ['says nothing', '', ''],
      ['sends the head of a request byte by byte', 'GET / HTTP/1.1\r\nX: ', 'x'],
      [
        'sends the body of a request byte by byte',
        'POST /session HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\n',
        'x',
      ],
      [
        'asks, with a body that has no end',
        'GET /healthz HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n',
        '1\r\nx\r\n',
      ],
    ] as const) {
      it(`is ended after half a minute: ${what}`, async () => {
        await start();
        const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
        socket.resume();
        assertAtDeadline(await msToEnd(socket, first, then));
      });
    }

    for (const [what, head] of [
      ['of a few bytes', 'GET /viewer.css HTTP/1.1\r\nHost: localhost\r\n\r\n'],
      ['of a file', 'GET /page.js HTTP/1.1\r\nHost: localhost\r\n\r\n'],
      [
        'after an offer to speak h2c',
        'GET /page.js HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n',
      ],
    ] as const) {
      it(`is ended after half a minute: reads nothing of the answer ${what}`, async () => {
        await start();
        const socket = connect(port, '127.0.0.1');
        socket.pause();
        assertAtDeadline(await msToEnd(socket, head, EMPTY_LINE));
      });
    }

    it('is ended after half a minute: begins no TLS, or reads no answer over it', async () => {
      await start({ tls: true });
      const silent = connect(port, '127.0.0.1').resume();
      const unread = connectTls({ port, rejectUnauthorized: false });
      await once(unread, 'secureConnect');
      unread.pause();
      const request = 'GET /page.js HTTP/1.1\r\nHost: localhost\r\n\r\n';
      const [one, other] = await Promise.all([msToEnd(silent, '', ''), msToEnd(unread, request, EMPTY_LINE)]);
      assertAtDeadline(one);
      assertAtDeadline(other);
    });

    it('is ended after half a minute on a local socket, too', async () => {
      const path = process.platform === 'win32' ? `\\\\.\\pipe\\door-${process.pid}` : join(folder.path, 's');
      await start({ socket: path });
      assertAtDeadline(await msToEnd(connect(path).resume(), '', ''));
    });

    it('is ended where it says no hello, although it answers every ping', async () => {
      await start();
      const socket = new WebSocket(server.url, 'logstream.v1');
      await once(socket, 'open');
      const pinging = setInterval(() => socket.ping(), 20);
      const [code, reason] = await once(socket, 'close');
      clearInterval(pinging);
      assert.equal(code, 4000);
      assert.match(String(reason), /no hello within \d+ s/);
    });

    it('is ended by none of this once it has shown it', async () => {
      await start();
      const client = await StreamClient.connect(server.url, { token });
      await client.until('the line', () => client.text() === 'secret line\n');
      const silent = connect(port, '127.0.0.1').resume();
      assertAtDeadline(await msToEnd(silent, '', ''));
      writeFileSync(file, 'another\n', { flag: 'a' });
      await client.until('what came after', () => client.text().endsWith('another\n'));
      writeFileSync(file, 'secret line\n');
      await client.close();
    });

    /** Everything that comes back, until the server ends the connection. */
    const answerTo = async (bytes: string, halfCloses = false): Promise<string> => {
      const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
      let answer = '';
      socket.on('data', (chunk: Buffer) => {
        answer += chunk.toString('latin1');
      });
      socket.on('error', () => {});
      const closed = new Promise((resolve) => socket.once('close', resolve));
      socket.once('end', () => socket.destroy());
      socket.write(bytes);
      if (halfCloses) {
        socket.end();
      }
      await closed;
      return answer;
    };

    it('is answered where it can be, and ended where not, whatever kind of request it makes', async () => {
      await start();
      const health = 'GET /healthz HTTP/1.1\r\nHost: localhost\r\n';
      assert.match(await answerTo('GET /viewer.css HTTP/1.0\r\nHost: localhost\r\n\r\n'), /200 OK[\s\S]*a\{\}$/);
      assert.match(await answerTo(`${health}\r\n`, true), /200 OK[\s\S]*"ok"/, 'one that has closed its own half');
      assert.equal(await answerTo('CONNECT localhost:1 HTTP/1.1\r\nHost: localhost\r\n\r\n'), '');
      assert.match(
        await answerTo(`${health}Expect: 100-continue\r\nConnection: close\r\n\r\n`),
        /100 Cont[\s\S]*200 OK/,
      );
      assert.match(await answerTo(`${health}Expect: miracles\r\nConnection: close\r\n\r\n`), /^HTTP\/1.1 417 /);
      assert.equal(await answerTo(`${health}X: ${'x'.repeat(17 * 1024)}\r\n\r\n`), '');
      assert.match(
        await answerTo(`GET /ws HTTP/1.1\r\nHost: localhost\r\n${UPGRADE}Content-Length: 4\r\n\r\nbody`),
        /^HTTP\/1.1 101 /,
        'what follows such a request is WebSocket',
      );
      assert.match(await answerTo(`POST /ws HTTP/1.1\r\nHost: localhost\r\n${UPGRADE}\r\n`), /^HTTP\/1.1 405 /);
      // The answer before would have the bytes of the WebSocket in its midst.
      const mixed = await answerTo(
        `GET /page.js HTTP/1.1\r\nHost: localhost\r\n\r\nGET /ws HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${token}\r\n${UPGRADE}\r\n`,
      );
      assert.doesNotMatch(mixed, /101 Switching/);
      const first = await answerTo(`${health}\r\n`.repeat(8));
      assert.equal(first.match(/200 OK/g)?.length, 1, 'of several at once the first is answered');
      assert.match(first, /Connection: close/);
      assert.doesNotMatch(await answerTo(`${health}\r\n`.repeat(1000)), /200 OK[\s\S]*200 OK/);
      assert.equal(await upgradeStatus(server.url, { Authorization: `Bearer ${token}` }), 101);
    });

    it('sends no message in more pieces than any client of ours', async () => {
      await start();
      const socket = new WebSocket(server.url, 'logstream.v1');
      await once(socket, 'open');
      for (let count = 0; count < 300; count++) {
        socket.send('x', { fin: false });
      }
      const [code] = await once(socket, 'close');
      assert.equal(code, 1008);
    });
  });
});
