import assert from 'node:assert/strict';
import { FEATURES } from '../../../../src/protocol/messages';
import { RingSource } from '../../../../src/server/ring/ringSource';
import { FakeClock } from '../../../support/fakeClock';
import { SimulatedSession } from '../../../support/simulatedSession';

const clock = new FakeClock();

function outputs(): [RingSource, RingSource] {
  const make = (id: string) =>
    new RingSource({ id, name: id, kind: 'command', command: 'npm test', capacityBytes: 64 * 1024 * 1024, clock });
  return [make('stdout'), make('stderr')];
}

function write(source: RingSource, text: string): void {
  source.append({ bytes: Buffer.from(text), count: text.split('\n').length - 1, continues: false });
}

/** What came, in order: text of frames and kinds of events. */
function order(run: SimulatedSession): string[] {
  return run.arrivals.map((arrival) =>
    'bytes' in arrival
      ? `${arrival.source}: ${Buffer.from(arrival.bytes).toString().trim().slice(0, 8)}`
      : `${arrival.source} ${arrival.type === 'event' ? arrival.kind : arrival.type}`,
  );
}

describe('an event that the two outputs of a command share', () => {
  const tell = (sources: readonly RingSource[], id: string, kind = 'exited') =>
    RingSource.addSharedEvent(sources, id, kind, `${kind}.`);

  it('is told once, by the first, with its id', async () => {
    const sources = outputs();
    const run = new SimulatedSession(sources);
    await run.pass(1);
    write(sources[0], 'out\n');
    write(sources[1], 'err\n');
    tell(sources, 'e1');
    await run.pass(1);
    assert.deepEqual(run.events('exited'), [
      { type: 'event', source: 'stdout', kind: 'exited', text: 'exited.', id: 'e1' },
    ]);
  });

  it('is told to a client that follows only the second', async () => {
    const sources = outputs();
    const run = new SimulatedSession(sources, { sources: ['stderr'] });
    await run.pass(1);
    tell(sources, 'e1');
    await run.pass(1);
    assert.deepEqual(
      run.events('exited').map(({ source }) => source),
      ['stderr'],
    );
  });

  it('comes behind the last line of both and before the next of either, however far behind a client is', async () => {
    const sources = outputs();
    const long = `${'x'.repeat(256 * 1024 - 1)}\n`;
    const run = new SimulatedSession(sources);
    await run.pass(1);
    run.socket.takes = false;
    for (let at = 0; at < 8; at++) {
      write(sources[0], `a${long}`);
      write(sources[1], `b${long}`);
    }
    tell(sources, 'e1');
    tell(sources, 'e2', 'restarted');
    write(sources[0], 'second run\n');
    write(sources[1], 'second run\n');
    run.socket.takes = true;
    for (let at = 0; at < 50; at++) {
      run.socket.take(1024 * 1024);
      await run.pass(10);
    }
    const told = order(run).filter((what) => !/source|mark/.test(what));
    const end = told.indexOf('stdout exited');
    assert.deepEqual(told.slice(end), ['stdout exited', 'stdout restarted', 'stdout: second r', 'stderr: second r']);
    assert.equal(told.slice(0, end).filter((what) => /: [ab]x/.test(what)).length, 16);
  });

  it('does not wait for a source that the client leaves meanwhile', async () => {
    const sources = outputs();
    const run = new SimulatedSession(sources);
    await run.pass(1);
    run.socket.takes = false;
    for (let at = 0; at < 8; at++) {
      write(sources[1], `${'x'.repeat(256 * 1024 - 1)}\n`);
    }
    tell(sources, 'e1');
    assert.deepEqual(run.events('exited'), []);
    run.say({ type: 'subscribe', sources: ['stdout'] });
    run.socket.takes = true;
    run.socket.take(Number.POSITIVE_INFINITY);
    await run.pass(10);
    assert.deepEqual(
      run.events('exited').map(({ source }) => source),
      ['stdout'],
    );
  });

  it('is not told again to a client that has later lines of one of them', async () => {
    const sources = outputs();
    tell(sources, 'e1');
    write(sources[0], 'second run\n');
    const position = { source: 'stdout', epoch: sources[0].epoch, nextSeq: 1, cursor: null };
    const run = new SimulatedSession(sources, { resume: [position] });
    await run.pass(1);
    assert.deepEqual(run.events('exited'), []);
    assert.equal(run.states('stderr').length, 1, 'the session goes on');
    write(sources[1], 'err\n');
    await run.pass(1);
    assert.equal(run.text('stderr'), 'err\n');
  });
});

describe('the end of a source', () => {
  it('is said behind the last line, with how it ended, and taken back when it lives again', async () => {
    const sources = outputs();
    write(sources[0], 'one\n');
    for (const source of sources) {
      source.setState('ended', { code: 3 });
    }
    const run = new SimulatedSession(sources);
    await run.pass(1);
    const told = run.messages.flatMap((message) => (message.type === 'source' ? [message] : []));
    assert.deepEqual(
      told.map(({ source, state, exit, command }) => [source, state, exit, command]),
      [
        ['stdout', 'live', undefined, 'npm test'],
        ['stderr', 'live', undefined, 'npm test'],
        ['stdout', 'ended', { code: 3 }, 'npm test'],
        ['stderr', 'ended', { code: 3 }, 'npm test'],
      ],
    );
    const arrived = order(run);
    assert.ok(arrived.indexOf('stdout: one') < arrived.lastIndexOf('stdout source'));
    for (const source of sources) {
      source.setState('live');
    }
    write(sources[0], 'two\n');
    await run.pass(1);
    assert.deepEqual(run.states('stdout'), ['live', 'ended', 'live']);
    assert.equal(run.text('stdout'), 'one\ntwo\n');
  });
});

describe('a session of the operator', () => {
  const begin = (command?: { readonly owns: (source: string) => boolean; readonly runAgain: () => boolean }) => {
    const run = new SimulatedSession(outputs(), {}, command);
    const errors = () => run.messages.flatMap((message) => (message.type === 'error' ? [message.code] : []));
    const welcome = run.messages.find((message) => message.type === 'welcome');
    return { run, errors, welcome };
  };

  it('offers another run of the command and starts it, but of nothing else and not while it runs', () => {
    let runs = 0;
    const { run, errors, welcome } = begin({ owns: (id) => id === 'stdout', runAgain: () => ++runs === 1 });
    assert.deepEqual(welcome?.features?.includes(FEATURES.run), true);
    run.say({ type: 'run', source: 'stdout' });
    assert.deepEqual([runs, errors()], [1, []]);
    run.say({ type: 'run', source: 'demo' });
    run.say({ type: 'run', source: 'stdout' });
    assert.deepEqual([runs, errors()], [2, ['no-such-source', 'running']]);
    assert.deepEqual(run.socket.closes, []);
  });

  it('without such a command offers nothing, and refuses', () => {
    const { run, errors, welcome } = begin();
    assert.deepEqual(welcome?.features?.includes(FEATURES.run), false);
    run.say({ type: 'run', source: 'stdout' });
    assert.deepEqual(errors(), ['forbidden']);
  });

  it('takes no flood of requests', () => {
    const { run } = begin({ owns: () => true, runAgain: () => true });
    for (let at = 0; at < 250; at++) {
      run.say({ type: 'run', source: 'stdout' });
    }
    assert.match(run.socket.closes[0] ?? '', /^4104/);
    assert.equal(run.socket.paused, true, 'nothing more of it is read');
  });
});
