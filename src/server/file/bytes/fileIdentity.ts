import { createHash } from 'node:crypto';
import type { BigIntStats } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import type { FileTimes } from '../rotation/between';
import { withoutLastNuls } from './holes';
import { encodingOf } from './textEncoding';

/** How many of a file's first bytes tell it from another one. */
const HEAD_BYTES = 256;
/** How many bytes in front of a position tell that it is still the same content. */
const TAIL_BYTES = 64;

function digest(bytes: Buffer): string {
  return createHash('sha1').update(bytes).digest('base64url').slice(0, 12);
}

/** What tells a file or a folder from others: device and inode, or whatever stands for them on this system. */
export function identityOf({ dev, ino }: { readonly dev: bigint; readonly ino: bigint }): string {
  return `${dev}-${ino}`;
}

/** Besides: when the file was written, renamed or removed last. */
export interface StatusTimes extends FileTimes {
  readonly changedAt: bigint;
}

/** The times of a file. Those of a file system are as coarse as its kernel's tick, so tests put in their own. */
export const statusTimes = {
  of: ({ birthtimeNs, mtimeNs, ctimeNs }: BigIntStats): StatusTimes => ({
    bornAt: birthtimeNs,
    writtenAt: mtimeNs,
    changedAt: ctimeNs,
  }),
};

/** Reads up to `length` bytes at `offset`; fewer at the end of the file. */
export async function readAt(handle: FileHandle, offset: number, length: number): Promise<Buffer> {
  const buffer = Buffer.allocUnsafe(length);
  let filled = 0;
  while (filled < length) {
    const { bytesRead } = await handle.read(buffer, filled, length - filled, offset + filled);
    if (bytesRead === 0) {
      break;
    }
    filled += bytesRead;
  }
  return buffer.subarray(0, filled);
}

/** The first bytes of a file, as far as they are written: a log only grows, so they stay. */
export class FileHead {
  #bytes: Buffer = Buffer.alloc(0);
  #digest = '0-';

  /** `length-digest`, as a cursor carries it. */
  get fingerprint(): string {
    return this.#digest;
  }

  get isComplete(): boolean {
    return this.#bytes.length === HEAD_BYTES;
  }

  /** The bytes known. */
  get bytes(): Buffer {
    return this.#bytes;
  }

  /**
   * Looks at the file's first bytes again, unless all of them are known.
   * @param written so many are written at least: NULs behind them may be room for what is not yet.
   */
  async refresh(handle: FileHandle, written: number): Promise<void> {
    if (!this.isComplete) {
      this.take(await readAt(handle, 0, HEAD_BYTES), written);
    }
  }

  /** The same, given what the file begins with. */
  take(beginning: Buffer, written: number): void {
    if (!this.isComplete) {
      const found = headOf(beginning, HEAD_BYTES);
      const bytes = found.subarray(
        0,
        Math.max(Math.min(written, found.length), withoutLastNuls(found, encodingOf(found).unit)),
      );
      // Others stand there once the file was cut: those are not this file's.
      if (bytes.length > this.#bytes.length && headOf(bytes, this.#bytes.length).equals(this.#bytes)) {
        this.#bytes = bytes;
        this.#digest = `${bytes.length}-${digest(bytes)}`;
      }
    }
  }
}

/** The first bytes as far as they lie before `end`: those behind it may not have been read yet. */
export function headOf(bytes: Buffer, end: number): Buffer {
  return bytes.subarray(0, Math.min(end, bytes.length));
}

/** Digest of the bytes in front of `end`, given a piece of the file that ends there. */
export function tailDigest(pieceEndingThere: Buffer): string {
  return digest(pieceEndingThere.subarray(-TAIL_BYTES));
}

/** How many bytes {@link tailDigest} covers at `end`. */
function tailLength(end: number): number {
  return Math.min(TAIL_BYTES, end);
}

/** First bytes without which another file is not believed to be the same log: a short beginning may be shared. */
const EVIDENCE_BYTES = 64;

/** A place in a file that survives restarts and renames: which file, which bytes of it. */
export interface FileCursor {
  /** See {@link identityOf}. */
  readonly file: string;
  readonly head: string;
  /** First byte of the lines. */
  readonly start: number;
  /** First byte behind the lines. */
  readonly end: number;
  /** Digest of the bytes in front of `end`, or '' where they were not at hand. */
  readonly tail: string;
  /** Bytes the digest covers. */
  readonly tailBytes: number;
  /**
   * Right after a rotation both files may still be written, and a client has read some of each:
   * where it stands in the other one.
   */
  readonly other?: FileCursor;
}

/** The place in a log whose file was not there yet. */
export const NOWHERE = '0';
/** Between the two places of a cursor. */
const SEPARATOR = '|';
const FORM = /^1;([^;]{1,64});(\d+-[\w-]*);(\d+)-(\d+);(\d+)-([\w-]*)$/;

export function formatCursor(cursor: FileCursor): string {
  return `1;${cursor.file};${cursor.head};${cursor.start}-${cursor.end};${cursor.tailBytes}-${cursor.tail}`;
}

/** A cursor that names the place in another file, too. */
export function withOther(cursor: string, other: string | null): string {
  return other === null ? cursor : `${cursor}${SEPARATOR}${other}`;
}

/** Reads a cursor back; undefined for anything this server did not write. */
export function parseCursor(text: string): FileCursor | undefined {
  const [first = '', second, ...more] = text.split(SEPARATOR);
  const cursor = parsePlace(first);
  if (!cursor || more.length > 0 || second === undefined) {
    return more.length > 0 ? undefined : cursor;
  }
  const other = parsePlace(second);
  return other && { ...cursor, other };
}

function parsePlace(text: string): FileCursor | undefined {
  const match = FORM.exec(text);
  if (!match) {
    return undefined;
  }
  const [, file = '', head = '', start, end, tailBytes, tail = ''] = match;
  const cursor = { file, head, start: Number(start), end: Number(end), tail, tailBytes: Number(tailBytes) };
  const sane =
    Number.isSafeInteger(cursor.start) &&
    Number.isSafeInteger(cursor.end) &&
    cursor.start <= cursor.end &&
    cursor.tailBytes <= TAIL_BYTES;
  return sane ? cursor : undefined;
}

/** The digest for a position whose preceding bytes are `piece`, as far as they reach. */
export function tailOf(piece: Buffer): { readonly tail: string; readonly tailBytes: number } {
  const tailBytes = Math.min(TAIL_BYTES, piece.length);
  return { tail: tailBytes === 0 ? '' : tailDigest(piece), tailBytes };
}

/** Bytes of a file's beginning that a cursor describes. */
function headLength(cursor: FileCursor): number {
  return Number.parseInt(cursor.head, 10);
}

/**
 * Whether a cursor describes bytes enough to find its log in a file that is another one by its
 * identity: a copy, or the same file on a device that is numbered anew.
 */
export function hasEvidence(cursor: FileCursor): boolean {
  return headLength(cursor) >= EVIDENCE_BYTES && cursor.tailBytes > 0;
}

/**
 * Whether a cursor proves that a file of its identity is the one: it describes the first bytes, or all
 * of them if they are fewer. An identity alone is two numbers, which anybody can try.
 */
export function hasProof(cursor: FileCursor): boolean {
  return cursor.end > 0 && headLength(cursor) >= Math.min(EVIDENCE_BYTES, cursor.end) && cursor.tailBytes > 0;
}

/** Whether an open file begins as it did when the cursor was made, and reaches to its `start` at least. */
export async function headFits(handle: FileHandle, cursor: FileCursor): Promise<boolean> {
  const { size } = await handle.stat();
  const length = headLength(cursor);
  // This server has always looked at a file's beginning before it gave out lines: a cursor without is made up.
  if (size < cursor.start || length < Math.min(HEAD_BYTES, cursor.start) || length > Math.min(HEAD_BYTES, size)) {
    return false;
  }
  const head = await readAt(handle, 0, length);
  return length === 0 || `${head.length}-${digest(head)}` === cursor.head;
}

/**
 * Whether an open file still holds, up to the cursor's end, what it held when the cursor was made:
 * its first bytes and those in front of the end are compared. Sizes alone miss a file that was cut
 * and has grown past the old length since.
 */
export async function cursorFits(handle: FileHandle, cursor: FileCursor): Promise<boolean> {
  const covered = Math.min(cursor.tailBytes, tailLength(cursor.end));
  if (covered === 0) {
    return cursor.end === 0 && (await headFits(handle, cursor));
  }
  if (!(await headFits(handle, { ...cursor, start: cursor.end }))) {
    return false;
  }
  const tail = await readAt(handle, cursor.end - covered, covered);
  return digest(tail) === cursor.tail;
}

/** The digest for a place in an open file; see {@link tailOf}. */
export async function tailAt(handle: FileHandle, end: number): Promise<ReturnType<typeof tailOf>> {
  const length = tailLength(end);
  return tailOf(await readAt(handle, end - length, length));
}
