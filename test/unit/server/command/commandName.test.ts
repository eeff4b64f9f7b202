import assert from 'node:assert/strict';
import { commandName } from '../../../../src/server/command/commandName';

describe('the name of a command', () => {
  it('is what was typed, and tells its two outputs apart', () => {
    assert.deepEqual(commandName('npm', ['test']), {
      short: 'npm test',
      whole: 'npm test',
      sources: ['npm test', 'npm test (stderr)'],
    });
    assert.equal(commandName('sh', ['-c', "echo 'a b'"]).whole, `sh -c 'echo '\\''a b'\\'''`);
    assert.equal(commandName('app', ['']).whole, "app ''");
  });

  it('is what whoever started the server calls it', () => {
    assert.equal(commandName('/bin/sh', ['-c', 'make | tee log'], 'make | tee log').short, 'make | tee log');
  });

  it('is short in sentences and on rows, whatever the length, and on one line', () => {
    const { short, whole, sources } = commandName('app', ['x'.repeat(100_000), 'a\nb']);
    assert.equal([...short].length, 60);
    assert.match(sources[1], /… \(stderr\)$/);
    assert.equal([...whole].length, 1000);
    assert.doesNotMatch(commandName('a', ['b\nc\u001b']).whole, /\p{Cc}/u);
  });
});
