import assert from 'node:assert/strict';
import fc from 'fast-check';
import { decorate, type Mark, textOfParts } from '../../../../src/viewer/rows/decorate';
import { messageParts } from '../../../../src/viewer/rows/messageParts';

const RED = '\u001b[31m';
const PLAIN = '\u001b[0m';

describe('a message with colours, links and hits', () => {
  it('has a hit that goes over a change of colour marked on both sides of it', () => {
    const parts = messageParts(`${RED}time${PLAIN}out`);
    const segments = decorate(parts, [], [{ start: 2, end: 6, className: 'search-hit' }]);
    assert.deepEqual(
      segments.map((segment) => (segment.kind === 'text' ? [segment.text, segment.marks.join()] : [])),
      [
        ['ti', ''],
        ['me', 'search-hit'],
        ['ou', 'search-hit'],
        ['t', ''],
      ],
    );
  });

  it('keeps its link where a hit lies within it', () => {
    const link = { start: 0, end: 9, kind: 'url', href: 'http://ab' } as const;
    const segments = decorate(messageParts('http://ab c'), [link], [{ start: 7, end: 8, className: 'filter-hit' }]);
    assert.deepEqual(
      segments.map((segment) => (segment.kind === 'text' ? [segment.text, segment.link !== undefined] : [])),
      [
        ['http://', true],
        ['a', true],
        ['b', true],
        [' c', false],
      ],
    );
  });

  it('says the same as without them, and marks exactly what they cover', () => {
    const piece = fc.constantFrom('a', 'bc', ' ', RED, PLAIN, '\u202e', '😀');
    const range = fc.tuple(fc.nat(12), fc.nat(12), fc.constantFrom('one', 'other'));
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), fc.array(range, { maxLength: 4 }), (pieces, ranges) => {
        const parts = messageParts(pieces.join(''));
        const text = textOfParts(parts);
        const marks: Mark[] = ranges.map(([one, other, className]) => ({
          start: Math.min(one, other, text.length),
          end: Math.min(Math.max(one, other), text.length),
          className,
        }));
        let offset = 0;
        for (const segment of decorate(parts, [], marks)) {
          const shown = segment.kind === 'text' ? segment.text : segment.character;
          assert.equal(text.slice(offset, offset + shown.length), shown);
          if (segment.kind === 'text') {
            for (let at = offset; at < offset + shown.length; at++) {
              const covering = marks.filter(({ start, end }) => start <= at && at < end);
              assert.deepEqual(
                segment.marks,
                covering.map(({ className }) => className),
              );
            }
          }
          offset += shown.length;
        }
        assert.equal(offset, text.length);
      }),
    );
  });
});
