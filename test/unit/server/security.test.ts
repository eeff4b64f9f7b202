import assert from 'node:assert/strict';
import type { IncomingMessage } from 'node:http';
import { type AccessRules, isOperator } from '../../../src/server/security';

const asks = (headers: IncomingMessage['headers'], host = '127.0.0.1', more: Partial<AccessRules> = {}) =>
  isOperator({ headers: { host: 'localhost:8000', ...headers } } as IncomingMessage, {
    host,
    allowedOrigins: ['https://app.example.com'],
    isGuarded: false,
    external: () => undefined,
    ...more,
  });

describe('who may command, not only read', () => {
  it('is a client on this machine, and the page of the server itself', () => {
    for (const host of ['127.0.0.1', 'localhost', 'LOCALHOST', '::1']) {
      assert.equal(asks({}, host), true, host);
    }
    assert.equal(asks({ origin: 'http://localhost:8000' }), true);
  });

  it('is nobody where other machines can reach the server, token or not', () => {
    for (const host of ['0.0.0.0', '::', '192.0.2.1', 'logs.example.com']) {
      assert.equal(asks({}, host, { isGuarded: true }), false, host);
    }
  });

  it('is neither somebody behind a proxy nor a page of another origin, even one that may read', () => {
    for (const name of ['forwarded', 'via', 'x-forwarded-for', 'x-real-ip']) {
      assert.equal(asks({ [name]: '192.0.2.1' }), false, name);
    }
    for (const origin of ['https://app.example.com', 'http://localhost:9000', 'null', 'vscode-webview://x']) {
      assert.equal(asks({ origin }), false, origin);
    }
  });
});
