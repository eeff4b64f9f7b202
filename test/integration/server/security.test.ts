import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { type IncomingHttpHeaders, request } from 'node:http';
import { connect as connectTcp } from 'node:net';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { WebSocket } from 'ws';
import { makeCertificate } from '../../support/certificate';
import { ServerProcess } from '../../support/serverProcess';
import { StreamClient } from '../../support/streamClient';
import { createTemporaryDirectory, type TemporaryDirectory } from '../../support/temporaryDirectory';
import { upgradeStatus } from '../../support/upgradeStatus';

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

describe('who may read', function () {
  this.timeout(30_000);
  let folder: TemporaryDirectory;
  let file: string;
  let server: ServerProcess;

  const get = (path: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Answer> =>
    new Promise((resolve, reject) => {
      request({ host: '127.0.0.1', port: server.port, path, method, headers }, (response) => {
        let body = '';
        response.on('data', (chunk: Buffer) => {
          body += chunk.toString('utf8');
        });
        response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body }));
      })
        .on('error', reject)
        .end();
    });
  const upgrade = (headers: Record<string, string>, protocol?: string | null) =>
    upgradeStatus(server.url, headers, protocol);

  before(async () => {
    folder = await createTemporaryDirectory('security');
    file = join(folder.path, 'app.log');
    writeFileSync(file, 'secret line\n');
  });
  after(() => folder.remove());

  describe('on the loopback', () => {
    before(async () => {
      server = await ServerProcess.start([file]);
    });
    after(() => server.stop());

    it('is a page served by the server itself, under any loopback name', async () => {
      for (const name of ['localhost', '127.0.0.1', '[::1]', 'dev.localhost']) {
        const host = `${name}:${server.port}`;
        assert.equal(await upgrade({ Host: host, Origin: `http://${host}` }), 101, name);
      }
    });

    it('is not a page of another origin', async () => {
      for (const origin of [
        'http://evil.example',
        'null',
        `http://localhost:${server.port + 1}`,
        'http://localhost',
        'file://',
        'about:blank',
        `http://localhost.evil.example:${server.port}`,
      ]) {
        assert.equal(await upgrade({ Host: `localhost:${server.port}`, Origin: origin }), 403, origin);
        const answer = await get('/healthz', { Host: `localhost:${server.port}`, Origin: origin });
        assert.equal(answer.status, 403, origin);
        assert.match(answer.body, /another origin may not read this log/);
      }
    });

    it('is not a page under a foreign name that leads here (DNS rebinding)', async () => {
      for (const host of [`evil.example:${server.port}`, 'localhost.evil.example', '127.0.0.1.evil.example', 'a b']) {
        assert.notEqual((await get('/', { Host: host })).status, 200, host);
        if (host !== 'a b') {
          assert.equal(await upgrade({ Host: host, Origin: `http://${host}` }), 403, host);
        }
      }
    });

    it('gets nothing but the few files of the page, whatever path it asks for', async () => {
      for (const path of [
        '/../package.json',
        '/..%2f..%2fpackage.json',
        '/server.js',
        '/app.log',
        '//etc/passwd',
        '/.',
      ]) {
        assert.equal((await get(path)).status, 404, path);
      }
      assert.equal((await get('/', {}, 'POST')).status, 405);
      assert.equal((await get('/ws')).status, 426);
    });

    it('gets a page that may run nothing but its own script', async () => {
      const { status, headers, body } = await get('/');
      const policy = String(headers['content-security-policy']);
      assert.equal(status, 200);
      assert.match(policy, /default-src 'none'/);
      assert.match(policy, /script-src 'self'/);
      assert.match(policy, /frame-ancestors 'none'/);
      assert.doesNotMatch(policy, /unsafe/);
      assert.doesNotMatch(body, /<script(?! src=)|style=|onload=/);
      assert.equal(headers['x-content-type-options'], 'nosniff');
    });

    it('is told of the health of the server in JSON', async () => {
      const { body, headers } = await get('/healthz');
      const { status, version, clients, sources } = JSON.parse(body);
      assert.deepEqual([status, clients, sources], ['ok', 0, 1]);
      assert.match(version, /^\d+\.\d+\.\d+/);
      assert.equal(headers['content-type'], 'application/json');
    });

    it('is answered over plain HTTP where it would rather speak something else', async () => {
      const offer = { Connection: 'Upgrade, HTTP2-Settings', Upgrade: 'h2c', 'HTTP2-Settings': 'AAMAAABkAAQAAP__' };
      const health = await get('/healthz', offer);
      assert.equal(health.status, 200);
      assert.equal(JSON.parse(health.body).status, 'ok');
      assert.equal(health.headers.connection, 'close');
      const head = await get('/', offer, 'HEAD');
      assert.deepEqual([head.status, head.body], [200, '']);
      assert.equal((await get('/ws', offer)).status, 426);
      assert.equal((await get('/healthz', { ...offer, Origin: 'http://evil.example' })).status, 403);
    });

    it('survives whatever is thrown at the port', async () => {
      for (const bytes of [
        'GET / HTTP/1.1\r\n\r\n',
        'GARBAGE\r\n\r\n',
        `GET /${'a'.repeat(20_000)} HTTP/1.1\r\nHost: localhost\r\n\r\n`,
        `GET / HTTP/1.1\r\nHost: localhost\r\nX: ${'b'.repeat(100_000)}\r\n\r\n`,
        'GET /ws HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n',
        'GET /other HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n\r\n',
        Buffer.from([0x16, 0x03, 0x01, 0x00, 0x05, 0x00, 0xff]),
      ]) {
        const socket = connectTcp(server.port, '127.0.0.1');
        socket.on('error', () => {});
        socket.resume();
        socket.end(bytes);
        await new Promise((resolve) => socket.once('close', resolve));
      }
      assert.equal((await get('/healthz')).status, 200);
    });
  });

  describe('another origin that was allowed', () => {
    before(async () => {
      server = await ServerProcess.start(['--allow-origin', 'https://Dash.example/', file]);
    });
    after(() => server.stop());

    it('is let in, and no other', async () => {
      assert.equal(await upgrade({ Origin: 'https://dash.example' }), 101);
      assert.equal(await upgrade({ Origin: 'https://other.example' }), 403);
    });
  });

  describe('with a token', () => {
    before(async () => {
      server = await ServerProcess.start([file], { environment: { LOG_STREAM_TOKEN: 'open sesame' } });
    });
    after(() => server.stop());

    it('is whoever shows it in the header, in hello, and nobody else', async () => {
      await server.stop();
      server = await ServerProcess.start([file], { environment: { LOG_STREAM_TOKEN: 'sesame' } });
      assert.equal(await upgrade({}, null), 401);
      assert.equal(await upgrade({ Authorization: 'Bearer wrong' }), 401);
      assert.equal(await upgrade({ Authorization: 'Bearer sesame' }, null), 101);
      assert.equal(await upgrade({ Authorization: 'bearer sesame' }, null), 101);
      const right = await StreamClient.connect(server.url, { token: 'sesame' });
      await right.until('the line', () => right.text() === 'secret line\n');
      await right.close();
      for (const token of ['', 'wrong', 'sesame ']) {
        const wrong = await StreamClient.connect(server.url, { token });
        await wrong.untilClosed();
        assert.equal(wrong.closeCode, 4003);
        assert.equal(wrong.text(), '');
      }
      const nothing = await StreamClient.connect(server.url);
      await nothing.untilClosed();
      assert.equal(nothing.closeCode, 4003);
    });

    it('is never a token in the address', async () => {
      await server.stop();
      server = await ServerProcess.start([file], { environment: { LOG_STREAM_TOKEN: 'sesame' } });
      const socket = new WebSocket(`${server.url}?token=sesame`);
      socket.on('error', () => {});
      const [, response] = await once(socket, 'unexpected-response');
      assert.equal((response as { statusCode: number }).statusCode, 401);
    });
  });

  it('from other machines needs a token, which the server says before it listens', async () => {
    const { LOG_STREAM_TOKEN: _, ...environment } = process.env;
    server = await ServerProcess.run(['--host', '0.0.0.0', file], { environment });
    assert.equal(await server.exit, 2);
    assert.match(server.errors, /lets other machines in: give a token with --token-file or LOG_STREAM_TOKEN/);
    assert.equal(server.output, '');
  });

  it('from other machines is then let in with it, under any name', async () => {
    const address = Object.values(networkInterfaces())
      .flat()
      .find((each) => each?.family === 'IPv4' && !each.internal)?.address;
    if (address === undefined) {
      // A machine without a network has no other address to come from.
      assert.ok(true);
      return;
    }
    const tokenFile = join(folder.path, 'token');
    writeFileSync(tokenFile, 'sesame\n');
    server = await ServerProcess.start(['--host', '0.0.0.0', '--token-file', tokenFile, file]);
    const url = `ws://${address}:${server.port}/ws`;
    const client = await StreamClient.connect(url, { headers: { Authorization: 'Bearer sesame' } });
    await client.until('the line', () => client.text() === 'secret line\n');
    await client.close();
    await server.stop();
  });

  it('reads over TLS where a certificate is given', async () => {
    const { cert, key } = makeCertificate(folder.path);
    server = await ServerProcess.start(['--cert', cert, '--key', key, file]);
    assert.match(server.pageUrl, /^https:/);
    const socket = new WebSocket(server.url, { rejectUnauthorized: false });
    const [data] = (await once(socket, 'message')) as [Buffer];
    assert.equal(data.toString(), 'secret line\n');
    socket.terminate();
    await server.stop();
  });

  it('connects at most as often as allowed', async () => {
    server = await ServerProcess.start(['--max-clients', '2', file]);
    const first = await StreamClient.connect(server.url);
    const second = await StreamClient.connect(server.url);
    const third = await StreamClient.connect(server.url);
    await third.untilClosed();
    assert.equal(third.closeCode, 4100);
    assert.equal(third.text(), '');
    await first.close();
    await second.close();
    await server.stop();
  });

  describe('without having shown the token yet', () => {
    const open = async (count: number) => {
      const sockets = Array.from({ length: count }, () => new WebSocket(server.url, 'logstream.v1'));
      for (const socket of sockets) {
        socket.on('error', () => {});
      }
      await Promise.all(sockets.map((socket) => once(socket, 'open')));
      return sockets;
    };
    const end = (sockets: readonly WebSocket[]) => {
      for (const socket of sockets) {
        socket.terminate();
      }
    };

    beforeEach(async () => {
      server = await ServerProcess.start(['--max-clients', '2', file], { environment: { LOG_STREAM_TOKEN: 'sesame' } });
    });
    afterEach(() => server.stop());

    it('takes no place away from those who have it', async () => {
      const mute = await open(5);
      const headers = { Authorization: 'Bearer sesame' };
      const clients = [
        await StreamClient.connect(server.url, { headers }),
        await StreamClient.connect(server.url, { token: 'sesame' }),
      ];
      for (const client of clients) {
        await client.until('the line', () => client.text() === 'secret line\n');
      }
      for (const late of [
        await StreamClient.connect(server.url, { headers }),
        await StreamClient.connect(server.url, { token: 'sesame' }),
      ]) {
        await late.untilClosed();
        assert.equal(late.closeCode, 4100);
        assert.equal(late.text(), '');
      }
      end([...mute, ...clients.map(({ socket }) => socket)]);
    });

    it('is the oldest dropped where there are too many', async () => {
      const [first, ...others] = await open(256);
      const closed = once(first as WebSocket, 'close');
      const [newest] = await open(1);
      assert.equal((await closed)[0], 4100);
      assert.ok([...others, newest].every((socket) => socket?.readyState === WebSocket.OPEN));
      end([...others, newest as WebSocket]);
    });

    it('keeps no connection open that was refused', async () => {
      const refused = connectTcp({ port: server.port, host: '127.0.0.1', allowHalfOpen: true });
      refused.write(
        `GET /ws HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${Buffer.alloc(16).toString('base64')}\r\n\r\n`,
      );
      let answer = '';
      refused.on('data', (chunk: Buffer) => {
        answer += chunk.toString('utf8');
      });
      await once(refused, 'end');
      assert.match(answer, /^HTTP\/1\.1 401 /);
      // Writing to a connection that the server has given up is answered with a reset.
      refused.on('error', () => {});
      const reset = new Promise((resolve) => refused.once('close', resolve));
      const writing = setInterval(() => refused.write('x'), 20);
      await reset;
      clearInterval(writing);
    });
  });

  it('cannot make a directory beside the log readable by naming it', async () => {
    mkdirSync(join(folder.path, 'directory'));
    server = await ServerProcess.run([join(folder.path, 'directory')]);
    assert.equal(await server.exit, 1);
    assert.match(server.errors, /directory is a directory; name a file in it/);
  });
});
