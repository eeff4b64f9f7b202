import assert from 'node:assert/strict';
import fc from 'fast-check';
import { type CutLines, LineCutter, leadingLines } from '../../../src/server/lineCutter';

/** One entry a line or piece, as text; a piece that is continued ends in "…". */
function pieces(cut: readonly CutLines[]): string[] {
  return cut.flatMap(({ bytes, count, continues }) => {
    const lines = bytes.toString('latin1').split('\n');
    assert.equal(lines.pop(), '', 'every line ends in a newline');
    assert.equal(lines.length, count);
    return lines.map((line, index) => (continues && index === count - 1 ? `${line}…` : line));
  });
}

function cutInChunks(chunks: readonly Buffer[], maxLineBytes: number): string[] {
  const cutter = new LineCutter(maxLineBytes);
  const cut = chunks.flatMap((chunk) => cutter.take(chunk));
  const last = cutter.end();
  return pieces(last ? [...cut, last] : cut);
}

describe('the lines of a stream', () => {
  const bytes = (text: string) => Buffer.from(text, 'latin1');

  it('come in pieces of the longest allowed length where they are longer, complete ones too', () => {
    assert.deepEqual(cutInChunks([bytes(`${'a'.repeat(10)}\nshort\n`)], 4), ['aaaa…', 'aaaa…', 'aa', 'shor…', 't']);
  });

  it('are no pieces when they are exactly as long as allowed, wherever their newline arrives', () => {
    assert.deepEqual(cutInChunks([bytes('aaaa\nb\n')], 4), ['aaaa', 'b']);
    assert.deepEqual(cutInChunks([bytes('aaaa'), bytes('\nb\n')], 4), ['aaaa', 'b']);
    assert.deepEqual(cutInChunks([bytes('aaaaaaaa'), bytes('\n')], 4), ['aaaa…', 'aaaa']);
  });

  it('end with the stream: nothing continues the last one, though its newline was added', () => {
    assert.deepEqual(cutInChunks([bytes('x\nabc')], 100), ['x', 'abc']);
    assert.deepEqual(cutInChunks([bytes('abcde')], 4), ['abcd…', 'e']);
    assert.deepEqual(cutInChunks([bytes('x\n')], 100), ['x']);
  });

  it('are cut at the same places however the bytes arrive, and where those of a file are cut', () => {
    const streams = fc
      .array(fc.nat(12), { maxLength: 30 })
      .map((lengths) => lengths.map((length, index) => String.fromCharCode(97 + (index % 26)).repeat(length)));
    fc.assert(
      fc.property(
        streams,
        fc.boolean(),
        fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1 }),
        fc.integer({ min: 1, max: 8 }),
        (lines, isEnded, sizes, maxLineBytes) => {
          const whole = bytes(`${lines.join('\n')}${isEnded ? '\n' : ''}`);
          const chunks: Buffer[] = [];
          for (let at = 0, turn = 0; at < whole.length; turn++) {
            const size = sizes[turn % sizes.length] ?? 1;
            chunks.push(whole.subarray(at, at + size));
            at += size;
          }
          const inChunks = cutInChunks(chunks, maxLineBytes);
          assert.deepEqual(inChunks, cutInChunks([whole], maxLineBytes));

          const ofFile: CutLines[] = [];
          let block = whole;
          for (let lead = leadingLines(block, maxLineBytes); lead; lead = leadingLines(block, maxLineBytes)) {
            ofFile.push(lead);
            block = block.subarray(lead.length);
          }
          const rest = block.length > 0 ? [block.toString('latin1')] : [];
          assert.deepEqual(inChunks, [...pieces(ofFile), ...rest]);
        },
      ),
    );
  });
});
