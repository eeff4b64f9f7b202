import { spawn } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { clientStore } from '../contenders/clientStore';
import type { Contender } from '../contenders/contender';
import { installedFrontail } from '../contenders/frontail';
import { tail } from '../contenders/tail';
import { terminalClient } from '../contenders/terminalClient';
import { installedWebsocketd } from '../contenders/websocketd';
import { LatencyMeter } from '../latencies';
import { residentMiB } from '../processMemory';
import { atMost, Report } from '../report';

const SECONDS = 5;
/** How long after the last write a contender may still bring lines, ms. */
const GRACE_MS = 15_000;

interface Outcome {
  readonly meter: LatencyMeter;
  readonly written: number;
  readonly memoryMiB: number;
}

async function follow(contender: Contender, linesPerSecond: number): Promise<Outcome> {
  const file = join(tmpdir(), `live-log-stream-bench-${process.pid}.log`);
  writeFileSync(file, '');
  const meter = new LatencyMeter();
  const running = await contender.start(file, (bytes) => meter.take(bytes));
  await pause(500);
  const appender = spawn(
    process.execPath,
    ['--require', 'tsx/cjs', join(__dirname, '../peers/appender.ts'), file, String(linesPerSecond), String(SECONDS)],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  let printed = '';
  appender.stdout.on('data', (chunk: Buffer) => {
    printed += chunk.toString();
  });
  await new Promise((resolve) => appender.once('close', resolve));
  const written = Number(printed);
  const deadline = performance.now() + GRACE_MS;
  while (meter.lines < written && performance.now() < deadline) {
    await pause(20);
  }
  const memoryMiB = residentMiB(running.serverPid);
  await running.stop();
  rmSync(file, { force: true });
  return { meter, written, memoryMiB };
}

/** How long an appended line takes to a client at steady rates, and whether every one comes. */
export async function following(): Promise<number> {
  const report = new Report('following', `Following a file for ${SECONDS} s, from the write to the client`);
  const peers = [installedWebsocketd(), installedFrontail()].filter((peer) => peer !== undefined);
  for (const linesPerSecond of [1000, 10_000, 50_000, 1_000_000]) {
    const rate = linesPerSecond === 1_000_000 ? 'as fast as written' : `${linesPerSecond.toLocaleString('en')} lines/s`;
    for (const contender of [tail, ...peers, clientStore, terminalClient]) {
      const { meter, written, memoryMiB } = await follow(contender, linesPerSecond);
      const name = `${rate}, ${contender.name}`;
      const isOurs = contender === clientStore || contender === terminalClient;
      const held = isOurs && linesPerSecond <= 50_000;
      const [median, high] = [meter.percentile(0.5), meter.percentile(0.99)];
      report.add(held ? atMost(`${name}: p50`, median, 2, 'ms') : { name: `${name}: p50`, value: median, unit: 'ms' });
      report.add(held ? atMost(`${name}: p99`, high, 10, 'ms') : { name: `${name}: p99`, value: high, unit: 'ms' });
      report.add({ name: `${name}: longest`, value: meter.percentile(1), unit: 'ms' });
      const lost = written - meter.lines;
      report.add(
        isOurs
          ? atMost(`${name}: lines lost or doubled, of ${written}`, Math.abs(lost), 0, 'lines')
          : { name: `${name}: lines lost, of ${written}`, value: lost, unit: 'lines' },
      );
      report.add({ name: `${name}: memory of the server`, value: memoryMiB, unit: 'MiB' });
    }
  }
  return report.write();
}
