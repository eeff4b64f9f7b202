import assert from 'node:assert/strict';
import { shownLines } from '../../../../src/viewer/detail/rawLines';

const rowsOf = (...lines: string[]) => lines.map((text) => ({ text }));

describe('the lines of an entry in its details', () => {
  it('are all shown where a page can bear them', () => {
    assert.deepEqual(shownLines(rowsOf('a', '', 'b'), 3), {
      lines: ['a', '', 'b'],
      leftLines: 0,
      leftCharacters: 0,
      isPart: false,
    });
  });

  it('are shown up to a number of lines, and what is left out is counted', () => {
    const { lines, leftLines, leftCharacters } = shownLines(
      rowsOf(...Array.from({ length: 1500 }, () => 'four')),
      1500,
    );
    assert.deepEqual([lines.length, leftLines, leftCharacters], [1000, 500, 2000]);
  });

  it('are shown up to a number of characters, within a line if need be', () => {
    const { lines, leftLines, leftCharacters } = shownLines(rowsOf('first', 'x'.repeat(150_000), 'last'), 3);
    assert.deepEqual(
      lines.map(({ length }) => length),
      [5, 99_995],
    );
    assert.deepEqual([leftLines, leftCharacters], [1, 50_009]);
  });

  it('are known to be only a part where the entry is larger than what is given of one', () => {
    assert.equal(shownLines([{ text: 'a', cutFromBytes: 5_000_000 }], 1).isPart, true);
    assert.equal(shownLines(rowsOf('a', 'b'), 3).isPart, true);
    assert.equal(shownLines(rowsOf('a', 'b'), 2).isPart, false);
  });
});
