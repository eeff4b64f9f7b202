import assert from 'node:assert/strict';
import fs, {
  appendFileSync,
  closeSync,
  copyFileSync,
  existsSync,
  fstatSync,
  ftruncateSync,
  openSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { mock } from 'node:test';
import { type StatusTimes, statusTimes } from '../../../../src/server/file/bytes/fileIdentity';
import { LogFileHandle } from '../../../../src/server/file/bytes/logFileHandle';
import type { FileSource } from '../../../../src/server/file/fileSource';
import { FakeClock } from '../../../support/fakeClock';
import { FollowedFiles, readAll } from '../../../support/followedFiles';

const lines = (name: string, count: number) => Array.from({ length: count }, (_, at) => `${name}, line ${at}`);
const text = (...all: readonly string[]) => all.map((line) => `${line}\n`).join('');

/** All that happens between two calls that wait happens between two looks: the server is frozen. */
describe('what happened to a file between two looks', () => {
  let files: FollowedFiles;
  let log: string;

  beforeEach(async () => {
    files = await FollowedFiles.create();
    log = files.path();
  });
  afterEach(() => files.remove());

  const last = (source: FileSource) => source.open({ kind: 'last', lines: 'all' });
  const resume = (source: FileSource, cursor: string | null) =>
    source.open({ kind: 'resume', position: { source: source.id, epoch: 'e', nextSeq: 0, cursor } });
  /** A rotator that counts, and keeps so many files. */
  const rotate = (keep = 9) => {
    rmSync(`${log}.${keep}`, { force: true });
    for (let number = keep - 1; number >= 1; number--) {
      if (existsSync(`${log}.${number}`)) {
        renameSync(`${log}.${number}`, `${log}.${number + 1}`);
      }
    }
    renameSync(log, `${log}.1`);
  };
  const follow = async (content: string) => {
    writeFileSync(log, content);
    const source = await files.follow();
    const reader = await last(source);
    await readAll(reader);
    return { source, reader };
  };
  const seen = async ({ source, reader }: Awaited<ReturnType<typeof follow>>) => {
    await source.check();
    return readAll(reader);
  };

  for (const naming of ['numbers', 'dates'] as const) {
    it(`loses no file that was rotated in its turn, by ${naming}`, async () => {
      const followed = await follow(text(...lines('first', 5)));
      appendFileSync(log, 'the last of the first\n');
      for (const [day, name] of ['second', 'third', 'fourth'].entries()) {
        if (naming === 'numbers') {
          rotate();
        } else {
          renameSync(log, `${log}-2026112${day}`);
        }
        writeFileSync(log, text(...lines(name, 3)));
      }
      assert.deepEqual(await seen(followed), [
        'the last of the first',
        '<rotated>',
        ...lines('second', 3),
        '<rotated>',
        ...lines('third', 3),
        '<rotated>',
        ...lines('fourth', 3),
      ]);
    });
  }

  it('goes on with what a file in the middle gets late', async () => {
    const followed = await follow('first\n');
    rotate();
    writeFileSync(log, 'second\n');
    const service = openSync(log, 'a');
    rotate();
    writeFileSync(log, 'third\n');
    await seen(followed);
    writeSync(service, 'late\n');
    closeSync(service);
    assert.deepEqual(await seen(followed), ['late']);
  });

  it('tells a gap where files were rotated and deleted again', async () => {
    const followed = await follow(text(...lines('first', 5)));
    for (let round = 0; round < 6; round++) {
      rotate(3);
      writeFileSync(log, `round ${round}\n`);
    }
    const [rotated, gap, ...others] = await seen(followed);
    assert.equal(rotated, '<rotated>');
    assert.match(gap ?? '', /^<gap: app\.log was rotated so often since the last look/);
    assert.deepEqual(
      others.filter((line) => line !== '<rotated>'),
      ['round 2', 'round 3', 'round 4', 'round 5'],
    );
  });

  it('loses nothing that stands in the copy of a file that was cut', async () => {
    const followed = await follow(text(...lines('seen', 5)));
    appendFileSync(log, text(...lines('unseen', 5)));
    copyFileSync(log, `${log}.1`);
    truncateSync(log, 0);
    appendFileSync(log, 'after the cut\n');
    const found = await seen(followed);
    assert.match(found[6] ?? '', /^<gap: app\.log was cut after it had been copied/);
    assert.deepEqual(
      [...found.slice(0, 6), ...found.slice(7)],
      [...lines('unseen', 5), '<truncated>', 'after the cut'],
    );
  });

  it('loses nothing of two copies, and not of one whose first bytes were not all read before', async () => {
    const followed = await follow(text('service started, version 1.2.3, on a machine with a name'.padEnd(70, '.')));
    for (const round of ['one', 'two']) {
      appendFileSync(log, text(...lines(round, 5)));
      if (existsSync(`${log}.1`)) {
        renameSync(`${log}.1`, `${log}.2`);
      }
      copyFileSync(log, `${log}.1`);
      truncateSync(log, 0);
    }
    appendFileSync(log, text(...lines('after both cuts', 20)));
    const found = (await seen(followed)).filter((line) => !line.startsWith('<'));
    assert.deepEqual(found, [...lines('one', 5), ...lines('two', 5), ...lines('after both cuts', 20)]);
  });

  it('gives a reader that is behind all of a file that was copied and cut', async () => {
    writeFileSync(log, text(...lines('seen', 50)));
    const source = await files.follow();
    const reader = await last(source);
    copyFileSync(log, `${log}.1`);
    truncateSync(log, 0);
    await source.check();
    assert.deepEqual((await readAll(reader)).slice(0, 50), lines('seen', 50));
  });

  it('gives a reader that is behind nothing of what was written anew as if it were the old', async () => {
    writeFileSync(log, text(...lines('old', 50)));
    const source = await files.follow();
    const reader = await last(source);
    writeFileSync(log, text(...lines('new', 60)));
    const found = await readAll(reader);
    assert.ok(found.some((line) => line.startsWith('<gap: app.log was cut')));
    assert.deepEqual(
      found.filter((line) => !line.startsWith('<')),
      lines('new', 60),
    );
  });

  it('gives no line of a short file twice that was copied and cut, to who comes back from the file before it', async () => {
    writeFileSync(`${log}.1`, 'of the file before it\n');
    writeFileSync(log, '');
    const source = await files.follow();
    const reader = await last(source);
    const cursor = reader.cursor();
    // Too short to be known again in its copy: a gap is told, and the line comes from memory.
    appendFileSync(log, 'short\n');
    await source.check();
    rotate();
    renameSync(`${log}.1`, log);
    copyFileSync(log, `${log}.1`);
    truncateSync(log, 0);
    const found = await readAll(await resume(source, cursor));
    assert.deepEqual(
      found.filter((line) => line === 'short'),
      ['short'],
    );
    assert.ok(found.some((line) => line.startsWith('<gap: app.log was cut')));
  });

  it('notices a file that was written anew with the same bytes before the place', async () => {
    const tick = 'the same line again and again, longer than what is compared before a place\n';
    const followed = await follow(`first run\n${tick.repeat(20)}`);
    writeFileSync(log, `other run\n${tick.repeat(30)}`);
    const [truncated, gap, ...found] = await seen(followed);
    assert.equal(truncated, '<truncated>');
    assert.match(gap ?? '', /^<gap: /);
    assert.equal(found.length, 31);
  });

  for (const [differs, content] of [
    ['at its beginning', ['other', ...lines('old', 500).slice(1), 'more']],
    ['before the place', [...lines('old', 499), 'other line', 'more, so that it is longer']],
    ['in nothing but that it is shorter', lines('old', 499)],
  ] as const) {
    it(`tells all of a file that took the place of a long one and differs ${differs}`, async () => {
      const followed = await follow(text(...lines('old', 500)));
      writeFileSync(files.path('.app.log.Xk3f'), text(...content));
      renameSync(files.path('.app.log.Xk3f'), log);
      assert.deepEqual(await seen(followed), ['<rotated>', ...content]);
    });
  }

  it('tells what a file gets yet that a longer copy took the place of', async () => {
    const followed = await follow(text(...lines('old', 100)));
    const service = openSync(log, 'a');
    copyFileSync(log, files.path('.app.log.Xk3f'));
    appendFileSync(files.path('.app.log.Xk3f'), 'in the copy\n');
    renameSync(files.path('.app.log.Xk3f'), log);
    assert.deepEqual(await seen(followed), ['in the copy']);
    writeSync(service, 'late\n');
    closeSync(service);
    assert.deepEqual(await seen(followed), ['late']);
  });

  it('tells a reader that is behind where an old file was cut, before what was read of the new one', async () => {
    writeFileSync(log, text(...lines('old', 50)));
    const source = await files.follow();
    const reader = await last(source);
    renameSync(log, `${log}.1`);
    writeFileSync(log, 'new\n');
    await source.check();
    truncateSync(`${log}.1`, 0);
    await source.check();
    const [gap, ...found] = await readAll(reader);
    assert.match(gap ?? '', /^<gap: app\.log was cut/);
    assert.deepEqual(found.slice(0, 2), ['<rotated>', 'new']);
  });

  it('tells no line again of a longer copy that took the place of the file', async () => {
    const followed = await follow(text(...lines('old', 100)));
    for (const round of ['one', 'two', 'three']) {
      const temporary = files.path('.app.log.Xk3f');
      copyFileSync(log, temporary);
      appendFileSync(temporary, text(...lines(round, 3)));
      renameSync(temporary, log);
      assert.deepEqual(await seen(followed), lines(round, 3));
    }
    appendFileSync(log, 'live\n');
    assert.deepEqual(await seen(followed), ['live']);
    assert.deepEqual(await readAll(await resume(followed.source, followed.reader.cursor())), []);
  });

  it('tells no line again of a longer copy of a file that had been given up', async () => {
    const followed = await follow(text(...lines('old', 100)));
    renameSync(log, `${log}.1`);
    await followed.source.check();
    files.clock.advance(31_000);
    renameSync(`${log}.1`, log);
    const temporary = files.path('.app.log.Xk3f');
    copyFileSync(log, temporary);
    appendFileSync(temporary, 'one more\n');
    renameSync(temporary, log);
    assert.deepEqual(await seen(followed), ['one more']);
    assert.deepEqual(await readAll(await resume(followed.source, followed.reader.cursor())), []);
    assert.deepEqual(await readAll(await resume(await files.follow(), followed.reader.cursor())), []);
  });

  it('knows a short file again that was replaced by a longer copy', async () => {
    const followed = await follow('one\n');
    const cursor = followed.reader.cursor();
    copyFileSync(log, files.path('.app.log.Xk3f'));
    appendFileSync(files.path('.app.log.Xk3f'), 'two\n');
    renameSync(files.path('.app.log.Xk3f'), log);
    assert.deepEqual(await seen(followed), ['two']);
    assert.deepEqual(await readAll(await resume(followed.source, cursor)), ['two']);
  });

  it('tells what an empty file gets late that was rotated before another one, also by a new server', async () => {
    const followed = await follow('');
    rotate();
    writeFileSync(log, '');
    await seen(followed);
    const late = openSync(log, 'a');
    rotate();
    writeFileSync(log, 'new\n');
    await seen(followed);
    const cursor = followed.reader.cursor();
    followed.source.dispose();
    writeSync(late, 'late\n');
    closeSync(late);
    // Nothing proves which file that is: it is told to be missing.
    const found = await readAll(await resume(await files.follow(), cursor));
    assert.match(found[0] ?? '', /^<gap: /);
  });

  it('reads on in the file before a log that has just come, however long that one had been quiet', async () => {
    const ago = (seconds: number): StatusTimes => {
      const at = BigInt(Math.floor(Date.now() / 1000) - seconds) * 1_000_000_000n;
      return { bornAt: at, writtenAt: at, changedAt: at };
    };
    writeFileSync(log, 'old\n');
    const service = openSync(log, 'a');
    renameSync(log, `${log}.1`);
    writeFileSync(log, 'new\n');
    const old = statSync(`${log}.1`).ino;
    const { of } = statusTimes;
    try {
      // It was renamed an hour ago, and its service has found no time for another one until now.
      statusTimes.of = ({ ino }) => ago(Number(ino) === old ? 3600 : 1);
      Object.assign(files, { clock: new FakeClock(0, Date.now()) });
      const source = await files.follow();
      const reader = await last(source);
      await readAll(reader);
      writeSync(service, 'late\n');
      await source.check();
      assert.deepEqual(await readAll(reader), ['late']);
    } finally {
      statusTimes.of = of;
      closeSync(service);
    }
  });

  it('reads on in the file that was rotated last, however many before it were written later', async () => {
    for (let day = 1; day <= 6; day++) {
      writeFileSync(`${log}-2026112${day}`, `day ${day}\n`);
    }
    writeFileSync(log, '');
    const service = openSync(log, 'a');
    renameSync(log, `${log}-20261127`);
    writeFileSync(log, '');
    const empty = fstatSync(service).ino;
    const { of } = statusTimes;
    const second = 1_000_000_000n;
    try {
      statusTimes.of = (status) => {
        const times = of(status);
        const at = times.changedAt - second;
        return { ...times, ...(Number(status.ino) === empty ? { bornAt: at, writtenAt: at } : {}) };
      };
      const source = await files.follow();
      const reader = await last(source);
      await readAll(reader);
      writeSync(service, 'late\n');
      await source.check();
      assert.deepEqual(await readAll(reader), ['late']);
    } finally {
      statusTimes.of = of;
      closeSync(service);
    }
  });

  it('tells all of a file that begins alike where the other one lies beside it', async () => {
    const banner = `${'service started, version 1.2.3, '.repeat(4)}`;
    const followed = await follow(text(banner));
    const cursor = followed.reader.cursor();
    rotate();
    writeFileSync(log, text(banner, 'second'));
    assert.deepEqual(await seen(followed), ['<rotated>', banner, 'second']);
    assert.deepEqual(await readAll(await resume(await files.follow(), cursor)), ['<rotated>', banner, 'second']);
  });

  it('tells nothing twice when a link is moved between looking where it leads and opening that', async () => {
    const [one, other] = [files.path('one.log'), files.path('other.log')];
    writeFileSync(one, text(...lines('one', 5)));
    writeFileSync(other, text(...lines('other', 5)));
    const moveTo = (target: string) => {
      symlinkSync(target, files.path('link'));
      renameSync(files.path('link'), log);
    };
    moveTo(one);
    const source = await files.follow();
    const reader = await last(source);
    await readAll(reader);
    const { open } = LogFileHandle;
    try {
      LogFileHandle.open = (path, maxLineBytes) => {
        moveTo(one);
        return open(path, maxLineBytes);
      };
      moveTo(other);
      await source.check();
    } finally {
      LogFileHandle.open = open;
    }
    await source.check();
    assert.deepEqual(await readAll(reader), []);
  });

  it('reads on in what a file behind a link was rotated to just before the server started', async () => {
    const target = files.path('0.log');
    writeFileSync(target, 'a1\n');
    symlinkSync(target, log);
    renameSync(target, `${target}.1`);
    writeFileSync(target, 'b1\n');
    const source = await files.follow();
    const reader = await last(source);
    await readAll(reader);
    appendFileSync(`${target}.1`, 'a2\n');
    await source.check();
    assert.deepEqual(await readAll(reader), ['a2']);
  });
});

describe('a hole in a file', () => {
  let files: FollowedFiles;
  let log: string;

  beforeEach(async () => {
    files = await FollowedFiles.create();
    log = files.path();
  });
  afterEach(() => files.remove());

  const last = (source: FileSource) => source.open({ kind: 'last', lines: 'all' });

  it('is left out with one word that says how much, behind a cut under a service that does not append', async () => {
    writeFileSync(log, '');
    const service = openSync(log, 'r+');
    let at = 0;
    const write = (line: string) => {
      at += writeSync(service, `${line}\n`, at);
    };
    write('x'.repeat(3_000_000));
    const source = await files.follow(log, 4_000_000);
    const reader = await last(source);
    assert.equal((await readAll(reader)).length, 1);
    ftruncateSync(service, 0);
    write('behind the hole');
    await source.check();
    const found = await readAll(reader);
    assert.deepEqual([found[0], ...found.slice(2)], ['<truncated>', '<skipped>', 'behind the hole']);
    // Who comes later reads the file itself, and is told the same.
    assert.deepEqual(await readAll(await last(await files.follow(log))), ['<skipped>', 'behind the hole']);
    const cursor = reader.cursor();
    write('more');
    await source.check();
    const position = { source: source.id, epoch: 'e', nextSeq: 0, cursor };
    assert.deepEqual(await readAll(await source.open({ kind: 'resume', position })), ['more']);
    const history = await source.history({ cursor, epoch: 'e', beforeSeq: 0, lines: 10 });
    for await (const { bytes } of history.batches) {
      assert.ok(!bytes.includes(0));
    }
    closeSync(service);
  });

  it('at its end is room: what is written there comes as it is written', async () => {
    const service = openSync(log, 'w+');
    ftruncateSync(service, 4 * 1024 * 1024);
    const source = await files.follow();
    const reader = await last(source);
    let at = 0;
    for (const part of ['one\n', 'two\nthr', 'ee\n', text(...lines('many', 50_000)), 'last\n']) {
      at += writeSync(service, part, at);
      await source.check();
      const whole = part === 'ee\n' ? 'three\n' : part.slice(0, part.lastIndexOf('\n') + 1);
      assert.equal(text(...(await readAll(reader))), whole);
    }
    const again = await files.follow();
    const position = { source: again.id, epoch: 'e', nextSeq: 0, cursor: reader.cursor() };
    assert.deepEqual(await readAll(await again.open({ kind: 'resume', position })), []);
    closeSync(service);
  });

  it('at its end is looked at now and then, also where nobody tells of a change and its status says none', async () => {
    const service = openSync(log, 'w+');
    writeSync(service, 'first\n');
    ftruncateSync(service, 4 * 1024 * 1024);
    const status = statSync(log, { bigint: true });
    // As of a file that is written through memory.
    const looks = mock.method(fs, 'statSync', () => status);
    try {
      const watching = { events: 0, isReliable: true, update: async () => {}, reads: () => {}, dispose: () => {} };
      const source = await files.follow(log, undefined, { watch: () => watching });
      const reader = await last(source);
      assert.deepEqual(await readAll(reader), ['first']);
      writeSync(service, 'second\n', 6);
      await source.glance();
      assert.deepEqual(await readAll(reader), ['second']);
      assert.ok(looks.mock.callCount() > 0);
    } finally {
      looks.mock.restore();
      closeSync(service);
    }
  });

  it('of fewer bytes than 16 is part of its line', async () => {
    writeFileSync(log, 'a\0b\n\0\0c\n');
    const source = await files.follow();
    assert.deepEqual(await readAll(await last(source)), ['a\0b', '\0\0c']);
  });
});

describe('a cursor that names a file by its number only', () => {
  it('reaches nothing beside the log, whatever its name is', async () => {
    const files = await FollowedFiles.create();
    try {
      const log = files.path('web');
      writeFileSync(log, 'x\n');
      const source = await files.follow(log);
      for (const name of ['web.env', 'web-8081', 'web.old', 'web.1']) {
        writeFileSync(files.path(name), 'DB_PASSWORD=hunter2\n');
        const { dev, ino } = statSync(files.path(name));
        for (const cursor of [`1;${dev}-${ino};0-;0-0;0-`, `1;${dev}-${ino};1-AAAAAAAAAAAA;0-20;20-AAAAAAAAAAAA`]) {
          const position = { source: source.id, epoch: 'e', nextSeq: 0, cursor };
          const found = await readAll(await source.open({ kind: 'resume', position }));
          assert.match(found[0] ?? '', /^<gap: /, name);
          assert.deepEqual(found.slice(1), ['x']);
          const { linesInAll } = await source.history({ cursor, epoch: 'e', beforeSeq: 0, lines: 10 });
          assert.equal(linesInAll, 0);
        }
      }
    } finally {
      await files.remove();
    }
  });
});
