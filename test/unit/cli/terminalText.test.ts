import assert from 'node:assert/strict';
import fc from 'fast-check';
import { harmlessLine } from '../../../src/cli/terminalText';

const esc = '\u001b';

describe('a line on a terminal', () => {
  it('keeps its text, tabs and colours, and its colours end with it', () => {
    assert.equal(harmlessLine('plain\ttext ü 日本'), 'plain\ttext ü 日本');
    assert.equal(harmlessLine(`${esc}[1;31mred`), `${esc}[1;31mred${esc}[0m`);
    assert.equal(harmlessLine('windows\r'), 'windows');
  });

  it('can do nothing else: titles, cursor moves, bells and C1 controls become visible', () => {
    assert.equal(harmlessLine(`${esc}]0;owned\u0007`), '␛]0;owned␇');
    assert.equal(harmlessLine(`a${esc}[2Jb\rc\b`), 'a␛[2Jb␍c␈');
    assert.equal(harmlessLine('\u009b2J\u007f'), '\ufffd2J␡');
  });

  it('never lets a control character through that is no colour', () => {
    const nasty = fc.string({
      unit: fc.constantFrom('\u001b', '[', ']', '0', ';', 'm', 'J', '\r', '\u0007', '\u009b', 'a'),
    });
    fc.assert(
      fc.property(nasty, (line) => {
        const rest = harmlessLine(line).replaceAll(new RegExp(`${esc}\\[[0-9;:]*m`, 'g'), '');
        assert.equal(rest.search(/(?![\n\t])\p{Cc}/u), -1, JSON.stringify(rest));
      }),
    );
  });
});
