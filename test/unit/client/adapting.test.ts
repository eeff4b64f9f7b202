import assert from 'node:assert/strict';
import { recall } from '../../../src/client/learned';
import { defaultPolicy } from '../../../src/client/policy';
import { Simulation } from '../../support/simulatedConnection';

/** Runs until a connection has lasted that long; returns the number of dials it took. */
function dialsUntilSteady(run: Simulation, steadyMs: number): number {
  run.connection.connect();
  const limit = run.clock.now() + 3_600_000;
  while (run.clock.now() < limit) {
    const { dials } = run.server;
    run.clock.advance(steadyMs);
    if (run.server.dials === dials && run.state === 'live') {
      return dials;
    }
  }
  throw new Error(`never steady after ${run.server.dials} dials`);
}

const busy = (run: Simulation) => {
  let seq = 0;
  const speak = () => {
    const { socket } = run.server;
    if (!socket.ended) {
      socket.text(`line ${seq++}`);
    }
    run.clock.schedule(700, speak);
  };
  run.clock.schedule(700, speak);
};

describe('adapting to what ends connections', () => {
  it('the founding server: closes with 1000 after 30 s without a message; adapted within three cycles', () => {
    const run = new Simulation({
      server: { ours: false, messageTimeoutMs: 30_000 },
      connection: { heartbeatIntervalMs: 60_000, format: 'text' },
    });
    busy(run);
    const dials = dialsUntilSteady(run, 600_000);
    assert.equal(dials, 4, 'three cycles, then for good');
    assert.equal(run.connection.status.heartbeatMs, 12_000);
    const told = run.noticesOf('adapted');
    assert.equal(told.length, 1);
    assert.match(told[0] ?? '', /end after 30 s without a message; heartbeat messages are now sent every 12 s/);
    assert.match(run.connection.report(), /silent for 30 s; kept alive by messages/);
  });

  it('is remembered for the address: the next run does not lose a single connection', () => {
    const first = new Simulation({ server: { ours: false, messageTimeoutMs: 30_000 } });
    dialsUntilSteady(first, 600_000);
    const second = new Simulation({ server: { ours: false, messageTimeoutMs: 30_000 }, memory: first.memory });
    assert.equal(dialsUntilSteady(second, 600_000), 1);
    assert.equal(second.connection.status.heartbeatMs, 12_000);
    const elsewhere = new Simulation({ memory: first.memory, connection: { url: 'ws://elsewhere.example' } }).goLive();
    assert.match(elsewhere.connection.status.heartbeatOrigin ?? '', /stated by the server/);
  });

  for (const seconds of [5, 8, 12, 13, 20, 25, 45, 90]) {
    for (const chosen of [undefined, 5000, 60_000]) {
      it(`a server that waits ${seconds} s for a message, heartbeat ${chosen ?? 'not'} set: steady after three cycles`, () => {
        const run = new Simulation({
          server: { ours: false, messageTimeoutMs: seconds * 1000 },
          connection: { format: 'text', heartbeatIntervalMs: chosen },
        });
        busy(run);
        assert.equal(dialsUntilSteady(run, 600_000), 4);
        assert.equal(run.noticesOf('adapted').length, 1);
        assert.ok((run.connection.status.heartbeatMs ?? 0) * 2 < seconds * 1000);
      });
    }
  }

  it('a proxy that cuts connections silent for 10 s: RFC 6455 pings at 4 s are enough', () => {
    const run = new Simulation({ server: { ours: false, frameTimeoutMs: 10_000, closeCode: 1006 } });
    const dials = dialsUntilSteady(run, 600_000);
    assert.ok(dials <= 5, 'one without our subprotocol, three cycles');
    assert.equal(run.noticesOf('adapted').length, 1);
    assert.equal(run.connection.status.heartbeatMs, 4000);
    assert.deepEqual(run.server.socket.messages('ping'), [], 'no JSON for a server that needs none');
  });

  it('a proxy before a server of ours that cuts silence: the stated interval gives way', () => {
    const run = new Simulation({ server: { frameTimeoutMs: 6000, closeCode: 1006 } });
    const dials = dialsUntilSteady(run, 600_000);
    assert.equal(dials, 4);
    assert.equal(run.connection.status.heartbeatMs, 2400);
    assert.match(run.connection.status.heartbeatOrigin ?? '', /learned/);
  });

  it('a balancer that ends connections after 30 s however busy: reconnects ahead at 27 s', () => {
    const run = new Simulation({ server: { lifetimeMs: 30_000, closeCode: 1006 } });
    run.connection.connect();
    run.clock.advance(130_000);
    assert.deepEqual(recall(run.memory, 'ws://logs.example/ws', 0, defaultPolicy).limits, { lifetimeMs: 30_000 });
    const { losses } = { losses: run.connection.status.attempt };
    const { dials } = run.server;
    run.clock.advance(270_000);
    assert.ok(run.server.dials - dials >= 9 && run.server.dials - dials <= 11, `${run.server.dials - dials}`);
    assert.equal(run.connection.status.attempt, losses, 'planned reconnects cost no attempt');
    assert.equal(
      run.server.sockets.slice(-4, -1).every((socket) => socket.closedBy?.code === 1000),
      true,
    );
  });

  it('a balancer before a plain server: JSON pings are tried, and taken back when age was the cause', () => {
    const run = new Simulation({ server: { ours: false, lifetimeMs: 30_000, closeCode: 1006 } });
    busy(run);
    run.connection.connect();
    run.clock.advance(220_000);
    assert.deepEqual(recall(run.memory, 'ws://logs.example/ws', 0, defaultPolicy).limits, { lifetimeMs: 30_000 });
    assert.deepEqual(run.server.socket.messages('ping'), []);
  });

  it('a server that fails after 3 s of silence or 15 s of life is failing, not limiting', () => {
    for (const server of [{ messageTimeoutMs: 3000, ours: false }, { lifetimeMs: 15_000 }]) {
      const run = new Simulation({ server, connection: { heartbeatIntervalMs: 12_000 } });
      run.connection.connect();
      run.clock.advance(300_000);
      assert.deepEqual(run.noticesOf('adapted'), []);
    }
  });

  it('closes at different ages teach nothing', () => {
    const run = new Simulation({ server: { ours: false } });
    const ages = [20_000, 31_000, 44_000, 27_000, 58_000, 39_000];
    run.server.onOpen = (socket) => {
      run.clock.schedule(ages[run.server.dials % ages.length] ?? 0, () => socket.serverClose(1006));
    };
    run.connection.connect();
    run.clock.advance(600_000);
    assert.deepEqual(run.noticesOf('adapted'), []);
  });
});
