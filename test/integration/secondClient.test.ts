import assert from 'node:assert/strict';
import { once } from 'node:events';
import { appendFileSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { freePort } from '../support/freePort';
import { startProcess } from '../support/processes';
import { ServerProcess } from '../support/serverProcess';
import { toolOrSkip } from '../support/skip';
import { createTemporaryDirectory } from '../support/temporaryDirectory';
import { repositoryRoot } from '../support/testCache';

describe('a client in Python, written from docs/PROTOCOL.md alone', () => {
  const script = join(repositoryRoot, 'test/support/second_client.py');

  it('has at most 200 lines', () => {
    assert.ok(readFileSync(script, 'utf8').split('\n').length <= 200);
  });

  it('ends byte-identical after the server was killed twice and the log rotated meanwhile', async function () {
    this.timeout(90_000);
    const python = toolOrSkip(this, 'websockets');
    const folder = await createTemporaryDirectory('second-client');
    const [file, copy, stop] = ['app.log', 'copy.log', 'stop'].map((name) => join(folder.path, name)) as [
      string,
      string,
      string,
    ];
    const whole: Buffer[] = [];
    let written = 0;
    const write = (lines: number) => {
      let text = '';
      for (let line = 0; line < lines; line++) {
        text += `INFO line ${written++} – grüße\n`;
      }
      appendFileSync(file, text);
      whole.push(Buffer.from(text));
    };
    writeFileSync(file, '');
    write(1000);
    const port = await freePort();
    let server = await ServerProcess.start(['--port', String(port), file]);
    const client = startProcess(python, [script, server.url, file, copy, stop], { stdio: ['ignore', 'pipe', 'pipe'] });
    let report = '';
    client.stdout?.on('data', (chunk: Buffer) => {
      report += chunk.toString();
    });
    let trouble = '';
    client.stderr?.on('data', (chunk: Buffer) => {
      trouble += chunk.toString();
    });
    const closed = once(client, 'close');
    const writer = setInterval(() => write(50), 10);
    const size = () => statSync(copy, { throwIfNoEntry: false })?.size ?? 0;
    for (let round = 0; round < 2; round++) {
      const before = size();
      for (let wait = 0; wait < 1000 && size() < before + 50_000; wait++) {
        await pause(20);
      }
      assert.ok(size() >= before + 50_000, `lines arrive: ${trouble}`);
      await server.kill();
      await pause(300);
      server = await ServerProcess.start(['--port', String(port), file]);
    }
    await pause(500);
    clearInterval(writer);
    writeFileSync(stop, '');
    const [code] = await closed;
    assert.equal(code, 0, trouble);
    const { lines, connects, gaps } = JSON.parse(report) as { lines: number; connects: number; gaps: unknown[] };
    assert.equal(lines, written);
    assert.ok(connects >= 3);
    assert.deepEqual(gaps, []);
    assert.ok(readFileSync(copy).equals(Buffer.concat(whole)), 'byte for byte');
    await server.stop();
    await folder.remove();
  });
});
