import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  appendFileSync,
  chmodSync,
  closeSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { ServerProcess } from '../../support/serverProcess';
import { StreamClient } from '../../support/streamClient';
import { createTemporaryDirectory, type TemporaryDirectory } from '../../support/temporaryDirectory';

/** What is named like a file, and is none; and more files than can be open. */
describe('what is named and is no regular file', function () {
  this.timeout(30_000);
  let folder: TemporaryDirectory;
  let server: ServerProcess | undefined;
  let client: StreamClient | undefined;

  before(function () {
    if (process.platform === 'win32') {
      this.skip();
    }
  });
  beforeEach(async () => {
    folder = await createTemporaryDirectory('special');
    chmodSync(folder.path, 0o755);
  });
  afterEach(async () => {
    await client?.close();
    await server?.stop();
    client = undefined;
    server = undefined;
    await folder.remove();
  });

  const path = (name: string) => join(folder.path, name);
  const mkfifo = (name: string, mode = '644') => {
    execFileSync('mkfifo', ['-m', mode, path(name)]);
    return path(name);
  };
  /** A service that opens a pipe, writes lines for a moment, and ends; gives its exit code: not 0 after EPIPE. */
  const writer = async (pipe: string, line: string, forMs = 0) => {
    const code = `const fs=require('fs');process.on('SIGPIPE',()=>{});const to=fs.openSync(process.argv[1],'w');
      const end=Date.now()+Number(process.argv[3]);do{fs.writeSync(to,process.argv[2]+'\\n')}while(Date.now()<end)`;
    const child = spawn(process.execPath, ['-e', code, pipe, line, String(forMs)], { stdio: 'ignore' });
    const [exit] = (await once(child, 'exit')) as [number | null];
    return exit;
  };
  /** What was told last of the only source. */
  const stateOf = ({ messages }: StreamClient) => messages.findLast((message) => message.type === 'source')?.state;
  const start = async (args: readonly string[], options = {}) => {
    server = await ServerProcess.start(args, options);
    client = await StreamClient.connect(server.url);
    return { server, client };
  };

  it('is read as a stream where it is a named pipe, one writer after the other', async () => {
    const pipe = mkfifo('app.fifo');
    const started = await start([pipe]);
    assert.equal(await writer(pipe, 'first'), 0);
    await started.client.until('the first', () => started.client.text(pipe) === 'first\n');
    assert.equal(await writer(pipe, 'second'), 0);
    await started.client.until('the second', () => started.client.text(pipe) === 'first\nsecond\n');
    assert.deepEqual(started.client.events('ended'), []);
  });

  it('costs no service its reader: a pipe beside a log is opened once, and not closed', async () => {
    const pipe = mkfifo('app.fifo');
    writeFileSync(path('app.log'), 'a line\n');
    await start([path('app.log'), pipe]);
    assert.deepEqual(await Promise.all([writer(pipe, 'one', 900), writer(pipe, 'two', 900)]), [0, 0]);
  });

  it('is read where it is a pipe that this user may not write', async () => {
    const pipe = mkfifo('app.fifo');
    const started = await start([pipe], { withoutRights: true });
    for (const line of ['first', 'second', 'third']) {
      assert.equal(await writer(pipe, line), 0);
      await started.client.until(line, () => started.client.text(pipe).endsWith(`${line}\n`));
    }
    assert.equal(started.client.text(pipe), 'first\nsecond\nthird\n');
  });

  it('is read anew where another pipe takes the place of a pipe', async () => {
    const pipe = mkfifo('app.fifo');
    const started = await start([pipe]);
    await writer(pipe, 'first');
    await started.client.until('the first', () => started.client.text(pipe) === 'first\n');
    rmSync(pipe);
    mkfifo('app.fifo');
    assert.equal(await writer(pipe, 'second'), 0);
    await started.client.until('the second', () => started.client.text(pipe) === 'first\nsecond\n');
    assert.match(started.client.events('rotated')[0]?.text ?? '', /^app\.fifo is another pipe now/);
  });

  it('gives out the line that has no newline yet where another pipe takes the place of a pipe', async () => {
    const pipe = mkfifo('app.fifo');
    const started = await start([pipe]);
    const held = openSync(pipe, 'w');
    writeSync(held, 'unfinished');
    await started.client.until('its beginning', () => started.client.events('partial').length > 0);
    rmSync(pipe);
    mkfifo('app.fifo');
    assert.equal(await writer(pipe, 'second'), 0);
    await started.client.until('the second', () => started.client.text(pipe) === 'unfinished\nsecond\n');
    closeSync(held);
  });

  it('says once that it cannot be read where another pipe takes its place that may not be, and reads it once it may', async () => {
    const pipe = mkfifo('app.fifo', '666');
    const started = await start([pipe], { withoutRights: true });
    await writer(pipe, 'first');
    await started.client.until('the first', () => started.client.text(pipe) === 'first\n');
    rmSync(pipe);
    mkfifo('app.fifo', '000');
    await started.client.until('the word', () => stateOf(started.client) === 'failed');
    chmodSync(pipe, 0o644);
    assert.equal(await writer(pipe, 'second'), 0);
    await started.client.until('the second', () => started.client.text(pipe) === 'first\nsecond\n');
    assert.equal(stateOf(started.client), 'live');
    assert.equal(started.client.events('failed').length, 1);
    assert.equal(started.client.events('rotated').length, 1);
  });

  it('is the same pipe still where something else lay at its path for a while', async () => {
    const pipe = mkfifo('app.fifo');
    const started = await start([pipe]);
    const held = openSync(pipe, 'w');
    writeSync(held, 'unfi');
    await started.client.until('its beginning', () => started.client.events('partial').length > 0);
    renameSync(pipe, path('away'));
    writeFileSync(pipe, '');
    await started.client.until('the word', () => stateOf(started.client) === 'failed');
    renameSync(path('away'), pipe);
    await started.client.until('the pipe', () => stateOf(started.client) === 'live');
    writeSync(held, 'nished\n');
    await started.client.until('the line', () => started.client.text(pipe) === 'unfinished\n');
    assert.deepEqual(started.client.events('rotated'), []);
    closeSync(held);
  });

  it('is read to its end where it is standard input under a name', async () => {
    const started = await start(['/dev/stdin'], { input: 'from a program\n' });
    await started.client.until('the end', () => started.client.events('ended').length > 0);
    assert.equal(started.client.text(), 'from a program\n');
  });

  it('is refused in a sentence, and the others are served, where it cannot be followed', async () => {
    mkdirSync(path('folder'));
    const listening = createServer().listen(path('socket'));
    await once(listening, 'listening');
    writeFileSync(path('app.log'), 'a line\n');
    const system = process.platform === 'linux' ? ['/proc/mounts'] : [];
    const refused = ['/dev/null', '/dev/zero', path('socket'), path('folder'), ...system];
    const started = await start([...refused, path('app.log')]);
    listening.close();
    for (const each of refused) {
      const sentences = started.server.errors.split('\n').filter((line) => line.includes(`: ${each} is a `));
      assert.equal(sentences.length, 1, `${each}: ${started.server.errors}`);
    }
    await started.client.until('the line', () => started.client.text(path('app.log')) === 'a line\n');
  });

  it('is not opened where a named pipe takes the place of a log, which says so until there is a log again', async () => {
    writeFileSync(path('app.log'), 'a line\n');
    const started = await start([path('app.log')]);
    await started.client.until('the line', () => started.client.text() === 'a line\n');
    renameSync(path('app.log'), path('app.log.1'));
    const pipe = mkfifo('app.log');
    const writing = writer(pipe, 'for somebody else');
    await started.client.until('the word', () => started.client.events('failed').length > 0);
    assert.match(started.client.events('failed')[0]?.text ?? '', /named pipe/);
    assert.equal(execFileSync('head', ['-n', '1', pipe]).toString(), 'for somebody else\n');
    assert.equal(await writing, 0);
    rmSync(pipe);
    writeFileSync(path('app.log'), 'another\n');
    await started.client.until('the new log', () => started.client.text() === 'a line\nanother\n');
  });

  it('is named in one sentence where more files are there than can be open; the others and clients are served', async () => {
    for (let index = 10; index < 60; index++) {
      writeFileSync(path(`${index}.log`), `line ${index}\n`);
    }
    const started = await start([path('*.log')], { mostOpenFiles: 64 });
    const [sentence = '', ...more] = started.server.errors.split('\n').filter((line) => line.includes('open files'));
    assert.deepEqual(more, []);
    const [, leftOut, last] = /: (\d+) files are not served, from .* to .*\/(\d+)\.log; /.exec(sentence) ?? [];
    assert.equal(last, '59');
    const served = 50 - Number(leftOut);
    assert.ok(served > 5, sentence);
    const clients = [started.client];
    for (let each = 0; each < 5; each++) {
      clients.push(await StreamClient.connect(started.server.url));
    }
    for (const each of clients) {
      await each.until('all that are served', () => each.sources.size === served);
    }
    appendFileSync(path('10.log'), 'live\n');
    await started.client.until('the line', () => started.client.text(path('10.log')).endsWith('live\n'));
    await Promise.all(clients.slice(1).map((each) => each.close()));
  });
});
