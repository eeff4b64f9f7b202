import type { FileGeneration } from './fileGeneration';
import { readAt } from './fileIdentity';
import { evenOffset } from './textEncoding';

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
  const { encoding, handle } = generation;
  let found = 0;
  for (let blockEnd = end; blockEnd > 0; ) {
    const start = evenOffset(Math.max(0, blockEnd - BLOCK_BYTES));
    const block = await readAt(handle, start, blockEnd - start);
    let behind = encoding.behindLastNewline(block, start, block.length);
    while (behind !== -1) {
      // The newline right before `end` ends the last line; the line before it begins behind the next one.
      if (start + behind < end) {
        found++;
        if (found === lines) {
          return { offset: start + behind, lines };
        }
      }
      behind = encoding.behindLastNewline(block, start, behind - 1);
    }
    blockEnd = start;
  }
  return { offset: 0, lines: found + 1 };
}
