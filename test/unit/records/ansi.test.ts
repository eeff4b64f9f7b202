import assert from 'node:assert/strict';
import fc from 'fast-check';
import { parseAnsi, stripAnsi } from '../../../src/records/ansi';

const wild = fc.string({
  unit: fc.constantFrom('\u001b', '[', ']', '0', '1', '3', '8', ';', 'm', 'K', 'H', 'a', '\u0007', '\u009b', '\\', ' '),
  maxLength: 40,
});

describe('escape sequences', () => {
  it('become colours and styles', () => {
    const parts = parseAnsi('\u001b[1;31mred\u001b[0m plain \u001b[38;5;208morange\u001b[m \u001b[48;2;1;2;3mback');
    assert.equal(parts.map(({ text }) => text).join('|'), 'red| plain |orange| |back');
    assert.deepEqual(parts[0]?.style, { bold: true, foreground: 1 });
    assert.equal(parts[2]?.style.foreground, 208);
    assert.equal(typeof parts[4]?.style.background, 'string');
  });

  it('of any form never throw, and what is shown is what is copied', () => {
    fc.assert(
      fc.property(wild, (text) => {
        const shown = parseAnsi(text)
          .map((part) => part.text)
          .join('');
        assert.equal(shown, stripAnsi(text));
        assert.doesNotMatch(shown, /\u001b\[[0-9;]*[A-Za-z]/);
      }),
      { numRuns: 2000 },
    );
  });

  it('that move the cursor, set a title or a link leave only their text', () => {
    assert.equal(
      stripAnsi('a\u001b[2Jb\u001b[10;10Hc\u001b]0;title\u0007d\u001b]8;;http://x\u001b\\link\u001b]8;;\u001b\\'),
      'abcdlink',
    );
  });
});
