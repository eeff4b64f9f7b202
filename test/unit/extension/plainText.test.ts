import assert from 'node:assert/strict';
import fc from 'fast-check';
import { plainText } from '../../../src/extension/plainText';

function plain(text: string): string {
  return plainText(new TextEncoder().encode(text));
}

describe('plainText', () => {
  const cases: [what: string, given: string, shown: string][] = [
    ['colours', '\u001b[1;31mERROR\u001b[0m x\n', 'ERROR x\n'],
    ['colours of 256 and of 16 million', '\u001b[38;5;196ma\u001b[38:2::1:2:3mb\u001b[m\n', 'ab\n'],
    ['cursor movement and erasing', 'a\u001b[2K\u001b[1Gb\u001b[?25l\n', 'ab\n'],
    ['window titles', '\u001b]0;evil\u0007a\u001b]8;;http://x\u001b\\link\u001b]8;;\u001b\\\n', 'alink\n'],
    ['device control strings', 'a\u001bPq#0;2;0\u001b\\b\n', 'ab\n'],
    ['an unfinished sequence, but no more than its line', '\u001b]0;never ends\nnext\n', '\nnext\n'],
    ['the single-character control sequence', '\u009b31mred\n', 'red\n'],
    ['carriage returns, bells and backspaces', 'a\u0007\b\r\nb\u0000\n', 'a\nb\n'],
    ['nothing of tabs, emoji and other scripts', '\ta 日本語 🙂 é\n', '\ta 日本語 🙂 é\n'],
  ];
  for (const [what, given, shown] of cases) {
    it(`removes ${what}`, () => assert.equal(plain(given), shown));
  }

  it('shows bytes that are no UTF-8 as replacement characters', () => {
    assert.equal(plainText(Uint8Array.from([0x61, 0xff, 0x0a])), 'a\ufffd\n');
  });

  it('lets no control character but tab and newline through and keeps every line, whatever it is given', () => {
    const piece = fc.oneof(
      fc.constantFrom('\u001b', '\u001b[', '\u001b]', '\u009b', 'm', ';', '\u0007', '\\', '\n', '31', '\u001bP'),
      fc.string({ unit: 'binary' }),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        const given = pieces.join('');
        const shown = plain(given);
        for (const character of shown) {
          const code = character.codePointAt(0) ?? 0;
          assert.ok(code === 9 || code === 10 || (code >= 32 && (code < 127 || code > 159)), `U+${code.toString(16)}`);
        }
        assert.equal(shown.split('\n').length, given.split('\n').length);
      }),
    );
  });
});
