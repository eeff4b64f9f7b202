import assert from 'node:assert/strict';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { TokenFile } from '../../../src/cli/tokenFile';
import { FakeClock } from '../../support/fakeClock';
import { createTemporaryDirectory, type TemporaryDirectory } from '../../support/temporaryDirectory';

describe('the file of a token', () => {
  let folder: TemporaryDirectory;
  let path: string;
  const clock = new FakeClock();

  before(async () => {
    folder = await createTemporaryDirectory('token');
    path = join(folder.path, 'token');
  });
  after(() => folder.remove());

  /** Lets a look that is under way end: it reads a real file. */
  const ended = () => new Promise((resolve) => setTimeout(resolve, 50));

  it('is read at each dial', async () => {
    const file = new TokenFile(path, clock, () => {});
    writeFileSync(path, 'one\n');
    assert.deepEqual(await file.token(), { kind: 'token', token: 'one' });
    writeFileSync(path, 'two\n');
    assert.deepEqual(await file.token(), { kind: 'token', token: 'two' });
    rmSync(path);
    const reading = await file.token();
    assert.ok(reading.kind === 'problem' && reading.problem.includes(path));
  });

  it('tells while it is watched, once, that it holds another one than the last dial had', async () => {
    let told = 0;
    const file = new TokenFile(path, clock, () => told++);
    writeFileSync(path, 'old');
    await file.token();
    file.setWatched(true);
    for (const content of ['old', '', 'new', 'new']) {
      writeFileSync(path, content);
      clock.advance(2000);
      await ended();
    }
    assert.equal(told, 1);
    file.setWatched(false);
    writeFileSync(path, 'newer');
    clock.advance(10_000);
    await ended();
    assert.equal(told, 1);
  });
});
