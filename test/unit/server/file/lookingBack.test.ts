import assert from 'node:assert/strict';
import { appendFileSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import type { LinesItem } from '../../../../src/server/logSource';
import { FollowedFiles, readAll } from '../../../support/followedFiles';

const MEBIBYTE = 1024 * 1024;
const GIBIBYTE = 1024 * MEBIBYTE;

describe('looking back in a file', () => {
  let files: FollowedFiles;
  beforeEach(async () => {
    files = await FollowedFiles.create();
  });
  afterEach(() => files.remove());

  /** A file with a hole between two lines. */
  const holed = (hole: number) => {
    writeFileSync(files.path(), 'before\n');
    truncateSync(files.path(), 7 + hole);
    appendFileSync(files.path(), 'one\ntwo\n');
  };
  /** Bytes that this process has read from files so far (Linux). */
  const bytesRead = () => Number(/rchar: (\d+)/.exec(readFileSync('/proc/self/io', 'utf8'))?.[1]);
  const textOf = async (batches: AsyncIterable<LinesItem>) => {
    let text = '';
    for await (const { bytes } of batches) {
      text += bytes.toString();
    }
    return text;
  };

  it('gives the lines that are found in 256 MiB, and says how far it looked', async () => {
    holed(1024 * GIBIBYTE);
    const source = await files.follow();
    const reader = await source.open({ kind: 'last', lines: 10 });
    const word = await reader.read();
    assert.equal(word.kind === 'event' && word.event, 'skipped');
    assert.match(word.kind === 'event' ? word.text : '', /2 were found; in the 256 MiB before no line begins/);
    const cursor = reader.cursor();
    assert.deepEqual(await readAll(reader), ['one', 'two']);
    reader.dispose();
    const place = { epoch: reader.epoch, nextSeq: reader.firstSeq, source: source.id, cursor };
    const resumed = await source.open({ kind: 'resume', position: place });
    assert.deepEqual(await readAll(resumed), ['one', 'two']);
    resumed.dispose();
  });

  it('goes on over holes that are shorter', async () => {
    holed(100 * MEBIBYTE);
    const source = await files.follow();
    const reader = await source.open({ kind: 'last', lines: 3 });
    assert.deepEqual(await readAll(reader), ['before', '<skipped>', 'one', 'two']);
    reader.dispose();
  });

  it('gives earlier lines as far as it looked, and says so once it finds none', async () => {
    holed(300 * MEBIBYTE);
    const source = await files.follow();
    const reader = await source.open({ kind: 'last', lines: 1 });
    const request = { epoch: reader.epoch, beforeSeq: 0, lines: 10 };
    const near = await source.history({ ...request, cursor: reader.cursor() });
    assert.deepEqual([near.linesInAll, near.note], [1, '']);
    let first: string | null = null;
    let text = '';
    for await (const { bytes, cursor } of near.batches) {
      first ??= cursor;
      text += bytes.toString();
    }
    assert.equal(text, 'one\n');
    const far = await source.history({ ...request, cursor: first });
    assert.equal(far.linesInAll, 0);
    assert.match(far.note, /256 MiB/);
    assert.equal(await textOf(far.batches), '');
    reader.dispose();
  });

  it('ends with the client that waits for it', async () => {
    holed(4 * GIBIBYTE);
    const source = await files.follow();
    const left = new AbortController();
    const opening = source.open({ kind: 'last', lines: 10 }, left.signal);
    left.abort();
    await assert.rejects(opening, { name: 'AbortError' });
    const last = await source.open({ kind: 'last', lines: 1 });
    const request = { epoch: last.epoch, beforeSeq: 0, cursor: last.cursor(), lines: 10 };
    const gone = new AbortController();
    const asking = source.history(request, gone.signal);
    gone.abort();
    await assert.rejects(asking, { name: 'AbortError' });
    last.dispose();
  });

  it('finds the lines before a hole from the line behind it, and counts no other', async () => {
    const named = (name: string) => Array.from({ length: 10 }, (_, at) => `${name}${at}\n`).join('');
    for (const hole of [16, 700_000]) {
      writeFileSync(files.path(), `${named('before')}${'\0'.repeat(hole)}${named('behind')}`);
      const source = await files.follow();
      const reader = await source.open({ kind: 'last', lines: 10 });
      await reader.read();
      const first = await reader.read();
      assert.equal(first.kind === 'lines' ? first.count : 0, 10);
      const cursor = first.kind === 'lines' ? first.cursor : null;
      for (const lines of [1, 3, 10, 11]) {
        const answer = await source.history({ cursor, epoch: 'e', beforeSeq: 0, lines });
        const found: string[] = [];
        for await (const { bytes } of answer.batches) {
          found.push(bytes.toString());
        }
        const wanted = Math.min(lines, 10);
        assert.equal(answer.linesInAll, wanted);
        assert.equal(
          found.join(''),
          named('before')
            .split('\n')
            .slice(10 - wanted)
            .join('\n'),
        );
        assert.equal(answer.note === '', lines <= 10);
      }
      reader.dispose();
    }
  });

  it('costs nothing more when a reader in the middle of a hole is gone', async function () {
    if (process.platform !== 'linux') {
      this.skip();
    }
    holed(16 * GIBIBYTE);
    const source = await files.follow();
    const reader = await source.open({ kind: 'last', lines: 'all' });
    assert.equal((await reader.read()).kind, 'lines');
    const reading = Promise.resolve(reader.read());
    const before = bytesRead();
    reader.dispose();
    await assert.rejects(reading, { name: 'AbortError' });
    assert.ok(bytesRead() - before < 64 * MEBIBYTE);
  });

  it('over a hole that came meanwhile goes on only while somebody waits, and keeps nobody from what is there', async function () {
    if (process.platform !== 'linux') {
      this.skip();
    }
    writeFileSync(files.path(), 'before\n');
    const source = await files.follow();
    // Some looks' worth.
    truncateSync(files.path(), 300 * MEBIBYTE);
    appendFileSync(files.path(), 'behind\n');
    const before = bytesRead();
    await source.check();
    assert.ok(bytesRead() - before < 100 * MEBIBYTE);
    const reader = await source.open({ kind: 'last', lines: 10 });
    assert.deepEqual(await readAll(reader), ['before']);
    const told: string[] = [];
    await new Promise<void>((resolve) => {
      const subscription = source.onDidChange(() => {
        void readAll(reader).then((found) => {
          told.push(...found);
          if (told.includes('behind')) {
            subscription.dispose();
            resolve();
          }
        });
      });
    });
    assert.deepEqual(told, ['<skipped>', 'behind']);
    reader.dispose();
  });
});
