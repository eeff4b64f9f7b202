import assert from 'node:assert/strict';
import type { IncomingMessage } from 'node:http';
import { type AccessRules, checkRequest, isOperator } from '../../../../src/server/http/accessRules';

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

  it('is nobody under the name of an origin that may read: a proxy brings what comes there, whatever it says', () => {
    assert.equal(asks({ host: 'app.example.com', origin: 'https://app.example.com' }), false);
    assert.equal(asks({ host: 'app.example.com' }), false);
    const local = { allowedOrigins: ['http://localhost:9000'] };
    assert.equal(asks({}, '127.0.0.1', local), true, 'a loopback name stays its own');
  });
});

describe('the name that a request is made to', () => {
  const refused = (headers: IncomingMessage['headers'], allowedOrigins: readonly string[] = []) =>
    checkRequest({ headers } as IncomingMessage, {
      host: '127.0.0.1',
      allowedOrigins,
      isGuarded: false,
      external: () => undefined,
    });
  const allowed = ['https://logs.example', 'http://web:8000', 'http://[2001:db8::1]:8000', 'moz-extension://a.b'];

  it('may be that of an origin that was allowed, because a proxy may keep it', () => {
    assert.equal(refused({ host: 'logs.example' }), 'badHost');
    for (const host of ['logs.example', 'LOGS.example:443', 'web:8000', '[2001:db8::1]:8000']) {
      assert.equal(refused({ host }, allowed), undefined, host);
    }
    assert.equal(refused({ host: 'logs.example', origin: 'https://logs.example' }, allowed), undefined);
  });

  it('lets in no other name for that, and no other origin under it', () => {
    for (const host of [
      'evil.example',
      'logs.example.evil.example',
      'xlogs.example',
      'a.b',
      '2001:db8::1',
      undefined,
    ]) {
      assert.equal(refused({ host }, allowed), 'badHost', host);
    }
    for (const origin of ['http://logs.example', 'https://logs.example:444', 'https://evil.example', 'null']) {
      assert.equal(refused({ host: 'logs.example', origin }, allowed), 'badOrigin', origin);
    }
  });
});
