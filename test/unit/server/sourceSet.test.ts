import assert from 'node:assert/strict';
import { appendFileSync, mkdirSync, renameSync, utimesSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Disposable } from '../../../src/base/disposable';
import type { FileSource } from '../../../src/server/file/fileSource';
import { filesMatching, patternOf, unmatchedPatterns } from '../../../src/server/file/matching/filePatterns';
import { SOURCE_ID_BYTES } from '../../../src/server/sourceId';
import { SourceSet } from '../../../src/server/sourceSet';
import { FakeClock } from '../../support/fakeClock';
import { createTemporaryDirectory, type TemporaryDirectory } from '../../support/temporaryDirectory';

const RESCAN_MS = 2_000;
const MOST_FILES = 5;

/**
 * Counts how often patterns were matched again: the set takes its next timer when that is done. Files
 * take timers as long, so whose it is stands in the line of the stack below this one.
 */
class CountingClock extends FakeClock {
  rescans = 0;

  /** @param wallStartMs how late it is; at the beginning of time no folder's times are old enough to be trusted. */
  constructor(wallStartMs = 0) {
    super(0, wallStartMs);
  }

  override schedule(delayMs: number, callback: () => void): Disposable {
    const caller = new Error().stack?.split('\n')[2] ?? '';
    this.rescans += Number(delayMs === RESCAN_MS && caller.includes('sourceSet'));
    return super.schedule(delayMs, callback);
  }
}

describe('files that a pattern matches', () => {
  let folder: TemporaryDirectory;
  let clock: CountingClock;
  let set: SourceSet;
  let leftOut: string[];

  beforeEach(async () => {
    folder = await createTemporaryDirectory('patterns');
    clock = new CountingClock();
    leftOut = [];
    set = createSet();
  });
  afterEach(async () => {
    set.dispose();
    await folder.remove();
  });

  const createSet = () =>
    new SourceSet({
      clock,
      maxLineBytes: 1024,
      capacityBytes: 1024,
      mostFiles: MOST_FILES,
      onLeftOut: (paths) => leftOut.push(...paths.map((each) => basename(each))),
    });
  const path = (name: string) => join(folder.path, name);
  const names = () => set.all.map(({ name }) => name);
  const look = () => Promise.all(set.all.map((source) => (source as FileSource).check()));
  /** Moves the clock over the next matching at least, and waits until that is done. */
  const matchAgain = async (ms = RESCAN_MS) => {
    await look();
    const { rescans } = clock;
    clock.advance(ms);
    while (clock.rescans === rescans) {
      await new Promise((resolve) => setImmediate(resolve));
    }
  };

  it('join as they come', async () => {
    writeFileSync(path('a.log'), '');
    await set.addFiles([`${folder.path}/*.log`]);
    writeFileSync(path('b.log'), '');
    await matchAgain();
    assert.deepEqual(names(), ['a.log', 'b.log']);
  });

  it('join as they come, also in a folder that is not listed as long as its times are the same', async () => {
    clock = new CountingClock(Date.now() + 10_000);
    set.dispose();
    set = createSet();
    writeFileSync(path('a.log'), '');
    utimesSync(folder.path, 1_000_000_000, 1_000_000_000);
    await set.addFiles([`${folder.path}/*.log`]);
    await matchAgain();
    writeFileSync(path('b.log'), '');
    await matchAgain();
    assert.deepEqual(names(), ['a.log', 'b.log']);
  });

  it('are logs of their own, and not what those were rotated into', async () => {
    for (const name of ['app.log', 'app.log.1', 'app.log-20261123', 'app.log.2.gz', 'app-worker.log', 'app.log.note']) {
      writeFileSync(path(name), `${name}\n`);
    }
    await set.addFiles([`${folder.path}/app*`]);
    assert.deepEqual(names().sort(), ['app-worker.log', 'app.log', 'app.log.note']);
  });

  it('do not bring lines again under the names that a file is rotated to, one after the other', async () => {
    const log = path('app.log');
    writeFileSync(log, 'line 0\n');
    await set.addFiles([`${folder.path}/*`]);
    for (let rotation = 1; rotation <= 4; rotation++) {
      // A form of its own each time: log4j2's, a date's, a name that no rotation has.
      renameSync(log, path(['', 'app-1.log', 'app-2026-11-24.log', 'kept', 'app.log.1'][rotation] ?? ''));
      writeFileSync(log, '');
      await matchAgain();
      appendFileSync(log, `line ${rotation}\n`);
      // Long after the file was given up.
      await matchAgain(40_000);
      renameSync(
        path(['', 'app-1.log', 'app-2026-11-24.log', 'kept', 'app.log.1'][rotation] ?? ''),
        path(`x${rotation}`),
      );
      await matchAgain();
    }
    assert.deepEqual(names(), ['app.log']);
  });

  it('have a short id however long and odd their paths are, and no two the same', async () => {
    const odd = path(`${'\u0001'.repeat(250)}/${'\u0002'.repeat(250)}`);
    mkdirSync(odd, { recursive: true });
    writeFileSync(join(odd, 'app.log'), '');
    await set.addFiles([`${folder.path}/**/*.log`]);
    const [deep] = set.all;
    assert.ok(deep);
    // Somebody gives a file the very name that stands for the other's long one.
    await set.addFiles([deep.id]);
    const ids = set.all.map(({ id }) => id);
    assert.deepEqual(ids.length, 2);
    assert.notEqual(ids[0], ids[1]);
    for (const id of ids) {
      assert.ok(Buffer.byteLength(id) <= SOURCE_ID_BYTES);
      assert.doesNotMatch(id, /\p{Cc}/u);
    }
  });

  it('are taken for new ones where only the number of the file is that of an old one', async () => {
    const log = path('app.log');
    writeFileSync(log, 'line 0\n');
    await set.addFiles([`${folder.path}/*.log`]);
    renameSync(log, path('other.log'));
    writeFileSync(log, 'line 1\n');
    await matchAgain(40_000);
    assert.deepEqual(names(), ['app.log']);
    // The same inode with other content: what a file system does with the number of a deleted file.
    writeFileSync(path('other.log'), 'another log\n');
    await matchAgain();
    assert.deepEqual(
      names().map((name) => basename(name)),
      ['app.log', 'other.log'],
    );
  });

  it('are served up to the number of descriptors; of each of the others it is told once', async () => {
    for (let index = 0; index < MOST_FILES + 2; index++) {
      writeFileSync(path(`${index}.log`), '');
    }
    await set.addFiles([`${folder.path}/*.log`]);
    assert.deepEqual(names(), ['0.log', '1.log', '2.log', '3.log', '4.log']);
    assert.deepEqual(leftOut, ['5.log', '6.log']);
    writeFileSync(path('7.log'), '');
    await matchAgain();
    await matchAgain();
    assert.equal(names().length, MOST_FILES);
    assert.deepEqual(leftOut, ['5.log', '6.log', '7.log']);
  });
});

describe('a name that looks like a pattern', () => {
  let folder: TemporaryDirectory;
  beforeEach(async () => {
    folder = await createTemporaryDirectory('pattern-names');
  });
  afterEach(() => folder.remove());

  const at = (name: string) => join(folder.path, name);
  const put = (...names: string[]) => {
    for (const name of names) {
      writeFileSync(at(name), '');
    }
  };

  it('is a name where a file is called so', async function () {
    if (process.platform === 'win32') {
      this.skip();
    }
    const odd = ['app[1].log', 'a{b,c}.log', 'what?.log', 'star*.log', '@(x).log', '+(y).log', '(1).log', '[id].log'];
    put(...odd, 'app1.log', 'starry.log');
    for (const name of odd) {
      assert.equal(await patternOf(at(name)), undefined, name);
    }
  });

  it('is a pattern where none is', async () => {
    put('app1.log');
    assert.deepEqual(await filesMatching([(await patternOf(at('app[1].log'))) ?? '']), [at('app1.log')]);
  });

  it('begins with “!” to leave something out, unless a file is called so', async () => {
    const before = process.cwd();
    process.chdir(folder.path);
    try {
      put('a.log', 'b.log', '!c.log');
      const all = await Promise.all(['*.log', '!b.log', '!c.log', './!d.log'].map(patternOf));
      assert.deepEqual(all, ['*.log', '!b.log', undefined, undefined]);
      assert.deepEqual((await filesMatching(['*.log', '!b.log'])).map((found) => basename(found)).sort(), [
        '!c.log',
        'a.log',
      ]);
      const rest = await patternOf('./!*.log');
      assert.deepEqual(
        (await filesMatching([rest ?? ''])).map((found) => basename(found)),
        ['!c.log'],
      );
      assert.deepEqual(await unmatchedPatterns(['*.txt', '!b.log', 'a.log']), ['*.txt']);
    } finally {
      process.chdir(before);
    }
  });
});
