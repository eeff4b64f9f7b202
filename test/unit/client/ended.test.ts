import assert from 'node:assert/strict';
import type { EventMessage, SourceMessage, SourceState } from '../../../src/protocol/messages';
import { Simulation } from '../../support/simulatedConnection';
import type { SimulatedSocket } from '../../support/simulatedServer';

const output = (id: string, state: SourceState, code?: number): SourceMessage => ({
  type: 'source',
  source: id,
  name: id,
  kind: 'command',
  state,
  epoch: 'e',
  command: 'npm test',
  ...(code === undefined ? {} : { exit: { code } }),
});
const exited = { type: 'event', source: 'stdout', kind: 'exited', text: 'Over.', id: 'x-1' } as const;

/** What a server says of a command, both of whose outputs are as they are. */
function say(socket: SimulatedSocket, state: SourceState, code?: number): void {
  for (const id of ['stdout', 'stderr']) {
    socket.say(output(id, state, code));
    socket.say({ type: 'mark', source: id, epoch: 'e', nextSeq: 0, cursor: null, reconnectWindowMs: 0 });
  }
}

describe('a connection to a command', () => {
  const begin = (features: readonly string[] = ['run']) => {
    const run = new Simulation({ server: { welcome: { features } } });
    run.server.onHello = (socket) => say(socket, 'live');
    const events: EventMessage[] = [];
    run.connection.onSourceEvent((event) => events.push(event));
    run.connection.connect();
    run.clock.advance(10);
    assert.equal(run.connection.status.state, 'live');
    assert.equal(run.connection.status.end, undefined);
    return { run, events, socket: run.server.socket };
  };

  it('says that it has ended, once, when both outputs have, and stays open', () => {
    const { run, socket } = begin();
    const told = run.statuses.length;
    socket.say(output('stdout', 'ended', 3));
    run.clock.advance(5);
    assert.equal(run.connection.status.end, undefined);
    socket.say(output('stderr', 'ended', 3));
    run.clock.advance(5);
    const { status } = run.connection;
    assert.deepEqual(status.end, { name: 'npm test', exit: { code: 3 } });
    assert.equal(status.reason, '“npm test” ended with exit code 3; its lines stay.');
    assert.equal(status.state, 'live');
    assert.equal(run.statuses.slice(told).filter(({ end }) => end).length, 1);
    run.clock.advance(120_000);
    assert.equal(run.connection.status.state, 'live', 'heartbeats go on');
    assert.match(run.connection.report(), /\*\*ended\*\* “npm test” ended with exit code 3/);
  });

  it('asks for another run where the server offers it, and is live again by it', () => {
    const { run, socket } = begin();
    assert.equal(run.connection.runAgain(), false, 'it runs');
    say(socket, 'ended', 0);
    run.clock.advance(5);
    assert.equal(run.connection.status.canRunAgain, true);
    assert.equal(run.connection.runAgain(), true);
    assert.deepEqual(socket.messages('run'), [{ type: 'run', source: 'stdout' }]);
    say(socket, 'live');
    run.clock.advance(5);
    assert.equal(run.statuses.at(-1)?.end, undefined);
    assert.equal(run.connection.status.canRunAgain, undefined);
    assert.match(run.connection.status.reason, /^Live log connected/);
  });

  it('asks for nothing where the server does not offer it', () => {
    for (const features of [[], ['other']]) {
      const { run, socket } = begin(features);
      say(socket, 'ended', 3);
      run.clock.advance(5);
      assert.equal(run.connection.status.canRunAgain, undefined);
      assert.equal(run.connection.runAgain(), false);
      assert.deepEqual(socket.messages('run'), []);
    }
  });

  it('is ended again at once after a reconnect, and never says live between', () => {
    const { run, socket } = begin();
    say(socket, 'ended', 3);
    run.clock.advance(5);
    run.server.onHello = (next) => {
      for (const id of ['stdout', 'stderr']) {
        next.say(output(id, 'live'));
      }
      say(next, 'ended', 3);
    };
    const told = run.statuses.length;
    socket.serverClose(1006);
    run.clock.advance(60_000);
    const after = run.statuses.slice(told).filter(({ state }) => state === 'live');
    assert.ok(after.length > 0);
    assert.ok(after.every(({ end }) => end !== undefined));
  });

  it('forgets the end of what a server has no more', () => {
    const { run, socket } = begin();
    say(socket, 'ended', 3);
    run.clock.advance(5);
    run.server.onHello = (next) => {
      next.say({ type: 'source', source: 'a.log', name: 'a.log', kind: 'file', state: 'live', epoch: 'f' });
      next.say({ type: 'mark', source: 'a.log', epoch: 'f', nextSeq: 0, cursor: null, reconnectWindowMs: 0 });
    };
    socket.serverClose(1006);
    run.clock.advance(60_000);
    assert.equal(run.connection.status.state, 'live');
    assert.equal(run.connection.status.end, undefined);
  });

  it('keeps the end where the server ends the stream after it', () => {
    const { run, socket } = begin();
    say(socket, 'ended', 3);
    socket.serverClose(4300);
    run.clock.advance(50);
    assert.equal(run.connection.status.state, 'closed');
    assert.deepEqual(run.connection.status.end?.exit, { code: 3 });
    assert.equal(run.connection.status.canRunAgain, undefined);
  });

  it('tells an event once, also when the server tells it again after a reconnect', () => {
    const { run, socket, events } = begin();
    socket.say(exited);
    say(socket, 'ended', 3);
    for (const id of ['stdout', 'stderr']) {
      socket.say({ type: 'event', source: id, kind: 'ended', text: '' });
    }
    run.clock.advance(5);
    run.server.onHello = (next) => {
      next.say(exited);
      say(next, 'ended', 3);
      next.say({ type: 'event', source: 'stderr', kind: 'ended', text: '' });
    };
    socket.serverClose(1006);
    run.clock.advance(60_000);
    assert.deepEqual(
      events.map(({ kind }) => kind),
      ['exited'],
      'the ends of the sources say nothing that was not said',
    );
  });

  it('tells the bare end of a source of which nothing else was said', () => {
    const { run, socket, events } = begin();
    socket.say({ type: 'source', source: 'x', name: 'x', kind: 'stdin', state: 'ended', epoch: 'e' });
    socket.say({ type: 'event', source: 'x', kind: 'ended', text: '' });
    run.clock.advance(5);
    assert.deepEqual(
      events.map(({ source, kind }) => `${source} ${kind}`),
      ['x ended'],
    );
  });
});
