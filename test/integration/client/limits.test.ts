import assert from 'node:assert/strict';
import type { ChildProcess } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Clock, systemClock } from '../../../src/base/clock';
import { seededRandom } from '../../../src/base/random';
import { Connection, type ConnectionOptions } from '../../../src/client/connection';
import { createMemoryStorage, type LearnedStorage } from '../../../src/client/learned';
import { nodeTransport } from '../../../src/client/nodeTransport';
import { FaultProxy } from '../../support/faultProxy';
import { freePort } from '../../support/freePort';
import { startProcess, stopProcess } from '../../support/processes';
import { scaledClock } from '../../support/scaledClock';
import { ScriptedPeer } from '../../support/scriptedPeer';
import { orSkip, toolOrSkip } from '../../support/skip';
import { createTemporaryDirectory } from '../../support/temporaryDirectory';
import { repositoryRoot } from '../../support/testCache';
import { requireTool } from '../../support/tools/testTools';
import { untilConnection } from '../../support/untilConnection';

/** The three causes of a connection that drops again and again, with the real thing each. */
describe('what ends connections again and again', () => {
  const connections: Connection[] = [];
  const processes: ChildProcess[] = [];
  const stops: (() => Promise<void>)[] = [];

  const connect = (
    url: string,
    options: Partial<ConnectionOptions>,
    clock: Clock,
    memory: LearnedStorage = createMemoryStorage(),
  ) => {
    const connection = new Connection(
      { name: 'test', url, lines: 10, ...options },
      { clock, random: seededRandom(7), transport: nodeTransport, memory },
    );
    const adapted: string[] = [];
    connection.onNotice(({ kind, text }) => {
      if (kind === 'adapted') {
        adapted.push(text);
      }
    });
    connections.push(connection);
    return { connection, adapted, memory };
  };
  /** Starts a program and resolves once it has printed a line that matches. */
  const start = async (command: string, args: readonly string[], ready: RegExp) => {
    const child = startProcess(command, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    processes.push(child);
    let printed = '';
    await new Promise<void>((resolve, reject) => {
      const look = (chunk: Buffer) => {
        printed += chunk.toString();
        if (ready.test(printed)) {
          resolve();
        }
      };
      child.stdout?.on('data', look);
      child.stderr?.on('data', look);
      child.once('close', () => reject(new Error(`${command} has ended: ${printed}`)));
    });
    return { printed: () => printed };
  };
  /** How often the server says that its timeout has come; a traceback has the word too. */
  const timeouts = (printed: string) => printed.match(/^timeout$/gm)?.length ?? 0;

  afterEach(async () => {
    for (const connection of connections.splice(0)) {
      connection.dispose();
    }
    await Promise.all(stops.splice(0).map((stop) => stop()));
    await Promise.all(processes.splice(0).map(stopProcess));
  });

  describe('the founding server: FastAPI on uvicorn, a receive with a timeout', () => {
    const script = join(repositoryRoot, 'test/support/founding_server.py');
    const serve = async (timeoutS: number, mode: 'caught' | 'uncaught') => {
      requireTool('websockets');
      const python = requireTool('fastapi');
      const port = await freePort();
      const server = await start(python, [script, String(port), String(timeoutS), mode], /ready/);
      return { ...server, url: `ws://127.0.0.1:${port}/ws` };
    };

    for (const mode of ['caught', 'uncaught'] as const) {
      it(`its timeout ${mode}: found out within three cycles, told in one sentence, then steady`, async function () {
        this.timeout(60_000);
        const factor = 20;
        const server = await orSkip(this, serve(30 / factor, mode));
        const { connection, adapted } = connect(server.url, { heartbeatIntervalMs: 60_000 }, scaledClock(factor));
        let lines = 0;
        connection.onLines((frame) => {
          lines += frame.count;
        });
        connection.connect();
        await untilConnection(connection, 'adapted', () => adapted.length > 0, 20_000);
        assert.equal(timeouts(server.printed()), 3);
        assert.match(adapted[0] ?? '', /heartbeat messages are now sent every/);
        const linesThen = lines;
        await untilConnection(connection, 'steady', () => connection.status.attempt === 0, 20_000);
        assert.equal(timeouts(server.printed()), 3);
        assert.equal(adapted.length, 1);
        assert.ok(lines > linesThen);
      });
    }

    it('unscaled, 30 s against a heartbeat of 60 s: adapted and steady, and remembered for the next start', async function () {
      this.timeout(240_000);
      const server = await orSkip(this, serve(30, 'caught'));
      const first = connect(server.url, { heartbeatIntervalMs: 60_000 }, systemClock);
      first.connection.connect();
      await untilConnection(first.connection, 'adapted', () => first.adapted.length > 0, 150_000);
      assert.equal(timeouts(server.printed()), 3);
      await untilConnection(first.connection, 'steady', () => first.connection.status.attempt === 0, 80_000);
      assert.equal(timeouts(server.printed()), 3);
      first.connection.dispose();
      const again = connect(server.url, { heartbeatIntervalMs: 60_000 }, systemClock, first.memory);
      again.connection.connect();
      await untilConnection(again.connection, 'live', () => again.connection.status.state === 'live');
      assert.ok(Math.abs((again.connection.status.heartbeatMs ?? 0) - 12_000) <= 100);
      assert.match(again.connection.report(), /silent for 30 s; kept alive by messages/);
      again.connection.forgetLearned();
      assert.doesNotMatch(again.connection.report(), /silent for 30 s/);
    });
  });

  it('nginx with a short proxy_read_timeout: found out within three cycles, then steady', async function () {
    this.timeout(90_000);
    const nginx = toolOrSkip(this, 'nginx');
    const factor = 10;
    // 2 s here are 20 s to the client: longer than its own interval of 12 s, so it is told 30 s first.
    const peer = await ScriptedPeer.start({ echo: false });
    stops.push(() => peer.stop());
    const folder = await createTemporaryDirectory('nginx');
    stops.push(() => folder.remove());
    mkdirSync(join(folder.path, 'temp'));
    const port = await freePort();
    const configuration = join(folder.path, 'nginx.conf');
    const temp = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
      .map((name) => `${name}_temp_path ${folder.path}/temp/${name};`)
      .join('\n');
    writeFileSync(
      configuration,
      `daemon off; master_process off; pid ${folder.path}/nginx.pid; error_log stderr notice;
events {}
http {
  access_log off;
  ${temp}
  map $http_upgrade $connection_upgrade { default upgrade; '' close; }
  server {
    listen 127.0.0.1:${port};
    location / {
      proxy_pass ${peer.url.replace(/^ws/, 'http').replace(/\/ws$/, '')};
      proxy_http_version 1.1;
      proxy_set_header Upgrade $http_upgrade;
      proxy_set_header Connection $connection_upgrade;
      proxy_read_timeout 2s;
      proxy_send_timeout 60s;
    }
  }
}
`,
    );
    await start(nginx, ['-p', folder.path, '-c', configuration], /start worker|using the "epoll"|nginx\//);
    const { connection, adapted } = connect(
      `ws://127.0.0.1:${port}/ws`,
      { heartbeatIntervalMs: 30_000 },
      scaledClock(factor),
    );
    connection.connect();
    await untilConnection(connection, 'adapted', () => adapted.length > 0, 40_000);
    const dials = peer.connections.length;
    assert.match(adapted[0] ?? '', /end after \d+ s of silence; heartbeats are now sent every/);
    await untilConnection(connection, 'steady', () => connection.status.attempt === 0, 30_000);
    assert.ok(peer.connections.length <= dials + 1, 'at most the one that is steady');
    assert.equal(adapted.length, 1);
  });

  it('a balancer that ends connections after a fixed lifetime: left ahead of it from then on', async function () {
    this.timeout(90_000);
    // Lifetimes are one where they differ by less than a tenth: 400 ms here, so that a busy machine may be late.
    const factor = 15;
    const peer = await ScriptedPeer.start({
      echo: false,
      onConnection: ({ socket }) => {
        const chatter = setInterval(() => socket.send('a line'), 20);
        socket.on('close', () => clearInterval(chatter));
      },
    });
    stops.push(() => peer.stop());
    const proxy = await FaultProxy.start(() => Number(new URL(peer.url).port));
    stops.push(() => proxy.stop());
    proxy.faults.lifetimeMs = 60_000 / factor;
    const { connection, adapted } = connect(proxy.url, {}, scaledClock(factor));
    connection.connect();
    // A lifetime looks like a silence of our messages as long; that is tried first, and proves wrong.
    // A busy machine sees a lifetime end a little early or late: 4 s here are 60 s to the client.
    const knows = () => adapted.some((text) => /end after (5[5-9]|6[0-5]) s, however busy/.test(text));
    await untilConnection(connection, 'adapted', knows, 50_000);
    const since = proxy.connections;
    const { attempt } = connection.status;
    await untilConnection(connection, 'three connections more', () => proxy.connections >= since + 3, 30_000);
    assert.ok(connection.status.attempt <= attempt, 'leaving ahead costs no attempt');
    assert.equal(adapted.length, 2);
  });
});
