import assert from 'node:assert/strict';
import { parseAddress } from '../../../src/client/address';
import { socketAddress } from '../../../src/protocol/socketAddress';

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

  it('may be that of a Unix socket or of a Windows pipe, whatever characters its name holds', () => {
    for (const path of [
      '/run/app.sock',
      '/tmp/My Logs/a:b?c#d%41/é.sock',
      '\\\\.\\pipe\\live-log-stream-x:1',
      '/tmp/../run/a.sock',
    ]) {
      const address = read(socketAddress(path));
      assert.equal(address.socketPath, path);
      assert.equal(address.loopback, true);
      assert.equal(address.url, socketAddress(path));
      assert.equal(new URL(address.url).hash + new URL(address.url).search, '', 'one that ws can take apart');
    }
  });

  it('of a local socket is read as a person writes it, and shown without its query', () => {
    assert.equal(read('ws+unix:/run/app.sock').url, 'ws+unix:/run/app.sock:/ws');
    assert.equal(read('ws+unix:///run/app.sock:/live').url, 'ws+unix:/run/app.sock:/live');
    assert.equal(read('ws+unix:\\\\.\\pipe\\logs:/ws').socketPath, '\\\\.\\pipe\\logs');
    const address = read('ws+unix:/run/app.sock:/ws?key=secret');
    assert.equal(address.url, 'ws+unix:/run/app.sock:/ws?key=secret');
    assert.equal(address.shown, 'ws+unix:/run/app.sock:/ws');
    assert.equal(address.key, address.shown);
    assert.equal(read('ws://localhost').socketPath, undefined);
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
      'ws+unix:',
      'ws+unix:app.sock:/ws',
      'ws+unix:/run/%zz:/ws',
    ]) {
      const result = parseAddress(text);
      assert.ok(result.kind === 'problem', text);
      assert.match(result.problem, /ws:\/\/localhost:8000\/ws\.$/);
    }
  });
});
