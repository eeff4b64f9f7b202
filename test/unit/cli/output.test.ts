import assert from 'node:assert/strict';
import { Writable } from 'node:stream';
import { LineOutput } from '../../../src/cli/output';
import type { LinesFrame } from '../../../src/protocol/frames';

function frame(text: string, change: Partial<LinesFrame> = {}): LinesFrame {
  const bytes = Buffer.from(text);
  return { source: 'a', epoch: 'e', seq: 0, count: 1, receivedAt: 0, cursor: null, bytes, ...change };
}

function makeOutput(terminal = false, highWaterMark = 1000) {
  const written: Buffer[] = [];
  const releases: (() => void)[] = [];
  const calls: string[] = [];
  const stream = new Writable({
    highWaterMark,
    write(chunk, _encoding, done) {
      written.push(chunk as Buffer);
      releases.push(done);
    },
  });
  const output = new LineOutput(stream, terminal, {
    full: () => calls.push('full'),
    empty: () => calls.push('empty'),
    failed: (error) => calls.push(error.message),
    written: (each) => calls.push(`written ${each.seq}`),
  });
  const release = async () => {
    for (let done = releases.shift(); done !== undefined; done = releases.shift()) {
      done();
      await new Promise((resolve) => setImmediate(resolve));
    }
  };
  return { output, calls, release, text: () => Buffer.concat(written).toString('latin1') };
}

describe('the output of live-log-tail', () => {
  it('is byte for byte what the source wrote, pieces of long lines included', async () => {
    const { output, release, text } = makeOutput();
    output.write(frame('a\r\n\u00ff\n'));
    output.write(frame('piece one, \n', { continues: true }));
    output.write(frame('piece two\nnext\n'));
    await release();
    assert.equal(text(), Buffer.from('a\r\n\u00ff\npiece one, piece two\nnext\n').toString('latin1'));
  });

  it('does not let the unfinished line of one source run into another', async () => {
    const { output, release, text } = makeOutput();
    output.write(frame('long \n', { continues: true }));
    output.write(frame('other\n', { source: 'b' }));
    await release();
    assert.equal(text(), 'long \nother\n');
  });

  it('asks for a pause when the reader is slow, and to go on when it has caught up', async () => {
    const { output, calls, release } = makeOutput(false, 10);
    output.write(frame('0123456789\n', { seq: 1 }));
    output.write(frame('0123456789\n', { seq: 2 }));
    assert.deepEqual(calls, ['full']);
    assert.equal(output.idle, false);
    await release();
    assert.deepEqual([...calls].sort(), ['empty', 'full', 'written 1', 'written 2']);
    assert.equal(output.idle, true);
  });

  it('is never done once writing has failed: what was not written must not count as written', async () => {
    const calls: string[] = [];
    const stream = new Writable({ write: (_chunk, _encoding, done) => done(new Error('ENOSPC')) });
    const output = new LineOutput(stream, false, {
      full: () => {},
      empty: () => {},
      failed: (error) => calls.push(error.message),
      written: () => calls.push('written'),
    });
    output.write(frame('lost\n'));
    await new Promise((resolve) => setImmediate(resolve));
    assert.deepEqual(calls, ['ENOSPC']);
    assert.equal(output.idle, false);
  });

  it('goes out in pieces of whole lines, one after the other, and says how far it is', async () => {
    const sizes: number[] = [];
    const releases: (() => void)[] = [];
    const stream = new Writable({
      write: (chunk, _encoding, done) => {
        sizes.push((chunk as Buffer).length);
        releases.push(done);
      },
      writev: () => assert.fail('pieces handed over together are gone together'),
    });
    const told: number[] = [];
    const output = new LineOutput(stream, false, {
      full: () => {},
      empty: () => {},
      failed: () => {},
      written: (_frame, bytes) => told.push(bytes),
    });
    const lines = [30_000, 30_000, 30_000, 200_000, 10].map((length) => `${'x'.repeat(length - 1)}\n`);
    output.write(frame(lines.join('')));
    output.write(frame('last\n'));
    for (let done = releases.shift(); done !== undefined; done = releases.shift()) {
      done();
      await new Promise((resolve) => setImmediate(resolve));
    }
    assert.deepEqual(sizes, [60_000, 30_000, 200_000, 10, 5]);
    assert.deepEqual(told, [60_000, 90_000, 290_000, 290_010, 5]);
    assert.equal(output.idle, true);
  });

  it('is harmless on a terminal', async () => {
    const { output, release, text } = makeOutput(true);
    output.write(frame('\u001b]0;x\u0007\n'));
    await release();
    assert.ok(!text().includes('\u0007'));
  });
});
