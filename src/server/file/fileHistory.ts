import { texts } from '../../text/texts';
import type { HistoryAnswer, LinesItem } from '../logSource';
import { findLinesBack, type LinesBack, LOOKED_BACK_BYTES } from './bytes/fileBackwards';
import type { FileBlocks } from './bytes/fileBlocks';
import type { LogFileHandle } from './bytes/logFileHandle';

/** What reading earlier lines needs of the file. */
export interface EarlierLines {
  readonly name: string;
  readonly maxLineBytes: number;
  readonly blocks: FileBlocks;
}

/**
 * The lines of a file before a place, at most `lines`. Takes over the reference to the file.
 * @throws the system's error where it cannot be read.
 */
export async function readHistory(
  file: EarlierLines,
  generation: LogFileHandle,
  before: number,
  lines: number,
  signal?: AbortSignal,
): Promise<HistoryAnswer> {
  const { name, maxLineBytes, blocks } = file;
  try {
    const pieces = (from: number, to: number) => findPieces(blocks, generation, from, to, signal);
    const back = await findLinesBack(generation, 0, before, lines, signal, { maxLineBytes, pieces });
    return {
      linesInAll: back.lines,
      batches: readBatches(blocks, generation, back.offset, before, signal),
      note: noteOn(back, lines, name),
    };
  } catch (error) {
    generation.release();
    throw error;
  }
}

/** Why there is nothing more. Where there is something, the next question goes on from there. */
function noteOn(back: LinesBack, wanted: number, name: string): string {
  if (back.isGivenUp) {
    return back.lines === 0 ? texts.server.historyGivenUp(name, LOOKED_BACK_BYTES) : '';
  }
  return back.lines < wanted ? texts.server.historyStart(name) : '';
}

async function* readBatches(
  blocks: FileBlocks,
  generation: LogFileHandle,
  from: number,
  to: number,
  signal: AbortSignal | undefined,
): AsyncIterable<LinesItem> {
  try {
    for (let at = from; at < to; ) {
      const block = await blocks.read(generation, at, to, { signal });
      if (!block) {
        return;
      }
      at = block.end;
      if (block.kind === 'lines') {
        yield block.item;
      }
    }
  } finally {
    generation.release();
  }
}

/** Where the pieces begin in which a line that is too long is sent. */
async function findPieces(
  blocks: FileBlocks,
  generation: LogFileHandle,
  from: number,
  to: number,
  signal: AbortSignal | undefined,
): Promise<readonly number[]> {
  const starts: number[] = [];
  for (let at = from; at < to; ) {
    const block = await blocks.read(generation, at, to, { signal });
    if (block?.kind !== 'hole') {
      starts.push(at);
      block?.item.sent?.();
    }
    at = block?.end ?? to;
  }
  return starts;
}
