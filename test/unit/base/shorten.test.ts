import assert from 'node:assert/strict';
import fc from 'fast-check';
import { shorten, shortenName } from '../../../src/base/shorten';

describe('a text with little room', () => {
  it('ends in an ellipsis where it is too long, and stays as it is where it fits', () => {
    assert.equal(shorten('npm test', 8), 'npm test');
    assert.equal(shorten('npm run test', 8), 'npm run…');
    assert.equal(shorten('npm run  test', 10), 'npm run…', 'no space before it');
  });

  it('keeps what tells one name from another at its end', () => {
    assert.equal(shortenName('npm run test:integration (stderr)', 24), 'npm run test:i… (stderr)');
    assert.equal(shortenName('npm test (stderr)', 24), 'npm test (stderr)');
    assert.equal(shortenName('/var/log/nginx/production/access.log', 24), '/var/log/nginx/producti…');
    assert.equal(shortenName('a (stderr)', 5), 'a (s…');
  });

  it('never has more characters than there is room for, nor half of one', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 60 }), fc.integer({ min: 1, max: 40 }), (text, most) => {
        for (const shortened of [shorten(text, most), shortenName(text, most)]) {
          assert.ok([...shortened].length <= most);
          assert.equal(Buffer.from(shortened).toString(), shortened);
        }
      }),
    );
  });
});
