import type { FileGeneration } from './fileGeneration';
import { readAt } from './fileIdentity';
import { evenOffset } from './textEncoding';

const BLOCK_BYTES = 256 * 1024;

/** A place found by counting lines backwards. */
export interface LinesBack {
  readonly offset: number;
  /** Lines between `offset` and where the search began; fewer than wanted where the stretch begins. */
  readonly lines: number;
}

/** How lines that are too long are counted. Without: each as one, so that a place found is where a line begins. */
export interface LongLines {
  /** Longer ones travel in pieces, each with a number of its own. */
  readonly maxLineBytes: number;
  /** Where the pieces of such a line begin. */
  pieces(start: number, end: number): Promise<readonly number[]>;
}

/**
 * Finds where the last `lines` lines before `end` begin, reading backwards in blocks: the cost is
 * that of the lines themselves, whatever the size of the file. `end` lies behind a newline, or
 * between two pieces of a line; `from` is where the search ends.
 */
export async function findLinesBack(
  generation: FileGeneration,
  from: number,
  end: number,
  lines: number,
  longLines?: LongLines,
): Promise<LinesBack> {
  if (lines <= 0 || end <= from) {
    return { offset: end, lines: 0 };
  }
  const { encoding, handle } = generation;
  let found = 0;
  let lineEnd = end;
  /** Counts the line that begins at `start`; where the last of those that are wanted begins. */
  const count = async (start: number): Promise<number | undefined> => {
    const isLong = longLines !== undefined && lineEnd - start > longLines.maxLineBytes;
    const starts = isLong ? await longLines.pieces(start, lineEnd) : [start];
    lineEnd = start;
    found += starts.length;
    return found >= lines ? starts[found - lines] : undefined;
  };
  for (let blockEnd = end; blockEnd > from; ) {
    const start = evenOffset(Math.max(from, blockEnd - BLOCK_BYTES));
    const block = await readAt(handle, start, blockEnd - start);
    let behind = encoding.behindLastNewline(block, start, block.length);
    while (behind !== -1) {
      // The newline right before `end` ends the last line; the line before it begins behind the next one.
      if (start + behind < end && start + behind > from) {
        const offset = await count(start + behind);
        if (offset !== undefined) {
          return { offset, lines };
        }
      }
      behind = encoding.behindLastNewline(block, start, behind - 1);
    }
    blockEnd = start;
  }
  const offset = await count(from);
  return { offset: offset ?? from, lines: Math.min(found, lines) };
}
