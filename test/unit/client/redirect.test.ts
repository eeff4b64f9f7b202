import assert from 'node:assert/strict';
import { readRedirect } from '../../../src/client/redirect';

const follows = (from: string, location: string) => readRedirect(from, 302, location)?.isFollowed;

describe('a redirect', () => {
  it('is followed on the same host, to another path or port, and from none to TLS', () => {
    assert.equal(follows('ws://logs.example/ws', '/ws/'), true);
    assert.equal(follows('ws://logs.example/ws', 'http://logs.example:9000/ws'), true);
    assert.equal(follows('ws://logs.example/ws', 'https://logs.example/ws'), true);
    assert.equal(follows('wss://logs.example/ws', 'https://logs.example/new'), true);
  });

  it('is not followed to another host, nor from TLS to none', () => {
    assert.equal(follows('ws://logs.example/ws', 'https://login.example/start'), false);
    assert.equal(follows('wss://logs.example/ws', 'http://logs.example/ws'), false);
    assert.equal(follows('ws://logs.example/ws', 'http://127.0.0.1:2375/containers'), false);
  });

  it('takes the token along only to the same port, or from that of http to that of https', () => {
    const keeps = (from: string, location: string) => readRedirect(from, 307, location)?.keepsToken;
    assert.equal(keeps('ws://logs.example/ws', '/ws/'), true);
    assert.equal(keeps('ws://logs.example/ws', 'https://logs.example/ws'), true);
    assert.equal(keeps('ws://logs.example/ws', 'http://logs.example:9000/ws'), false);
    assert.equal(keeps('ws://logs.example:8000/ws', 'https://logs.example/ws'), false);
  });

  it('is shown without user, password and query', () => {
    assert.equal(
      readRedirect('ws://logs.example/ws', 302, 'https://u:geheim@login.example/start?key=geheim#x')?.shown,
      'wss://login.example/start',
    );
  });

  it('is none where there is no address that leads to a WebSocket', () => {
    for (const location of [undefined, 'ftp://logs.example/', 'javascript:alert(1)', 'http://[']) {
      assert.equal(readRedirect('ws://logs.example/ws', 302, location), null, location);
    }
    assert.equal(readRedirect('ws://logs.example/ws', 200, '/x'), null);
  });
});
