import assert from 'node:assert/strict';
import { createMemoryStorage } from '../../../src/client/learned';
import type { Platform } from '../../../src/extension/platform';
import { readSettings } from '../../../src/extension/settings';
import { StreamController } from '../../../src/extension/streamController';
import type { StreamTarget } from '../../../src/extension/streamTarget';
import { FakeClock } from '../../support/fakeClock';
import { constantRandom } from '../../support/simulatedConnection';
import { SimulatedServer } from '../../support/simulatedServer';

const shownAs = 'the log server of this window';

function target(url: string): StreamTarget {
  return { name: 'app.log', url, format: 'logstream', origin: 'server' };
}

function setUp() {
  const clock = new FakeClock();
  const server = new SimulatedServer(clock);
  const memory = createMemoryStorage();
  const platform: Platform = { clock, random: constantRandom(), transport: server.transport };
  const { settings } = readSettings(
    () => undefined,
    () => null,
  );
  const streams = new StreamController({
    platform,
    memory,
    settings: () => settings,
    output: () => ({ addLines() {}, addNotice() {} }),
    focused: true,
  });
  const open = (url: string, token: string, formerUrl?: string) => {
    const stream = streams.open(target(url), { token, shownAs, formerUrl });
    clock.advance(1000);
    return stream;
  };
  return { clock, server, streams, memory, open };
}

describe('the stream of the window’s own server', () => {
  it('gets in with the token of that server', () => {
    const { server, open } = setUp();
    assert.equal(open('ws+unix:/tmp/a/s:/ws', 'secret').status.state, 'live');
    const { url, token } = server.socket.request;
    assert.deepEqual([url, token], ['ws+unix:/tmp/a/s:/ws', 'secret']);
  });

  it('shows neither the path of the socket nor the token, and remembers neither', () => {
    const { clock, server, memory, open } = setUp();
    const stream = open('ws+unix:/tmp/q9x/s:/ws', 'hush');
    server.behaviour.dial = { kind: 'network', detail: 'ENOENT' };
    server.socket.end(1006, '');
    clock.advance(60_000);
    const { address, reason } = stream.status;
    assert.equal(address, shownAs);
    assert.equal(reason, 'The log server of this window cannot be reached: nothing listens there (ENOENT).');
    const said = [stream.report(), JSON.stringify(stream.snapshot()), memory.load() ?? ''].join('\n');
    assert.doesNotMatch(said, /q9x|hush/);
    stream.dispose();
  });

  it('goes on from the server that died to the one that takes its place', () => {
    const { clock, server, streams, open } = setUp();
    const first = open('ws+unix:/tmp/a/s:/ws', 'first');
    server.socket.lines(['one'], { seq: 10, cursor: 'c10' });
    clock.advance(10);
    server.behaviour.dial = { kind: 'network', detail: 'ENOENT' };
    server.socket.end(1006, '');
    clock.advance(10_000);
    server.behaviour.dial = 'open';
    const second = open('ws+unix:/tmp/b/s:/ws', 'second', 'ws+unix:/tmp/a/s:/ws');
    assert.equal(second, first, 'with its lines');
    assert.equal(streams.active?.target.url, 'ws+unix:/tmp/b/s:/ws');
    assert.equal(second.status.state, 'live');
    const [hello] = server.socket.messages('hello') as { readonly resume?: unknown }[];
    assert.deepEqual(hello?.resume, [{ source: 'log', epoch: 'e1', nextSeq: 11, cursor: 'c10' }]);
    assert.equal(server.socket.request.token, 'second');
    second.dispose();
  });

  it('is another one where nobody says that it goes on, or says so of another server', () => {
    const { open } = setUp();
    const first = open('ws+unix:/tmp/a/s:/ws', 'first');
    const second = open('ws+unix:/tmp/b/s:/ws', 'second');
    assert.notEqual(second, first);
    const third = open('ws+unix:/tmp/c/s:/ws', 'third', 'ws+unix:/tmp/a/s:/ws');
    assert.notEqual(third, second);
    third.dispose();
  });

  it('goes on at a port that was set, with the token of the new server', () => {
    const { clock, server, open } = setUp();
    const first = open('ws://127.0.0.1:8000/ws', 'first');
    first.disconnect();
    clock.advance(1000);
    const second = open('ws://127.0.0.1:8000/ws', 'second');
    assert.equal(second, first);
    assert.equal(server.socket.request.token, 'second');
    assert.equal(second.status.state, 'live');
    second.dispose();
  });
});
