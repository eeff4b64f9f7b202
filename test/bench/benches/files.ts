import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { WebSocket } from 'ws';
import { decodeFrame } from '../../../src/protocol/frames';
import { LIMITS } from '../../../src/protocol/limits';
import type { ResumePosition, ServerMessage } from '../../../src/protocol/messages';
import { PROTOCOL_VERSION, SUBPROTOCOL } from '../../../src/protocol/version';
import { repositoryRoot } from '../../support/testCache';
import { endProcess, printed } from '../contenders/contender';
import { tail } from '../contenders/tail';
import { LatencyMeter } from '../latencies';
import { processorSeconds, residentMiB } from '../processMemory';
import { atMost, median, Report } from '../report';

const FILES = 1000;
const STARTS = 3;
const IDLE_SECONDS = 10;
const SECONDS = 10;
const LINES_PER_SECOND = 100;
const GRACE_MS = 15_000;

interface Running {
  readonly process: ChildProcess;
  readonly url: string;
  /** From the start of the process to its ready line, ms. */
  readonly startMs: number;
}

async function startServer(pattern: string): Promise<Running> {
  const started = performance.now();
  const server = spawn(process.execPath, [join(repositoryRoot, 'dist/server.js'), '--port', '0', pattern], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const [, url] = await printed(server, /listening on http(:\/\/\S+)/);
  return { process: server, url: `ws${url}/ws`, startMs: performance.now() - started };
}

/** The first message; with as many positions as a message may hold. */
function hello(clientId: string, positions: readonly ResumePosition[]): string {
  for (let count = positions.length; ; count--) {
    const resume = positions.slice(0, count);
    const message = { type: 'hello', version: PROTOCOL_VERSION, clientId, heartbeatMs: 9000, lines: 10, resume };
    const text = JSON.stringify(message);
    if (text.length <= LIMITS.controlMessageBytes) {
      return text;
    }
  }
}

/** A client that only takes note of where it stands: what is measured is the server. */
class CountingClient {
  readonly meter = new LatencyMeter();
  readonly positions = new Map<string, ResumePosition>();
  readonly #clientId = `bench-${Math.random()}`;
  readonly #url: string;
  #socket: WebSocket | undefined;
  /** Sources that have said since the dial that everything they have was sent. */
  #caughtUp = new Set<string>();

  constructor(url: string) {
    this.#url = url;
  }

  /** Dials, and resolves once it has everything of all sources; gives the time that took, ms. */
  async connect(resume: readonly ResumePosition[]): Promise<number> {
    const began = performance.now();
    this.#caughtUp = new Set();
    const socket = new WebSocket(this.#url, SUBPROTOCOL, { perMessageDeflate: false });
    this.#socket = socket;
    let closed = '';
    socket.on('close', (code, reason) => {
      closed = `${code} ${reason}`;
    });
    socket.on('message', (data: Buffer, isBinary) => this.#take(data, isBinary));
    await once(socket, 'open');
    socket.send(hello(this.#clientId, resume));
    while (this.#caughtUp.size < FILES && performance.now() - began < 60_000) {
      if (closed !== '') {
        throw new Error(`closed: ${closed}`);
      }
      await pause(5);
    }
    return performance.now() - began;
  }

  cut(): void {
    this.#socket?.terminate();
  }

  #take(data: Buffer, isBinary: boolean): void {
    if (isBinary) {
      const decoded = decodeFrame(data);
      if (decoded.kind === 'frame') {
        const { source, epoch, seq, count, cursor, bytes } = decoded.frame;
        this.positions.set(source, { source, epoch, nextSeq: seq + count, cursor });
        if (bytes[0] !== 0x6f) {
          this.meter.take(bytes);
        }
      }
      return;
    }
    const message = JSON.parse(data.toString()) as ServerMessage;
    if (message.type === 'ping') {
      this.#socket?.send(JSON.stringify({ type: 'pong', id: message.id }));
    } else if (message.type === 'mark') {
      const { source, epoch, nextSeq, cursor } = message;
      this.positions.set(source, { source, epoch, nextSeq, cursor });
      this.#caughtUp.add(source);
    }
  }
}

async function append(file: string): Promise<number> {
  const appender = spawn(
    process.execPath,
    ['--require', 'tsx/cjs', join(__dirname, '../peers/appender.ts'), file, String(LINES_PER_SECOND), String(SECONDS)],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const [, written] = await printed(appender, /^(\d+)$/);
  return Number(written);
}

/** What the same lines of one file take to `tail` in a pipe: how busy the machine is with other things. */
async function tailed(file: string): Promise<LatencyMeter> {
  writeFileSync(file, '');
  const meter = new LatencyMeter();
  const running = await tail.start(file, (bytes) => meter.take(bytes));
  await pause(500);
  await append(file);
  await pause(500);
  await running.stop();
  rmSync(file);
  return meter;
}

/** Share of one core that a process takes over some time, %. */
async function processorShare(pid: number | undefined, seconds: number): Promise<number> {
  const before = processorSeconds(pid);
  await pause(seconds * 1000);
  return (100 * (processorSeconds(pid) - before)) / seconds;
}

/** Many files of one folder behind one server, of which one is written. */
export async function files(): Promise<number> {
  const report = new Report('files', `${FILES.toLocaleString('en')} files in one folder, followed by a pattern`);
  const folder = mkdtempSync(join(tmpdir(), 'live-log-stream-bench-files-'));
  const log = (index: number) => join(folder, `service-${index}.log`);
  for (let index = 0; index < FILES; index++) {
    writeFileSync(log(index), `one line of service ${index}\n`);
  }
  let server: Running | undefined;
  try {
    const alone = await tailed(join(folder, 'tailed'));
    const tailName = `${LINES_PER_SECOND} lines/s, ${tail.name}, one file`;
    report.add({ name: `${tailName}: p50`, value: alone.percentile(0.5), unit: 'ms' });
    report.add({ name: `${tailName}: p99`, value: alone.percentile(0.99), unit: 'ms' });
    const starts: number[] = [];
    for (let start = 0; start < STARTS; start++) {
      if (server) {
        await endProcess(server.process);
      }
      server = await startServer(join(folder, '*.log'));
      starts.push(server.startMs);
    }
    const { process: child, url } = server as Running;
    report.add(atMost('start to the ready line', median(starts), 3000, 'ms'));
    await pause(3000);
    report.add(atMost('processor while nothing happens', await processorShare(child.pid, IDLE_SECONDS), 2, '%'));
    const client = new CountingClient(url);
    report.add({ name: 'a first client has all sources', value: await client.connect([]), unit: 'ms' });
    await pause(2000);
    const quiet = await processorShare(child.pid, IDLE_SECONDS);
    report.add({ name: 'processor while nothing happens, one client', value: quiet, unit: '%' });
    const share = processorShare(child.pid, SECONDS);
    const written = await append(log(0));
    const name = `${LINES_PER_SECOND} lines/s to one file`;
    report.add({ name: `${name}: processor`, value: await share, unit: '%' });
    const deadline = performance.now() + GRACE_MS;
    while (client.meter.lines < written && performance.now() < deadline) {
      await pause(20);
    }
    report.add({ name: `${name}: p50`, value: client.meter.percentile(0.5), unit: 'ms' });
    report.add(atMost(`${name}: p99`, client.meter.percentile(0.99), 15, 'ms'));
    report.add({ name: `${name}: longest`, value: client.meter.percentile(1), unit: 'ms' });
    report.add(
      atMost(`${name}: lines lost or doubled, of ${written}`, Math.abs(written - client.meter.lines), 0, 'lines'),
    );
    client.cut();
    const again = await client.connect([...client.positions.values()]);
    report.add(atMost('a client that comes back has all sources', again, 2000, 'ms'));
    report.add({ name: 'memory of the server', value: residentMiB(child.pid), unit: 'MiB' });
    client.cut();
  } finally {
    if (server) {
      await endProcess(server.process);
    }
    rmSync(folder, { recursive: true, force: true });
  }
  return report.write();
}
