import assert from 'node:assert/strict';
import { extensionTexts } from '../../../src/text/extension';
import { mentions, named } from '../../../src/text/named';

const address = 'ws://localhost:8000/ws';

describe('a sentence about something with a name', () => {
  it('has the name in front', () => {
    assert.equal(named('web', `${address} does not answer.`), `web: ${address} does not answer.`);
  });

  it('does not say an address twice', () => {
    const sentence = `${address} cannot be reached: nothing listens there (ECONNREFUSED).`;
    assert.equal(named(address, sentence), sentence);
    for (const say of Object.values({ ...pick('failed', 'told', 'unreachable') })) {
      assert.equal(say(address, sentence).split(address).length, 2);
    }
    assert.equal(extensionTexts.status.accessible(address, sentence).split(address).length, 2);
  });

  it('nor a name in quotation marks', () => {
    assert.equal(mentions('“npm test” has ended.', 'npm test'), true);
  });

  it('does not take a word or a longer address for the name', () => {
    assert.equal(named('log', 'The log goes on.'), 'log: The log goes on.');
    assert.equal(named('ws://a:80/w', 'ws://a:80/ws is gone.'), 'ws://a:80/w: ws://a:80/ws is gone.');
  });
});

function pick(...names: readonly ('failed' | 'told' | 'unreachable')[]) {
  return Object.fromEntries(names.map((name) => [name, extensionTexts.notices[name]]));
}
