import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, statSync } from 'node:fs';
import { appendFile, open } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { startProcess } from '../support/processes';
import { ServerProcess } from '../support/serverProcess';
import { createTemporaryDirectory, type TemporaryDirectory } from '../support/temporaryDirectory';
import { repositoryRoot } from '../support/testCache';

const LINES = 1_000_000;

function line(number: number): string {
  const level = number % 50 === 0 ? 'ERROR' : number % 9 === 0 ? 'WARN ' : 'INFO ';
  return `2026-11-24T08:00:00.${String(number % 1000).padStart(3, '0')}Z ${level} [worker-${number % 16}] request ${number} GET /api/items/${number % 977} 200 in ${number % 250} ms – grüße`;
}

function lines(from: number, to: number): string {
  const all: string[] = [];
  for (let number = from; number < to; number++) {
    all.push(line(number));
  }
  return `${all.join('\n')}\n`;
}

describe('the whole path of a file', function () {
  this.timeout(120_000);
  let folder: TemporaryDirectory;

  before(async () => {
    folder = await createTemporaryDirectory('whole-path');
  });
  after(() => folder.remove());

  it('brings 1,000,000 lines and those appended then to the terminal client, byte for byte', async () => {
    const file = join(folder.path, 'app.log');
    const copy = join(folder.path, 'copy.log');
    const handle = await open(file, 'a');
    for (let at = 0; at < LINES; at += 50_000) {
      await handle.write(lines(at, at + 50_000));
    }
    await handle.close();
    const server = await ServerProcess.start([file]);
    const output = openSync(copy, 'w');
    const tail = startProcess(
      process.execPath,
      [join(repositoryRoot, 'dist/tail.js'), '--lines', 'all', '--status', 'json', server.url],
      { stdio: ['ignore', output, 'ignore'] },
    );
    closeSync(output);
    for (let at = LINES; at < LINES + 10_000; at += 500) {
      await appendFile(file, lines(at, at + 500));
      await pause(5);
    }
    const wanted = statSync(file).size;
    const deadline = Date.now() + 60_000;
    while (statSync(copy).size < wanted && Date.now() < deadline) {
      await pause(20);
    }
    tail.kill('SIGINT');
    const [code] = await once(tail, 'close');
    assert.equal(code, 0);
    // Throws, with the first difference, unless the files are the same.
    execFileSync('cmp', [file, copy]);
    await server.stop();
  });
});
