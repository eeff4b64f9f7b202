import assert from 'node:assert/strict';
import type { ConnectionOptions } from '../../../src/client/connection';
import type { ConnectionStatus } from '../../../src/client/status';
import { Simulation } from '../../support/simulatedConnection';

const MINUTE = 60_000;

/** Every option with a value; those of its own kind that are objects are made anew each time. */
function allOptions(): Required<ConnectionOptions> {
  return {
    name: 'test',
    url: 'ws://logs.example/ws',
    shownAs: 'the logs of this test',
    format: 'logstream',
    lines: 10,
    sources: ['a', 'b'],
    heartbeatIntervalMs: 5000,
    maxAttempts: 7,
    giveUpAfter: 50,
    token: 'token',
    resume: [],
    clientId: 'client',
    takeoverKey: 'key',
  };
}

/** Everything that the connection does or tells from now on. */
function watch(run: Simulation) {
  const told: string[] = [];
  run.connection.onDidChangeStatus(({ state }) => told.push(`status ${state}`));
  run.connection.onDidEnterState(({ state }) => told.push(`entered ${state}`));
  run.connection.onNotice(({ text }) => told.push(text));
  const { socket, dials } = run.server;
  const sent = socket.sent.length;
  return {
    told,
    get done() {
      return [...told, ...socket.sent.slice(sent), ...(run.server.dials > dials ? ['dialled'] : [])];
    },
  };
}

describe('changing the options of a connection', () => {
  for (const name of Object.keys(allOptions()) as (keyof ConnectionOptions)[]) {
    for (const state of ['live', 'failed', 'waiting'] as const) {
      it(`does nothing and tells nothing when ${name} is given again as it is, while ${state}`, () => {
        const run = new Simulation({ connection: allOptions() }).goLive();
        if (state !== 'live') {
          run.server.behaviour.dial = { kind: 'network', detail: 'gone' };
          run.server.socket.serverClose(state === 'failed' ? 4001 : 1011);
          run.clock.advance(10);
        }
        assert.equal(run.state, state);
        const seen = watch(run);
        for (let round = 0; round < 3; round++) {
          run.connection.update({ [name]: allOptions()[name] });
        }
        assert.deepEqual(seen.done, []);
      });
    }
  }

  it('tells nothing when another spelling of the same address is given', () => {
    const run = new Simulation().goLive();
    const seen = watch(run);
    run.connection.update({ url: 'http://logs.example' });
    assert.deepEqual(seen.done, []);
  });

  it('tells a failure no second time when an option that has no part in it is changed', () => {
    const run = new Simulation({ server: { ours: false }, connection: { format: 'logstream' } });
    run.connection.connect();
    run.clock.advance(10);
    assert.equal(run.state, 'failed');
    const seen = watch(run);
    for (const heartbeatIntervalMs of [3000, 4000, 0]) {
      run.connection.update({ heartbeatIntervalMs, maxAttempts: heartbeatIntervalMs + 1 });
    }
    assert.deepEqual(seen.told, []);
  });

  it('never puts the next heartbeat off, however often it happens', () => {
    const run = new Simulation({ server: { welcome: { pingMs: 9000 } } }).goLive();
    const heartbeats: number[] = [];
    run.connection.onHeartbeat(({ kind }) => kind === 'sent' && heartbeats.push(run.clock.now()));
    for (let second = 0; second < 60; second++) {
      run.connection.update({ maxAttempts: 10 + second });
      run.clock.advance(1000);
    }
    assert.equal(heartbeats.length, 7);
  });
});

describe('the status of a connection', () => {
  it('is no news in ten quiet minutes, however many heartbeats are measured', () => {
    const run = new Simulation().goLive();
    run.clock.advance(2 * MINUTE);
    const seen = watch(run);
    let measured = 0;
    run.connection.onHeartbeat(({ kind }) => {
      measured += kind === 'answered' ? 1 : 0;
      // Each has another round trip.
      run.server.behaviour.delayMs = 1 + measured;
    });
    run.clock.advance(10 * MINUTE);
    assert.ok(measured >= 60, String(measured));
    assert.deepEqual(seen.told, []);
    assert.equal(run.connection.metrics.roundTripMs, 2 * measured);
  });

  it('is no news when lines arrive', () => {
    const run = new Simulation().goLive();
    run.clock.advance(2 * MINUTE);
    const seen = watch(run);
    for (let seq = 0; seq < 100; seq++) {
      run.server.socket.lines(['line'], { seq });
      run.clock.advance(100);
    }
    assert.deepEqual(seen.told, []);
    assert.equal(run.connection.metrics.linesReceived, 100);
    assert.equal(run.connection.metrics.bytesReceived, 500);
  });

  it('differs in something from the last one told, whenever it is told', () => {
    const run = new Simulation().goLive();
    const told: ConnectionStatus[] = [run.connection.status];
    run.connection.onDidChangeStatus((status) => told.push(status));
    for (const code of [1006, 1011, 4200, 1000]) {
      run.server.socket.serverClose(code);
      run.clock.advance(MINUTE);
      run.connection.update({ heartbeatIntervalMs: code });
      run.clock.advance(MINUTE);
    }
    run.connection.disconnect();
    run.clock.advance(MINUTE);
    assert.ok(told.length > 20, String(told.length));
    assert.deepEqual(
      told.filter((status, at) => at > 0 && JSON.stringify(status) === JSON.stringify(told[at - 1])),
      [],
    );
  });

  it('is told as a state that is entered once for each time, though other things in it change', () => {
    const run = new Simulation({ server: { dial: { kind: 'network', detail: 'refused' } } });
    const entered: string[] = [];
    run.connection.onDidEnterState(({ state }) => entered.push(state));
    run.connection.connect();
    run.clock.advance(2 * MINUTE);
    while (run.state !== 'waiting' || run.clock.now() - (run.server.dialTimes.at(-1) ?? 0) > 100) {
      run.clock.advance(100);
    }
    const before = { entered: entered.length, told: run.statuses.length };
    // A dial that is asked for right after one was made moves the time of the next.
    run.connection.reconnectNow();
    assert.equal(run.statuses.length, before.told + 1, 'the time of the next attempt has changed');
    assert.equal(entered.length, before.entered);
    run.connection.disconnect();
    assert.deepEqual(entered.slice(before.entered), ['closed']);
    assert.deepEqual(entered.slice(0, 3), ['connecting', 'waiting', 'connecting']);
  });
});
