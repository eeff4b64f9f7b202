import type { FileHandle } from 'node:fs/promises';
import { type FileHead, headOf, readAt, statusTimes, tailOf } from './fileIdentity';
import { endOfTextIn } from './fileRoom';
import { endOfNulsIn, findHole, withoutLastNuls } from './holes';
import { evenOffset, type TextEncoding } from './textEncoding';

/** A read when following: what a busy service writes between two looks fits easily. */
const READ_BYTES = 256 * 1024;
/**
 * Bytes compared before a read: cutting a file and writing it anew is noticed by them. So many, since
 * services write the same line again and again.
 */
const GUARD_BYTES = 1024;
/**
 * Nothing that was cut is written anew beyond this between two looks: only up to here the first bytes
 * are compared as well.
 */
const MOST_WRITTEN_ANEW = 16 * 1024 * 1024;
/** Read in front of a hole that reaches to the end of the file: whether something is written there now. */
const PEEK_BYTES = 4096;
/** A hole is searched by so much at a time, bytes: it may have terabytes, and others wait for their turn. */
const SEARCHED_BYTES = 64 * 1024 * 1024;

/** Complete lines that were just read, kept for the sessions that stand right before them. */
export interface FreshLines {
  readonly start: number;
  readonly end: number;
  readonly bytes: Buffer;
  readonly count: number;
  readonly continues: boolean;
  readonly receivedAt: number;
  /** Digest of the file's own bytes before `end`, for a cursor. */
  readonly tail: ReturnType<typeof tailOf>;
}

export type Growth =
  | { readonly kind: 'none' }
  | { readonly kind: 'lines'; readonly lines: FreshLines }
  /** Bytes that hold nothing: NULs, where the line before ends. */
  | { readonly kind: 'hole'; readonly start: number; readonly end: number }
  /** The content before the read position changed: the file was cut, and maybe written anew. */
  | { readonly kind: 'truncated' };

/** What is read at the tip. */
export interface GrowingFile {
  /** Another one from one read to the next where a copy takes the file's place. */
  readonly handle: FileHandle;
  readonly head: FileHead;
  readonly encoding: TextEncoding;
  /** Size of the file now, bytes, to which it may be read. */
  readableSize(): Promise<number>;
}

/**
 * Reads a file at its tip: how far it was read, what it gets there, and whether what led there is still what
 * was read.
 */
export class TipReader {
  readonly #file: GrowingFile;
  readonly #maxLineBytes: number;
  /** Everything before is complete lines (or pieces of one that is too long). */
  #tip = 0;
  /** Everything before has been searched for newlines. */
  #searched = 0;
  #guard: Buffer = Buffer.alloc(0);
  #unfinished: Buffer = Buffer.alloc(0);
  /** When it had been written last at the last look, ns since the Unix epoch. */
  #writtenAt = 0n;
  /** All from the last text on has been searched up to here, and is NUL. */
  #nulsTo = 0;
  #isSearching = false;
  /** Of the file at the last look, bytes. */
  #size = 0;

  constructor(file: GrowingFile, maxLineBytes: number) {
    this.#file = file;
    this.#maxLineBytes = maxLineBytes;
  }

  get tip(): number {
    return this.#tip;
  }

  /** Digest of what leads to the tip. */
  get tail(): ReturnType<typeof tailOf> {
    return tailOf(this.#guard);
  }

  /** The line still being written, as far as it was read. */
  get unfinished(): Buffer {
    return this.#unfinished;
  }

  /** A hole was not searched to its end at the last {@link grow}: the next one goes on. */
  get isSearching(): boolean {
    return this.#isSearching;
  }

  /** There was more in the file at the last look than was read, NULs. */
  get hasRoom(): boolean {
    return this.#size > this.#tip + this.#unfinished.length;
  }

  /** Begins where another one stands. */
  continueFrom(other: TipReader): void {
    this.#tip = other.#tip;
    this.#searched = other.#searched;
    this.#guard = other.#guard;
    this.#unfinished = other.#unfinished;
  }

  /** Goes on in a copy, which holds the same up to the tip. What is at hand of the line under way is read again there. */
  continueInCopy(): void {
    this.#searched = this.#tip;
    this.#unfinished = Buffer.alloc(0);
    this.#nulsTo = 0;
    this.#writtenAt = 0n;
  }

  /** Moves the tip to the last newline before the end without giving out lines: what existed at the start. */
  async skipExisting(): Promise<void> {
    const size = await this.#file.readableSize();
    this.#size = size;
    const written = await endOfTextIn(this.#file.handle, size, this.#file.encoding.unit);
    this.#nulsTo = written < size ? size : 0;
    for (let end = written; end > 0; ) {
      const start = evenOffset(Math.max(0, end - READ_BYTES));
      const block = await readAt(this.#file.handle, start, end - start);
      const behind = this.#file.encoding.behindLastNewline(block, start, block.length);
      if (behind !== -1 || written - start >= this.#maxLineBytes) {
        this.#moveTip(start + Math.max(0, behind), block.subarray(0, Math.max(0, behind)));
        await this.#file.head.refresh(this.#file.handle, this.#tip);
        return;
      }
      end = start;
    }
  }

  /** Reads on from the tip; at most one read's worth, so call again until `none`. */
  async grow(receivedAt: () => number): Promise<Growth> {
    this.#isSearching = false;
    const status = await this.#file.handle.stat({ bigint: true });
    const size = Number(status.size);
    const { writtenAt } = statusTimes.of(status);
    this.#size = size;
    if (size < this.#searched) {
      return { kind: 'truncated' };
    }
    // Written since, but not longer: maybe cut, and written anew to the same length.
    const isSuspect = writtenAt !== this.#writtenAt;
    this.#writtenAt = writtenAt;
    if (size === this.#searched) {
      return isSuspect && !(await this.#isAsRead()) ? { kind: 'truncated' } : { kind: 'none' };
    }
    const fresh = await this.#readOn(size);
    if (!fresh) {
      return { kind: 'truncated' };
    }
    if (!this.#file.head.isComplete && this.#guard.length === this.#tip) {
      // The very bytes that are given out: the file may have been cut since.
      this.#file.head.take(Buffer.concat([this.#guard, fresh]), this.#tip);
    } else {
      await this.#file.head.refresh(this.#file.handle, this.#tip);
    }
    const start = this.#tip;
    const { unit } = this.#file.encoding;
    const hole = findHole(fresh, unit);
    const text = fresh.subarray(0, hole?.start ?? withoutLastNuls(fresh, unit));
    if (text.length < fresh.length && hole?.start !== 0) {
      // NULs that something follows belong to the line, unless they fill all that was read.
      const isRoom = hole === undefined && start + fresh.length >= size;
      const isOpen = hole === undefined && !isRoom && (await this.#endOfNuls(start + text.length, size)) < size;
      if (isOpen && this.#file.encoding.leading(text, start, this.#maxLineBytes) === undefined) {
        this.#unfinished = Buffer.from(text);
        const line = this.finish(receivedAt());
        return line ? { kind: 'lines', lines: line } : { kind: 'none' };
      }
    }
    if (hole?.start !== 0) {
      return this.#take(text, size, receivedAt);
    }
    if (hole.end < fresh.length - (fresh.length % unit)) {
      // Whatever was searched before: this is where it ends now.
      this.#nulsTo = start + hole.end;
      return this.#overHole(this.#nulsTo, receivedAt);
    }
    const end = await this.#endOfNuls(start, size);
    return end < size ? this.#overHole(end, receivedAt) : { kind: 'none' };
  }

  /** What is in the file from the tip on, at most one read's worth; undefined where what was read is there no more. */
  async #readOn(size: number): Promise<Buffer | undefined> {
    const guard = this.#guard.length;
    // One read covers the guard, the unfinished line and what is new.
    const lengthOf = (aim: number) => guard + this.#searched - this.#tip + Math.min(aim, size - this.#searched);
    const length = lengthOf(this.#nulsTo === size ? PEEK_BYTES : READ_BYTES);
    const isHeadApart = this.#tip > guard && this.#tip <= MOST_WRITTEN_ANEW;
    const known = isHeadApart ? headOf(this.#file.head.bytes, this.#tip) : undefined;
    const [first, head] = await Promise.all([
      readAt(this.#file.handle, this.#tip - guard, length),
      known && readAt(this.#file.handle, 0, known.length),
    ]);
    const isFilled = first.length === length && length < lengthOf(READ_BYTES) && first.at(-1) !== 0;
    const block = isFilled ? await readAt(this.#file.handle, this.#tip - guard, lengthOf(READ_BYTES)) : first;
    const fresh = block.subarray(guard);
    const isAsRead =
      block.subarray(0, guard).equals(this.#guard) &&
      (known === undefined || head?.equals(known) === true) &&
      block.length >= guard + (this.#searched - this.#tip) &&
      fresh.subarray(0, this.#unfinished.length).equals(this.#unfinished);
    return isAsRead ? fresh : undefined;
  }

  async #take(fresh: Buffer, size: number, receivedAt: () => number): Promise<Growth> {
    const start = this.#tip;
    const leading = this.#file.encoding.leading(fresh, start, this.#maxLineBytes);
    if (!leading) {
      const isMore = fresh.length > this.#unfinished.length;
      this.#unfinished = Buffer.from(fresh);
      this.#searched = start + fresh.length;
      return isMore && this.#searched < size && this.#nulsTo !== size ? this.grow(receivedAt) : { kind: 'none' };
    }
    const rest = fresh.subarray(leading.length);
    this.#moveTip(start + leading.length, fresh.subarray(0, leading.length));
    const searched = this.#file.encoding.leading(rest, this.#tip, this.#maxLineBytes) === undefined;
    this.#unfinished = searched ? Buffer.from(rest) : Buffer.alloc(0);
    this.#searched = searched ? this.#tip + rest.length : this.#tip;
    const { bytes, count, continues } = leading;
    const tail = tailOf(fresh.subarray(0, leading.length));
    return { kind: 'lines', lines: { start, end: this.#tip, bytes, count, continues, receivedAt: receivedAt(), tail } };
  }

  /** A hole at the tip is left out once something lies behind it, at `end`. Until then it is room to be written. */
  async #overHole(end: number, receivedAt: () => number): Promise<Growth> {
    const start = this.#tip;
    // Whoever writes from the front may have begun meanwhile: then that comes first.
    const first = await readAt(this.#file.handle, start, Math.min(PEEK_BYTES, end - start));
    if (withoutLastNuls(first, this.#file.encoding.unit) > 0) {
      return this.grow(receivedAt);
    }
    this.#guard = Buffer.alloc(0);
    this.#moveTip(end, Buffer.alloc(Math.min(GUARD_BYTES, end - start)));
    await this.#file.head.refresh(this.#file.handle, end);
    return { kind: 'hole', start, end };
  }

  /**
   * Where the NULs from an offset on end, as far as they were searched: `size` where nothing else is known
   * to follow. What was searched once is not searched again.
   */
  async #endOfNuls(from: number, size: number): Promise<number> {
    const known = Math.max(from, this.#nulsTo <= size ? this.#nulsTo : 0);
    const to = Math.min(size, known + SEARCHED_BYTES);
    this.#nulsTo = await endOfNulsIn(this.#file.handle, known, to, this.#file.encoding.unit);
    this.#isSearching = this.#nulsTo === to && to < size;
    return this.#isSearching ? size : this.#nulsTo;
  }

  /** Gives out a last line that has no newline, when nothing more will be written. */
  finish(receivedAt: number): FreshLines | undefined {
    if (this.#unfinished.length === 0) {
      return undefined;
    }
    const start = this.#tip;
    const bytes = this.#file.encoding.piece(this.#unfinished, start);
    const tail = tailOf(this.#unfinished);
    this.#moveTip(start + this.#unfinished.length, this.#unfinished);
    this.#unfinished = Buffer.alloc(0);
    // The newline that was added ends the line: what comes next is another file's.
    return { start, end: this.#tip, bytes, count: 1, continues: false, receivedAt, tail };
  }

  /** Whether the bytes before the tip are still those that were read: the file was not cut and written anew. */
  async isIntactIn(handle: FileHandle): Promise<boolean> {
    const guard = this.#guard;
    return (await readAt(handle, this.#tip - guard.length, guard.length)).equals(guard);
  }

  /** Whether the bytes around the tip are still those that were read. */
  async #isAsRead(): Promise<boolean> {
    const known = Buffer.concat([this.#guard, this.#unfinished]);
    return (await readAt(this.#file.handle, this.#tip - this.#guard.length, known.length)).equals(known);
  }

  #moveTip(tip: number, bytesBefore: Buffer): void {
    this.#tip = tip;
    this.#searched = tip;
    const tail = bytesBefore.subarray(-GUARD_BYTES);
    this.#guard = Buffer.from(
      tail.length >= GUARD_BYTES ? tail : Buffer.concat([this.#guard, tail]).subarray(-GUARD_BYTES),
    );
    if (this.#guard.length > tip) {
      this.#guard = this.#guard.subarray(this.#guard.length - tip);
    }
  }
}
