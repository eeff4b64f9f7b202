import { texts } from '../../text/texts';
import { findLinesBack } from './fileBackwards';
import type { FileBlocks } from './fileBlocks';
import type { FileGeneration } from './fileGeneration';
import type { HistoryAnswer, LinesItem } from './source';

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
  generation: FileGeneration,
  before: number,
  lines: number,
): Promise<HistoryAnswer> {
  const { name, maxLineBytes, blocks } = file;
  try {
    const pieces = (from: number, to: number) => findPieces(blocks, generation, from, to);
    const back = await findLinesBack(generation, 0, before, lines, { maxLineBytes, pieces });
    return {
      linesInAll: back.lines,
      batches: readBatches(blocks, generation, back.offset, before),
      note: back.lines < lines ? texts.server.historyStart(name) : '',
    };
  } catch (error) {
    generation.release();
    throw error;
  }
}

async function* readBatches(
  blocks: FileBlocks,
  generation: FileGeneration,
  from: number,
  to: number,
): AsyncIterable<LinesItem> {
  try {
    for (let at = from; at < to; ) {
      const block = await blocks.read(generation, at, to);
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
  generation: FileGeneration,
  from: number,
  to: number,
): Promise<readonly number[]> {
  const starts: number[] = [];
  for (let at = from; at < to; ) {
    const block = await blocks.read(generation, at, to);
    if (block?.kind !== 'hole') {
      starts.push(at);
      block?.item.sent?.();
    }
    at = block?.end ?? to;
  }
  return starts;
}
