import assert from 'node:assert/strict';
import {
  appendFileSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { statusTimes } from '../../../../src/server/file/bytes/fileIdentity';
import type { FileSource } from '../../../../src/server/file/fileSource';
import type { SourceReader } from '../../../../src/server/logSource';
import { FollowedFiles, readAll } from '../../../support/followedFiles';
import { OpenFiles } from '../../../support/openFiles';

/** Long enough that a cursor tells the file from others by its bytes. */
const BANNER = `${'service started, version 1.2.3, '.repeat(4)}\n`;
const banner = BANNER.slice(0, -1);

function handleOf(source: FileSource, index: number): FileHandle {
  const entry = source.journal.at(index);
  assert.ok(entry?.kind === 'extent');
  return entry.generation.handle;
}

describe('a file that is rotated', () => {
  let files: FollowedFiles;
  let log: string;

  beforeEach(async () => {
    files = await FollowedFiles.create();
    log = files.path();
  });
  afterEach(() => files.remove());

  const last = (source: FileSource, lines: number | 'all' = 'all') => source.open({ kind: 'last', lines });
  const resume = (source: FileSource, cursor: string | null, nextSeq = 0) =>
    source.open({ kind: 'resume', position: { source: source.id, epoch: 'e', nextSeq, cursor } });
  /** Reads what is there and goes; the cursor it would name again. */
  const leave = async (reader: SourceReader) => {
    await readAll(reader);
    const cursor = reader.cursor();
    reader.dispose();
    return cursor;
  };
  const isLine = (item: string) => item !== '<rotated>';
  /** A rotated file is older than the next by more than a file system's resolution of time. */
  const aged = (path: string, secondsAgo: number) => {
    const at = Date.now() / 1000 - secondsAgo;
    utimesSync(path, at, at);
  };

  /** All that happened to files was a year ago. When a file was renamed nobody can set. */
  const aYearLater = async (then: () => Promise<void>) => {
    const { of } = statusTimes;
    const year = 365n * 24n * 3600n * 1_000_000_000n;
    statusTimes.of = (status) => {
      const { bornAt, writtenAt, changedAt } = of(status);
      return { bornAt: bornAt - year, writtenAt: writtenAt - year, changedAt: changedAt - year };
    };
    await then().finally(() => {
      statusTimes.of = of;
    });
  };

  it('gives only the new line when the old file gets one and the new one is still empty', async () => {
    writeFileSync(log, 'a1\na2\n');
    const source = await files.follow();
    const reader = await last(source);
    assert.deepEqual(await readAll(reader), ['a1', 'a2']);
    renameSync(log, `${log}.1`);
    writeFileSync(log, '');
    await source.check();
    const late = await last(source, 0);
    assert.deepEqual(await readAll(reader), ['<rotated>']);
    appendFileSync(`${log}.1`, 'late\n');
    await source.check();
    assert.deepEqual(await readAll(reader), ['late']);
    assert.deepEqual(await readAll(late), ['late']);
  });

  it('gives only the new line when the file was moved away and nothing came in its place', async () => {
    writeFileSync(log, 'a1\n');
    const source = await files.follow();
    const reader = await last(source);
    await readAll(reader);
    renameSync(log, `${log}.old`);
    await source.check();
    files.clock.advance(1500);
    await source.check();
    assert.deepEqual(await readAll(reader), ['<waiting>']);
    files.clock.advance(60_000);
    appendFileSync(`${log}.old`, 'a2\n');
    await source.check();
    assert.deepEqual(await readAll(reader), ['a2'], 'without a successor it is read for as long as it is there');
  });

  it('tells nothing again of a file that was away for a moment', async () => {
    writeFileSync(log, 'a1\n');
    const source = await files.follow();
    const reader = await last(source);
    await readAll(reader);
    renameSync(log, `${log}.x`);
    await source.check();
    renameSync(`${log}.x`, log);
    await source.check();
    for (const line of ['a2', 'a3']) {
      appendFileSync(log, `${line}\n`);
      await source.check();
      assert.deepEqual(await readAll(reader), [line]);
    }
  });

  it('gives a client that was away everything between two stretches of the old file', async () => {
    writeFileSync(log, 'old1\n');
    const source = await files.follow();
    const cursor = await leave(await last(source));
    renameSync(log, `${log}.1`);
    writeFileSync(log, 'new1\n');
    await source.check();
    appendFileSync(`${log}.1`, 'late\n');
    await source.check();
    assert.deepEqual(await readAll(await resume(source, cursor, 1)), ['<rotated>', 'new1', 'late']);
  });

  it('doubles nothing for a client that comes after the old file was given up', async () => {
    writeFileSync(log, 'old1\n');
    const source = await files.follow();
    const cursor = await leave(await last(source));
    appendFileSync(log, 'old2\n');
    await source.check();
    renameSync(log, `${log}.1`);
    writeFileSync(log, 'new1\n');
    await source.check();
    appendFileSync(`${log}.1`, 'late\n');
    await source.check();
    appendFileSync(log, 'new2\n');
    await source.check();
    files.clock.advance(31_000);
    await source.check();
    assert.deepEqual(await readAll(await resume(source, cursor, 1)), ['old2', '<rotated>', 'new1', 'late', 'new2']);
  });

  it('doubles nothing for a client that read the old file last, when both had been given up', async () => {
    writeFileSync(log, 'old1\n');
    const source = await files.follow();
    const reader = await last(source);
    const rotate = async (content: string) => {
      for (const number of [3, 2, 1]) {
        if (existsSync(`${log}.${number}`)) {
          renameSync(`${log}.${number}`, `${log}.${number + 1}`);
        }
      }
      renameSync(log, `${log}.1`);
      writeFileSync(log, content);
      await source.check();
    };
    await rotate('new1\n');
    appendFileSync(`${log}.1`, 'late\n');
    await source.check();
    await rotate('');
    files.clock.advance(31_000);
    await source.check();
    const lines = ['old1', '<rotated>', 'new1', 'late', '<rotated>'];
    assert.deepEqual(await readAll(reader), lines);
    const cursor = await leave(reader);
    await rotate('newest\n');
    assert.deepEqual((await readAll(await resume(source, cursor, 3))).filter(isLine), ['newest']);
    source.dispose();
    assert.deepEqual((await readAll(await resume(await files.follow(), cursor, 3))).filter(isLine), ['newest']);
  });

  for (const isLeftEarly of [false, true]) {
    const how = isLeftEarly ? 'after each piece of both' : 'once it has all';
    it(`doubles nothing for a client that reads two files at servers which had neither, and leaves ${how}`, async () => {
      writeFileSync(log, 'old1\n');
      const before = await files.follow();
      const reader = await last(before);
      renameSync(log, `${log}.1`);
      writeFileSync(log, 'new1\n');
      await before.check();
      appendFileSync(`${log}.1`, 'old2\n');
      await before.check();
      let cursor = await leave(reader);
      before.dispose();
      appendFileSync(`${log}.1`, 'old3\n');
      appendFileSync(log, 'new2\n');
      renameSync(`${log}.1`, `${log}.2`);
      renameSync(log, `${log}.1`);
      aged(`${log}.2`, 20);
      aged(`${log}.1`, 10);
      writeFileSync(log, '');
      await aYearLater(async () => {
        const told: string[] = [];
        for (let server = 0; server < 4; server++) {
          const source = await files.follow();
          const later = await resume(source, cursor, 3);
          const item = isLeftEarly ? await later.read() : undefined;
          told.push(...(item?.kind === 'lines' ? [item.bytes.toString().trimEnd()] : []));
          cursor = isLeftEarly ? later.cursor() : cursor;
          if (!isLeftEarly) {
            told.push(...(await readAll(later)).filter(isLine));
            cursor = later.cursor();
          }
          later.dispose();
          source.dispose();
        }
        assert.deepEqual(told, ['new2', 'old3']);
      });
    });
  }

  it('gives a client that came with the last line, of the oldest of three files, nothing before it at a new server', async () => {
    writeFileSync(log, 'first1\n');
    const before = await files.follow();
    for (const name of ['second', 'third']) {
      if (existsSync(`${log}.1`)) {
        renameSync(`${log}.1`, `${log}.2`);
      }
      renameSync(log, `${log}.1`);
      writeFileSync(log, `${name}1\n`);
      await before.check();
    }
    for (const late of [1, 2]) {
      appendFileSync(`${log}.${late}`, `late ${late}\n`);
      await before.check();
    }
    const reader = await last(before, 1);
    assert.deepEqual(await readAll(reader), ['late 2']);
    const cursor = reader.cursor();
    reader.dispose();
    before.dispose();
    await aYearLater(async () => {
      assert.deepEqual(await readAll(await resume(await files.follow(), cursor, 1)), []);
    });
  });

  it('goes on in both files after the server was started anew', async () => {
    writeFileSync(log, 'old1\n');
    const before = await files.follow();
    const reader = await last(before);
    renameSync(log, `${log}.1`);
    writeFileSync(log, 'new1\n');
    await before.check();
    appendFileSync(`${log}.1`, 'late1\n');
    await before.check();
    const cursor = await leave(reader);
    before.dispose();
    appendFileSync(`${log}.1`, 'late2\n');
    appendFileSync(log, 'new2\n');
    const after = await files.follow();
    assert.deepEqual(await readAll(await resume(after, cursor, 3)), ['late2', 'new2']);
  });

  it('is told to its end by a client that leaves after each piece of what it missed', async () => {
    writeFileSync(log, 'a1\n');
    const before = await files.follow();
    const cursor = await leave(await last(before));
    before.dispose();
    appendFileSync(log, 'a2\n');
    renameSync(log, `${log}.2`);
    aged(`${log}.2`, 20);
    writeFileSync(`${log}.1`, 'b1\n');
    aged(`${log}.1`, 10);
    writeFileSync(log, 'c1\n');
    await aYearLater(async () => {
      const source = await files.follow();
      for (const more of [0, 1, 2]) {
        const told: string[] = [];
        let from = cursor;
        for (let isLeft = true; isLeft; ) {
          const reader = await resume(source, from, 1);
          isLeft = false;
          for (let items = 0; items <= more; ) {
            const item = await reader.read();
            if (item.kind === 'idle') {
              break;
            }
            if (item.kind === 'lines') {
              told.push(item.bytes.toString().trimEnd());
              isLeft = true;
            }
            items += isLeft ? 1 : 0;
          }
          from = reader.cursor();
          reader.dispose();
        }
        assert.deepEqual(told, ['a2', 'b1', 'c1'], `a line and ${more} words at a time`);
      }
    });
  });

  it('ends a last line without newline: the new file does not go on with it', async () => {
    writeFileSync(log, 'one\nunfinished');
    const before = await files.follow();
    const cursor = await leave(await last(before));
    before.dispose();
    renameSync(log, `${log}.1`);
    writeFileSync(log, 'new\n');
    await aYearLater(async () => {
      const reader = await resume(await files.follow(), cursor, 1);
      const item = await reader.read();
      assert.ok(item.kind === 'lines');
      assert.equal(item.bytes.toString(), 'unfinished\n');
      assert.equal(item.continues, undefined);
      reader.dispose();
    });
  });

  it('waits for the end of a last line for as long as its service may still write it', async () => {
    writeFileSync(log, 'one\nunfin');
    const before = await files.follow();
    const cursor = await leave(await last(before));
    before.dispose();
    renameSync(log, `${log}.1`);
    writeFileSync(log, 'new\n');
    const source = await files.follow();
    const reader = await resume(source, cursor, 1);
    assert.deepEqual(await readAll(reader), ['<rotated>', 'new']);
    appendFileSync(`${log}.1`, 'ished\nlast');
    await source.check();
    assert.deepEqual(await readAll(reader), ['unfinished']);
    files.clock.advance(31_000);
    await source.check();
    assert.deepEqual(await readAll(reader), ['last']);
  });

  it('is found although hundreds of older ones lie beside it, and none between is left out', async () => {
    for (let day = 0; day < 150; day++) {
      const old = `${log}-${20250101 + day}`;
      writeFileSync(old, `old ${day}\n`);
      aged(old, 1000 - day);
    }
    writeFileSync(log, 'l1\n');
    const before = await files.follow();
    const cursor = await leave(await last(before));
    before.dispose();
    appendFileSync(log, 'l2\n');
    renameSync(log, `${log}-20261122`);
    aged(`${log}-20261122`, 20);
    writeFileSync(`${log}-20261123`, 'm1\n');
    aged(`${log}-20261123`, 10);
    writeFileSync(log, 'n1\n');
    const lines = await readAll(await resume(await files.follow(), cursor, 1));
    assert.deepEqual(lines, ['l2', '<rotated>', 'm1', '<rotated>', 'n1']);
  });

  it("has no part in another service's log that is named like a rotation", async () => {
    writeFileSync(log, 'w1\n');
    writeFileSync(files.path('app-8081.log'), 'foreign\n');
    const before = await files.follow();
    const cursor = await leave(await last(before));
    before.dispose();
    renameSync(log, `${log}.1`);
    aged(`${log}.1`, 20);
    writeFileSync(files.path('app-8081.log'), 'foreign\nforeign too\n');
    writeFileSync(log, 'w2\n');
    const lines = await readAll(await resume(await files.follow(), cursor, 1));
    assert.deepEqual(lines, ['<rotated>', 'w2']);
  });

  it('is found behind a symbolic link', async () => {
    mkdirSync(files.path('pods'));
    const target = files.path('pods/0.log');
    writeFileSync(target, 'a1\n');
    symlinkSync(target, log);
    const before = await files.follow();
    const cursor = await leave(await last(before));
    before.dispose();
    appendFileSync(target, 'a2\n');
    renameSync(target, `${target}.1`);
    writeFileSync(target, 'a3\n');
    assert.deepEqual(await readAll(await resume(await files.follow(), cursor, 1)), ['a2', '<rotated>', 'a3']);
  });

  it('is known again by its bytes when its device or inode has another number', async () => {
    writeFileSync(log, `${BANNER}line 2\n`);
    const before = await files.follow();
    const cursor = await leave(await last(before));
    before.dispose();
    copyFileSync(log, files.path('restored'));
    renameSync(files.path('restored'), log);
    appendFileSync(log, 'line 3\n');
    assert.deepEqual(await readAll(await resume(await files.follow(), cursor, 2)), ['line 3']);
  });

  it('is not taken for one that was written anew behind the same beginning', async () => {
    writeFileSync(log, `${BANNER.repeat(3)}first run\n`);
    const before = await files.follow();
    const cursor = await leave(await last(before, 0));
    before.dispose();
    writeFileSync(log, `${BANNER.repeat(3)}the second run has longer lines\n`);
    const [gap, ...lines] = await readAll(await resume(await files.follow(), cursor));
    assert.match(gap ?? '', /^<gap: The place you had read to is not in app\.log any more/);
    assert.deepEqual(lines, [banner, banner, banner, 'the second run has longer lines']);
  });

  it('is not taken for one that was written anew with the same lines before the place', async () => {
    const tick = 'the same line again and again, longer than what is compared before a place\n';
    writeFileSync(log, `${BANNER}first run\n${tick.repeat(20)}`);
    const before = await files.follow();
    const cursor = await leave(await last(before, 0));
    before.dispose();
    writeFileSync(log, `${BANNER}other run\n${tick.repeat(30)}`);
    const [gap, ...lines] = await readAll(await resume(await files.follow(), cursor));
    assert.match(gap ?? '', /^<gap: The place you had read to is not in app\.log any more/);
    assert.equal(lines.length, 32);
  });

  it('says that lines are missing where it was cut while nobody was there', async () => {
    writeFileSync(log, 'a1\n');
    const before = await files.follow();
    const cursor = await leave(await last(before));
    before.dispose();
    renameSync(log, `${log}.1`);
    writeFileSync(log, 'b1\n');
    await aYearLater(async () => {
      const source = await files.follow();
      truncateSync(log, 0);
      await source.check();
      appendFileSync(log, 'c1\n');
      await source.check();
      const [rotated, gap, ...lines] = await readAll(await resume(source, cursor, 1));
      assert.equal(rotated, '<rotated>');
      assert.match(gap ?? '', /^<gap: app\.log was cut/);
      assert.deepEqual(lines, ['c1']);
    });
  });

  it('is told from its beginning, without a gap, to a client that was there before it', async () => {
    const before = await files.follow();
    const cursor = await leave(await last(before));
    before.dispose();
    writeFileSync(log, 'a1\n');
    assert.deepEqual(await readAll(await resume(await files.follow(), cursor)), ['a1']);
  });

  it('counts the lines a client asks for over stretches of two files', async () => {
    writeFileSync(log, 'old1\nold2\n');
    const source = await files.follow();
    renameSync(log, `${log}.1`);
    writeFileSync(log, 'new1\nnew2\n');
    await source.check();
    appendFileSync(`${log}.1`, 'late\n');
    await source.check();
    const lines = await readAll(await last(source, 2));
    assert.deepEqual(lines, ['new2', 'late']);
  });

  it('is noticed to be another one when it was written anew to the same length', async () => {
    writeFileSync(log, 'aaaa\n');
    const source = await files.follow();
    const reader = await last(source);
    await readAll(reader);
    writeFileSync(log, 'bbbb\n');
    aged(log, -10);
    await source.check();
    const [event, gap, line] = await readAll(reader);
    assert.equal(event, '<truncated>');
    assert.match(gap ?? '', /^<gap: /);
    assert.equal(line, 'bbbb');
  });

  it('loses no client that was looking for its place while the file was cut', async () => {
    writeFileSync(log, `${'x'.repeat(99)}\n`.repeat(100_000));
    const source = await files.follow();
    const handle = handleOf(source, 0);
    const { read } = handle;
    let isCut = false;
    // The first read of counting backwards is under way when the file is cut and looked at.
    handle.read = (async (...call: Parameters<typeof read>) => {
      if (!isCut) {
        isCut = true;
        truncateSync(log, 0);
        appendFileSync(log, 'after the cut\n');
        await source.check();
      }
      return read.apply(handle, call);
    }) as typeof read;
    const reader = await last(source, 90_000);
    assert.ok(isCut);
    await readAll(reader);
    appendFileSync(log, 'live\n');
    await source.check();
    assert.deepEqual((await readAll(reader)).at(-1), 'live');
  });

  it('is watched again when its folder was removed and made anew', async () => {
    const folder = files.path('logs');
    mkdirSync(folder);
    writeFileSync(`${folder}/app.log`, 'a\n');
    const source = await files.follow(`${folder}/app.log`);
    const reader = await last(source);
    rmSync(folder, { recursive: true });
    await source.check();
    mkdirSync(folder);
    writeFileSync(`${folder}/app.log`, 'b\n');
    await source.check();
    await readAll(reader);
    // Without a look that is asked for, and with a clock that stands, only the watcher can tell.
    const told = new Promise<void>((resolve) => source.onDidChange(resolve));
    appendFileSync(`${folder}/app.log`, 'c\n');
    await told;
    assert.deepEqual(await readAll(reader), ['c']);
  });

  it('is served from before a line that is longer than the limit, each piece numbered', async () => {
    writeFileSync(log, `first\n${'a'.repeat(1000)}\n${'b'.repeat(100)}\nlast\n`);
    const source = await files.follow(log, 100);
    const reader = await last(source, 1);
    await readAll(reader);
    const cursor = reader.cursor();
    for (const [lines, first] of [
      [3, 'a'.repeat(100)],
      [20, 'first'],
    ] as const) {
      const answer = await source.history({ cursor, epoch: reader.epoch, beforeSeq: 0, lines });
      const sent: string[] = [];
      for await (const { bytes } of answer.batches) {
        sent.push(...bytes.toString().split('\n').slice(0, -1));
      }
      assert.equal(sent.length, answer.linesInAll);
      assert.equal(sent[0], first);
      assert.equal(sent.length, lines === 3 ? 3 : 12);
    }
  });
});

/**
 * What a network file system does to a handle (ESTALE, EIO) cannot be had here: the calls of one handle
 * are made to fail, and nothing else.
 */
describe('a file whose handle cannot be read any more', () => {
  let files: FollowedFiles;
  let log: string;

  beforeEach(async () => {
    files = await FollowedFiles.create();
    log = files.path();
  });
  afterEach(() => files.remove());

  const fail = (handle: FileHandle) => {
    const stale = () => Promise.reject(Object.assign(new Error('ESTALE: stale file handle'), { code: 'ESTALE' }));
    Object.assign(handle, { stat: stale, read: stale });
  };

  it('goes on with the new file where it is that of a rotated one, and says that lines may be missing', async () => {
    writeFileSync(log, 'a1\n');
    const source = await files.follow();
    const reader = await source.open({ kind: 'last', lines: 'all' });
    await readAll(reader);
    const old = handleOf(source, 0);
    renameSync(log, `${log}.1`);
    writeFileSync(log, 'b1\n');
    await source.check();
    assert.deepEqual(await readAll(reader), ['<rotated>', 'b1']);
    fail(old);
    appendFileSync(log, 'b2\n');
    await source.check();
    // A look that the watcher asked for may have found the new line before the old file failed.
    const [gap, ...lines] = (await readAll(reader)).sort();
    assert.match(gap ?? '', /^<gap: A file of app\.log cannot be read any more/);
    assert.deepEqual(lines, ['b2']);
    assert.equal(source.state, 'live');
  });

  it('is opened again, and nothing of it is told twice', async () => {
    writeFileSync(log, 'a1\n');
    const source = await files.follow();
    const reader = await source.open({ kind: 'last', lines: 'all' });
    await readAll(reader);
    fail(handleOf(source, 0));
    appendFileSync(log, 'a2\n');
    await source.check();
    assert.deepEqual(await readAll(reader), ['a2']);
    assert.equal(source.state, 'live');
  });

  it('is given up when another one is at its path', async () => {
    writeFileSync(log, 'a1\n');
    const source = await files.follow();
    const reader = await source.open({ kind: 'last', lines: 'all' });
    await readAll(reader);
    fail(handleOf(source, 0));
    renameSync(log, `${log}.1`);
    writeFileSync(log, 'b1\n');
    await source.check();
    const lines = await readAll(reader);
    assert.match(lines[0] ?? '', /^<gap: /);
    assert.deepEqual(lines.slice(1), ['<rotated>', 'b1']);
  });

  it('keeps nothing open that was opened for a client which cannot be placed because of it', async () => {
    writeFileSync(log, 'a1\n');
    const before = await files.follow();
    const reader = await before.open({ kind: 'last', lines: 'all' });
    await readAll(reader);
    const cursor = reader.cursor();
    before.dispose();
    renameSync(log, `${log}-20261120`);
    for (const day of [1, 2, 3, 4]) {
      writeFileSync(`${log}-2026112${day}`, `day ${day}\n`);
    }
    writeFileSync(log, 'b1\n');
    const after = await files.follow();
    // The oldest of those that are read on in. Only a read of it fails, not a look whether it has grown.
    const stale = handleOf(after, 0);
    await after.check();
    Object.assign(stale, { read: () => Promise.reject(new Error('ESTALE: stale file handle')) });
    const position = { source: after.id, epoch: 'e', nextSeq: 1, cursor };
    const opened = new OpenFiles();
    try {
      await assert.rejects(after.open({ kind: 'resume', position }), /ESTALE/);
      await opened.allClosed();
    } finally {
      opened.dispose();
    }
  });
});

describe('a cursor that was made up', () => {
  let files: FollowedFiles;

  beforeEach(async () => {
    files = await FollowedFiles.create();
  });
  afterEach(() => files.remove());

  it('reaches no other file, whatever it says of it', async () => {
    const log = files.path();
    const content = `DB_PASSWORD=hunter2\n${BANNER}`;
    writeFileSync(log, 'a1\n');
    for (const name of ['app.env', 'application.yml', 'app-secret.log', '.env', 'other.log']) {
      writeFileSync(files.path(name), content);
    }
    const source = await files.follow();
    const secrets = readdirSync(files.folder).filter((name) => name !== 'app.log');
    for (const name of secrets) {
      const { dev, ino } = statSync(files.path(name));
      // One without evidence, and one that knows the whole content, as that file's own source would write it.
      const own = await files.follow(files.path(name));
      const knowing = await own.open({ kind: 'last', lines: 0 });
      for (const cursor of [`1;${dev}-${ino};0-;0-0;0-`, `1;${dev}-${ino};0-;20-20;0-`, knowing.cursor()]) {
        const reader = await source.open({
          kind: 'resume',
          position: { source: source.id, epoch: 'e', nextSeq: 0, cursor },
        });
        const lines = await readAll(reader);
        assert.ok(!lines.includes('DB_PASSWORD=hunter2'), `${name} was read with ${cursor}`);
        assert.equal(lines.at(-1), 'a1');
        const answer = await source.history({ cursor, epoch: 'e', beforeSeq: 0, lines: 10 });
        assert.equal(answer.linesInAll, 0);
      }
    }
  });
});
