import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync, writeFileSync } from 'node:fs';
import { connect as connectTcp } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { WebSocket } from 'ws';
import { repositoryRoot } from '../../support/testCache';
import { endProcess, printed } from '../contenders/contender';
import { LatencyMeter } from '../latencies';
import { countNewlines } from '../newlineCount';
import { residentMiB } from '../processMemory';
import { atMost, median, Report } from '../report';

const SECONDS = 5;
/** How long a client is stalled; `LOG_STREAM_BENCH_STALL_S=600` for the ten minutes of the target. */
const STALL_SECONDS = Number(process.env.LOG_STREAM_BENCH_STALL_S ?? 30);
const STALL_LINES_PER_SECOND = 50_000;
const GRACE_MS = 15_000;
const HELLO = { type: 'hello', version: 1, heartbeatMs: 9000, lines: 'all' };
const LENGTH_BYTES = 4;

interface RunningServer {
  readonly process: ChildProcess;
  readonly file: string;
  readonly url: string;
  stop(): Promise<void>;
}

async function startServer(): Promise<RunningServer> {
  const file = join(tmpdir(), `live-log-stream-bench-${process.pid}.log`);
  writeFileSync(file, '');
  const server = spawn(process.execPath, [join(repositoryRoot, 'dist/server.js'), '--port', '0', file], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const [, url] = await printed(server, /listening on http(:\/\/\S+)/);
  return {
    process: server,
    file,
    url: `ws${url}/ws`,
    async stop() {
      await endProcess(server);
      rmSync(file, { force: true });
    },
  };
}

/** A client that only counts: what is measured is the server. */
async function connectClient(url: string, onPayload: (bytes: Buffer) => void): Promise<WebSocket> {
  const socket = new WebSocket(url, 'logstream.v1', { perMessageDeflate: false });
  await once(socket, 'open');
  socket.send(JSON.stringify({ ...HELLO, clientId: `bench-${Math.random()}` }));
  socket.on('message', (data: Buffer, isBinary) => {
    if (isBinary) {
      onPayload(data.subarray(LENGTH_BYTES + data.readUInt32BE(0)));
    } else if (data.includes('"ping"')) {
      socket.send(JSON.stringify({ type: 'pong', id: (JSON.parse(data.toString()) as { id: number }).id }));
    }
  });
  return socket;
}

/** Reads the answer to the upgrade, and then nothing more, ever. */
async function connectStalled(url: string): Promise<() => void> {
  const socket = connectTcp(Number(new URL(url).port), '127.0.0.1');
  await once(socket, 'connect');
  socket.write(
    'GET /ws HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n',
  );
  await once(socket, 'data');
  socket.pause();
  return () => socket.destroy();
}

async function append(file: string, linesPerSecond: number, seconds: number): Promise<number> {
  const appender = spawn(
    process.execPath,
    ['--require', 'tsx/cjs', join(__dirname, '../peers/appender.ts'), file, String(linesPerSecond), String(seconds)],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const [, written] = await printed(appender, /^(\d+)$/);
  return Number(written) || linesPerSecond * seconds;
}

async function manyClients(report: Report, count: number): Promise<void> {
  const server = await startServer();
  const meter = new LatencyMeter();
  const lines = new Array<number>(count).fill(0);
  const sockets = await Promise.all(
    lines.map((_, client) =>
      connectClient(server.url, (bytes) => {
        lines[client] = (lines[client] ?? 0) + countNewlines(bytes);
        if (client === 0) {
          meter.take(bytes);
        }
      }),
    ),
  );
  await pause(300);
  await append(server.file, 10_000, SECONDS);
  const written = 10_000 * SECONDS;
  const deadline = performance.now() + GRACE_MS;
  while (lines.some((received) => received < written) && performance.now() < deadline) {
    await pause(20);
  }
  const name = `${count} client${count === 1 ? '' : 's'} at 10,000 lines/s`;
  report.add({ name: `${name}: p50`, value: meter.percentile(0.5), unit: 'ms' });
  report.add({ name: `${name}: p99`, value: meter.percentile(0.99), unit: 'ms' });
  const lost = lines.reduce((sum, received) => sum + Math.abs(written - received), 0);
  report.add(atMost(`${name}: lines lost or doubled, all together`, lost, 0, 'lines'));
  report.add({ name: `${name}: memory of the server`, value: residentMiB(server.process.pid), unit: 'MiB' });
  for (const socket of sockets) {
    socket.terminate();
  }
  await server.stop();
}

/** Memory of the server while lines come, with a healthy client and perhaps a stalled one; MiB, median of the second half. */
async function memoryUnderLoad(withStalled: boolean): Promise<number> {
  const server = await startServer();
  const healthy = await connectClient(server.url, () => {});
  const release = withStalled ? await connectStalled(server.url) : undefined;
  const samples: number[] = [];
  const sampling = setInterval(() => samples.push(residentMiB(server.process.pid)), 250);
  await append(server.file, STALL_LINES_PER_SECOND, STALL_SECONDS);
  clearInterval(sampling);
  release?.();
  healthy.terminate();
  await server.stop();
  return median(samples.slice(Math.floor(samples.length / 2)));
}

/** Many clients at once, and one that does not read. */
export async function clients(): Promise<number> {
  const report = new Report('clients', 'Clients at once');
  for (const count of [1, 10, 100]) {
    await manyClients(report, count);
  }
  const without = await memoryUnderLoad(false);
  const beside = await memoryUnderLoad(true);
  const name = `server at 50,000 lines/s for ${STALL_SECONDS} s`;
  report.add({ name: `${name}: memory`, value: without, unit: 'MiB' });
  report.add(atMost(`${name}: more memory with a stalled client`, beside - without, 4, 'MiB'));
  return report.write();
}
