import assert from 'node:assert/strict';
import { SESSION_LIMITS } from '../../../../src/server/sessions/sessionLimits';
import { linesItem, ScriptedSource } from '../../../support/scriptedSource';
import { SimulatedSession } from '../../../support/simulatedSession';

describe('a session whose source cannot be opened', () => {
  it('says so once, goes on with the others, and delivers it once it can be read', async () => {
    const away = new ScriptedSource('away.log');
    const there = new ScriptedSource('there.log');
    away.failingOpens = 2;
    away.items.push(linesItem('late\n'));
    there.items.push(linesItem('at once\n'));
    const run = new SimulatedSession([away, there]);
    await run.pass(1);
    assert.equal(run.text('there.log'), 'at once\n');
    assert.deepEqual(run.states('away.log'), ['failed']);
    await run.pass(3000);
    assert.deepEqual(run.states('away.log'), ['failed', 'live']);
    assert.equal(run.text('away.log'), 'late\n');
    assert.deepEqual(
      run.events('failed').map(({ source, text }) => [source, text]),
      [['away.log', 'away.log cannot be read: EIO: i/o error, read.']],
    );
    assert.deepEqual(run.log.filter((text) => text.includes('EIO')).length, 1);
  });

  it('keeps the numbering of a client that resumes', async () => {
    const away = new ScriptedSource('away.log');
    away.failingOpens = 1;
    const position = { source: 'away.log', epoch: 'mine', nextSeq: 7, cursor: 'c' };
    const run = new SimulatedSession([away], { resume: [position] });
    await run.pass(1000);
    const told = run.messages.find((message) => message.type === 'source');
    assert.equal(told?.epoch, 'mine');
    assert.deepEqual(away.opened, [
      { kind: 'resume', position },
      { kind: 'resume', position },
    ]);
  });

  it('gives it up when the client does not want it any more, or is gone', async () => {
    for (const end of ['subscribe', 'dispose'] as const) {
      const away = new ScriptedSource('away.log');
      const other = new ScriptedSource('other.log');
      away.failingOpens = 1;
      const run = new SimulatedSession([away, other]);
      await run.pass(1);
      if (end === 'subscribe') {
        run.say({ type: 'subscribe', sources: ['other.log'] });
      } else {
        run.session.dispose();
        assert.equal(run.clock.pendingTimers, 0);
      }
      await run.clock.advanceAsync(60_000);
      assert.equal(away.opened.length, 1, end);
    }
  });
});

describe('a session whose source cannot be read for a while', () => {
  it('tells that it fails and that it is read again, and delivers every line', async () => {
    const source = new ScriptedSource('app.log');
    source.items.push(linesItem('one\n'));
    const run = new SimulatedSession([source]);
    await run.pass(1);
    source.failingReads = 3;
    source.give(linesItem('two\n'));
    await run.pass(6900);
    assert.deepEqual(run.states('app.log'), ['live', 'failed']);
    await run.pass(200);
    assert.deepEqual(run.states('app.log'), ['live', 'failed', 'live']);
    assert.equal(run.events('failed').length, 1);
    assert.equal(run.text('app.log'), 'one\ntwo\n');
  });

  it('does not say that there is nothing earlier when history cannot be read', async () => {
    const run = new SimulatedSession([new ScriptedSource('app.log')]);
    await run.pass(1);
    run.say({ type: 'history', source: 'app.log', beforeSeq: 0, cursor: 'c', lines: 10 });
    await run.pass(1);
    const last = run.messages.slice(-2);
    assert.deepEqual(last, [
      {
        type: 'error',
        code: 'history-failed',
        message: 'Earlier lines of app.log cannot be read at present: EIO: i/o error, read.',
      },
      { type: 'event', source: 'app.log', kind: 'history', text: '' },
    ]);
  });
});

describe('a session with a slow client', () => {
  const line = `${'x'.repeat(256 * 1024 - 1)}\n`;
  const full = async () => {
    const source = new ScriptedSource('app.log');
    source.items.push(...Array.from({ length: 1000 }, () => linesItem(line)));
    const run = new SimulatedSession([source]);
    run.socket.takes = false;
    await run.pass(1);
    assert.ok(run.socket.bufferedAmount >= SESSION_LIMITS.unsentBytes);
    return run;
  };

  it('is closed with 4101 when nothing is taken for 60 s, heartbeats or not', async () => {
    const run = await full();
    await run.pass(59_000);
    assert.deepEqual(run.socket.closes, []);
    await run.pass(2000);
    assert.deepEqual(run.socket.closes, ['4101 nothing taken for 60 s although lines wait']);
  });

  it('goes on for as long as something is taken, and delivers', async () => {
    const run = await full();
    const before = run.frames.length;
    for (let second = 0; second < 300; second++) {
      run.socket.take(3 * 1024);
      await run.pass(1000);
    }
    assert.deepEqual(run.socket.closes, []);
    assert.ok(run.frames.length > before);
    assert.ok(run.socket.bufferedAmount < 2 * SESSION_LIMITS.unsentBytes);
  });
});

describe('an answer to history', () => {
  const batchBytes = 256 * 1024;
  const batches = 40;
  const begin = async () => {
    const left = new ScriptedSource('app.log');
    let isReleased = false;
    left.answerHistory = async () => ({
      linesInAll: batches,
      note: 'This is the beginning.',
      batches: (async function* () {
        try {
          for (let batch = 0; batch < batches; batch++) {
            yield linesItem(`${'x'.repeat(batchBytes - 1)}\n`);
          }
        } finally {
          isReleased = true;
        }
      })(),
    });
    const run = new SimulatedSession([left, new ScriptedSource('other.log')]);
    await run.pass(1);
    run.socket.takes = false;
    const timers = run.clock.pendingTimers;
    run.say({ type: 'history', source: 'app.log', beforeSeq: 0, cursor: 'c', lines: batches });
    await run.pass(100);
    return { run, timers, isReleased: () => isReleased };
  };

  it('waits for a client that takes slowly, without a timer of its own', async () => {
    const { run, timers, isReleased } = await begin();
    assert.equal(run.frames.length, SESSION_LIMITS.unsentBytes / batchBytes);
    // One for the watch for a stall.
    assert.equal(run.clock.pendingTimers, timers + 1);
    for (let second = 0; second < 2 * batches; second++) {
      run.socket.take(batchBytes);
      await run.pass(1000);
    }
    assert.equal(run.frames.length, batches);
    assert.equal(isReleased(), true);
    assert.deepEqual(run.events('history').at(-1)?.text, 'This is the beginning.');
  });

  it('lets its file go when the client goes away in the middle of it', async () => {
    const { run, isReleased } = await begin();
    assert.equal(isReleased(), false);
    run.session.dispose();
    await run.clock.advanceAsync(1);
    assert.equal(isReleased(), true);
    assert.equal(run.clock.pendingTimers, 0);
  });

  it('stops when the client leaves the source, and says that it has ended', async () => {
    const { run, isReleased } = await begin();
    run.say({ type: 'subscribe', sources: ['other.log'] });
    await run.clock.advanceAsync(1);
    assert.equal(isReleased(), true);
    assert.ok(run.frames.length < batches);
    // Not "This is the beginning": the lines may be asked for again.
    assert.deepEqual(
      run.events('history').map(({ text }) => text),
      [''],
    );
  });

  it('is looked for no longer than the client wants it, which is no failure', async () => {
    for (const end of ['subscribe', 'dispose'] as const) {
      const left = new ScriptedSource('app.log');
      left.answerHistory = (_request, signal) =>
        new Promise((_resolve, reject) => {
          signal?.addEventListener('abort', () => reject(signal.reason));
        });
      const run = new SimulatedSession([left, new ScriptedSource('other.log')]);
      await run.pass(1);
      run.say({ type: 'history', source: 'app.log', beforeSeq: 0, cursor: 'c', lines: 10 });
      await run.pass(1);
      if (end === 'subscribe') {
        run.say({ type: 'subscribe', sources: ['other.log'] });
      } else {
        run.session.dispose();
      }
      await run.clock.advanceAsync(1);
      assert.deepEqual(
        run.messages.filter(({ type }) => type === 'error'),
        [],
      );
      assert.deepEqual(
        run.events('history').map(({ text }) => text),
        [''],
      );
      assert.ok(!run.log.some((text) => text.includes('cannot be read')));
    }
  });

  it('ends a client that takes nothing of it', async () => {
    const { run } = await begin();
    await run.pass(61_000);
    assert.deepEqual(run.socket.closes, ['4101 nothing taken for 60 s although lines wait']);
  });
});

describe('a session', () => {
  it('tells a client that comes later of the line that is unfinished since long', async () => {
    const source = new ScriptedSource('app.log');
    source.partial = 'half a li';
    const run = new SimulatedSession([source]);
    await run.pass(1);
    assert.deepEqual(
      run.events('partial').map(({ text }) => text),
      ['half a li'],
    );
  });

  it('resumes a source that comes after the client did, where the client has read some of it', async () => {
    const position = { source: 'app.log', epoch: 'e1', nextSeq: 7, cursor: 'c' };
    const source = new ScriptedSource('app.log');
    const run = new SimulatedSession([], { resume: [position] });
    run.add(source);
    await run.pass(1);
    assert.deepEqual(source.opened, [{ kind: 'resume', position }]);
  });

  it('takes no epoch that would fill the heads of its frames', () => {
    const position = { source: 'app.log', epoch: 'e'.repeat(129), nextSeq: 7, cursor: null };
    const run = new SimulatedSession([new ScriptedSource('app.log')], { resume: [position] });
    assert.deepEqual(run.socket.closes, ['4000 an epoch must have at most 128 characters']);
  });

  it('announces every source before the first line of any, in their order, however long each takes to open', async () => {
    const sources = ['a.log', 'b.log', 'c.log'].map((id) => new ScriptedSource(id));
    for (const source of sources) {
      source.items.push(linesItem(`${source.id}\n`));
    }
    const open = sources[0]?.holdOpening();
    const run = new SimulatedSession(sources);
    await run.pass(150);
    assert.deepEqual(run.frames, []);
    open?.();
    await run.pass(1);
    const kinds = run.socket.sent.map((data) =>
      typeof data === 'string' ? (JSON.parse(data) as { type: string }).type : 'lines',
    );
    assert.deepEqual(
      kinds.filter((kind) => kind === 'source' || kind === 'lines'),
      ['source', 'source', 'source', 'lines', 'lines', 'lines'],
    );
    assert.deepEqual(
      run.messages.flatMap((message) => (message.type === 'source' ? [message.source] : [])),
      ['a.log', 'b.log', 'c.log'],
    );
  });

  it('does not let a source that takes long to open keep the others from the client', async () => {
    const [slow, other] = [new ScriptedSource('slow.log'), new ScriptedSource('other.log')];
    other.items.push(linesItem('one\n'));
    slow.items.push(linesItem('late\n'));
    const open = slow.holdOpening();
    const run = new SimulatedSession([slow, other]);
    await run.pass(300);
    assert.equal(run.text('other.log'), 'one\n');
    open();
    await run.pass(1);
    assert.equal(run.text('slow.log'), 'late\n');
  });
});
