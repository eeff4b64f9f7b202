import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeFile } from '../../../src/extension/writeFile';
import { createTemporaryDirectory, type TemporaryDirectory } from '../../support/temporaryDirectory';

describe('writing an export to a file', () => {
  let folder: TemporaryDirectory;
  let path: string;

  beforeEach(async () => {
    folder = await createTemporaryDirectory('export');
    path = join(folder.path, 'out.log');
  });
  afterEach(() => folder.remove());

  const never = new AbortController().signal;

  async function* pieces(count: number): AsyncGenerator<Uint8Array> {
    for (let number = 0; number < count; number++) {
      yield new Uint8Array(1000).fill(number);
    }
  }

  it('writes exactly the bytes, whatever they are, and nothing else into the folder', async () => {
    assert.equal(await writeFile(path, pieces(256), never), 256_000);
    const written = readFileSync(path);
    assert.equal(written.length, 256_000);
    assert.ok(written.every((byte, at) => byte === Math.floor(at / 1000)));
    assert.deepEqual(readdirSync(folder.path), ['out.log']);
  });

  it('writes an empty file for an empty log', async () => {
    assert.equal(await writeFile(path, pieces(0), never), 0);
    assert.equal(readFileSync(path).length, 0);
  });

  it('leaves the file as it was when it is given up', async () => {
    writeFileSync(path, 'before');
    const abort = new AbortController();
    let ended = false;
    async function* endless(): AsyncGenerator<Uint8Array> {
      try {
        for (let number = 0; ; number++) {
          if (number === 100) {
            abort.abort();
          }
          yield new Uint8Array(1000);
        }
      } finally {
        ended = true;
      }
    }
    await assert.rejects(writeFile(path, endless(), abort.signal), { name: 'AbortError' });
    assert.equal(readFileSync(path, 'utf8'), 'before');
    assert.deepEqual(readdirSync(folder.path), ['out.log']);
    assert.equal(ended, true);
  });

  it('writes through no link that waits under a name that can be foreseen', async function () {
    if (process.platform === 'win32') {
      // Making a link takes a right there that most people lack.
      this.skip();
    }
    const own = join(folder.path, 'own');
    writeFileSync(own, 'precious');
    symlinkSync(own, join(folder.path, '.out.log.partial'));
    await writeFile(path, pieces(1), never);
    assert.equal(readFileSync(own, 'utf8'), 'precious');
    assert.equal(readFileSync(path).length, 1000);
  });

  it('leaves nothing behind when the log cannot be read', async () => {
    async function* failing(): AsyncGenerator<Uint8Array> {
      yield new Uint8Array(10);
      throw new Error('gone');
    }
    await assert.rejects(writeFile(path, failing(), never), /gone/);
    assert.equal(existsSync(path), false);
    assert.deepEqual(readdirSync(folder.path), []);
  });

  it('fails where there is no folder, or a folder of that name', async () => {
    await assert.rejects(writeFile(join(folder.path, 'none', 'out.log'), pieces(1), never), /ENOENT/);
    mkdirSync(path);
    await assert.rejects(writeFile(path, pieces(1), never));
    assert.deepEqual(readdirSync(folder.path), ['out.log']);
  });
});
