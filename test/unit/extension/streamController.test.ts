import assert from 'node:assert/strict';
import { createMemoryStorage } from '../../../src/client/learned';
import { readSettings, type Settings } from '../../../src/extension/settings';
import { StreamController } from '../../../src/extension/streamController';
import type { StreamTarget } from '../../../src/extension/streamTarget';
import { FakeClock } from '../../support/fakeClock';
import { constantRandom } from '../../support/simulatedConnection';
import { SimulatedServer } from '../../support/simulatedServer';

const target: StreamTarget = { name: 'web', url: 'ws://logs.example/ws', format: 'auto', origin: 'settings' };

function settingsWith(values: Readonly<Record<string, unknown>>): Settings {
  return readSettings(
    (key) => values[key],
    () => null,
  ).settings;
}

function setUp() {
  const clock = new FakeClock();
  const network = new SimulatedServer(clock);
  const connections = [{ name: 'web', url: target.url, format: 'auto' }];
  let settings = settingsWith({ connections });
  const streams = new StreamController({
    platform: { clock, random: constantRandom(), transport: network.transport },
    memory: createMemoryStorage(),
    settings: () => settings,
    output: () => ({ addLines: () => undefined, addNotice: () => undefined }),
    focused: true,
  });
  const told: string[] = [];
  streams.onDidEnterState(({ stream, value }) => told.push(`${stream.name} entered ${value.state}`));
  streams.onDidChangeStatus(({ stream, value }) => told.push(`${stream.name} is ${value.state}`));
  let active = 0;
  streams.onDidChangeActive(() => active++);
  return {
    clock,
    network,
    streams,
    told,
    activeChanges: () => active,
    apply: (values: Readonly<Record<string, unknown>>) => {
      settings = settingsWith({ connections, ...values });
      streams.applySettings(settings);
    },
    open: (more: Partial<StreamTarget> = {}) => {
      const stream = streams.open({ ...target, ...more });
      clock.advance(1000);
      return stream;
    },
  };
}

describe('the streams of a window', () => {
  it('keep the stream, and its lines, when the same one is opened once more', () => {
    const { open, network, streams, activeChanges, clock } = setUp();
    const first = open();
    network.socket.lines(['kept'], { seq: 0 });
    clock.advance(10);
    first.disconnect();
    clock.advance(1000);
    assert.equal(first.status.state, 'closed');
    assert.equal(open(), first);
    assert.equal(first.status.state, 'live');
    assert.equal(first.intake.store.lineCount, 1);
    assert.equal(streams.active, first);
    assert.equal(activeChanges(), 1);
  });

  it('put another target in place of the one before, which says nothing any more', () => {
    const { open, network, streams, told, clock } = setUp();
    const first = open();
    const [firstSocket] = network.sockets;
    const second = open({ name: 'other', url: 'ws://other.example/ws' });
    assert.equal(streams.active, second);
    assert.equal(firstSocket?.terminated, true);
    told.length = 0;
    first.reconnectNow();
    clock.advance(60_000);
    assert.deepEqual(
      told.filter((line) => line.startsWith('web')),
      [],
    );
    assert.equal(network.dials, 2);
  });

  it('open a connection anew when its address or format in the settings has changed', () => {
    for (const changed of [
      { url: 'ws://moved.example/ws', format: 'auto' },
      { url: target.url, format: 'logstream' },
    ]) {
      const { open, apply, streams, network, clock } = setUp();
      const first = open();
      apply({ connections: [{ name: 'web', ...changed }] });
      clock.advance(1000);
      assert.notEqual(streams.active, first);
      assert.equal(streams.active?.status.state, 'live');
      assert.equal(network.socket.request.url, changed.url);
    }
  });

  it('open a connection that failed anew once its address is corrected', () => {
    const { open, apply, streams, network, clock } = setUp();
    network.behaviour.dial = { kind: 'http', status: 401, retryAfterMs: 0 };
    assert.equal(open().status.state, 'failed');
    network.behaviour.dial = 'open';
    apply({ connections: [{ name: 'web', url: 'ws://right.example/ws' }] });
    clock.advance(1000);
    assert.equal(streams.active?.status.state, 'live');
  });

  it('leave a connection that a person ended as it is when its address changes', () => {
    const { open, apply, streams, clock } = setUp();
    const first = open();
    first.disconnect();
    clock.advance(1000);
    apply({ connections: [{ name: 'web', url: 'ws://moved.example/ws' }] });
    clock.advance(1000);
    assert.equal(streams.active, first);
    assert.equal(first.status.state, 'closed');
  });

  it('neither open anything anew nor tell anything when an unrelated setting changes', () => {
    const { open, apply, told, network, streams, activeChanges, clock } = setUp();
    const first = open();
    told.length = 0;
    const sent = network.socket.sent.length;
    apply({ bufferMiB: 16, 'server.port': 4321 });
    apply({ columns: ['user'] });
    apply({
      connections: [
        { name: 'web', url: target.url },
        { name: 'new', url: 'ws://new.example/ws' },
      ],
    });
    apply({ connections: [] });
    assert.equal(network.socket.sent.length, sent);
    clock.advance(60_000);
    assert.equal(streams.active, first);
    assert.equal(first.bufferMiB, 256);
    assert.deepEqual([network.dials, activeChanges()], [1, 1]);
    assert.deepEqual(told, []);
  });

  it('leave a stream that is not from the settings alone, though one of them has its name', () => {
    const { open, apply, streams, network } = setUp();
    const first = open({ origin: 'address' });
    apply({ connections: [{ name: 'web', url: 'ws://moved.example/ws' }] });
    assert.equal(streams.active, first);
    assert.equal(network.dials, 1);
  });

  it('take the size of the buffer and the heartbeat at once, without a new connection', () => {
    const { open, apply, network } = setUp();
    const stream = open();
    apply({ bufferMiB: 16, 'heartbeat.intervalSeconds': 4 });
    assert.equal(stream.bufferMiB, 16);
    assert.equal(stream.status.heartbeatMs, 4000);
    assert.equal(network.dials, 1);
  });

  it('leave no timer behind', () => {
    const { open, streams, clock } = setUp();
    open();
    streams.dispose();
    clock.advance(10_000);
    assert.equal(clock.pendingTimers, 0);
  });
});
