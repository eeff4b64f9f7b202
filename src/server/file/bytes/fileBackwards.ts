import { readAt } from './fileIdentity';
import { LEAST_HOLE, withoutLastNuls } from './holes';
import type { LogFileHandle } from './logFileHandle';
import { evenOffset } from './textEncoding';

const BLOCK_BYTES = 256 * 1024;
/** So much is searched, bytes, for where the next line begins: a hole may be terabytes. */
export const LOOKED_BACK_BYTES = 256 * 1024 * 1024;

/** A place found by counting lines backwards. */
export interface LinesBack {
  readonly offset: number;
  /** Lines between `offset` and where the search began; fewer than wanted where the stretch begins. */
  readonly lines: number;
  /** In the {@link LOOKED_BACK_BYTES} before `offset` no line begins, and further nobody looked. */
  readonly isGivenUp: boolean;
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
 * that of the lines themselves, whatever the size of the file. `end` lies behind a newline or a hole, or
 * between two pieces of a line; `from` is where the search ends.
 * @param signal says that nobody wants them any more.
 * @throws the signal's reason, or the system's error.
 */
export async function findLinesBack(
  generation: LogFileHandle,
  from: number,
  end: number,
  lines: number,
  signal?: AbortSignal,
  longLines?: LongLines,
): Promise<LinesBack> {
  if (lines <= 0 || end <= from) {
    return { offset: end, lines: 0, isGivenUp: false };
  }
  const { encoding, handle } = generation;
  let found = 0;
  let lineEnd = end;
  /** Where the hole ends that is nearest to `lineEnd`: there its line begins, unless that is older than the hole. */
  let behindHole: number | undefined;
  /** All from here to `end` is NUL, as far as it was read: a hole in front of the line that begins there. */
  let nulsFrom = end;
  /** Counts the line that begins at `start`; where the last of those that are wanted begins. */
  const count = async (start: number): Promise<number | undefined> => {
    if (lineEnd === end && nulsFrom <= start) {
      lineEnd = start;
      behindHole = undefined;
      return undefined;
    }
    const isLong = longLines !== undefined && lineEnd - start > longLines.maxLineBytes;
    const starts = isLong ? await longLines.pieces(start, lineEnd) : [start];
    lineEnd = start;
    behindHole = undefined;
    found += starts.length;
    return found >= lines ? starts[found - lines] : undefined;
  };
  for (let blockEnd = end; blockEnd > from; ) {
    signal?.throwIfAborted();
    if (lineEnd - blockEnd >= LOOKED_BACK_BYTES) {
      const isLine = behindHole !== undefined && behindHole < lineEnd;
      const offset = isLine ? await count(behindHole as number) : undefined;
      return { offset: offset ?? lineEnd, lines: Math.min(found, lines), isGivenUp: offset === undefined };
    }
    const start = evenOffset(Math.max(from, blockEnd - BLOCK_BYTES));
    const block = await readAt(handle, start, blockEnd - start);
    if (nulsFrom === blockEnd) {
      const text = withoutLastNuls(block, encoding.unit);
      nulsFrom = start + text;
    }
    let behind = encoding.behindLastNewline(block, start, block.length);
    while (behind !== -1) {
      // The newline right before `end` ends the last line; the line before it begins behind the next one.
      if (start + behind < end && start + behind > from) {
        const offset = await count(start + behind);
        if (offset !== undefined) {
          return { offset, lines, isGivenUp: false };
        }
      }
      behind = encoding.behindLastNewline(block, start, behind - 1);
    }
    behindHole ??= endOfLastHole(block.subarray(0, Math.max(0, lineEnd - start)), start, encoding.unit);
    blockEnd = start;
  }
  const offset = await count(from);
  return { offset: offset ?? from, lines: Math.min(found, lines), isGivenUp: false };
}

/** Offset in the file behind the last run of NULs of a block that begins at `start`; undefined where it has none. */
function endOfLastHole(block: Buffer, start: number, unit: 1 | 2): number | undefined {
  const at = block.lastIndexOf(LEAST_HOLE);
  const end = start + at + LEAST_HOLE.length;
  return at === -1 ? undefined : end - (end % unit);
}
