import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { makeServerSocket } from '../../../src/extension/serverSocket';
import { longestSocketPath } from '../../../src/protocol/socketAddress';
import { createTemporaryDirectory, type TemporaryDirectory } from '../../support/temporaryDirectory';

describe('the place of a server’s socket', () => {
  let folder: TemporaryDirectory;

  beforeEach(async () => {
    folder = await createTemporaryDirectory('place');
  });
  afterEach(() => folder.remove());

  it('is a folder of its own that only this user may enter', () => {
    const places = [1, 2].map(() => makeServerSocket('linux', [folder.path]));
    assert.equal(new Set(places.map(({ path }) => path)).size, 2);
    for (const place of places) {
      assert.equal(place.path, join(place.folder ?? '', 's'));
      if (process.platform !== 'win32') {
        assert.equal(statSync(place.folder ?? '').mode & 0o777, 0o700);
      }
    }
  });

  it('is elsewhere where the folder for temporary files has too long a name, or is none', () => {
    const long = join(folder.path, 'x'.repeat(100));
    mkdirSync(long);
    const place = makeServerSocket('darwin', [long, join(folder.path, 'none'), folder.path]);
    assert.equal(place.folder?.startsWith(join(folder.path, 'live-log-stream-')), true);
    assert.ok(Buffer.byteLength(place.path) <= longestSocketPath('darwin'));
    assert.deepEqual(readdirSync(long), []);
  });

  it('is told to be nowhere in one sentence', () => {
    assert.throws(
      () => makeServerSocket('linux', [join(folder.path, 'x'.repeat(120)), join(folder.path, 'none')]),
      /^Error: no folder for its socket could be made \(the name of .* is too long; ENOENT.*\): let TMPDIR name/,
    );
  });

  it('is a pipe that nobody can guess on Windows, in no folder', () => {
    const { path, folder: none } = makeServerSocket('win32');
    assert.match(path, /^\\\\\.\\pipe\\live-log-stream-[0-9a-f]{32}$/);
    assert.equal(none, undefined);
    assert.notEqual(makeServerSocket('win32').path, path);
  });
});
