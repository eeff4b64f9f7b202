import assert from 'node:assert/strict';
import { byteScanner, createByteScanner, useByteScanner } from '../../../src/store/byteScanner';
import { countLines } from '../../../src/store/lineCount';

describe('the number of lines', () => {
  const before = byteScanner();
  after(() => useByteScanner(before));

  it('is the same with the scanner and without it, whatever the length', () => {
    const bytes = new Uint8Array(200_000).map((_, at) => ((at * 7919) % 13 === 0 ? 0x0a : 0x61));
    for (const length of [0, 1, 1023, 1024, 65_535, 65_536, 65_537, 200_000]) {
      const part = bytes.subarray(0, length);
      const plain = part.reduce((sum, byte) => sum + (byte === 0x0a ? 1 : 0), 0);
      for (const scanner of [undefined, createByteScanner()]) {
        useByteScanner(scanner);
        assert.equal(countLines(part), plain, `${length} bytes`);
      }
    }
  });
});
