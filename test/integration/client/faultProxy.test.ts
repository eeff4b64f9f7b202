import assert from 'node:assert/strict';
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { FaultProxy } from '../../support/faultProxy';
import { LiveLogTail } from '../../support/liveLogTail';
import { ServerProcess } from '../../support/serverProcess';
import { createTemporaryDirectory, type TemporaryDirectory } from '../../support/temporaryDirectory';

describe('live-log-tail behind a network that fails, a writer at 5,000 lines/s', function () {
  this.timeout(120_000);
  let folder: TemporaryDirectory;
  let file: string;
  let server: ServerProcess;
  let proxy: FaultProxy;
  let tail: LiveLogTail;
  let writer: NodeJS.Timeout;
  let written = 0;

  beforeEach(async () => {
    folder = await createTemporaryDirectory('proxy');
    file = join(folder.path, 'app.log');
    writeFileSync(file, '');
    server = await ServerProcess.start([file]);
    proxy = await FaultProxy.start(() => server.port);
    tail = new LiveLogTail(['--lines', 'all', '--status', 'json', proxy.url]);
    writer = setInterval(() => {
      let batch = '';
      for (let line = 0; line < 50; line++) {
        batch += `2026-11-24T09:00:00.000Z INFO line ${written++} of the writer\n`;
      }
      appendFileSync(file, batch);
    }, 10);
  });
  afterEach(async () => {
    clearInterval(writer);
    await tail.stop();
    await proxy.stop();
    await server.stop();
    await folder.remove();
  });

  const states = () => tail.statuses.map(({ state }) => state);
  const lastState = () => tail.statuses.at(-1)?.state;
  const isConnected = () => ['replaying', 'live'].includes(lastState() ?? '');
  const assertWhole = async () => {
    clearInterval(writer);
    const wanted = readFileSync(file);
    // The pause before the sixth attempt in a row may take 32 s.
    await tail.until('everything', () => tail.output.length >= wanted.length, 60_000);
    assert.ok(tail.output.equals(wanted), 'byte for byte');
    assert.deepEqual(
      tail.statuses.filter(({ notice }) => notice === 'gap'),
      [],
    );
  };

  it('has every byte once after connections were reset again and again', async () => {
    for (let round = 1; round <= 6; round++) {
      await tail.until('the connection', () => proxy.connections >= round, 30_000);
      const { length } = tail.output;
      await tail.until('more lines', () => tail.output.length > length + 20_000, 30_000);
      proxy.reset();
    }
    await assertWhole();
    assert.ok(proxy.connections >= 6);
  });

  it('notices within 20 s that nothing comes any more, and goes on elsewhere', async () => {
    await tail.until('lines', () => tail.output.length > 20_000);
    const cutAt = Date.now();
    proxy.setCut(true);
    await tail.until(
      'doubt, then the verdict',
      () => lastState() === 'waiting' || lastState() === 'connecting',
      25_000,
    );
    const noticedMs = Date.now() - cutAt;
    assert.ok(states().includes('suspect'));
    console.log(`      noticed after ${(noticedMs / 1000).toFixed(1)} s`);
    proxy.reset();
    proxy.setCut(false);
    await tail.until('connected again', isConnected, 20_000);
    await assertWhole();
  });

  it('does not give up a slow way', async () => {
    await tail.until('lines', () => tail.output.length > 5000);
    proxy.faults.delayMs = 400;
    await pause(6000);
    proxy.faults.delayMs = 0;
    await assertWhole();
    assert.equal(proxy.connections, 1);
  });

  it('comes back when the way is closed for a while', async () => {
    await tail.until('lines', () => tail.output.length > 5000);
    proxy.faults.refuse = true;
    proxy.reset();
    await tail.until('waiting', () => states().filter((state) => state === 'waiting').length >= 2, 20_000);
    proxy.faults.refuse = false;
    await tail.until('connected again', isConnected, 20_000);
    await assertWhole();
  });
});
