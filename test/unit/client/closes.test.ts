import assert from 'node:assert/strict';
import { isForeignClose, judgeClose, judgeDialFailure, mayRefuseSubprotocol } from '../../../src/client/closes';
import type { DialFailure } from '../../../src/client/transport';

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
        assert.equal(judgeClose(code, '', address, true, false).consequence, consequence, String(code));
      }
    }
  });

  it('is never final for the private codes of a server that is not ours', () => {
    for (const code of [4000, 4001, 4003, 4004, 4202]) {
      assert.equal(judgeClose(code, '', address, false, false).consequence, 'retry', String(code));
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
  });

  it('is an outage where it was live before: whatever answers in the server’s place may go away', () => {
    const failures: DialFailure[] = [
      { kind: 'http', status: 404 },
      { kind: 'http', status: 302, location: 'https://login.example/' },
      { kind: 'http', status: 403 },
      { kind: 'http', status: 200 },
      { kind: 'http', status: 401 },
      { kind: 'notWebSocket', detail: 'HPE_INVALID_CONSTANT' },
      { kind: 'certificate', detail: 'CERT_HAS_EXPIRED' },
      { kind: 'noTls' },
    ];
    for (const failure of failures) {
      assert.equal(judgeDialFailure(failure, address, false).consequence, 'fatal', JSON.stringify(failure));
      const { consequence, reason } = judgeDialFailure(failure, address, true);
      assert.equal(consequence, 'turnedAway', JSON.stringify(failure));
      assert.match(reason, /It was live before, so it is tried again/);
    }
    assert.equal(judgeClose(4003, 'wrong token', address, true, true).consequence, 'turnedAway');
    for (const code of [4000, 4001, 4004]) {
      assert.equal(judgeClose(code, '', address, true, true).consequence, 'fatal', String(code));
    }
  });

  it('may be due to an unknown subprotocol for a client error, 501 and a reset, but not where a token is wanted', () => {
    const may = [400, 403, 404, 405, 406, 415, 422, 426, 501].map((status): DialFailure => ({ kind: 'http', status }));
    for (const failure of [...may, { kind: 'network', detail: 'ECONNRESET' } as const]) {
      assert.ok(mayRefuseSubprotocol(failure), JSON.stringify(failure));
    }
    const not = [200, 302, 401, 407, 408, 425, 429, 500, 503].map((status): DialFailure => ({ kind: 'http', status }));
    const others: DialFailure[] = [
      { kind: 'network', detail: 'ECONNREFUSED' },
      { kind: 'http', status: 400, wantsTls: true },
      { kind: 'certificate', detail: 'CERT_HAS_EXPIRED' },
    ];
    for (const failure of [...not, ...others]) {
      assert.ok(!mayRefuseSubprotocol(failure), JSON.stringify(failure));
    }
  });

  it('is a foreign close for a code that no server of ours sends in place of its welcome', () => {
    for (const code of [1000, 1001, 1002, 1003, 1005, 1008, 1011, 3000, 3999, 4301, 4999]) {
      assert.ok(isForeignClose(code), String(code));
    }
    for (const code of [1006, 1012, 1013, 4000, 4003, 4100, 4200, 4300]) {
      assert.ok(!isForeignClose(code), String(code));
    }
  });

  it('names the address and what to do, in one sentence each', () => {
    const reasons = [
      ...[
        { kind: 'http', status: 401 } as const,
        { kind: 'http', status: 404 } as const,
        { kind: 'http', status: 200 } as const,
        { kind: 'http', status: 302, location: 'wss://login.example/start' } as const,
        { kind: 'http', status: 307, location: 'ws://logs.example/ws', tooOften: true } as const,
        { kind: 'http', status: 400, wantsTls: true } as const,
        { kind: 'noTls' } as const,
        { kind: 'certificate', detail: 'CERT_HAS_EXPIRED' } as const,
        { kind: 'certificate', detail: 'CERT_NOT_YET_VALID' } as const,
        { kind: 'certificate', detail: 'ERR_TLS_CERT_ALTNAME_INVALID', names: 'DNS:other.example' } as const,
        { kind: 'certificate', detail: 'DEPTH_ZERO_SELF_SIGNED_CERT' } as const,
        { kind: 'notWebSocket', detail: 'x' } as const,
        { kind: 'request', detail: 'Invalid character in header' } as const,
        { kind: 'network', detail: 'ECONNREFUSED' } as const,
      ].map((failure) => judgeDialFailure(failure, address, false).reason),
      judgeClose(4003, 'wrong token.', address, true, false).reason,
    ];
    for (const reason of reasons) {
      assert.ok(reason.includes(address), reason);
      assert.match(reason, /^[^\n]*[^.]\.$/);
    }
  });
});
