import assert from 'node:assert/strict';
import { parseAddress } from '../../../src/client/address';

function read(text: string) {
  const result = parseAddress(text);
  assert.ok(result.kind === 'address', text);
  return result.address;
}

describe('an address', () => {
  it('may be ws, wss, http or https, and gets our path where it has none', () => {
    assert.equal(read('ws://localhost:8000').url, 'ws://localhost:8000/ws');
    assert.equal(read('http://localhost:8000/').url, 'ws://localhost:8000/ws');
    assert.equal(read('https://logs.example').url, 'wss://logs.example/ws');
    assert.equal(read(' wss://logs.example/live?x=1#top ').url, 'wss://logs.example/live?x=1');
  });

  it('is shown and remembered without its secrets', () => {
    const address = read('wss://me:secret@logs.example:8443/ws?token=secret');
    assert.equal(address.shown, 'wss://logs.example:8443/ws');
    assert.equal(address.key, address.shown);
    const problem = parseAddress('ftp://me:secret@x/?token=secret');
    assert.ok(problem.kind === 'problem' && !problem.problem.includes('secret'), JSON.stringify(problem));
  });

  it('is known to be on this machine', () => {
    for (const url of ['ws://localhost', 'ws://127.0.0.1:1', 'ws://127.9.9.9', 'ws://[::1]:8000', 'ws://a.localhost']) {
      assert.equal(read(url).loopback, true, url);
    }
    for (const url of ['ws://localhost.example', 'ws://128.0.0.1', 'ws://[::2]']) {
      assert.equal(read(url).loopback, false, url);
    }
  });

  it('that is none gets one sentence that says what to write', () => {
    for (const text of [
      '',
      'localhost:8000',
      'ftp://x',
      'ws:',
      'ws://',
      'http://',
      '/var/log/syslog',
      'ws:localhost',
      '::',
    ]) {
      const result = parseAddress(text);
      assert.ok(result.kind === 'problem', text);
      assert.match(result.problem, /ws:\/\/localhost:8000\/ws\.$/);
    }
  });
});
