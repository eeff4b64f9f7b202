import assert from 'node:assert/strict';
import {
  appendFileSync,
  copyFileSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { ServerProcess } from '../../support/serverProcess';
import { StreamClient } from '../../support/streamClient';
import { createTemporaryDirectory, type TemporaryDirectory } from '../../support/temporaryDirectory';

const numbered = (from: number, to: number) => Array.from({ length: to - from }, (_, at) => `line ${from + at}`);
const text = (lines: readonly string[]) => lines.map((line) => `${line}\n`).join('');

/** How files change under a tailer, one scenario a test: each has lost lines in a tailer in wide use. */
describe('a followed file', function () {
  this.timeout(60_000);
  let folder: TemporaryDirectory;
  let file: string;
  let server: ServerProcess;
  let client: StreamClient;

  const follow = async (...args: string[]) => {
    server = await ServerProcess.start(args.length > 0 ? args : [file]);
    client = await StreamClient.connect(server.url);
    await client.until('caught up', () => client.messages.some(({ type }) => type === 'mark' || type === 'source'));
  };
  const untilText = (wanted: string) => client.until('the lines', () => client.text() === wanted);
  /** Nothing was lost, doubled, reordered or announced. */
  const assertWhole = (wanted: string) => {
    assert.equal(client.text(), wanted);
    assert.deepEqual(client.gaps, []);
    assert.deepEqual(client.problems, []);
  };

  beforeEach(async () => {
    folder = await createTemporaryDirectory('tailer');
    file = join(folder.path, 'app.log');
  });
  afterEach(async () => {
    await client?.close();
    await server?.stop();
    await folder.remove();
  });

  it('keeps characters whole that arrive in two writes', async () => {
    writeFileSync(file, 'start\n');
    await follow();
    const bytes = Buffer.from('grüße 🚀 ende\n');
    for (let at = 0; at < bytes.length; at++) {
      appendFileSync(file, bytes.subarray(at, at + 1));
      await pause(at % 4 === 0 ? 15 : 1);
    }
    await untilText('start\ngrüße 🚀 ende\n');
    assertWhole('start\ngrüße 🚀 ende\n');
  });

  it('shows a last line without newline after a quiet moment, and delivers it once when it is complete', async () => {
    writeFileSync(file, 'one\ntwo');
    await follow();
    await client.until('the partial line', () => client.events('partial').some((event) => event.text === 'two'));
    assert.equal(client.text(), 'one\n');
    appendFileSync(file, ' and three\nfour\n');
    await untilText('one\ntwo and three\nfour\n');
    assertWhole('one\ntwo and three\nfour\n');
  });

  it('loses nothing when it is renamed and a new one created', async () => {
    writeFileSync(file, text(numbered(0, 10)));
    await follow();
    for (let round = 1; round <= 5; round++) {
      appendFileSync(file, text(numbered(round * 10, round * 10 + 5)));
      renameSync(file, `${file}.${round}`);
      writeFileSync(file, text(numbered(round * 10 + 5, round * 10 + 10)));
      await untilText(text(numbered(0, round * 10 + 10)));
    }
    assertWhole(text(numbered(0, 60)));
    assert.ok(client.events('rotated').length > 0);
  });

  it('reads what the old file still gets after it was renamed', async () => {
    writeFileSync(file, 'old 0\n');
    await follow();
    const old = await open(file, 'a');
    renameSync(file, `${file}.1`);
    writeFileSync(file, 'new 0\n');
    await client.until('the new file', () => client.text().includes('new 0'));
    for (let line = 1; line <= 20; line++) {
      await old.write(`old ${line}\n`);
      appendFileSync(file, `new ${line}\n`);
      await pause(10);
    }
    await old.close();
    await client.until('all of both', () => client.text().split('\n').length === 43);
    const lines = client.text().trimEnd().split('\n');
    assert.deepEqual(
      lines.filter((line) => line.startsWith('old')),
      Array.from({ length: 21 }, (_, at) => `old ${at}`),
    );
    assert.deepEqual(
      lines.filter((line) => line.startsWith('new')),
      Array.from({ length: 21 }, (_, at) => `new ${at}`),
    );
    assert.deepEqual(client.problems, []);
  });

  it('loses nothing when the new file comes half a second after the rename', async () => {
    writeFileSync(file, text(numbered(0, 3)));
    await follow();
    appendFileSync(file, 'line 3\n');
    renameSync(file, `${file}.1`);
    await pause(500);
    writeFileSync(file, text(numbered(4, 6)));
    await untilText(text(numbered(0, 6)));
    assertWhole(text(numbered(0, 6)));
  });

  it('announces that lines may be lost when it is copied and truncated', async () => {
    writeFileSync(file, text(numbered(0, 10)));
    await follow();
    await untilText(text(numbered(0, 10)));
    copyFileSync(file, `${file}.1`);
    truncateSync(file, 0);
    await client.until('the announcement', () => client.gaps.length > 0);
    appendFileSync(file, text(numbered(10, 12)));
    await untilText(text(numbered(0, 12)));
    assert.equal(client.gaps.length, 1);
    assert.equal(client.gaps[0]?.count, null);
    assert.match(client.gaps[0]?.reason ?? '', /app\.log was cut/);
    assert.equal(client.events('truncated').length, 1);
    assert.deepEqual(client.problems, []);
  });

  it('notices truncation although the file has grown past its old length by the next look', async () => {
    writeFileSync(file, text(numbered(0, 5)));
    await follow();
    await untilText(text(numbered(0, 5)));
    // In one go: no look can fall in between.
    writeFileSync(file, text(numbered(100, 200)));
    await client.until('the new content', () => client.text().endsWith('line 199\n'));
    assert.equal(client.text(), text(numbered(0, 5)) + text(numbered(100, 200)));
    assert.equal(client.gaps.length, 1);
  });

  it('loses nothing when it is deleted and created again', async () => {
    writeFileSync(file, text(numbered(0, 3)));
    await follow();
    await untilText(text(numbered(0, 3)));
    unlinkSync(file);
    writeFileSync(file, text(numbered(3, 6)));
    await untilText(text(numbered(0, 6)));
    assertWhole(text(numbered(0, 6)));
  });

  it('is waited for when it does not exist yet, also when its folder does not', async () => {
    const later = join(folder.path, 'sub', 'deep', 'later.log');
    await follow(later);
    assert.match(server.errors, /later\.log does not exist yet; it is read as soon as it is there/);
    mkdirSync(join(folder.path, 'sub', 'deep'), { recursive: true });
    writeFileSync(later, text(numbered(0, 3)));
    await untilText(text(numbered(0, 3)));
    assertWhole(text(numbered(0, 3)));
    assert.ok(client.events('appeared').length > 0);
  });

  it('is followed through a symbolic link that is moved to another file', async () => {
    const first = join(folder.path, 'first.log');
    const second = join(folder.path, 'second.log');
    writeFileSync(first, text(numbered(0, 3)));
    writeFileSync(second, text(numbered(4, 6)));
    symlinkSync(first, file);
    await follow();
    appendFileSync(first, 'line 3\n');
    await untilText(text(numbered(0, 4)));
    symlinkSync(second, `${file}.new`);
    renameSync(`${file}.new`, file);
    await untilText(text(numbered(0, 6)));
    appendFileSync(second, 'line 6\n');
    await untilText(text(numbered(0, 7)));
    assertWhole(text(numbered(0, 7)));
  });

  it('keeps carriage returns and bytes that are no text', async () => {
    const odd = Buffer.from([0x80, 0xff, 0xfe, 0x00, 0x0d, 0x0a, 0x41, 0x00, 0x0a]);
    writeFileSync(file, odd);
    await follow();
    await client.until('the bytes', () => client.bytes().length === odd.length);
    assert.deepEqual(client.bytes(), odd);
  });

  for (const [name, encode] of [
    ['little-endian', (all: string) => Buffer.from(`\ufeff${all}`, 'utf16le')],
    ['big-endian', (all: string) => Buffer.from(`\ufeff${all}`, 'utf16le').swap16()],
  ] as const) {
    it(`is read as text when it is UTF-16, ${name}, with a byte order mark`, async () => {
      // Ċ is U+010A: a byte 0x0A that is no newline.
      const line = (at: number) => `INFO Zeile ${at} grüße Ċ 日本 🚀`;
      const all = (from: number, to: number) => text(Array.from({ length: to - from }, (_, at) => line(from + at)));
      writeFileSync(file, encode(all(0, 20_000)));
      await follow();
      await client.until('what is there', () => client.text() === all(0, 20_000));
      const more = encode(all(20_000, 20_010)).subarray(2);
      for (let at = 0; at < more.length; at += 33) {
        appendFileSync(file, more.subarray(at, at + 33));
      }
      await untilText(all(0, 20_010));
      assertWhole(all(0, 20_010));
      const last = await StreamClient.connect(server.url, { lines: 3 });
      await last.until('the last three', () => last.text() === all(20_007, 20_010));
      await last.close();
      const resumed = await StreamClient.connect(server.url, { resume: client.positions });
      appendFileSync(file, encode('end\n').subarray(2));
      await resumed.until('what is new', () => resumed.text() === 'end\n');
      assert.deepEqual(resumed.gaps, []);
      await resumed.close();
    });
  }

  it('delivers lines of UTF-16 that are longer than the limit in pieces, no character lost', async () => {
    const long = '🚀ü'.repeat(2000);
    writeFileSync(file, Buffer.from(`\ufeffa\n${long}\nb\n`, 'utf16le'));
    await follow('--max-line', '1001', file);
    await untilText(`a\n${long}\nb\n`);
    assertWhole(`a\n${long}\nb\n`);
  });

  it('delivers lines of 3 and 16 MB in pieces, no byte lost', async () => {
    const three = `${'3'.repeat(3_000_000)}\n`;
    const sixteen = `${'6'.repeat(16_000_000)}\n`;
    writeFileSync(file, `a\n${three}b\n`);
    await follow();
    appendFileSync(file, `${sixteen}c\n`);
    const wanted = `a\n${three}b\n${sixteen}c\n`;
    await client.until('all of it', () => client.text().length === wanted.length, 20_000);
    assert.ok(client.text() === wanted);
    assert.ok(client.sources.get(file)?.frames.every((frame) => frame.bytes.length <= 1_048_577));
    assert.deepEqual(client.problems, []);
  });

  it('delivers a burst of 200,000 lines whole', async () => {
    writeFileSync(file, '');
    await follow();
    const wanted = text(numbered(0, 200_000));
    appendFileSync(file, wanted);
    await client.until('all of them', () => client.bytes().length === wanted.length);
    assertWhole(wanted);
  });

  it('delivers 10,000 lines a second whole, as they are written', async () => {
    writeFileSync(file, '');
    await follow();
    const handle = await open(file, 'a');
    for (let at = 0; at < 20_000; at += 50) {
      await handle.write(text(numbered(at, at + 50)));
      await pause(5);
    }
    await handle.close();
    const wanted = text(numbered(0, 20_000));
    await client.until('all of them', () => client.bytes().length === wanted.length);
    assertWhole(wanted);
  });

  it('is caught up byte for byte: 1,000,000 lines, and what follows', async () => {
    const million = Buffer.from(text(numbered(0, 1_000_000)));
    writeFileSync(file, million);
    await follow();
    await client.until('all of it', () => client.bytes().length === million.length, 30_000);
    assert.ok(client.bytes().equals(million));
    appendFileSync(file, text(numbered(1_000_000, 1_000_100)));
    await client.until('the rest', () => client.text().endsWith('line 1000099\n'));
    assert.ok(client.bytes().equals(readFileSync(file)));
    assert.deepEqual(client.problems, []);
  });

  it('joins others that match the pattern later, compressed ones and other folders left out', async () => {
    writeFileSync(join(folder.path, 'a.log'), 'a\n');
    writeFileSync(join(folder.path, 'a.log.1.gz'), Buffer.from([0x1f, 0x8b, 0x0a]));
    await follow(`${folder.path}/*.log*`);
    await client.until('a', () => client.text(join(folder.path, 'a.log')) === 'a\n');
    const other = join(folder.path, 'b.log');
    writeFileSync(other, 'b\n');
    await client.until('b', () => client.text(other) === 'b\n');
    // A rotation makes a name that matches too; its lines have been told.
    renameSync(other, `${other}.1`);
    writeFileSync(other, 'c\n');
    await client.until('the rotated one', () => client.text(other) === 'b\nc\n');
    const third = join(folder.path, 'third.log');
    writeFileSync(third, 'third\n');
    await client.until('the third', () => client.text(third) === 'third\n');
    assert.deepEqual([...client.sources.keys()].sort(), [join(folder.path, 'a.log'), other, third]);
  });

  it('has its end counted in lines from before a rotation too', async () => {
    writeFileSync(file, text(numbered(0, 10)));
    await follow();
    await untilText(text(numbered(0, 10)));
    renameSync(file, `${file}.1`);
    writeFileSync(file, text(numbered(10, 12)));
    await untilText(text(numbered(0, 12)));
    const second = await StreamClient.connect(server.url, { lines: 5 });
    await second.until('five lines', () => second.text() === text(numbered(7, 12)));
    await second.close();
  });

  it('says so when it vanishes, and when it is back', async () => {
    writeFileSync(file, 'one\n');
    await follow();
    rmSync(file);
    await client.until('waiting', () =>
      client.messages.some((message) => message.type === 'source' && message.state === 'waiting'),
    );
    writeFileSync(file, 'two\n');
    await untilText('one\ntwo\n');
    assertWhole('one\ntwo\n');
    const states = client.messages.filter((message) => message.type === 'source').map(({ state }) => state);
    assert.deepEqual(states, ['live', 'waiting', 'live']);
  });
});
