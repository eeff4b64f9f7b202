import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  parseServerAnswer,
  parseServerRequest,
  type ServerAnswer,
  type ServerRequest,
} from '../../../src/protocol/serverChannel';

const requests: ServerRequest[] = [
  { type: 'openPort', id: 0, port: 0 },
  { type: 'openPort', id: 1, port: 65_535 },
  { type: 'issueTicket', id: 2, origin: null },
  { type: 'issueTicket', id: 3, origin: 'https://name-8000.tunnel.example' },
];
const answers: ServerAnswer[] = [
  { type: 'portOpen', id: 1, address: 'http://127.0.0.1:8000' },
  { type: 'ticket', id: 2, ticket: 'aB3_-' },
  { type: 'failed', id: 3, reason: 'Port 80 is taken.' },
];

describe('the channel between an editor and its server', () => {
  it('carries each message as it is', () => {
    for (const request of requests) {
      assert.deepEqual(parseServerRequest(JSON.parse(JSON.stringify(request))), request);
      assert.equal(parseServerAnswer(request), null);
    }
    for (const answer of answers) {
      assert.deepEqual(parseServerAnswer(JSON.parse(JSON.stringify(answer))), answer);
      assert.equal(parseServerRequest(answer), null);
    }
  });

  it('leaves out fields that nobody asked for', () => {
    assert.deepEqual(parseServerRequest({ type: 'openPort', id: 1, port: 2, host: '0.0.0.0' }), {
      type: 'openPort',
      id: 1,
      port: 2,
    });
  });

  for (const wrong of [
    { type: 'openPort', port: 1 },
    { type: 'openPort', id: 1, port: -1 },
    { type: 'openPort', id: 1, port: 65_536 },
    { type: 'openPort', id: 1, port: 1.5 },
    { type: 'openPort', id: '1', port: 1 },
    { type: 'issueTicket', id: 1 },
    { type: 'issueTicket', id: 1, origin: 'null' },
    { type: 'issueTicket', id: 1, origin: 'https://a.example/' },
    { type: 'issueTicket', id: 1, origin: 'https://a.example/path' },
    { type: 'issueTicket', id: 1, origin: 'https://A.example' },
    { type: 'issueTicket', id: 1, origin: 'https://me@a.example' },
    { type: 'issueTicket', id: 1, origin: 'vscode-webview://a' },
    { type: 'issueTicket', id: 1, origin: '*' },
  ]) {
    it(`takes ${JSON.stringify(wrong)} for no request`, () => assert.equal(parseServerRequest(wrong), null));
  }

  for (const wrong of [
    { type: 'portOpen', id: 1, address: 'file:///etc/passwd' },
    { type: 'portOpen', id: 1, address: 'http://127.0.0.1:1/#x' },
    { type: 'ticket', id: 1, ticket: '' },
    { type: 'ticket', id: 1, ticket: 'a b' },
    { type: 'failed', id: 1 },
    { type: 'failed', id: -1, reason: '' },
  ]) {
    it(`takes ${JSON.stringify(wrong)} for no answer`, () => assert.equal(parseServerAnswer(wrong), null));
  }

  it('never throws, whatever comes', () => {
    fc.assert(
      fc.property(fc.anything(), (value) => {
        parseServerRequest(value);
        parseServerAnswer(value);
      }),
    );
  });
});
