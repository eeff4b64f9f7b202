import assert from 'node:assert/strict';
import { judgeClose, judgeDialFailure } from '../../../src/client/closes';

const address = 'ws://logs.example/ws';

describe('what an end leads to', () => {
  it('follows the table of the contract for a server that speaks it', () => {
    const table: [string, number[]][] = [
      ['fatal', [4000, 4001, 4003, 4004]],
      ['retry', [4100, 4101, 4102, 4103, 4104, 1000, 1001, 1005, 1006, 1011, 3999, 4999]],
      ['planned', [4200, 4201]],
      ['superseded', [4202]],
      ['ended', [4300]],
    ];
    for (const [consequence, codes] of table) {
      for (const code of codes) {
        assert.equal(judgeClose(code, '', address, true).consequence, consequence, String(code));
      }
    }
  });

  it('is never final for the private codes of a server that is not ours', () => {
    for (const code of [4000, 4001, 4003, 4004, 4202]) {
      assert.equal(judgeClose(code, '', address, false).consequence, 'retry', String(code));
    }
  });

  it('is final or passing by HTTP status', () => {
    const consequence = (status: number) => judgeDialFailure({ kind: 'http', status }, address, false).consequence;
    for (const status of [200, 301, 400, 401, 403, 404, 405, 407, 410, 426, 501]) {
      assert.equal(consequence(status), 'fatal', String(status));
    }
    for (const status of [408, 425, 429, 500, 502, 503, 504]) {
      assert.equal(consequence(status), 'retry', String(status));
    }
    assert.equal(judgeDialFailure({ kind: 'http', status: 400 }, address, true).consequence, 'plainText');
  });

  it('names the address and what to do, in one sentence each', () => {
    const reasons = [
      judgeDialFailure({ kind: 'http', status: 401 }, address, true).reason,
      judgeDialFailure({ kind: 'http', status: 404 }, address, true).reason,
      judgeDialFailure({ kind: 'http', status: 200 }, address, true).reason,
      judgeDialFailure({ kind: 'certificate', detail: 'CERT_HAS_EXPIRED' }, address, true).reason,
      judgeDialFailure({ kind: 'notWebSocket', detail: 'x' }, address, true).reason,
      judgeDialFailure({ kind: 'request', detail: 'Invalid character in header' }, address, true).reason,
      judgeDialFailure({ kind: 'network', detail: 'ECONNREFUSED' }, address, true).reason,
      judgeClose(4003, 'wrong token.', address, true).reason,
    ];
    for (const reason of reasons) {
      assert.ok(reason.includes(address), reason);
      assert.match(reason, /^[^\n]*[^.]\.$/);
    }
  });
});
