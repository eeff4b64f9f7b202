import type { FileGeneration } from './fileGeneration';
import { readAt } from './fileIdentity';

const NEWLINE = 0x0a;
const BLOCK_BYTES = 256 * 1024;

/** A place found by counting lines backwards. */
export interface LinesBack {
  readonly offset: number;
  /** Lines between `offset` and where the search began; fewer than wanted at the start of the file. */
  readonly lines: number;
}

/**
 * Finds where the last `lines` lines before `end` begin, reading backwards in blocks: the cost is
 * that of the lines themselves, whatever the size of the file. `end` lies behind a newline.
 */
export async function findLinesBack(generation: FileGeneration, end: number, lines: number): Promise<LinesBack> {
  if (lines <= 0 || end === 0) {
    return { offset: end, lines: 0 };
  }
  let found = 0;
  // The newline at `end - 1` ends the last line; the line before it begins behind the next one.
  for (let blockEnd = end - 1; blockEnd > 0; ) {
    const length = Math.min(BLOCK_BYTES, blockEnd);
    const block = await readAt(generation.handle, blockEnd - length, length);
    for (let at = block.lastIndexOf(NEWLINE); at !== -1; at = at === 0 ? -1 : block.lastIndexOf(NEWLINE, at - 1)) {
      found++;
      if (found === lines) {
        return { offset: blockEnd - length + at + 1, lines };
      }
    }
    blockEnd -= length;
  }
  return { offset: 0, lines: found + 1 };
}
