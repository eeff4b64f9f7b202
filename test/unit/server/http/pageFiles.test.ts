import assert from 'node:assert/strict';
import { rmSync, writeFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { join } from 'node:path';
import { endWithShared, PageFiles } from '../../../../src/server/http/pageFiles';
import { createTemporaryDirectory, type TemporaryDirectory } from '../../../support/temporaryDirectory';

describe('the files of the page', () => {
  let folder: TemporaryDirectory;

  beforeEach(async () => {
    folder = await createTemporaryDirectory('page');
  });
  afterEach(() => folder.remove());

  it('are read once, and one copy is shared by all who ask', async () => {
    writeFileSync(join(folder.path, 'page.js'), 'text');
    const files = new PageFiles(folder.path);
    const [one, other] = await Promise.all([files.read('page.js'), files.read('page.js')]);
    rmSync(join(folder.path, 'page.js'));
    assert.equal(one.toString(), 'text');
    assert.equal(one, other);
    assert.equal(await files.read('page.js'), one);
  });

  it('are looked for again where they were not there', async () => {
    const files = new PageFiles(folder.path);
    await assert.rejects(files.read('page.js'));
    writeFileSync(join(folder.path, 'page.js'), 'text');
    assert.equal((await files.read('page.js')).toString(), 'text');
  });

  it('are handed out piece by piece, as they are taken, and never copied', () => {
    const content = Buffer.alloc(150_000, 'x');
    const pieces: Buffer[] = [];
    const taken: ((error?: Error) => void)[] = [];
    let ended = false;
    const response = {
      write: (piece: Buffer, done: (error?: Error) => void) => {
        pieces.push(piece);
        taken.push(done);
      },
      end: (piece: Buffer) => {
        pieces.push(piece);
        ended = true;
      },
    };
    endWithShared(response as unknown as ServerResponse, content);
    assert.equal(pieces.length, 1, 'the first waits to be taken');
    taken.shift()?.();
    taken.shift()?.();
    assert.ok(ended);
    assert.deepEqual(Buffer.concat(pieces), content);
    assert.ok(pieces.every(({ buffer }) => buffer === content.buffer));
  });

  it('are handed out no further where the connection has failed', () => {
    let writes = 0;
    const response = {
      write: (_piece: Buffer, done: (error?: Error) => void) => {
        writes++;
        done(new Error('gone'));
      },
    };
    endWithShared(response as unknown as ServerResponse, Buffer.alloc(150_000));
    assert.equal(writes, 1);
  });
});
