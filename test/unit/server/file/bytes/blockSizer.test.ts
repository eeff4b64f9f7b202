import assert from 'node:assert/strict';
import { LIMITS } from '../../../../../src/protocol/limits';
import { BlockSizer } from '../../../../../src/server/file/bytes/blockSizer';

/** Bytes of the last block when a way takes so many bytes per ms for a while. */
function sizeAfter(bytesPerMs: number, forMs: number, pace = new BlockSizer(), startMs = 0): number {
  let now = startMs;
  let size = 0;
  while (now - startMs < forMs) {
    size = pace.next(now);
    pace.took(size);
    now += size / bytesPerMs;
  }
  return size;
}

const MEBIBYTE_A_SECOND = 1048.576;

describe('the size of the blocks a reader takes', () => {
  it('is large once 16 MiB were taken within a second', () => {
    assert.equal(sizeAfter(400 * MEBIBYTE_A_SECOND, 200), LIMITS.fastFramePayloadBytes);
  });

  it('stays small on a slow way, although buffers take the first megabytes at once', () => {
    const pace = new BlockSizer();
    for (let taken = 0; taken < 10 * 1024 * 1024; taken += LIMITS.framePayloadBytes) {
      assert.equal(pace.next(0), LIMITS.framePayloadBytes);
      pace.took(LIMITS.framePayloadBytes);
    }
    assert.equal(sizeAfter(MEBIBYTE_A_SECOND, 60_000, pace, 1), LIMITS.framePayloadBytes);
  });

  it('is small again when a fast way becomes slow, or after a rest', () => {
    const pace = new BlockSizer();
    assert.equal(sizeAfter(400 * MEBIBYTE_A_SECOND, 200, pace), LIMITS.fastFramePayloadBytes);
    assert.equal(sizeAfter(MEBIBYTE_A_SECOND, 3000, pace, 200), LIMITS.framePayloadBytes);
    assert.equal(sizeAfter(400 * MEBIBYTE_A_SECOND, 200, pace, 4000), LIMITS.fastFramePayloadBytes);
    assert.equal(pace.next(10_000), LIMITS.framePayloadBytes);
  });
});
