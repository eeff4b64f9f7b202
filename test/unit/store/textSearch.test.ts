import assert from 'node:assert/strict';
import fc from 'fast-check';
import { ByteScanner } from '../../../src/store/byteScanner';
import { createByteSearch } from '../../../src/store/textSearch';
import { committedByteScanner, compiledByteScanner } from '../../support/compileByteScanner';

const bytesOf = (text: string) => new TextEncoder().encode(text);

/** Longer than what the scanner takes at a time, and than what is too little for it. */
const padding = '-'.repeat(64 * 1024 - 40);

for (const [how, scanner] of [
  ['in JavaScript', undefined],
  ['in WebAssembly', new ByteScanner()],
] as const) {
  describe(`searching bytes ${how}`, () => {
    // Few letters, so that texts occur, nearly occur and overlap.
    const text = (minLength: number, maxLength: number) =>
      fc.string({ unit: fc.constantFrom('a', 'A', 'b', '0', '7', '\n'), minLength, maxLength });

    const check = (front: string, hay: string, needle: string, a: number, b: number, exact: boolean) => {
      const whole = front + hay;
      const from = Math.min(a, b, hay.length) + (a % 2 === 0 ? 0 : front.length);
      const end = Math.min(Math.max(a, b), hay.length) + front.length;
      const fold = (each: string) => (exact ? each : each.toLowerCase());
      const at = fold(whole.slice(0, end)).indexOf(fold(needle), from);
      const search = createByteSearch(bytesOf(needle), exact, scanner);
      // Bytes of a larger buffer, as those of a slab are.
      const bytes = bytesOf(`xyz${whole}`).subarray(3);
      assert.equal(search.find(bytes, from, end), at);
      // And again from there on, as a scan for all of them does.
      assert.equal(
        search.find(bytes, Math.min(end, at + 1), end),
        fold(whole.slice(0, end)).indexOf(fold(needle), Math.min(end, at + 1)),
      );
    };

    it('finds the first occurrence and the next, wherever it is looked from and to', () => {
      fc.assert(
        fc.property(text(0, 300), text(1, 6), fc.nat(300), fc.nat(300), fc.boolean(), (hay, needle, a, b, exact) =>
          check('', hay, needle, a, b, exact),
        ),
        { numRuns: 2000 },
      );
    });

    it('finds it where one part of the bytes ends and the next begins', () => {
      fc.assert(
        fc.property(text(0, 300), text(1, 12), fc.nat(300), fc.nat(300), fc.boolean(), (hay, needle, a, b, exact) =>
          check(padding, hay, needle, a, b, exact),
        ),
        { numRuns: 300 },
      );
    });

    it('finds a text that was cut out of what is looked through, however long it is', () => {
      fc.assert(
        fc.property(text(1, 4000), fc.nat(4000), fc.nat(400), (hay, a, length) => {
          const start = a % hay.length;
          const needle = hay.slice(start, start + 1 + (length % 200));
          const found = createByteSearch(bytesOf(needle), true, scanner).find(bytesOf(hay), 0, hay.length);
          assert.equal(found, hay.indexOf(needle));
        }),
        { numRuns: 1000 },
      );
    });

    it('finds one text, then another, then the first again in the same bytes', () => {
      const bytes = bytesOf(`${padding}first second first${padding}`);
      const first = createByteSearch(bytesOf('first'), true, scanner);
      const second = createByteSearch(bytesOf('SECOND'), false, scanner);
      const at = first.find(bytes, 0, bytes.length);
      assert.equal(second.find(bytes, at, bytes.length), at + 6);
      assert.equal(first.find(bytes, at + 1, bytes.length), at + 13);
      assert.equal(first.find(bytes, at + 14, bytes.length), -1);
    });

    it('folds letters of ASCII only', () => {
      const find = (needle: string, hay: string) => {
        const bytes = bytesOf(`${hay}${padding}`);
        return createByteSearch(bytesOf(needle), false, scanner).find(bytes, 0, bytes.length);
      };
      assert.equal(find('[', 'a{['), 2);
      assert.equal(find('É', 'é'), -1);
      assert.equal(find('ERROR', 'an error'), 3);
    });
  });
}

describe('the scanner', () => {
  it('finds all newlines, whatever lies between them', () => {
    const scanner = new ByteScanner();
    fc.assert(
      fc.property(
        fc.array(fc.nat(40)),
        fc.boolean(),
        fc.nat(1000),
        fc.constantFrom(0, 65_530, 200_000),
        (lengths, ends, base, first) => {
          const text = [first, ...lengths].map((length) => 'x'.repeat(length)).join('\n') + (ends ? '\n' : '');
          const found: number[] = [];
          scanner.newlines(bytesOf(text), base, (offsets) => found.push(...offsets));
          const wanted = [...text.matchAll(/\n/g)].map((match) => base + match.index + 1);
          assert.deepEqual(found, wanted);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('is compiled from the source that stands beside it', async () => {
    assert.equal(
      committedByteScanner().replaceAll('\r\n', '\n'),
      await compiledByteScanner(),
      'run npm run build:scanner',
    );
  });
});
