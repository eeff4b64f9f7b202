import assert from 'node:assert/strict';
import { serverPresets } from '../../../src/extension/serverPresets';
import {
  isSocketAddress,
  readServerSources,
  readyAddress,
  type ServerSources,
  serverArguments,
  sourcesLabel,
  streamAddress,
} from '../../../src/extension/serverSources';
import { socketAddress } from '../../../src/protocol/socketAddress';
import { texts } from '../../../src/text/texts';

describe('server sources', () => {
  it('become the arguments of the log server', () => {
    assert.deepEqual(serverArguments({ kind: 'files', paths: ['/var/log/a.log', '/b.log'] }, 0, 'linux'), [
      '--port',
      '0',
      '/var/log/a.log',
      '/b.log',
    ]);
    assert.deepEqual(serverArguments({ kind: 'command', line: 'docker logs -f web' }, 8000, 'linux'), [
      '--port',
      '8000',
      '--name=docker logs -f web',
      '--',
      'docker',
      'logs',
      '-f',
      'web',
    ]);
    assert.deepEqual(serverArguments({ kind: 'demo' }, 0, 'linux'), ['--port', '0', '--demo']);
    assert.deepEqual(serverArguments({ kind: 'demo' }, '/tmp/x/s', 'linux'), ['--socket', '/tmp/x/s', '--demo']);
  });

  it('never let a file name be read as an option', () => {
    assert.deepEqual(serverArguments({ kind: 'files', paths: ['--token'] }, 0, 'linux'), ['--port', '0', './--token']);
  });

  it('refuse a command that cannot be read', () => {
    assert.equal(serverArguments({ kind: 'command', line: 'app "' }, 0, 'linux'), null);
  });

  it('are called by file name, command or what they are', () => {
    assert.equal(sourcesLabel({ kind: 'files', paths: ['/var/log/app.log'] }), 'app.log');
    assert.equal(sourcesLabel({ kind: 'files', paths: ['C:\\logs\\app.log', 'x', 'y'] }), 'app.log and 2 others');
    assert.equal(sourcesLabel({ kind: 'command', line: 'journalctl -f' }), 'journalctl -f');
    assert.equal(sourcesLabel({ kind: 'demo' }), 'Demo log');
  });

  it('survive being stored and read back, and anything else is refused', () => {
    const all: ServerSources[] = [
      { kind: 'files', paths: ['/a', '/b'] },
      { kind: 'command', line: 'journalctl -f' },
      { kind: 'demo' },
    ];
    for (const sources of all) {
      assert.deepEqual(readServerSources(JSON.parse(JSON.stringify(sources))), sources);
    }
    for (const stored of [
      undefined,
      null,
      3,
      'demo',
      {},
      { kind: 'files', paths: [] },
      { kind: 'files', paths: [1] },
    ]) {
      assert.equal(readServerSources(stored), undefined);
    }
  });
});

describe('the ready line of a server', () => {
  it('gives its address, and the address of its stream', () => {
    const address = readyAddress('Live log server listening on http://127.0.0.1:40123');
    assert.equal(address, 'http://127.0.0.1:40123');
    assert.equal(streamAddress(address), 'ws://127.0.0.1:40123/ws');
    assert.equal(streamAddress('https://[::1]:1/'), 'wss://[::1]:1/ws');
  });

  it('gives the address of the stream on a socket', () => {
    for (const path of ['/tmp/My Logs/s', '\\\\.\\pipe\\live-log-stream-1']) {
      const address = readyAddress(texts.server.ready(socketAddress(path)));
      assert.equal(address, socketAddress(path));
      assert.equal(streamAddress(address), address);
      assert.equal(isSocketAddress(address), true);
    }
    assert.equal(isSocketAddress('ws://127.0.0.1:1/ws'), false);
  });

  it('is told from other lines', () => {
    assert.equal(readyAddress('Port 8000 is taken'), null);
    assert.equal(readyAddress('x Live log server listening on http://127.0.0.1:1'), null);
  });
});

describe('server presets', () => {
  it('offer journalctl only where there is a systemd journal', () => {
    assert.equal(serverPresets('linux').length, 3);
    assert.equal(serverPresets('darwin').length, 2);
  });

  it('select what has to be typed over', () => {
    for (const { command, selection } of serverPresets('linux')) {
      assert.match(command.slice(...selection), /^[A-Z]+$/);
    }
  });
});
