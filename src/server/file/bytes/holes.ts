import type { FileHandle } from 'node:fs/promises';

/**
 * Fewer NUL bytes than these are part of a line. More where a line begins are a hole: a service that
 * does not append leaves one when its file is cut, and a file that is made in full size before it is
 * written ends in one.
 */
export const LEAST_HOLE = Buffer.alloc(16);
const ZEROS = Buffer.alloc(4096);
/** Read at a time to find where a hole ends. */
const SCAN_BYTES = 256 * 1024;
const NEWLINE = 0x0a;

/** A run of NUL bytes in a block. */
export interface Hole {
  readonly start: number;
  /** The block's length where it reaches to its end, and maybe further. */
  readonly end: number;
}

/**
 * The first hole of a block: at its beginning, or where a line begins in it. The block begins where a
 * line does, at an even offset of the file if `unit` is 2: the bytes of a code unit.
 */
export function findHole(block: Buffer, unit: 1 | 2): Hole | undefined {
  // Nearly no log has a NUL byte: to look for one is much faster than to look for many.
  let at = block.indexOf(0);
  for (at = at === -1 ? -1 : block.indexOf(LEAST_HOLE, at); at !== -1; at = block.indexOf(LEAST_HOLE, at)) {
    const start = at + (at % unit);
    const end = endOfNuls(block, start);
    if (start === 0 || behindNewline(block, start, unit)) {
      return { start, end: end - (end % unit) };
    }
    at = end;
  }
  return undefined;
}

function behindNewline(block: Buffer, at: number, unit: 1 | 2): boolean {
  return unit === 1
    ? block[at - 1] === NEWLINE
    : (block[at - 2] === NEWLINE && block[at - 1] === 0) || (block[at - 2] === 0 && block[at - 1] === NEWLINE);
}

/** Index of the first byte at or behind `from` that is not NUL; the block's length if there is none. */
function endOfNuls(block: Buffer, from = 0): number {
  let at = from;
  // Compared by the piece: a hole may be gigabytes.
  while (at + ZEROS.length <= block.length && block.compare(ZEROS, 0, ZEROS.length, at, at + ZEROS.length) === 0) {
    at += ZEROS.length;
  }
  while (at < block.length && block[at] === 0) {
    at++;
  }
  return at;
}

/**
 * Offset of the first byte from `from` on that is not NUL, or `to` if there is none before it; in whole code
 * units. It reads all of them, piece by piece, until `signal` says that nobody waits any more.
 * @throws the signal's reason.
 */
export async function endOfNulsIn(
  handle: FileHandle,
  from: number,
  to: number,
  unit: 1 | 2,
  signal?: AbortSignal,
): Promise<number> {
  const block = Buffer.allocUnsafe(Math.max(0, Math.min(SCAN_BYTES, to - from)));
  for (let at = from; at < to; ) {
    signal?.throwIfAborted();
    const { bytesRead } = await handle.read(block, 0, Math.min(block.length, to - at), at);
    const nuls = endOfNuls(block.subarray(0, bytesRead));
    if (nuls < bytesRead || bytesRead === 0) {
      const end = at + nuls;
      return bytesRead === 0 ? to : end - (end % unit);
    }
    at += nuls;
  }
  return to;
}

/** Bytes of a block without the NULs that it ends in, in whole code units: those may yet be written over. */
export function withoutLastNuls(block: Buffer, unit: 1 | 2): number {
  let end = block.length - (block.length % unit);
  while (end >= ZEROS.length && block.compare(ZEROS, 0, ZEROS.length, end - ZEROS.length, end) === 0) {
    end -= ZEROS.length;
  }
  while (end >= unit && block[end - 1] === 0 && (unit === 1 || block[end - 2] === 0)) {
    end -= unit;
  }
  return end === block.length - (block.length % unit) ? block.length : end;
}
