import assert from 'node:assert/strict';
import { seededRandom } from '../../../src/base/random';
import { FakeClock } from '../../support/fakeClock';
import { Simulation } from '../../support/simulatedConnection';

const seeds = [1, 2, 3, 4, 5, 6, 7, 8];

/** The most dials in any span of that length, ms. */
function densest(times: readonly number[], spanMs: number): number {
  return Math.max(...times.map((from) => times.filter((at) => at >= from && at < from + spanMs).length));
}

describe('failures published about other clients', () => {
  it('backoff reset on open: a server that accepts and closes after 0.2 s sees at most 25 dials in ten minutes (opencode#50799)', () => {
    for (const seed of seeds) {
      const run = new Simulation({ random: seededRandom(seed) });
      run.server.onHello = (socket) => {
        run.clock.schedule(200, () => socket.serverClose(1000));
      };
      run.connection.connect();
      run.clock.advance(600_000);
      assert.ok(run.server.dials <= 25, `${run.server.dials} dials with seed ${seed}`);
      assert.ok(run.server.dials >= 8, `${run.server.dials} dials with seed ${seed}: it must not give up either`);
    }
  });

  it('no storm of dials when each fails at once (centrifuge-js#408: 373 in 500 ms)', () => {
    for (const seed of seeds) {
      for (const url of ['ws://logs.example/ws', 'ws://localhost/ws']) {
        const run = new Simulation({
          server: { dial: { kind: 'network', detail: 'ECONNREFUSED' }, delayMs: 0 },
          random: seededRandom(seed),
          connection: { url },
        });
        run.connection.connect();
        run.clock.advance(600_000);
        assert.ok(densest(run.server.dialTimes, 500) <= 5, `${densest(run.server.dialTimes, 500)} in 500 ms`);
      }
    }
  });

  it('no storm even when the draw is always 0 and the person clicks without end (app-vscode#73: 122 connects/s)', () => {
    const run = new Simulation({ random: { next: () => 0 } });
    run.server.onHello = (socket) => socket.serverClose(1011);
    run.connection.connect();
    for (let step = 0; step < 600; step++) {
      run.connection.reconnectNow();
      run.connection.setFocused(step % 2 === 0);
      run.connection.networkChanged();
      run.clock.advance(100);
    }
    assert.ok(run.server.dials <= 20 + 13, `${run.server.dials} dials in a minute`);
  });

  it('a server timeout shorter than any interval does not close before the first ping (react-use-websocket#270)', () => {
    const run = new Simulation({
      server: { welcome: { pingMs: 25_000, receiveTimeoutMs: 4000 }, messageTimeoutMs: 4000 },
    }).goLive();
    run.clock.advance(10 * 60_000);
    assert.equal(run.server.dials, 1);
    assert.equal(run.connection.status.heartbeatMs, 1600);
  });

  it('an interval equal to the timeout is corrected before it costs a connection (python-engineio#47)', () => {
    const run = new Simulation({
      server: { welcome: { pingMs: 20_000, receiveTimeoutMs: 20_000 }, messageTimeoutMs: 20_000, delayMs: 200 },
    }).goLive();
    run.clock.advance(10 * 60_000);
    assert.equal(run.server.dials, 1);
    assert.equal(run.noticesOf('corrected').length, 1);
  });

  it('an overdue timer does not kill a healthy link after a wake-up (centrifuge-js#423)', () => {
    for (const sleepMs of [5000, 25_000, 61_000, 600_000, 8 * 3_600_000]) {
      const run = new Simulation({ server: { delayMs: 900 } });
      run.connection.connect();
      run.clock.advance(20_000);
      run.clock.sleepThrough(sleepMs);
      run.clock.advance(10_000);
      assert.equal(run.server.dials, 1, `${sleepMs} ms`);
      assert.equal(run.state, 'live');
    }
  });

  it('a resume after eight quiet hours begins where marks said, not where the last line was (socket.io#5282)', () => {
    const run = new Simulation();
    let resumed: unknown;
    run.server.onHello = (socket, hello) => {
      resumed = hello.resume;
      socket.say({ type: 'mark', source: 'log', epoch: 'e1', nextSeq: 41, cursor: 'old', reconnectWindowMs: 0 });
    };
    run.goLive();
    run.clock.advance(8 * 3_600_000);
    run.server.socket.say({
      type: 'mark',
      source: 'log',
      epoch: 'e1',
      nextSeq: 41,
      cursor: 'fresh',
      reconnectWindowMs: 0,
    });
    run.clock.advance(10);
    run.server.socket.serverClose(1006);
    run.clock.advance(3000);
    const positions = resumed as { source: string }[];
    assert.deepEqual(
      positions.find(({ source }) => source === 'log'),
      { source: 'log', epoch: 'e1', nextSeq: 41, cursor: 'fresh' },
    );
    assert.deepEqual(run.gaps, []);
  });

  it('a zombie socket that wakes up cannot disturb the recovery (socket.io#4880)', () => {
    const run = new Simulation({ server: { markEveryMs: 0 } }).goLive();
    const zombie = run.server.socket;
    run.server.behaviour.answersPings = false;
    run.clock.advance(25_000);
    run.server.behaviour.answersPings = true;
    run.clock.advance(3000);
    assert.equal(run.state, 'live');
    zombie.listener.binary(new Uint8Array(3));
    zombie.listener.text('{"type":"welcome"}');
    zombie.listener.closed(1006, '');
    run.clock.advance(5000);
    assert.equal(run.state, 'live');
    assert.equal(run.server.dials, 2);
    assert.equal(zombie.terminated, true);
  });

  it('a restart does not bring all clients back in one second (socket.io#5413, phoenix#4045)', () => {
    const clients = 1000;
    const windowMs = (clients / 200) * 1000;
    const clock = new FakeClock();
    const runs = Array.from(
      { length: clients },
      (_, index) =>
        new Simulation({
          clock,
          random: seededRandom(index + 1),
          server: { welcome: { reconnectWindowMs: windowMs * 10 }, markEveryMs: 0 },
        }),
    );
    for (const run of runs) {
      run.connection.connect();
    }
    clock.advance(500);
    for (const { server } of runs) {
      server.socket.serverClose(4200);
    }
    const from = clock.now();
    clock.advance(windowMs * 10 + 2000);
    const returns = runs.map(({ server }) => server.dialTimes[1] ?? 0);
    assert.ok(returns.every((at) => at > from));
    const busiest = densest(returns, 1000) / clients;
    assert.ok(busiest <= 0.04, `${(busiest * 100).toFixed(1)} % in one second`);
    for (const run of runs) {
      run.connection.dispose();
    }
  }).timeout(30_000);
});
