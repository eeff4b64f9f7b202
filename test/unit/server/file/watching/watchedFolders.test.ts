import assert from 'node:assert/strict';
import { appendFileSync, mkdirSync, renameSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { identityOf } from '../../../../../src/server/file/bytes/fileIdentity';
import { FolderWatchers } from '../../../../../src/server/file/watching/folderWatchers';
import { WatchedFolders } from '../../../../../src/server/file/watching/watchedFolders';
import { createTemporaryDirectory, type TemporaryDirectory } from '../../../../support/temporaryDirectory';

describe('what happens in the folders of followed files', () => {
  let folder: TemporaryDirectory;
  let folders: WatchedFolders;
  let watched: FolderWatchers[];
  beforeEach(async () => {
    folder = await createTemporaryDirectory('watched');
    folders = new WatchedFolders();
    watched = [];
  });
  afterEach(async () => {
    for (const each of watched) {
      each.dispose();
    }
    folders.dispose();
    await folder.remove();
  });

  const path = (...names: string[]) => join(folder.path, ...names);
  const fileOf = (name: string) => identityOf(statSync(path(name), { bigint: true }));
  const follow = async (...names: string[]) => {
    const watchers: FolderWatchers = new FolderWatchers(path(...names), () => {}, folders);
    watched.push(watchers);
    await watchers.update();
    return watchers;
  };
  const told = async (watchers: FolderWatchers, events: number) => {
    const deadline = Date.now() + 5_000;
    while (watchers.events <= events && Date.now() < deadline) {
      await pause(5);
    }
    assert.ok(watchers.events > events, 'nothing was told');
  };

  it('is told to whoever follows the file, and to nobody else', async () => {
    for (const name of ['a.log', 'b.log']) {
      writeFileSync(path(name), '');
    }
    const [a, b] = [await follow('a.log'), await follow('b.log')];
    await pause(50);
    const before = b.events;
    appendFileSync(path('a.log'), 'line\n');
    await told(a, 0);
    assert.equal(b.events, before);
  });

  it('is told of a file that has another name by now', async () => {
    writeFileSync(path('app.log'), '');
    const app = await follow('app.log');
    app.reads([fileOf('app.log')]);
    renameSync(path('app.log'), path('kept'));
    await told(app, 0);
    await pause(50);
    const before = app.events;
    appendFileSync(path('kept'), 'late\n');
    await told(app, before);
    await pause(50);
    const last = app.events;
    app.reads([]);
    appendFileSync(path('kept'), 'later\n');
    await pause(100);
    assert.equal(app.events, last);
  });

  it('is told of a file whose folder does not exist yet', async () => {
    const app = await follow('one', 'two', 'app.log');
    assert.ok(app.isReliable || process.platform === 'win32');
    mkdirSync(path('one', 'two'), { recursive: true });
    await told(app, 0);
    await app.update();
    const before = app.events;
    writeFileSync(path('one', 'two', 'app.log'), '');
    await told(app, before);
  });

  it('is told of a folder that was removed and made again', async () => {
    mkdirSync(path('logs'));
    const app = await follow('logs', 'app.log');
    rmSync(path('logs'), { recursive: true });
    mkdirSync(path('logs'));
    await told(app, 0);
    await app.update();
    const before = app.events;
    writeFileSync(path('logs', 'app.log'), '');
    await told(app, before);
  });

  it('is told of the file that a link leads to, also while nothing is there', async () => {
    mkdirSync(path('real'));
    symlinkSync(path('real', 'today.log'), path('app.log'));
    const app = await follow('app.log');
    writeFileSync(path('real', 'today.log'), '');
    await told(app, 0);
  });

  it('is no news to one who is gone', async () => {
    writeFileSync(path('app.log'), '');
    const app = await follow('app.log');
    app.dispose();
    appendFileSync(path('app.log'), 'line\n');
    await pause(50);
    assert.equal(app.events, 0);
    assert.equal(app.isReliable, false);
  });
});
