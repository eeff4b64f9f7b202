import assert from 'node:assert/strict';
import type { Clock } from '../../../src/base/clock';
import { systemClock } from '../../../src/base/clock';
import { seededRandom } from '../../../src/base/random';
import { Connection, type ConnectionOptions } from '../../../src/client/connection';
import { createMemoryStorage, type LearnedStorage } from '../../../src/client/learned';
import { nodeTransport } from '../../../src/client/nodeTransport';
import { scaledClock } from '../../support/scaledClock';
import { ScriptedPeer } from '../../support/scriptedPeer';
import { untilConnection as until } from '../../support/untilConnection';

describe('a connection over real sockets', () => {
  const connections: Connection[] = [];
  const peers: ScriptedPeer[] = [];

  const connect = (
    url: string,
    options: Partial<ConnectionOptions> = {},
    clock: Clock = systemClock,
    memory: LearnedStorage = createMemoryStorage(),
  ) => {
    const connection = new Connection(
      { name: 'test', url, lines: 10, ...options },
      { clock, random: seededRandom(7), transport: nodeTransport, memory },
    );
    connections.push(connection);
    return connection;
  };
  const serve = async (script: Parameters<typeof ScriptedPeer.start>[0]) => {
    const peer = await ScriptedPeer.start(script);
    peers.push(peer);
    return peer;
  };

  afterEach(async () => {
    for (const connection of connections.splice(0)) {
      connection.dispose();
    }
    await Promise.all(peers.splice(0).map((peer) => peer.stop()));
  });

  it('finds out that a server closes silent sockets, adapts within three cycles and stays', async () => {
    // Three closes have a limit in common when they lie within a tenth of it: 150 ms here, so that a
    // busy machine may be late.
    const factor = 20;
    const timeoutMs = 30_000 / factor;
    const peer = await serve({
      echo: false,
      onConnection: ({ socket }) => {
        // The founding server: a receive with a timeout, which closes with 1000.
        let timer = setTimeout(() => socket.close(1000), timeoutMs);
        const chatter = setInterval(() => socket.send('a line'), 50);
        socket.on('message', () => {
          clearTimeout(timer);
          timer = setTimeout(() => socket.close(1000), timeoutMs);
        });
        socket.on('close', () => {
          clearTimeout(timer);
          clearInterval(chatter);
        });
      },
    });
    const memory = createMemoryStorage();
    const connection = connect(peer.url, { heartbeatIntervalMs: 60_000 }, scaledClock(factor), memory);
    const adapted: string[] = [];
    connection.onNotice(({ kind, text }) => {
      if (kind === 'adapted') {
        adapted.push(text);
      }
    });
    connection.connect();
    await until(connection, 'adapted', () => adapted.length > 0, 30_000);
    assert.equal(peer.connections.length, 1 + 3, 'one that shows it does not speak our subprotocol, then three cycles');
    assert.match(adapted[0] ?? '', /without a message; heartbeat messages are now sent every/);
    await until(
      connection,
      'stable',
      () => connection.status.attempt === 0 && connection.status.state === 'live',
      30_000,
    );
    assert.equal(peer.connections.length, 1 + 4);
    assert.equal(adapted.length, 1);
  }).timeout(60_000);

  it('fails for good with a token that no header can carry, instead of trying it for ever', async () => {
    const peer = await serve({});
    const connection = connect(peer.url, { token: 'two\nlines' });
    connection.connect();
    await until(connection, 'failed', () => connection.status.state === 'failed');
    assert.match(connection.status.reason, /No request to .* can be made .*check the address and the access token/);
    assert.ok(!connection.status.reason.includes('two'), 'the token itself is not told');
    assert.equal(peer.dials, 0);
  });

  it('leaves a half-open peer at once instead of awaiting its close', async () => {
    const peer = await serve({
      onConnection: (connection) => {
        connection.behave(() => {
          if (connection.ordinal === 1) {
            // Nothing is read or written any more, and no close is answered.
            connection.socket.pause();
            connection.socket.send = () => {};
          }
        });
      },
    });
    const connection = connect(peer.url, {}, scaledClock(40));
    connection.connect();
    await until(connection, 'the second connection', () => peer.connections.length === 2);
    assert.match(connection.status.lastDisconnect?.reason ?? '', /Nothing has arrived/);
  }).timeout(15_000);

  it('takes the window of a restarting server and its Retry-After into account', async () => {
    const peer = await serve({
      refuse: (ordinal) => (ordinal === 1 ? { status: 503, headers: { 'Retry-After': '1' } } : null),
      onConnection: (connection) => connection.behave(),
    });
    const connection = connect(peer.url);
    connection.connect();
    await until(connection, 'waiting', () => connection.status.state === 'waiting');
    assert.equal(connection.status.code, 503);
    assert.ok((connection.status.delayMs ?? 0) >= 1000);
    await until(connection, 'live', () => connection.status.state === 'live');
  });

  it('tells an oversized or forbidden frame in one sentence and comes back', async () => {
    const peer = await serve({
      onConnection: (connection) =>
        connection.behave(() => {
          if (connection.ordinal === 1) {
            // A text frame with a reserved bit, straight onto the wire.
            (connection.socket as unknown as { _socket: { write(bytes: Uint8Array): void } })._socket.write(
              Buffer.from([0xf1, 0x01, 0x61]),
            );
          }
        }),
    });
    const connection = connect(peer.url);
    connection.connect();
    await until(connection, 'the second connection', () => connection.status.state === 'live' && peer.dials === 2);
    assert.match(connection.status.lastDisconnect?.reason ?? '', /not allowed on a WebSocket/);
  });

  it('reads no further while paused, and keeps its heartbeats up', async () => {
    let heard: () => void = () => {};
    const heartbeat = new Promise<void>((resolve) => {
      heard = resolve;
    });
    const peer = await serve({
      onConnection: (connection) => {
        connection.socket.on('message', (data) => {
          if (String(data).includes('"ping"')) {
            heard();
          }
        });
        connection.behave(() => {
          const lines = Array.from({ length: 5000 }, (_, at) => `line ${at} ${'x'.repeat(200)}`);
          for (let batch = 0; batch < 40; batch++) {
            connection.sendLines(lines, { seq: batch * 5000 });
          }
        });
      },
    });
    const connection = connect(peer.url);
    let lines = 0;
    connection.onLines((frame) => {
      lines += frame.count;
      if (lines === 5000) {
        connection.pause();
      }
    });
    connection.connect();
    await until(connection, 'the first batch', () => lines >= 5000);
    await heartbeat;
    assert.ok(lines < 200_000, 'the socket was held back');
    connection.resume();
    await until(connection, 'everything', () => lines === 200_000);
  });
});
