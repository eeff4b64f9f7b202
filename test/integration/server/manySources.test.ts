import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { LiveLogTail } from '../../support/liveLogTail';
import { ServerProcess } from '../../support/serverProcess';
import { createTemporaryDirectory, type TemporaryDirectory } from '../../support/temporaryDirectory';

describe('a server of odd or many sources', function () {
  this.timeout(60_000);
  let folder: TemporaryDirectory;
  let server: ServerProcess;
  let tail: LiveLogTail | undefined;

  beforeEach(async () => {
    folder = await createTemporaryDirectory('many');
  });
  afterEach(async () => {
    await tail?.stop();
    tail = undefined;
    await server.stop();
    await folder.remove();
  });

  it('delivers a file whose path is 750 control characters long', async () => {
    const deep = join(folder.path, ...['\u0001', '\u0002', '\u0003'].map((character) => character.repeat(250)));
    mkdirSync(deep, { recursive: true });
    writeFileSync(join(deep, 'app.log'), 'one\ntwo\n');
    server = await ServerProcess.start([join(deep, 'app.log')]);
    tail = new LiveLogTail(['--lines', 'all', '--source', join(deep, 'app.log'), server.url]);
    const follower = tail;
    await follower.until('the lines', () => follower.output.length === 8);
    assert.equal(follower.output.toString(), 'one\ntwo\n');
  });
});
