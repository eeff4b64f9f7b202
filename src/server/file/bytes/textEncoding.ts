import { asPiece, type LeadingLines, leadingLines } from '../../lineCutter';

const NEWLINE = 0x0a;
const NEWLINE_BYTES = Buffer.from([NEWLINE]);
const BYTE_ORDER_MARK = 0xfeff;

/**
 * How a file's bytes become lines. Nearly every log is bytes with newlines in them and travels as it
 * is; UTF-16, which Windows writes, has other newlines and is sent as UTF-8. Offsets, cursors and
 * fingerprints are those of the file's own bytes either way.
 */
export interface TextEncoding {
  /** Bytes of a code unit. */
  readonly unit: 1 | 2;
  /**
   * The complete lines a block begins with; see {@link leadingLines}.
   * @param start offset of the block in the file: where a line or a piece of one begins.
   */
  leading(block: Buffer, start: number, maxLineBytes: number): LeadingLines | undefined;
  /** A line without newline, as it travels: with one. */
  piece(bytes: Buffer, start: number): Buffer;
  /**
   * Index behind the last newline that begins before the index `before` of a block, or -1.
   * @param start offset of the block in the file.
   */
  behindLastNewline(block: Buffer, start: number, before: number): number;
}

/** Bytes, whatever they mean: UTF-8, ASCII, anything with 0x0A for a newline and nothing else. */
const bytes: TextEncoding = {
  unit: 1,
  leading: (block, _start, maxLineBytes) => leadingLines(block, maxLineBytes),
  piece: (line) => asPiece(line),
  behindLastNewline(block, _start, before) {
    const at = before <= 0 ? -1 : block.lastIndexOf(NEWLINE, before - 1);
    return at === -1 ? -1 : at + 1;
  },
};

function utf16(littleEndian: boolean): TextEncoding {
  const low = littleEndian ? 0 : 1;
  const isNewline = (block: Buffer, at: number) => block[at + low] === NEWLINE && block[at + 1 - low] === 0;
  const toUtf8 = (block: Buffer, start: number): Buffer => {
    const even = block.subarray(0, block.length & ~1);
    const text = (littleEndian ? even : Buffer.from(even).swap16()).toString('utf16le');
    return Buffer.from(start === 0 && text.charCodeAt(0) === BYTE_ORDER_MARK ? text.slice(1) : text);
  };
  /** Index behind the first newline at or after an even index, or -1. */
  const behindNewline = (block: Buffer, from: number): number => {
    for (let at = from; at + 1 < block.length; at += 2) {
      if (isNewline(block, at)) {
        return at + 2;
      }
    }
    return -1;
  };
  const piece = (line: Buffer, start: number) => Buffer.concat([toUtf8(line, start), NEWLINE_BYTES]);
  return {
    unit: 2,
    piece,
    leading(block, start, maxLineBytes) {
      let length = 0;
      let count = 0;
      for (let next = behindNewline(block, 0); next !== -1; next = behindNewline(block, length)) {
        if (next - length - 2 > maxLineBytes) {
          break;
        }
        count++;
        length = next;
      }
      if (count > 0) {
        return { bytes: toUtf8(block.subarray(0, length), start), count, continues: false, length };
      }
      if (block.length <= maxLineBytes + 2) {
        return undefined;
      }
      let cut = maxLineBytes & ~1;
      // Not between the two halves of a character beyond the basic plane.
      if (((block[cut - 1 - low] ?? 0) & 0xfc) === 0xd8) {
        cut -= 2;
      }
      return { bytes: piece(block.subarray(0, cut), start), count: 1, continues: true, length: cut };
    },
    behindLastNewline(block, start, before) {
      // Code units lie at even offsets of the file.
      for (let at = before - 2 - ((start + before) & 1); at >= 0; at -= 2) {
        if (isNewline(block, at)) {
          return at + 2;
        }
      }
      return -1;
    },
  };
}

const utf16LittleEndian = utf16(true);
const utf16BigEndian = utf16(false);

/** Tells the encoding by a file's first bytes: a byte order mark, or its absence. */
export function encodingOf(head: Buffer): TextEncoding {
  if (head[0] === 0xff && head[1] === 0xfe) {
    return utf16LittleEndian;
  }
  return head[0] === 0xfe && head[1] === 0xff ? utf16BigEndian : bytes;
}

/**
 * The even offset at or before a place in a file, where a block may begin without cutting a code
 * unit of UTF-16. Not by `& ~1`: that is 32-bit arithmetic, and logs grow beyond 2 GiB.
 */
export function evenOffset(offset: number): number {
  return offset - (offset % 2);
}
