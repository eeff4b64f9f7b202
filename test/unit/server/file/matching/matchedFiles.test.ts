import assert from 'node:assert/strict';
import { mkdirSync, renameSync, rmSync, statSync, symlinkSync, unlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { filesMatching } from '../../../../../src/server/file/matching/filePatterns';
import { MatchedFiles } from '../../../../../src/server/file/matching/matchedFiles';
import { WatchedFolders } from '../../../../../src/server/file/watching/watchedFolders';
import { FakeClock } from '../../../../support/fakeClock';
import { createTemporaryDirectory, type TemporaryDirectory } from '../../../../support/temporaryDirectory';

const RESCAN_MS = 2_000;
/** From when on a folder's times are old enough. */
const LATER_MS = 10_000;
/** After so long a folder is listed whatever its times say. */
const NET_MS = 30_000;

describe('what patterns match', () => {
  let folder: TemporaryDirectory;
  let folders: WatchedFolders;
  let clock: FakeClock;
  let listings: string[][];
  let epoch: number;
  /** Something that happens while the folder is listed. */
  let meanwhile: () => void;

  beforeEach(async function () {
    folder = await createTemporaryDirectory('matched');
    folders = new WatchedFolders();
    clock = new FakeClock(0, Date.now() + LATER_MS);
    listings = [];
    epoch = 1_000_000_000;
    meanwhile = () => {};
    mkdirSync(at('logs'));
    const watch = await folders.watch(folder.path, 'any', { happened: () => {} });
    if (process.platform !== 'linux' || !watch.isReliable) {
      this.skip(); // Here everything is listed each time.
    }
  });
  afterEach(async () => {
    folders.dispose();
    await folder.remove();
  });

  const at = (...names: string[]) => join(folder.path, ...names);
  const put = (...names: string[]) => {
    for (const name of names) {
      writeFileSync(at(name), '');
    }
  };
  /**
   * Gives a folder times of its own: two changes of a test come within one tick of the kernel, which in a real
   * folder that is trusted lie seconds apart.
   */
  const age = (name = 'logs') => utimesSync(at(name), ++epoch, epoch);
  const matched = (...patterns: string[]) =>
    new MatchedFiles(
      patterns.map((pattern) => pattern.replace(/^(!?)/, `$1${folder.path}/`)),
      {
        clock,
        folders,
        list: async (all) => {
          listings.push(all.map((pattern) => pattern.replace(`${folder.path}/`, '')));
          const found = await filesMatching(all);
          meanwhile();
          return found;
        },
      },
    );
  /** What is found at the next look, by name. */
  const look = async (files: MatchedFiles) => {
    clock.advance(RESCAN_MS);
    return (await files.list()).map((path) => basename(path)).sort();
  };

  it('is not listed again where no name has come or gone, whatever is written', async () => {
    put('logs/a.log');
    age();
    const files = matched('logs/*.log');
    assert.deepEqual(await look(files), ['a.log']);
    writeFileSync(at('logs/a.log'), 'more\n');
    assert.deepEqual(await look(files), ['a.log']);
    assert.deepEqual(await look(files), ['a.log']);
    assert.equal(listings.length, 1);
  });

  it('is found at the very next look when a name comes, goes or is another one', async () => {
    put('logs/a.log', 'logs/b.txt');
    age();
    const files = matched('logs/*.log');
    assert.deepEqual(await look(files), ['a.log']);
    const changes: readonly (readonly [() => void, readonly string[]])[] = [
      [() => put('logs/b.log'), ['a.log', 'b.log']],
      [() => renameSync(at('logs/b.txt'), at('logs/c.log')), ['a.log', 'b.log', 'c.log']],
      [() => unlinkSync(at('logs/b.log')), ['a.log', 'c.log']],
      [() => put('outside'), ['a.log', 'c.log']],
      [() => renameSync(at('outside'), at('logs/d.log')), ['a.log', 'c.log', 'd.log']],
    ];
    for (const [change, names] of changes) {
      age();
      await look(files);
      change();
      assert.deepEqual(await look(files), names);
    }
  });

  it('is listed each time while a folder’s times are so new that a change may leave them the same', async () => {
    put('logs/a.log');
    clock = new FakeClock(0, statSync(at('logs')).ctimeMs);
    const files = matched('logs/*.log');
    await files.list();
    await files.list();
    assert.equal(listings.length, 2);
    // Two seconds and a bit.
    clock.advance(1);
    await look(files);
    await look(files);
    assert.equal(listings.length, 3);
  });

  it('is listed each time while nothing is found: a folder on the way may be one that must not be listed yet', async () => {
    put('logs/a.txt');
    age();
    const files = matched('logs/*.log');
    await look(files);
    await look(files);
    assert.equal(listings.length, 2);
  });

  it('is found at the next look where it comes while the folder is listed', async () => {
    put('logs/a.log');
    age();
    const files = matched('logs/*.log');
    meanwhile = () => put('logs/b.log');
    assert.deepEqual(await look(files), ['a.log']);
    meanwhile = () => {};
    assert.deepEqual(await look(files), ['a.log', 'b.log']);
  });

  it('is found in a folder that is made later, or anew', async () => {
    const files = matched('later/*.log');
    assert.deepEqual(await look(files), []);
    mkdirSync(at('later'));
    assert.deepEqual(await look(files), []);
    put('later/a.log');
    assert.deepEqual(await look(files), ['a.log']);
    age('later');
    await look(files);
    rmSync(at('later'), { recursive: true });
    assert.deepEqual(await look(files), []);
    mkdirSync(at('later'));
    put('later/b.log');
    assert.deepEqual(await look(files), ['b.log']);
    // Another folder comes to stand there, with all its names, and with the times of the one before.
    age('later');
    await look(files);
    mkdirSync(at('other'));
    put('other/c.log');
    utimesSync(at('other'), epoch, epoch);
    renameSync(at('later'), at('old'));
    renameSync(at('other'), at('later'));
    assert.deepEqual(await look(files), ['c.log']);
  });

  it('is found behind a link of which only the end comes into being', async () => {
    put('logs/a.log');
    symlinkSync(at('elsewhere'), at('logs/b.log'));
    age();
    const files = matched('logs/*.log');
    assert.deepEqual(await look(files), ['a.log']);
    await look(files);
    assert.equal(listings.length, 1);
    put('elsewhere');
    assert.deepEqual(await look(files), ['a.log', 'b.log']);
    unlinkSync(at('elsewhere'));
    mkdirSync(at('elsewhere'));
    assert.deepEqual(await look(files), ['a.log']);
  });

  it('is found when the link moves that is the folder', async () => {
    mkdirSync(at('v1'));
    mkdirSync(at('v2'));
    put('v1/a.log', 'v2/b.log');
    symlinkSync(at('v1'), at('current'));
    age('v1');
    age('v2');
    const files = matched('current/*.log');
    assert.deepEqual(await look(files), ['a.log']);
    assert.deepEqual(await look(files), ['a.log']);
    assert.equal(listings.length, 1);
    unlinkSync(at('current'));
    symlinkSync(at('v2'), at('current'));
    assert.deepEqual(await look(files), ['b.log']);
  });

  it('is listed each time for a pattern that looks in more folders than one', async () => {
    mkdirSync(at('logs/deep'));
    put('logs/a.log', 'logs/deep/b.log');
    const patterns = [
      'logs/**/*.log',
      'logs/*/*.log',
      '{logs,more}/*.log',
      'logs/**',
      'log{s/a*,s/b*}',
      'lo[g]s/*.log',
    ];
    for (const pattern of patterns) {
      // A folder that is called as the pattern begins says nothing of the others.
      mkdirSync(dirname(at(pattern)), { recursive: true });
      age();
      age('logs/deep');
      const files = matched(pattern);
      await look(files);
      put('logs/deep/c.log');
      const found = await look(files);
      assert.deepEqual(found, (await filesMatching([at(pattern)])).map((path) => basename(path)).sort(), pattern);
      assert.equal(listings.splice(0).length, 2, pattern);
      unlinkSync(at('logs/deep/c.log'));
    }
  });

  it('is listed by the folder: only that of the one that has changed', async () => {
    mkdirSync(at('more'));
    put('logs/a.log', 'logs/x.log', 'more/b.log', 'more/b.txt', 'more/x.log');
    age();
    age('more');
    const files = matched('logs/*.log', 'more/*.log', '!logs/x*', 'more/*.txt', '!more/x.log');
    assert.deepEqual(await look(files), ['a.log', 'b.log', 'b.txt']);
    const [logs, more] = [
      ['logs/*.log', '!logs/x*', '!more/x.log'],
      ['more/*.log', 'more/*.txt', '!logs/x*', '!more/x.log'],
    ];
    assert.deepEqual(listings.splice(0).sort(), [logs, more]);
    put('more/c.log');
    assert.deepEqual(await look(files), ['a.log', 'b.log', 'b.txt', 'c.log']);
    assert.deepEqual(listings, [more]);
  });

  it('is listed after half a minute whatever the times say', async () => {
    put('logs/a.log');
    age();
    const files = matched('logs/*.log');
    for (let ms = 0; ms <= NET_MS; ms += RESCAN_MS) {
      await look(files);
    }
    assert.equal(listings.length, 2);
  });
});
