import assert from 'node:assert/strict';
import { Emitter } from '../../../src/base/emitter';
import type { LogServer } from '../../../src/extension/logServer';
import { ServerSession } from '../../../src/extension/serverSession';
import type { ServerSources } from '../../../src/extension/serverSources';

const demo: ServerSources = { kind: 'demo' };

class FakeServer implements LogServer {
  readonly ended = new Emitter<string>();
  readonly onEnded = this.ended.event;
  readonly processId = 1;
  readonly token = 'a token';
  stopped = false;
  constructor(readonly url: string) {}
  async openPort(port: number) {
    return `http://127.0.0.1:${port}`;
  }
  async issueTicket() {
    return 'a ticket';
  }
  async stop() {
    this.stopped = true;
  }
  dispose() {
    this.stopped = true;
  }
}

function setUp() {
  const servers: FakeServer[] = [];
  const ports: number[] = [];
  const session = new ServerSession(async (_sources, port) => {
    ports.push(port);
    const server = new FakeServer(`ws://127.0.0.1:${port || 4000 + servers.length}/ws`);
    servers.push(server);
    return server;
  });
  return { servers, ports, session };
}

describe('ServerSession', () => {
  it('starts a server and knows what it follows', async () => {
    const { session, servers } = setUp();
    const running = await session.start(demo, 0);
    assert.deepEqual(running, { sources: demo, label: 'Demo log', url: 'ws://127.0.0.1:4000/ws', processId: 1 });
    assert.equal(session.running, running);
    assert.equal(session.server, servers[0], 'for what is asked of it');
    assert.doesNotMatch(JSON.stringify(running), /token/);
  });

  it('never runs two at a time, however quickly they are asked for', async () => {
    const { session, servers } = setUp();
    await Promise.all([session.start(demo, 0), session.start({ kind: 'files', paths: ['/a'] }, 0)]);
    assert.deepEqual(
      servers.map((server) => server.stopped),
      [true, false],
    );
    assert.equal(session.running?.label, 'a');
  });

  it('tells a death in the words of the server, and a stop as none', async () => {
    const { session, servers } = setUp();
    const died: string[] = [];
    session.onDied(({ server, words }) => died.push(`${server.label}: ${words}`));
    await session.start(demo, 0);
    servers[0]?.ended.fire('out of memory');
    assert.deepEqual(died, ['Demo log: out of memory']);
    assert.equal(session.running, undefined);
    await session.start(demo, 0);
    await session.stop();
    servers[1]?.ended.fire('late');
    assert.equal(died.length, 1);
  });

  it('runs none after one that did not start, and can be asked again', async () => {
    let fail = true;
    const session: ServerSession = new ServerSession(async () => {
      if (fail) {
        throw new Error('Port 80 is taken.');
      }
      return new FakeServer('ws://x');
    });
    await assert.rejects(session.start(demo, 80), /taken/);
    assert.equal(session.running, undefined);
    fail = false;
    const running = await session.start(demo, 0);
    assert.equal(running.url, 'ws://x');
  });

  it('stops a server that became ready after the end', async () => {
    const { session, servers } = setUp();
    const starting = session.start(demo, 0);
    session.dispose();
    await starting;
    assert.equal(servers[0]?.stopped, true);
  });
});
