import assert from 'node:assert/strict';
import { parseCommandLine, type ServerSettings } from '../../../../src/server/cli/commandLine';

function settingsOf(...args: string[]): ServerSettings {
  const parsed = parseCommandLine(args);
  assert.ok(parsed.kind === 'run', JSON.stringify(parsed));
  return parsed.settings;
}

function sentenceOf(...args: string[]): string {
  const parsed = parseCommandLine(args);
  assert.ok(parsed.kind === 'wrong', JSON.stringify(parsed));
  return parsed.sentence;
}

describe('the command line of the server', () => {
  it('reads standard input by "-" alone: beside files it would be taken for a file', () => {
    assert.deepEqual(settingsOf('-').subject, { kind: 'stdin' });
    assert.match(sentenceOf('-', 'app.log'), /Give files, or "-" for standard input, not both/);
    assert.match(sentenceOf('app.log', '-'), /not both/);
  });

  it('takes no option that means nothing for what is served', () => {
    assert.match(sentenceOf('--restart', 'app.log'), /--restart is only for a command \(after "--"\)/);
    assert.match(sentenceOf('--restart', '-'), /--restart is only for a command/);
    assert.match(sentenceOf('--restart'), /--restart is only for a command/);
    assert.match(sentenceOf('--block', 'app.log'), /--block is only for standard input \("-"\)/);
    assert.match(sentenceOf('--block', '--', 'make'), /--block is only for standard input/);
    assert.match(sentenceOf('--exit-on-eof', 'app.log'), /only for standard input \("-"\) or a command \(after "--"\)/);
    assert.equal(settingsOf('--block', '--exit-on-eof', '-').block, true);
    assert.equal(settingsOf('--restart', '--exit-on-eof', '--', 'make').restart, true);
  });

  it('takes a name for what has none of its own, on one line', () => {
    assert.equal(settingsOf('--name', ' make | tee ', '--', 'sh').name, 'make | tee');
    assert.equal(settingsOf('--name=--flag\nx', '-').name, '--flag␊x');
    assert.equal(settingsOf('--', 'sh').name, undefined);
    assert.match(sentenceOf('--name', ' ', '-'), /--name needs a name with something in it/);
    assert.match(sentenceOf('--name', 'x', 'app.log'), /--name is only for standard input/);
  });

  it('listens on a socket or on a port, not on both', () => {
    assert.equal(settingsOf('--socket', '/run/app.sock', 'app.log').socket, '/run/app.sock');
    assert.equal(settingsOf('app.log').socket, undefined);
    assert.match(
      sentenceOf('--socket', '/x', '--port', '0'),
      /--port means nothing for a socket: give --socket or --port, not both/,
    );
    assert.match(sentenceOf('--socket', '/x', '--host', 'localhost'), /give --socket or --host/);
    assert.match(sentenceOf('--socket', '/x', '--cert', 'c', '--key', 'k'), /give --socket or --cert/);
    assert.match(sentenceOf('--socket', ''), /--socket needs a value/);
  });

  it('knows a host whatever its case, and an IPv6 address in brackets', () => {
    assert.equal(settingsOf('--host', 'LOCALHOST').host, 'localhost');
    assert.equal(settingsOf('--host', '[::1]').host, '::1');
    assert.equal(settingsOf('--host', '::1').host, '::1');
  });

  it('keeps an origin as browsers send it', () => {
    const origins = (...values: string[]) =>
      settingsOf(...values.flatMap((value) => ['--allow-origin', value])).allowedOrigins;
    assert.deepEqual(origins('https://App.example.com/', 'HTTP://localhost:3000', 'https://a.example:443'), [
      'https://app.example.com',
      'http://localhost:3000',
      'https://a.example',
    ]);
    assert.deepEqual(origins('chrome-extension://abcdef'), ['chrome-extension://abcdef']);
  });

  for (const value of ['app.example.com', 'https://a.example/path', 'https://a.example?x', '*', 'null', 'file:///x']) {
    it(`refuses "${value}" as an origin, because none will ever read so`, () => {
      assert.match(sentenceOf('--allow-origin', value), /takes the origin of a page, such as https:/);
    });
  }
});
