import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { namesBeginning } from '../../../../../src/server/file/watching/folderNames';
import { createTemporaryDirectory, type TemporaryDirectory } from '../../../../support/temporaryDirectory';

describe('the names in a folder', () => {
  let folder: TemporaryDirectory;
  beforeEach(async () => {
    folder = await createTemporaryDirectory('names');
  });
  afterEach(() => folder.remove());

  const put = (name: string) => writeFileSync(join(folder.path, name), '');

  it('are those that begin as asked', async () => {
    for (const name of ['app.log', 'app.log.1', 'app-2.log', 'apq', 'b.log', 'ap']) {
      put(name);
    }
    assert.deepEqual(await namesBeginning(folder.path, 'app'), ['app-2.log', 'app.log', 'app.log.1']);
    assert.equal((await namesBeginning(folder.path, '')).length, 6);
    assert.deepEqual(await namesBeginning(join(folder.path, 'missing'), ''), []);
  });

  it('are never older than the question, although many who ask share a listing', async () => {
    put('a');
    const first = namesBeginning(folder.path, '');
    put('b');
    const [second, third] = await Promise.all([namesBeginning(folder.path, ''), namesBeginning(folder.path, '')]);
    await first;
    assert.deepEqual(
      [second, third],
      [
        ['a', 'b'],
        ['a', 'b'],
      ],
    );
    put('c');
    assert.deepEqual(await namesBeginning(folder.path, ''), ['a', 'b', 'c']);
  });
});
