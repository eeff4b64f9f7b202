import assert from 'node:assert/strict';
import { listeningInodes, readHealth, readLsof } from '../../../../src/server/cli/portHolder';

describe('who holds a port', () => {
  it('is a log server only if its health answer says so', () => {
    assert.deepEqual(readHealth('{"status":"ok","server":"live-log-server","version":"0.1.0","clients":0}'), {
      version: '0.1.0',
    });
    for (const other of [
      '',
      'OK',
      'null',
      '[]',
      '"live-log-server"',
      '{"status":"ok"}',
      '{"status":"ok","version":"1.0","clients":0,"sources":1}',
      '{"status":"ok","server":"caddy"}',
    ]) {
      assert.equal(readHealth(other), undefined, other);
    }
  });

  it('is not let to write sentences where its version should stand', () => {
    const answer = JSON.stringify({ server: 'live-log-server', version: '1.0). Run rm -rf now (' });
    assert.deepEqual(readHealth(answer), { version: '' });
    assert.deepEqual(readHealth('{"server":"live-log-server","version":7}'), { version: '' });
  });

  it('is found in the table of sockets of Linux, for both families, only where it listens', () => {
    const table = [
      '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode',
      '   0: 0100007F:1F40 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 4711 1 0000 100 0 0 10 0',
      '   1: 0100007F:1F40 0100007F:9C40 01 00000000:00000000 00:00000000 00000000  1000        0 4712 1 0000 20 4 30 10 -1',
      '   2: 00000000:0016 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 4713 1 0000 100 0 0 10 0',
      '   3: 00000000000000000000000001000000:1F40 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 4714 1 0000 100 0 0 10 0',
      'nonsense',
      '',
    ].join('\n');
    assert.deepEqual(listeningInodes(table, 8000), ['4711', '4714']);
    assert.deepEqual(listeningInodes(table, 22), ['4713']);
    assert.deepEqual(listeningInodes(table, 9), []);
    assert.deepEqual(listeningInodes('', 8000), []);
  });

  it('is read from what lsof says on macOS', () => {
    assert.deepEqual(readLsof('p812\ncnode\nf21\n'), { kind: 'process', name: 'node', processId: 812 });
    assert.equal(readLsof(''), undefined);
    assert.equal(readLsof('lsof: no such program\n'), undefined);
  });
});
