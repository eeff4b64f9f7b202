import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, renameSync, statSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { residentMiB } from '../bench/processMemory';
import { FaultProxy } from '../support/faultProxy';
import { startProcess } from '../support/processes';
import { ServerProcess } from '../support/serverProcess';
import { createTemporaryDirectory } from '../support/temporaryDirectory';
import { repositoryRoot } from '../support/testCache';

const CLIENTS = 5;
const LINES_PER_SECOND = 20_000;
const STEP_MS = 10;
const ROTATE_MS = 15_000;
/**
 * Longer than the minute after which a connection counts as stable: one that is lost sooner, twenty
 * times in a row, makes a client retry only every five minutes, as it should.
 */
const RESET_MS = 70_000;
const FIRST_RESET_MS = 5_000;
const SAMPLE_MS = 5_000;
/** More than that between the first and the last third of the time is growth. */
const FLAT_MIB = 12;

function median(values: readonly number[]): number {
  return [...values].sort((one, other) => one - other)[Math.floor(values.length / 2)] ?? Number.NaN;
}

/** A writer, a rotator and five clients, one of which loses its connection again and again. */
export async function soakStreaming(minutes: number): Promise<void> {
  const folder = await createTemporaryDirectory('soak');
  const [file, whole] = [join(folder.path, 'app.log'), join(folder.path, 'whole')];
  let output = openSync(file, 'a');
  const copy = openSync(whole, 'a');
  const server = await ServerProcess.start([file]);
  const proxy = await FaultProxy.start(() => server.port);
  const clients = Array.from({ length: CLIENTS }, (_, client) => {
    const path = join(folder.path, `client-${client}`);
    const to = openSync(path, 'w');
    const child = startProcess(
      process.execPath,
      [join(repositoryRoot, 'dist/tail.js'), '--lines', 'all', client === 0 ? proxy.url : server.url],
      { stdio: ['ignore', to, 'ignore'] },
    );
    closeSync(to);
    return { path, child };
  });
  console.log(
    `${CLIENTS} clients, ${LINES_PER_SECOND.toLocaleString('en')} lines/s, a rotation every ${ROTATE_MS / 1000} s, a reset every ${RESET_MS / 1000} s of one client, ${minutes} min.`,
  );
  const until = performance.now() + minutes * 60_000;
  const startedAt = performance.now();
  let written = 0;
  let rotations = 0;
  let [rotateAt, resetAt, sampleAt] = [ROTATE_MS, FIRST_RESET_MS, SAMPLE_MS];
  const memory: number[] = [];
  while (performance.now() < until) {
    const elapsed = performance.now() - startedAt;
    const due = Math.floor((elapsed / 1000) * LINES_PER_SECOND);
    let text = '';
    for (; written < due; written++) {
      text += `2026-11-24T08:00:00.000Z INFO line ${written} of the soak, long enough to be like those of a service at work\n`;
    }
    writeSync(output, text);
    writeSync(copy, text);
    if (elapsed >= rotateAt) {
      rotateAt += ROTATE_MS;
      rotations++;
      renameSync(file, `${file}.${rotations}`);
      closeSync(output);
      output = openSync(file, 'a');
    }
    if (elapsed >= resetAt) {
      resetAt += RESET_MS;
      proxy.reset();
    }
    if (elapsed >= sampleAt) {
      sampleAt += SAMPLE_MS;
      memory.push(residentMiB(server.pid));
      if (memory.length % 12 === 0) {
        console.log(
          `${Math.round(elapsed / 60_000)} min: ${written.toLocaleString('en')} lines, server ${Math.round(memory.at(-1) ?? 0)} MiB.`,
        );
      }
    }
    await pause(STEP_MS);
  }
  closeSync(output);
  closeSync(copy);
  const wanted = statSync(whole).size;
  const deadline = performance.now() + 60_000;
  while (clients.some(({ path }) => statSync(path).size < wanted) && performance.now() < deadline) {
    await pause(50);
  }
  for (const { child, path } of clients) {
    child.kill('SIGINT');
    await once(child, 'close');
    // Throws unless the files are the same.
    execFileSync('cmp', [whole, path], { stdio: 'inherit' });
  }
  const third = Math.max(1, Math.floor(memory.length / 3));
  const [first, last] = [median(memory.slice(0, third)), median(memory.slice(-third))];
  console.log(
    `${written.toLocaleString('en')} lines over ${rotations} rotations, ${CLIENTS} files byte-identical; ${proxy.connections} connections of the client that was reset; memory of the server ${first.toFixed(0)} MiB in the first third, ${last.toFixed(0)} MiB in the last.`,
  );
  // The first minute is the start, not growth.
  assert.ok(memory.length < 24 || last <= first + FLAT_MIB, 'memory is flat');
  await proxy.stop();
  await server.stop();
  await folder.remove();
}
