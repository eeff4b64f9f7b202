import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { appendFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { ServerProcess } from '../../support/serverProcess';
import { toolOrSkip } from '../../support/skip';
import { StreamClient } from '../../support/streamClient';
import { createTemporaryDirectory, type TemporaryDirectory } from '../../support/temporaryDirectory';

describe('a file that logrotate rotates while it is written', function () {
  this.timeout(60_000);
  let logrotate: string;
  let folder: TemporaryDirectory;
  let file: string;
  let server: ServerProcess;
  let client: StreamClient;
  let written = 0;

  const write = (lines: number) => {
    let text = '';
    for (let line = 0; line < lines; line++) {
      text += `line ${written++}\n`;
    }
    appendFileSync(file, text);
  };
  const all = () => Array.from({ length: written }, (_, line) => `line ${line}\n`).join('');
  const rotate = (...options: string[]) => {
    const configuration = join(folder.path, 'logrotate.conf');
    const owner = process.getuid?.() === 0 ? 'su root root\n' : '';
    writeFileSync(configuration, `${owner}${file} {\n  rotate 5\n  ${options.join('\n  ')}\n}\n`, { mode: 0o644 });
    const { status, stderr } = spawnSync(logrotate, ['--force', '--state', join(folder.path, 'state'), configuration], {
      encoding: 'utf8',
    });
    assert.equal(status, 0, stderr);
  };

  before(function () {
    logrotate = toolOrSkip(this, 'logrotate');
  });
  beforeEach(async () => {
    folder = await createTemporaryDirectory('logrotate');
    file = join(folder.path, 'app.log');
    written = 0;
    writeFileSync(file, '');
    write(100);
    server = await ServerProcess.start([file]);
    client = await StreamClient.connect(server.url);
  });
  afterEach(async () => {
    await client?.close();
    await server?.stop();
    await folder.remove();
  });

  for (const options of [
    ['create'],
    ['create', 'compress'],
    ['create', 'compress', 'delaycompress'],
    ['create', 'dateext', 'dateformat -%s'],
  ]) {
    it(`is delivered whole with ${options.join(', ')}`, async () => {
      for (let rotation = 0; rotation < 4; rotation++) {
        write(200);
        // dateext needs another second for another name.
        await pause(options.includes('dateext') ? 1100 : 150);
        rotate(...options);
        write(200);
      }
      await client.until('all of it', () => client.text() === all(), 15_000);
      assert.deepEqual(client.gaps, []);
      assert.deepEqual(client.problems, []);
    });
  }

  it('with copytruncate announces each time that lines may be lost, and doubles none', async () => {
    for (let rotation = 1; rotation <= 3; rotation++) {
      write(200);
      await client.until('what was written', () => client.text() === all());
      rotate('copytruncate');
      await client.until('the announcement', () => client.gaps.length === rotation);
    }
    write(10);
    await client.until('all of it', () => client.text() === all());
    assert.deepEqual(client.problems, []);
  });

  it('is delivered whole to a client that was away for two rotations, one of them compressed later', async () => {
    await client.until('what is there', () => client.text() === all());
    const { positions } = client;
    const before = written;
    await client.close();
    write(50);
    rotate('create', 'compress', 'delaycompress');
    await pause(50);
    write(50);
    rotate('create');
    write(50);
    client = await StreamClient.connect(server.url, { resume: positions });
    const missed = all().slice(all().indexOf(`line ${before}\n`));
    await client.until('what it missed', () => client.text() === missed, 10_000);
    assert.deepEqual(client.gaps, []);
    assert.deepEqual(client.problems, []);
  });
});
