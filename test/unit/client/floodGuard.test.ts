import assert from 'node:assert/strict';
import { defaultPolicy } from '../../../src/client/policy';
import type { SocketListener } from '../../../src/client/transport';
import { Simulation } from '../../support/simulatedConnection';

const { heartbeatBurst, heartbeatsPerSecond, closeTimeoutMs } = defaultPolicy;

describe('a server that floods', () => {
  const kinds: [what: string, ours: boolean, send: (listener: SocketListener) => void][] = [
    ['RFC 6455 pings', true, (listener) => listener.pingFrame()],
    ['RFC 6455 pongs', true, (listener) => listener.pongFrame('1')],
    ['pings of our contract', true, (listener) => listener.text('{"type":"ping","id":1}')],
    ['pongs of our contract', true, (listener) => listener.text('{"type":"pong","id":1}')],
    ['RFC 6455 pings, and is a plain one', false, (listener) => listener.pingFrame()],
    ['JSON pings, and is a plain one', false, (listener) => listener.text('{"type":"ping"}')],
    ['JSON pongs, and is a plain one', false, (listener) => listener.text('{"type":"pong"}')],
  ];
  for (const [what, ours, send] of kinds) {
    it(`with ${what} is told why, read no further, and dialled again later`, () => {
      const run = new Simulation({ server: { ours }, connection: { format: ours ? 'auto' : 'text' } }).goLive();
      const { socket } = run.server;
      const answered = socket.sent.length;
      for (let sent = 0; sent < 10 * heartbeatBurst; sent++) {
        send(socket.listener);
      }
      assert.deepEqual(socket.closedBy, { code: 4104, reason: 'more than 200 pings and pongs per second' });
      assert.equal(socket.paused, true);
      assert.ok(socket.sent.length - answered <= heartbeatBurst, 'what is over the limit is not answered');
      assert.equal(run.state, 'waiting');
      assert.match(run.connection.status.reason, /: more than 200 pings and pongs per second/);
      run.clock.advance(closeTimeoutMs);
      assert.equal(socket.terminated, true);
      run.clock.advance(60_000);
      assert.equal(run.state, 'live');
    });
  }

  it('is told from one that sends as much as is allowed, and from one that sends lines', () => {
    const run = new Simulation({ server: { ours: false }, connection: { format: 'text' } }).goLive();
    const { listener } = run.server.socket;
    for (let second = 0; second < 60; second++) {
      for (let sent = 0; sent < heartbeatsPerSecond; sent++) {
        listener.pingFrame();
        listener.text('{"type":"ping","msg":"a line"}\n');
      }
      for (let lines = 0; lines < 1000; lines++) {
        listener.text('a line\n');
      }
      run.clock.advance(1000);
    }
    assert.equal(run.state, 'live');
    assert.equal(run.frames.length, 60 * (heartbeatsPerSecond + 1000));
  });

  it('leaves no timer and no socket behind when the connection is disposed of', () => {
    const run = new Simulation().goLive();
    const { socket } = run.server;
    for (let sent = 0; sent <= heartbeatBurst; sent++) {
      socket.listener.pingFrame();
    }
    run.connection.dispose();
    assert.equal(run.pendingClientTimers, 0);
    assert.equal(socket.terminated, true);
  });
});
