import type { Clock } from '../../../base/clock';
import { LIMITS } from '../../../protocol/limits';
import type { LinesItem } from '../../logSource';
import type { BlockPool, BlockSize } from './blockPool';
import { formatCursor, tailOf } from './fileIdentity';
import { endOfNulsIn, findHole } from './holes';
import type { LogFileHandle } from './logFileHandle';

/** Room for a frame's head in front of a block that only one session reads. */
const HEAD_ROOM = LIMITS.frameHeaderBytes;
/** Memory for a block: room for a frame's head, the lines, and a newline that may be added. */
const blockBytes = (payloadBytes: number) => HEAD_ROOM + payloadBytes + 1;
/** Kept for the next reading is what two clients have under way that catch up: 2.5 and 4 MiB. */
export const READ_BLOCK_SIZES: readonly BlockSize[] = [
  { bytes: blockBytes(LIMITS.framePayloadBytes), most: 10 },
  { bytes: blockBytes(LIMITS.fastFramePayloadBytes), most: 4 },
];

/** By so much less than the longest line a piece of UTF-16 may be short, bytes: it splits no character. */
const PIECE_SLACK_BYTES = 4;

/** Lines of a file, or bytes that hold none, and where in it they end. */
export type FileBlock =
  | { readonly kind: 'lines'; readonly item: LinesItem; readonly end: number }
  /** NULs, where a line begins. */
  | { readonly kind: 'hole'; readonly end: number };

/** Reads lines from files, block by block, into memory that is used again. */
export class FileBlocks {
  readonly #pool: BlockPool;
  readonly #maxLineBytes: number;
  readonly #clock: Clock;

  /** `pool`: of {@link READ_BLOCK_SIZES}. */
  constructor(pool: BlockPool, maxLineBytes: number, clock: Clock) {
    this.#pool = pool;
    this.#maxLineBytes = maxLineBytes;
    this.#clock = clock;
  }

  /**
   * Reads lines from a file: at most `aim` bytes, or one longer line. Undefined where the bytes are
   * not there any more. `signal`: nobody waits any more; a hole may be terabytes.
   * @throws the signal's reason, or the system's error.
   */
  async read(
    generation: LogFileHandle,
    start: number,
    end: number,
    {
      aim = LIMITS.framePayloadBytes,
      signal,
    }: { readonly aim?: number; readonly signal?: AbortSignal | undefined } = {},
  ): Promise<FileBlock | undefined> {
    // A little more than the longest line tells that a line is longer.
    const most = Math.max(aim, this.#maxLineBytes + 4);
    for (let length = Math.min(aim, end - start); ; length = Math.min(most, end - start)) {
      const memory = this.#pool.take(blockBytes(length));
      let filled = 0;
      while (filled < length) {
        const { bytesRead } = await generation.handle.read(memory, HEAD_ROOM + filled, length - filled, start + filled);
        if (bytesRead === 0) {
          return undefined;
        }
        filled += bytesRead;
      }
      const whole = memory.subarray(HEAD_ROOM, HEAD_ROOM + length);
      const { unit } = generation.encoding;
      const hole = findHole(whole, unit);
      if (hole?.start === 0) {
        this.#pool.giveBack(memory);
        const isOpen = hole.end === length - (length % unit);
        return {
          kind: 'hole',
          end: isOpen ? await endOfNulsIn(generation.handle, start + hole.end, end, unit, signal) : start + hole.end,
        };
      }
      const block = hole ? whole.subarray(0, hole.start) : whole;
      const leading = generation.encoding.leading(block, start, this.#maxLineBytes);
      if (!leading && length < Math.min(most, end - start)) {
        this.#pool.giveBack(memory);
        continue;
      }
      // The last line of a file that ended without a newline; or a piece of a line that is too long and
      // ends where the file did when it was read: then, and only then, the line goes on.
      const continues = length > this.#maxLineBytes - PIECE_SLACK_BYTES;
      const lines = leading ?? { bytes: generation.encoding.piece(block, start), count: 1, continues, length };
      const covered = block.subarray(0, lines.length);
      return {
        kind: 'lines',
        end: start + lines.length,
        item: {
          kind: 'lines',
          bytes: lines.bytes,
          count: lines.count,
          receivedAt: this.#clock.wallTime(),
          cursor: cursorFor(generation, start, start + lines.length, tailOf(covered)),
          ...(lines.continues ? { continues: true } : {}),
          // Lines that were transcoded lie elsewhere.
          ...(lines.bytes.buffer === memory.buffer ? { headRoom: HEAD_ROOM } : {}),
          sent: () => this.#pool.giveBack(memory),
        },
      };
    }
  }
}

/** Where lines stand in a file, for the client to name again. `tail`: of the file's own bytes before `end`. */
export function cursorFor(
  generation: LogFileHandle,
  start: number,
  end: number,
  tail: ReturnType<typeof tailOf>,
): string {
  return formatCursor({
    file: generation.file,
    head: generation.head.fingerprint,
    start,
    end,
    ...tail,
  });
}
