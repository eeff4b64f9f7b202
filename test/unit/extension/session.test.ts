import assert from 'node:assert/strict';
import fc from 'fast-check';
import { readSession, recentAddresses, rememberAddress, type SavedSession } from '../../../src/extension/session';
import { readStreamTarget, type StreamTarget, targetToStore } from '../../../src/extension/streamTarget';

class Memory {
  readonly values = new Map<string, unknown>();
  keys() {
    return [...this.values.keys()];
  }
  get<T>(key: string, fallback?: T) {
    return (this.values.get(key) as T) ?? fallback;
  }
  async update(key: string, value: unknown) {
    this.values.set(key, value);
  }
}

describe('the session of a window', () => {
  it('is read back as it was stored', () => {
    const session: SavedSession = {
      target: { name: 'app.log', url: '', format: 'logstream', origin: 'server' },
      server: { sources: { kind: 'files', paths: ['/app.log'] } },
    };
    assert.deepEqual(readSession(JSON.parse(JSON.stringify(session))), session);
  });

  it('leaves out what is not understood and never throws', () => {
    assert.deepEqual(readSession({ target: { name: 'x' }, server: { sources: { kind: 'odd' } } }), {});
    // A port stood there once.
    assert.deepEqual(readSession({ server: { sources: { kind: 'demo' }, port: 1e9 } }), {
      server: { sources: { kind: 'demo' } },
    });
    fc.assert(fc.property(fc.anything(), (stored) => void readSession(stored)));
  });
});

describe('what is stored of a stream', () => {
  it('is where it comes from, but not where the server of the window happened to listen', () => {
    const entered: StreamTarget = { name: 'web', url: 'ws://localhost:1/ws', format: 'auto', origin: 'address' };
    assert.deepEqual(targetToStore(entered), entered);
    const own: StreamTarget = {
      name: 'app.log',
      url: 'ws+unix:/tmp/live-log-stream-a1b2c3/s:/ws',
      format: 'logstream',
      origin: 'server',
    };
    assert.deepEqual(targetToStore(own), { ...own, url: '' });
    assert.deepEqual(readStreamTarget(targetToStore(own)), { ...own, url: '' });
  });
});

describe('entered addresses', () => {
  it('are offered again, the latest first, each once, five at most', async () => {
    const memory = new Memory();
    for (const url of ['a', 'b', 'c', 'a', 'd', 'e', 'f']) {
      await rememberAddress(memory, url);
    }
    assert.deepEqual(recentAddresses(memory), ['f', 'e', 'd', 'a', 'c']);
  });
});
