import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PartDurations } from '../../support/partDurations';
import { createTemporaryDirectory, type TemporaryDirectory } from '../../support/temporaryDirectory';

const titles = (parts: readonly { readonly title: string }[]) => parts.map(({ title }) => title).join(' ');
const parts = ['a', 'b', 'c', 'd'].map((title) => ({ title }));

describe('the order in which parts of the test run begin', () => {
  let folder: TemporaryDirectory;

  before(async () => {
    folder = await createTemporaryDirectory('durations');
  });
  after(() => folder.remove());

  it('is by how long they took the last time, those that nobody knows yet first', () => {
    const file = join(folder.path, 'some', 'durations.json');
    const first = new PartDurations(file);
    assert.equal(titles(first.longestFirst(parts)), 'a b c d');
    first.note({ title: 'b' }, 3);
    first.note({ title: 'd' }, 5);
    first.note({ title: 'a' }, 1);
    first.save();
    assert.equal(titles(new PartDurations(file).longestFirst(parts)), 'c d b a');
  });

  it('is the given one where what was kept cannot be read', () => {
    const file = join(folder.path, 'damaged.json');
    for (const text of ['', '{', 'null', '[1]', '{"b":"long"}']) {
      writeFileSync(file, text);
      assert.equal(titles(new PartDurations(file).longestFirst(parts)), 'a b c d', text);
    }
  });
});
