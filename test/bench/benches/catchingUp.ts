import { rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { clientStore } from '../contenders/clientStore';
import type { Contender } from '../contenders/contender';
import { rawLimit, rawLimitKept } from '../contenders/rawLimit';
import { tail } from '../contenders/tail';
import { terminalClient } from '../contenders/terminalClient';
import { installedWebsocketd } from '../contenders/websocketd';
import { writeLogFile } from '../logFile';
import { countNewlines } from '../newlineCount';
import { atLeast, median, Report } from '../report';

const LINES = 1_000_000;
const ROUNDS = 5;

/** Lines per second from the first byte asked for to the last line counted. */
async function measure(contender: Contender, file: string): Promise<number> {
  // Nobody pays for what the contender before left behind.
  globalThis.gc?.();
  let lines = 0;
  let done: () => void = () => {};
  const all = new Promise<void>((resolve) => {
    done = resolve;
  });
  let firstAt = Number.NaN;
  const running = await contender.start(file, (bytes, counted) => {
    if (Number.isNaN(firstAt)) {
      firstAt = performance.now();
    }
    lines += counted ?? countNewlines(bytes);
    if (lines >= LINES) {
      done();
    }
  });
  await all;
  const seconds = (performance.now() - firstAt) / 1000;
  await running.stop();
  return lines / seconds;
}

/** How fast 1,000,000 existing lines (130 MB) come to a client, beside the raw limit and the peers. */
export async function catchingUp(): Promise<number> {
  const report = new Report(
    'catching-up',
    `Catching up ${LINES.toLocaleString('en')} lines, median of ${ROUNDS} rounds`,
  );
  const file = join(tmpdir(), `live-log-stream-bench-${process.pid}.log`);
  writeLogFile(file, LINES);
  const websocketd = installedWebsocketd();
  const contenders = [rawLimit, rawLimitKept, tail, ...(websocketd ? [websocketd] : []), clientStore, terminalClient];
  const rates = new Map<Contender, number[]>(contenders.map((contender) => [contender, []]));
  try {
    // In turns, so that a slow minute of the machine meets all of them.
    for (let round = 0; round < ROUNDS; round++) {
      for (const contender of contenders) {
        rates.get(contender)?.push(await measure(contender, file));
      }
    }
  } finally {
    rmSync(file, { force: true });
  }
  const rate = (contender: Contender) => median(rates.get(contender) ?? []);
  for (const contender of contenders) {
    report.add({ name: contender.name, value: rate(contender), unit: 'lines/s' });
  }
  report.add(atLeast('client store, share of the raw limit', (100 * rate(clientStore)) / rate(rawLimit), 70, '%'));
  report.add({
    name: 'client store, share of the raw limit with every frame kept',
    value: (100 * rate(clientStore)) / rate(rawLimitKept),
    unit: '%',
  });
  report.add(atLeast('client store, share of tail in a pipe', rate(clientStore) / rate(tail), 0.8, '×'));
  return report.write();
}
