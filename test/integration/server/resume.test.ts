import assert from 'node:assert/strict';
import { appendFileSync, copyFileSync, readFileSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ServerProcess } from '../../support/serverProcess';
import { StreamClient, type StreamClientOptions } from '../../support/streamClient';
import { createTemporaryDirectory, type TemporaryDirectory } from '../../support/temporaryDirectory';

const numbered = (from: number, to: number) => Array.from({ length: to - from }, (_, at) => `line ${from + at}`);
const text = (lines: readonly string[]) => lines.map((line) => `${line}\n`).join('');

describe('resuming', function () {
  this.timeout(60_000);
  let folder: TemporaryDirectory;
  let file: string;
  const servers: ServerProcess[] = [];
  const clients: StreamClient[] = [];

  const serve = async (args: string[] = [file], options = {}) => {
    const server = await ServerProcess.start(args, options);
    servers.push(server);
    return server;
  };
  const connect = async (server: ServerProcess, options: StreamClientOptions = {}) => {
    const client = await StreamClient.connect(server.url, options);
    clients.push(client);
    return client;
  };
  /** A client that has read the first ten lines and is gone. */
  const readTen = async (server: ServerProcess) => {
    writeFileSync(file, text(numbered(0, 10)));
    const client = await connect(server);
    await client.until('ten lines', () => client.text() === text(numbered(0, 10)));
    await client.until('a mark', () => client.messages.some(({ type }) => type === 'mark'));
    await client.close();
    return client;
  };

  beforeEach(async () => {
    folder = await createTemporaryDirectory('resume');
    file = join(folder.path, 'app.log');
  });
  afterEach(async () => {
    await Promise.all(clients.splice(0).map((client) => client.close()));
    await Promise.all(servers.splice(0).map((server) => server.stop()));
    await folder.remove();
  });

  it('goes on behind the last line it has, in the same numbers', async () => {
    const server = await serve();
    const first = await readTen(server);
    appendFileSync(file, text(numbered(10, 15)));
    const second = await connect(server, { resume: first.positions });
    await second.until('the rest', () => second.text() === text(numbered(10, 15)));
    const frame = second.sources.get(file)?.frames[0];
    assert.equal(frame?.epoch, first.positions[0]?.epoch);
    assert.equal(frame?.seq, 10);
    assert.deepEqual(second.gaps, []);
  });

  for (const [how, end] of [
    ['was stopped and started', (server: ServerProcess) => server.stop()],
    ['was killed and started', (server: ServerProcess) => server.kill()],
  ] as const) {
    it(`goes on where it was when the server ${how}`, async () => {
      const server = await serve();
      const first = await readTen(server);
      await end(server);
      appendFileSync(file, text(numbered(10, 15)));
      const again = await serve();
      const second = await connect(again, { resume: first.positions });
      await second.until('the rest', () => second.text() === text(numbered(10, 15)));
      assert.equal(second.sources.get(file)?.frames[0]?.seq, 10);
      assert.deepEqual(second.gaps, []);
    });
  }

  it('gets the rest of a file that was rotated meanwhile, then the new one', async () => {
    const server = await serve();
    const first = await readTen(server);
    await server.kill();
    appendFileSync(file, text(numbered(10, 12)));
    renameSync(file, `${file}.1`);
    writeFileSync(file, text(numbered(12, 15)));
    const second = await connect(await serve(), { resume: first.positions });
    await second.until('the rest of both', () => second.text() === text(numbered(10, 15)));
    assert.deepEqual(second.gaps, []);
    assert.deepEqual(second.problems, []);
  });

  it('gets everything over several rotations while nobody was there', async () => {
    const server = await serve();
    const first = await readTen(server);
    await server.kill();
    appendFileSync(file, text(numbered(10, 12)));
    renameSync(file, `${file}.3`);
    writeFileSync(`${file}.2`, text(numbered(12, 14)));
    writeFileSync(`${file}.1`, text(numbered(14, 16)));
    writeFileSync(file, text(numbered(16, 20)));
    const second = await connect(await serve(), { resume: first.positions });
    await second.until('the rest of all', () => second.text().endsWith('line 19\n'));
    assert.equal(second.text(), text(numbered(10, 20)));
    assert.deepEqual(second.gaps, []);
    assert.deepEqual(second.problems, []);
  });

  it('announces the rotations between that were compressed', async () => {
    const server = await serve();
    const first = await readTen(server);
    await server.kill();
    renameSync(file, `${file}.3`);
    await new Promise((resolve) => setTimeout(resolve, 20));
    writeFileSync(`${file}.2.gz`, Buffer.from([0x1f, 0x8b]));
    await new Promise((resolve) => setTimeout(resolve, 20));
    writeFileSync(`${file}.1`, text(numbered(14, 16)));
    writeFileSync(file, text(numbered(16, 20)));
    const second = await connect(await serve(), { resume: first.positions });
    await second.until('the rest of all', () => second.text().endsWith('line 19\n'));
    assert.equal(second.text(), text(numbered(14, 20)));
    assert.deepEqual(
      second.gaps.map(({ reason }) => reason),
      ['app.log.2.gz was compressed after the rotation; its lines are not read from there.'],
    );
  });

  it('finds its place in the copy that copy-and-truncate made, and says that some may be lost', async () => {
    const server = await serve();
    writeFileSync(file, text(numbered(0, 60)));
    const first = await connect(server);
    await first.until('sixty lines', () => first.text() === text(numbered(0, 60)));
    await first.close();
    await server.kill();
    appendFileSync(file, text(numbered(60, 65)));
    copyFileSync(file, `${file}.1`);
    truncateSync(file, 0);
    appendFileSync(file, text(numbered(65, 70)));
    const second = await connect(await serve(), { resume: first.positions });
    await second.until('the rest of both', () => second.text().endsWith('line 69\n'));
    assert.equal(second.text(), text(numbered(60, 70)));
    assert.equal(second.gaps.length, 1);
    assert.equal(second.gaps[0]?.count, null);
    assert.deepEqual(second.problems, []);
  });

  it('announces a gap where the old file cannot be found any more', async () => {
    const server = await serve();
    const first = await readTen(server);
    await server.kill();
    rmSync(file);
    writeFileSync(file, text(numbered(20, 25)));
    const second = await connect(await serve(), { resume: first.positions });
    await second.until('the new file', () => second.text() === text(numbered(20, 25)));
    assert.equal(second.gaps.length, 1);
    assert.equal(second.gaps[0]?.count, null);
    assert.match(second.gaps[0]?.reason ?? '', /The place you had read to is not in app\.log any more/);
  });

  it('announces a gap where the file was cut and has grown past its old length', async () => {
    const server = await serve();
    const first = await readTen(server);
    await server.kill();
    writeFileSync(file, text(numbered(100, 200)));
    const second = await connect(await serve(), { resume: first.positions });
    await second.until('the new content', () => second.text() === text(numbered(100, 200)));
    assert.equal(second.gaps.length, 1);
  });

  it('is not fooled by a position that never was', async () => {
    const server = await serve();
    writeFileSync(file, text(numbered(0, 10)));
    for (const cursor of [null, '', 'nonsense', '1;1-1;0-;0-99999999;0-', `1;../../etc/passwd;0-;0-5;0-`]) {
      const client = await connect(server, { resume: [{ source: file, epoch: 'x', nextSeq: 5, cursor }] });
      await client.until('the whole file', () => client.text() === text(numbered(0, 10)));
      assert.equal(client.gaps.length, 1, String(cursor));
    }
  });

  it('survives kill -9 again and again while lines are written, without loss or doubles', async () => {
    writeFileSync(file, '');
    let collected = Buffer.alloc(0);
    let resume: StreamClientOptions = {};
    let written = 0;
    for (let round = 0; round < 5; round++) {
      const server = await serve();
      const client = await connect(server, resume);
      for (let step = 0; step < 20; step++) {
        appendFileSync(file, text(numbered(written, written + 50)));
        written += 50;
        await new Promise((resolve) => setTimeout(resolve, 2));
      }
      await server.kill();
      await client.untilClosed();
      collected = Buffer.concat([collected, client.bytes()]);
      assert.deepEqual(client.gaps, []);
      assert.deepEqual(client.problems, []);
      if (client.positions.length > 0) {
        resume = { resume: client.positions };
      }
    }
    const client = await connect(await serve(), resume);
    const left = readFileSync(file).length - collected.length;
    await client.until('the rest', () => client.bytes().length === left);
    assert.ok(Buffer.concat([collected, client.bytes()]).equals(readFileSync(file)));
  });

  it('continues a stream that lies in no file from the ring', async () => {
    const server = await serve(['-']);
    await server.write(text(numbered(0, 10)));
    const first = await connect(server);
    await first.until('ten lines', () => first.text() === text(numbered(0, 10)));
    await first.close();
    await server.write(text(numbered(10, 15)));
    const second = await connect(server, { resume: first.positions });
    await second.until('the rest', () => second.text() === text(numbered(10, 15)));
    assert.deepEqual(second.gaps, []);
  });

  it('says how many lines of such a stream were overwritten meanwhile', async () => {
    const server = await serve(['--buffer-mib', '1', '-']);
    await server.write(text(numbered(0, 10)));
    const first = await connect(server);
    await first.until('ten lines', () => first.text() === text(numbered(0, 10)));
    await first.close();
    const long = Array.from({ length: 3000 }, (_, at) => `${10 + at} ${'x'.repeat(1000)}`);
    await server.write(text(long));
    const watcher = await connect(server, { lines: 1 });
    await watcher.until('the last line', () => watcher.text().includes('3009 '));
    const second = await connect(server, { resume: first.positions });
    await second.until('the last line', () => second.text().includes('3009 '));
    const [gap] = second.gaps;
    assert.equal(second.gaps.length, 1);
    assert.equal(gap?.from, 10);
    assert.equal(gap?.count, (gap?.to ?? 0) - 10);
    assert.match(second.text(), new RegExp(`^${gap?.to} xxx`), 'the first line behind the gap has its number');
    assert.deepEqual(second.problems, []);
  });

  it('says that a stream in no file was started anew', async () => {
    const server = await serve(['-']);
    await server.write(text(numbered(0, 10)));
    const first = await connect(server);
    await first.until('ten lines', () => first.text() === text(numbered(0, 10)));
    await server.kill();
    const again = await serve(['-']);
    await again.write(text(numbered(0, 3)));
    const second = await connect(again, { resume: first.positions });
    await second.until('three lines', () => second.text() === text(numbered(0, 3)));
    assert.equal(second.gaps.length, 1);
    assert.match(second.gaps[0]?.reason ?? '', /started anew/);
  });
});

describe('history', function () {
  this.timeout(60_000);
  let folder: TemporaryDirectory;
  let file: string;
  let server: ServerProcess;
  let client: StreamClient;

  beforeEach(async () => {
    folder = await createTemporaryDirectory('history');
    file = join(folder.path, 'app.log');
  });
  afterEach(async () => {
    await client.close();
    await server.stop();
    await folder.remove();
  });

  const ask = async (lines: number) => {
    const { frames } = client.sources.get(`${file} (history)`) ?? { frames: [] };
    const before = frames.length;
    const earliest = frames[0] ?? client.sources.get(file)?.frames[0];
    const ends = client.events('history').length;
    client.send({ type: 'history', source: file, beforeSeq: earliest?.seq, cursor: earliest?.cursor, lines });
    await client.until('the answer', () => client.events('history').length > ends);
    const now = client.sources.get(`${file} (history)`)?.frames ?? [];
    const answer = now.splice(before);
    now.unshift(...answer);
    return { answer, note: client.events('history').at(-1)?.text };
  };

  it('comes from the file, numbered below what the client began with, down to its beginning', async () => {
    writeFileSync(file, text(numbered(0, 1000)));
    server = await ServerProcess.start([file]);
    client = await StreamClient.connect(server.url, { lines: 10 });
    await client.until('ten lines', () => client.text() === text(numbered(990, 1000)));
    const first = await ask(100);
    assert.equal(
      Buffer.concat(first.answer.map(({ bytes }) => Buffer.from(bytes))).toString(),
      text(numbered(890, 990)),
    );
    assert.equal(first.answer[0]?.seq, -100);
    assert.equal(first.note, '');
    const second = await ask(5000);
    assert.equal(
      Buffer.concat(second.answer.map(({ bytes }) => Buffer.from(bytes))).toString(),
      text(numbered(0, 890)),
    );
    assert.equal(second.answer[0]?.seq, -990);
    assert.match(second.note ?? '', /This is the beginning of app\.log/);
    assert.deepEqual(client.problems, []);
  });

  it('comes from a file of 10 GB as from a small one', async () => {
    writeFileSync(file, '');
    // Sparse: it takes no room on the disk, but whoever reads it through reads 10 GB.
    truncateSync(file, 10 * 1024 ** 3);
    appendFileSync(file, `\n${text(numbered(0, 5000))}`);
    server = await ServerProcess.start([file]);
    client = await StreamClient.connect(server.url, { lines: 10 });
    await client.until('ten lines', () => client.text() === text(numbered(4990, 5000)));
    const { answer } = await ask(4000);
    assert.equal(answer[0]?.seq, -4000);
    assert.equal(Buffer.concat(answer.map(({ bytes }) => Buffer.from(bytes))).toString(), text(numbered(990, 4990)));
  });

  it('does not wait for a file of 10 GB that appears while the server runs', async () => {
    rmSync(file, { force: true });
    server = await ServerProcess.start([file]);
    const hidden = `${file}.coming`;
    writeFileSync(hidden, '');
    truncateSync(hidden, 10 * 1024 ** 3);
    appendFileSync(hidden, `\n${text(numbered(0, 5000))}`);
    renameSync(hidden, file);
    client = await StreamClient.connect(server.url, { lines: 10 });
    await client.until('ten lines', () => client.text() === text(numbered(4990, 5000)));
    appendFileSync(file, text(numbered(5000, 5010)));
    await client.until('what is written then', () => client.text() === text(numbered(4990, 5010)));
  });

  it('is refused with a sentence for a source that is not there', async () => {
    writeFileSync(file, text(numbered(0, 3)));
    server = await ServerProcess.start([file]);
    client = await StreamClient.connect(server.url);
    client.send({ type: 'history', source: '/etc/passwd', beforeSeq: 0, cursor: null, lines: 10 });
    await client.until('a refusal', () => client.messages.some(({ type }) => type === 'error' || type === 'event'));
    const answer = client.messages.find((message) => message.type === 'error' || message.type === 'event');
    assert.match(JSON.stringify(answer), /no source \/etc\/passwd/);
  });
});
