import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import { nodeTransport } from '../../../src/client/nodeTransport';
import type { DialFailure } from '../../../src/client/transport';

type Outcome = DialFailure | { readonly kind: 'opened'; readonly subprotocol: string };

function dial(url: string, token?: string): Promise<Outcome> {
  return new Promise((resolve) => {
    const socket = nodeTransport.dial(
      { url, subprotocol: null, ...(token === undefined ? {} : { token }) },
      {
        opened: (subprotocol) => {
          resolve({ kind: 'opened', subprotocol });
          socket.terminate();
        },
        failed: resolve,
        text() {},
        binary() {},
        pingFrame() {},
        pongFrame() {},
        broken() {},
        closed() {},
      },
    );
  });
}

/** What answers a WebSocket handshake, on real sockets. */
describe('a handshake', () => {
  const servers: Server[] = [];
  afterEach(() => {
    for (const server of servers.splice(0)) {
      server.close();
      server.closeAllConnections();
    }
  });

  async function serve(answer: (socket: Duplex, headers: NodeJS.Dict<string | string[]>, url: string) => void) {
    const server = createServer();
    servers.push(server);
    server.on('upgrade', ({ headers, url }, socket) => {
      socket.on('error', () => {});
      answer(socket, headers, url ?? '');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return (server.address() as AddressInfo).port;
  }

  /** A log that opens for every upgrade, and notes what it was shown. */
  async function target() {
    const sockets = new WebSocketServer({ noServer: true });
    const shown: { url: string; authorization: unknown }[] = [];
    const server = createServer();
    servers.push(server);
    server.on('upgrade', (request, socket, head) => {
      shown.push({ url: request.url ?? '', authorization: request.headers.authorization });
      sockets.handleUpgrade(request, socket, head, () => {});
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return { port: (server.address() as AddressInfo).port, shown };
  }

  const redirect = (socket: Duplex, location: string) =>
    socket.end(`HTTP/1.1 302 Found\r\nLocation: ${location}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`);

  it('that is redirected on the same host goes there, without its token where the port is another one', async () => {
    const log = await target();
    const port = await serve((socket) => redirect(socket, `http://127.0.0.1:${log.port}/logs?x=1`));
    assert.equal((await dial(`ws://127.0.0.1:${port}/ws`, 'secret')).kind, 'opened');
    assert.deepEqual(log.shown, [{ url: '/logs?x=1', authorization: undefined }]);
  });

  it('that is redirected on from another port does not get its token back', async () => {
    const log = await target();
    const { port } = log;
    const shown: unknown[] = [];
    const hop = await serve((socket, headers, url) => {
      shown.push(headers.authorization);
      redirect(socket, url === '/first' ? '/second' : `http://127.0.0.1:${port}/logs`);
    });
    const first = await serve((socket) => redirect(socket, `http://127.0.0.1:${hop}/first`));
    assert.equal((await dial(`ws://127.0.0.1:${first}/ws`, 'secret')).kind, 'opened');
    assert.deepEqual(
      [...shown, ...log.shown.map(({ authorization }) => authorization)],
      [undefined, undefined, undefined],
    );
  });

  it('that is redirected to another host says where, and does not go there', async () => {
    const log = await target();
    const port = await serve((socket) => redirect(socket, `http://localhost:${log.port}/logs?ticket=secret`));
    const outcome = await dial(`ws://127.0.0.1:${port}/ws`);
    assert.deepEqual(outcome, {
      kind: 'http',
      status: 302,
      location: `ws://localhost:${log.port}/logs`,
      tooOften: false,
    });
    assert.deepEqual(log.shown, []);
  });

  it('that is redirected in a circle ends', async () => {
    let asked = 0;
    const port = await serve((socket) => {
      asked++;
      redirect(socket, '/again');
    });
    const outcome = await dial(`ws://127.0.0.1:${port}/ws`);
    assert.ok(outcome.kind === 'http' && outcome.tooOften === true, JSON.stringify(outcome));
    assert.equal(asked, 6);
  });

  it('with a port for TLS is told so, where its server says it in words', async () => {
    const words = 'The plain HTTP request was sent to HTTPS port';
    const port = await serve((socket) =>
      socket.end(`HTTP/1.1 400 Bad Request\r\nContent-Length: ${words.length}\r\nConnection: close\r\n\r\n${words}`),
    );
    assert.deepEqual(await dial(`ws://127.0.0.1:${port}/ws`), { kind: 'http', status: 400, wantsTls: true });
  });

  it('by TLS with a port that has none is told so', async () => {
    const port = await serve((socket) => socket.destroy());
    assert.deepEqual(await dial(`wss://127.0.0.1:${port}/ws`), { kind: 'noTls' });
  });

  it('whose answer has no end is not waited for', async () => {
    const port = await serve((socket) => socket.write('HTTP/1.1 400 Bad Request\r\nContent-Length: 99\r\n\r\nwait'));
    const startedAt = Date.now();
    assert.deepEqual(await dial(`ws://127.0.0.1:${port}/ws`), { kind: 'http', status: 400 });
    assert.ok(Date.now() - startedAt < 5000);
  });

  it('with something that is no HTTP says so', async () => {
    const server = createTcpServer((socket) => {
      socket.on('error', () => {});
      socket.resume().end('SSH-2.0-OpenSSH_9.2p1\r\n');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    assert.equal((await dial(`ws://127.0.0.1:${port}/ws`)).kind, 'notWebSocket');
    await new Promise((resolve) => server.close(resolve));
  });
});
