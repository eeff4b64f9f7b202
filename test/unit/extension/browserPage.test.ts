import assert from 'node:assert/strict';
import { openPage, type UriLike } from '../../../src/extension/browserPage';

class FakeUri implements UriLike {
  constructor(
    readonly scheme: string,
    readonly authority: string,
    readonly path: string,
    readonly query = '',
    readonly fragment = '',
  ) {}
  static parse(address: string): FakeUri {
    const { protocol, host, pathname, search, hash } = new URL(address);
    return new FakeUri(protocol.slice(0, -1), host, pathname, search.slice(1), hash.slice(1));
  }
  with({ fragment }: { readonly fragment: string }): FakeUri {
    return new FakeUri(this.scheme, this.authority, this.path, this.query, fragment);
  }
  toString(): string {
    const { scheme, authority, path, query, fragment } = this;
    return `${scheme}://${authority}${path}${query && `?${query}`}${fragment && `#${fragment}`}`;
  }
}

async function open(external: string, isOpened = true) {
  const steps: string[] = [];
  await openPage(
    {
      async openPort(port) {
        steps.push(`port ${port}`);
        return 'http://127.0.0.1:8000';
      },
      async issueTicket(origin) {
        steps.push(`ticket for ${origin}`);
        return 'abc';
      },
    },
    8000,
    {
      parse: FakeUri.parse,
      async asExternal(uri) {
        steps.push(`external of ${uri}`);
        return FakeUri.parse(external);
      },
      async open(uri) {
        steps.push(`open ${uri}`);
        return isOpened;
      },
    },
  );
  return steps;
}

describe('opening the page of a server', () => {
  it('opens it as it is on this machine', async () => {
    assert.deepEqual(await open('http://127.0.0.1:8000/'), [
      'port 8000',
      'external of http://127.0.0.1:8000/',
      'ticket for null',
      'open http://127.0.0.1:8000/#ticket=abc',
    ]);
  });

  it('leaves a tunnel to this loopback to VS Code, which would make a tunnel to the tunnel', async () => {
    const steps = await open('http://localhost:49152/');
    assert.deepEqual(steps.slice(2), ['ticket for null', 'open http://127.0.0.1:8000/#ticket=abc']);
  });

  it('opens it under the name of a tunnel, which the server is told, with the ticket behind whatever that has', async () => {
    const steps = await open('https://name-8000.tunnel.example/?tkn=1#old');
    assert.deepEqual(steps.slice(2), [
      'ticket for https://name-8000.tunnel.example',
      'open https://name-8000.tunnel.example/?tkn=1#ticket=abc',
    ]);
  });

  it('opens it under the path of a proxy', async () => {
    assert.equal(
      (await open('http://localhost:8443/proxy/8000/')).at(-1),
      'open http://localhost:8443/proxy/8000/#ticket=abc',
    );
    assert.deepEqual((await open('https://code.example/proxy/8000/')).slice(2), [
      'ticket for https://code.example',
      'open https://code.example/proxy/8000/#ticket=abc',
    ]);
  });

  it('says when no browser was opened', async () => {
    await assert.rejects(open('http://127.0.0.1:8000/', false), /no browser was opened/);
  });
});
