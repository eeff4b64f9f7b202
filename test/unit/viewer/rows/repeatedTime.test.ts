import assert from 'node:assert/strict';
import fc from 'fast-check';
import { detectTime } from '../../../../src/records/detectTime';
import { decorate, segmentsFrom, textOfParts } from '../../../../src/viewer/rows/decorate';
import { messageParts } from '../../../../src/viewer/rows/messageParts';
import { repeatedTimeLength } from '../../../../src/viewer/rows/repeatedTime';

const receivedAt = new Date(2026, 10, 24, 13, 20).getTime();
const local = (offset = 0) => {
  const zone = -new Date(receivedAt).getTimezoneOffset();
  const iso = new Date(receivedAt + offset + zone * 60_000).toISOString().slice(0, -1);
  const sign = zone < 0 ? '-' : '+';
  const two = (value: number) => String(Math.abs(value)).padStart(2, '0');
  return `${iso}${sign}${two(Math.trunc(zone / 60))}:${two(zone % 60)}`;
};

/** What is left of a text beside the column of times. */
function shown(text: string): string {
  const row = { time: detectTime(text, receivedAt), receivedAt };
  return text.slice(repeatedTimeLength(text, row));
}

describe('a time in front of a line that stands in the column of times as well', () => {
  it('is not said twice', () => {
    assert.equal(shown(`${local()} INFO  [web] GET /`), 'INFO  [web] GET /');
    assert.equal(shown(`[${local()}] ERROR failed`), 'ERROR failed');
    assert.equal(shown('13:19:51.159 WARN slow'), 'WARN slow');
    assert.equal(shown('Nov 24 13:19:51 host app[1]: message'), 'host app[1]: message');
    assert.equal(shown('2026/11/24 13:19:51 [error] 1#1: open() failed'), '[error] 1#1: open() failed');
  });

  it('stays where it says more than the column: another day, or less than a millisecond', () => {
    for (const text of [
      `${local(-48 * 3_600_000)} INFO old`,
      `${local().replace(/\.\d+/, '.123456')} INFO fine`,
      `[${local()} INFO] message`,
      `INFO ${local()} message`,
      local(),
      'no time at all',
    ]) {
      assert.equal(shown(text), text);
    }
  });

  it('is left out of coloured text without changing the rest', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom('a', 'b ', '\u001b[31m', '\u001b[0m', '\u202e')),
        fc.nat(20),
        (pieces, length) => {
          const parts = messageParts(pieces.join(''));
          const marks = [{ start: 1, end: 4, className: 'hit' }];
          const all = decorate(parts, [], marks);
          const textOf = (segments: readonly (typeof all)[number][]) =>
            segments.map((segment) => (segment.kind === 'text' ? segment.text : '')).join('');
          const whole = textOfParts(parts);
          const front = whole.slice(0, length).replaceAll('\u202e', '');
          assert.equal(front + textOf(segmentsFrom(all, length)), whole.replaceAll('\u202e', ''));
        },
      ),
    );
  });
});
