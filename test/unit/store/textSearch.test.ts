import assert from 'node:assert/strict';
import fc from 'fast-check';
import { createByteSearch } from '../../../src/store/textSearch';

const bytesOf = (text: string) => new TextEncoder().encode(text);

describe('searching bytes', () => {
  // Few letters, so that texts occur, nearly occur and overlap.
  const text = (minLength: number, maxLength: number) =>
    fc.string({ unit: fc.constantFrom('a', 'A', 'b', '0', '7', '\n'), minLength, maxLength });

  it('finds the first occurrence, wherever it is looked from and to', () => {
    fc.assert(
      fc.property(text(0, 300), text(1, 6), fc.nat(300), fc.nat(300), fc.boolean(), (hay, needle, a, b, exact) => {
        const [from, end] = [Math.min(a, b, hay.length), Math.min(Math.max(a, b), hay.length)];
        const fold = (each: string) => (exact ? each : each.toLowerCase());
        const at = fold(hay.slice(0, end)).indexOf(fold(needle), from);
        assert.equal(createByteSearch(bytesOf(needle), exact).find(bytesOf(hay), from, end), at);
      }),
      { numRuns: 2000 },
    );
  });

  it('finds a text that was cut out of what is looked through, however long it is', () => {
    fc.assert(
      fc.property(text(1, 400), fc.nat(400), fc.nat(400), (hay, a, length) => {
        const start = a % hay.length;
        const needle = hay.slice(start, start + 1 + (length % 100));
        const found = createByteSearch(bytesOf(needle), true).find(bytesOf(hay), 0, hay.length);
        assert.equal(found, hay.indexOf(needle));
      }),
      { numRuns: 2000 },
    );
  });

  it('folds letters of ASCII only', () => {
    assert.equal(createByteSearch(bytesOf('['), false).find(bytesOf('a{['), 0, 3), 2);
    assert.equal(createByteSearch(bytesOf('É'), false).find(bytesOf('é'), 0, 2), -1);
    assert.equal(createByteSearch(bytesOf('ERROR'), false).find(bytesOf('an error'), 0, 8), 3);
  });
});
