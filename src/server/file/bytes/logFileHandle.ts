import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { expectFile, kindByMode, NotFollowable } from '../fileKind';
import {
  type FileCursor,
  FileHead,
  headOf,
  identityOf,
  readAt,
  type StatusTimes,
  statusTimes,
  tailOf,
} from './fileIdentity';
import { endOfTextIn } from './fileRoom';
import { endOfNulsIn, findHole, withoutLastNuls } from './holes';
import { encodingOf, evenOffset, type TextEncoding } from './textEncoding';

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
/** Replaced files whose readers are still known. */
const MOST_FORMER_FILES = 100;
/** A hole is searched by so much at a time, bytes: it may have terabytes, and others wait for their turn. */
const SEARCHED_BYTES = 64 * 1024 * 1024;
/** Compared of two files of which one may be a longer copy of the other, in front of the place. */
const SAME_BYTES = 64 * 1024;

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

/** A file handle that the generations before and after a cut share. */
interface OpenFile {
  handle: FileHandle;
  /** Device and inode. */
  readonly file: string;
  users: number;
}

/**
 * One file behind a path, for as long as it is read: after a rename the old one is another
 * generation than the new one, and so is the same file after it was cut.
 */
export class LogFileHandle {
  /** Device and inode, as cursors name it. */
  #file: string;
  /** What it was before a longer copy took its place, and then that one's. */
  #formerFiles: readonly string[] = [];
  readonly head = new FileHead();
  #open: OpenFile;
  readonly #maxLineBytes: number;
  #users = 1;
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
  #cut = false;

  private constructor(open: OpenFile, file: string, maxLineBytes: number) {
    open.users++;
    this.#open = open;
    this.#file = file;
    this.#maxLineBytes = maxLineBytes;
  }

  /**
   * Opens the file behind a path now.
   * @throws the system's error (ENOENT, EACCES …), and {@link NotFollowable} for what is no file.
   */
  static async open(path: string, maxLineBytes: number): Promise<LogFileHandle> {
    return withOpened(path, async (handle, file) => {
      const generation = new LogFileHandle({ handle, file, users: 0 }, file, maxLineBytes);
      await generation.head.refresh(handle, 0);
      return generation;
    });
  }

  get file(): string {
    return this.#file;
  }

  /** Whether it is, or was before a longer copy took its place, the file of this device and inode. */
  isOrWas(file: string): boolean {
    return this.#file === file || this.#formerFiles.includes(file);
  }

  /** Device and inode of the file that is read: another one where a copy has the lines that were cut away. */
  get heldIn(): string {
    return this.#open.file;
  }

  get tip(): number {
    return this.#tip;
  }

  /** The place at the tip, with digests of what leads to it. */
  get place(): FileCursor {
    return {
      file: this.#file,
      head: this.head.fingerprint,
      start: this.#tip,
      end: this.#tip,
      ...tailOf(this.#guard),
    };
  }

  /** The file was cut, or is gone with its handle: what lay before the tip cannot be read any more. */
  get isCut(): boolean {
    return this.#cut;
  }

  /** The line still being written, as far as it was read. */
  get unfinished(): Buffer {
    return this.#unfinished;
  }

  /** The same as a person reads it, at most so many bytes of it. */
  unfinishedText(maxBytes: number): string {
    const line = this.#unfinished.subarray(0, maxBytes);
    return line.length === 0 ? '' : this.encoding.piece(line, this.#tip).subarray(0, -1).toString('utf8');
  }

  get encoding(): TextEncoding {
    return encodingOf(this.head.bytes);
  }

  get handle(): FileHandle {
    return this.#open.handle;
  }

  /** A hole was not searched to its end at the last {@link grow}: the next one goes on. */
  get isSearching(): boolean {
    return this.#isSearching;
  }

  /**
   * There was more in the file than was read, NULs: who writes there through memory changes neither its size
   * nor, for a while, its times.
   */
  get hasRoom(): boolean {
    return this.#size > this.#tip + this.#unfinished.length;
  }

  /** Keeps the file open until the same number of {@link release}s. */
  retain(): this {
    this.#users++;
    return this;
  }

  release(): void {
    this.#users--;
    if (this.#users === 0) {
      this.#open.users--;
      if (this.#open.users === 0) {
        this.#open.handle.close().catch(() => undefined);
      }
    }
  }

  /** The same open file, read from its start again: what follows a cut. */
  reopenedFromStart(): LogFileHandle {
    this.#cut = true;
    return new LogFileHandle(this.#open, this.file, this.#maxLineBytes);
  }

  /**
   * Goes on in another file that holds the same bytes up to the tip: readers that are behind find all
   * of them there. Takes over the reference to it.
   * @returns what reads the file that it was in until now, from `offset` on: 0 or the tip.
   */
  continueIn(other: LogFileHandle, offset: number, isSameLog: boolean): LogFileHandle {
    const rest = new LogFileHandle(this.#open, this.#file, this.#maxLineBytes);
    if (offset > 0) {
      rest.#tip = this.#tip;
      rest.#searched = this.#searched;
      rest.#guard = this.#guard;
      rest.#unfinished = this.#unfinished;
    }
    this.#open.users--;
    this.#open = other.#open;
    this.#open.users++;
    if (isSameLog) {
      this.#formerFiles = [...this.#formerFiles, this.#file].slice(-MOST_FORMER_FILES);
      this.#file = other.file;
    }
    // What is at hand of the line under way is read again there.
    this.#searched = this.#tip;
    this.#unfinished = Buffer.alloc(0);
    this.#nulsTo = 0;
    this.#writtenAt = 0n;
    other.release();
    return rest;
  }

  /** Whether another file holds the same bytes up to the tip: the first ones and the last are compared. */
  async isBeginningOf(other: LogFileHandle): Promise<boolean> {
    const end = this.#tip + this.#unfinished.length;
    if ((await other.size()) < end) {
      return false;
    }
    const head = headOf(this.head.bytes, end);
    const from = Math.max(0, end - SAME_BYTES);
    const [first, own, its] = await Promise.all([
      readAt(other.handle, 0, head.length),
      readAt(this.handle, from, end - from),
      readAt(other.handle, from, end - from),
    ]);
    return first.equals(head) && own.length === end - from && own.equals(its);
  }

  async times(): Promise<StatusTimes> {
    return statusTimes.of(await this.handle.stat({ bigint: true }));
  }

  /** Gives up a file whose handle reads no more, and is not to be had again. */
  abandon(): void {
    this.#cut = true;
  }

  /**
   * Opens the path in place of a handle that reads no more: on a network file system one goes stale
   * (ESTALE). Whether that is the same file still, with the same bytes before the tip; else nothing
   * has changed.
   * @throws the system's error where the path cannot be opened.
   */
  async reopen(path: string): Promise<boolean> {
    const stale = this.#open.handle;
    const isSame = await withOpened(path, async (handle, file) => {
      const guard = await readAt(handle, this.#tip - this.#guard.length, this.#guard.length);
      if (file !== this.file || !guard.equals(this.#guard)) {
        await handle.close();
        return false;
      }
      this.#open.handle = handle;
      return true;
    });
    if (isSame) {
      stale.close().catch(() => undefined);
    }
    return isSame;
  }

  /** Size of the file now, bytes. */
  async size(): Promise<number> {
    return (await this.handle.stat()).size;
  }

  /** Size of the file now, bytes, to which it may be read and cursors made. */
  async readableSize(): Promise<number> {
    const size = await this.size();
    await this.head.refresh(this.handle, this.#tip);
    return size;
  }

  /** Whether no name leads to the file any more: only who has it open can write to it. */
  async isRemoved(): Promise<boolean> {
    return (await this.handle.stat()).nlink === 0;
  }

  /** Moves the tip to the last newline before the end without giving out lines: what existed at the start. */
  async skipExisting(): Promise<void> {
    const size = await this.readableSize();
    this.#size = size;
    const written = await endOfTextIn(this.handle, size, this.encoding.unit);
    this.#nulsTo = written < size ? size : 0;
    for (let end = written; end > 0; ) {
      const start = evenOffset(Math.max(0, end - READ_BYTES));
      const block = await readAt(this.handle, start, end - start);
      const behind = this.encoding.behindLastNewline(block, start, block.length);
      if (behind !== -1 || written - start >= this.#maxLineBytes) {
        this.#moveTip(start + Math.max(0, behind), block.subarray(0, Math.max(0, behind)));
        await this.head.refresh(this.handle, this.#tip);
        return;
      }
      end = start;
    }
  }

  /** Reads on from the tip; at most one read's worth, so call again until `none`. */
  async grow(receivedAt: () => number): Promise<Growth> {
    this.#isSearching = false;
    const status = await this.handle.stat({ bigint: true });
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
    if (!this.head.isComplete && this.#guard.length === this.#tip) {
      // The very bytes that are given out: the file may have been cut since.
      this.head.take(Buffer.concat([this.#guard, fresh]), this.#tip);
    } else {
      await this.head.refresh(this.handle, this.#tip);
    }
    const start = this.#tip;
    const { unit } = this.encoding;
    const hole = findHole(fresh, unit);
    const text = fresh.subarray(0, hole?.start ?? withoutLastNuls(fresh, unit));
    if (text.length < fresh.length && hole?.start !== 0) {
      // NULs that something follows belong to the line, unless they fill all that was read.
      const isRoom = hole === undefined && start + fresh.length >= size;
      const isOpen = hole === undefined && !isRoom && (await this.#endOfNuls(start + text.length, size)) < size;
      if (isOpen && this.encoding.leading(text, start, this.#maxLineBytes) === undefined) {
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
    const known = isHeadApart ? headOf(this.head.bytes, this.#tip) : undefined;
    const [first, head] = await Promise.all([
      readAt(this.handle, this.#tip - guard, length),
      known && readAt(this.handle, 0, known.length),
    ]);
    const isFilled = first.length === length && length < lengthOf(READ_BYTES) && first.at(-1) !== 0;
    const block = isFilled ? await readAt(this.handle, this.#tip - guard, lengthOf(READ_BYTES)) : first;
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
    const leading = this.encoding.leading(fresh, start, this.#maxLineBytes);
    if (!leading) {
      const isMore = fresh.length > this.#unfinished.length;
      this.#unfinished = Buffer.from(fresh);
      this.#searched = start + fresh.length;
      return isMore && this.#searched < size && this.#nulsTo !== size ? this.grow(receivedAt) : { kind: 'none' };
    }
    const rest = fresh.subarray(leading.length);
    this.#moveTip(start + leading.length, fresh.subarray(0, leading.length));
    const searched = this.encoding.leading(rest, this.#tip, this.#maxLineBytes) === undefined;
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
    const first = await readAt(this.handle, start, Math.min(PEEK_BYTES, end - start));
    if (withoutLastNuls(first, this.encoding.unit) > 0) {
      return this.grow(receivedAt);
    }
    this.#guard = Buffer.alloc(0);
    this.#moveTip(end, Buffer.alloc(Math.min(GUARD_BYTES, end - start)));
    await this.head.refresh(this.handle, end);
    return { kind: 'hole', start, end };
  }

  /**
   * Where the NULs from an offset on end, as far as they were searched: `size` where nothing else is known
   * to follow. What was searched once is not searched again.
   */
  async #endOfNuls(from: number, size: number): Promise<number> {
    const known = Math.max(from, this.#nulsTo <= size ? this.#nulsTo : 0);
    const to = Math.min(size, known + SEARCHED_BYTES);
    this.#nulsTo = await endOfNulsIn(this.handle, known, to, this.encoding.unit);
    this.#isSearching = this.#nulsTo === to && to < size;
    return this.#isSearching ? size : this.#nulsTo;
  }

  /** Gives out a last line that has no newline, when nothing more will be written. */
  finish(receivedAt: number): FreshLines | undefined {
    if (this.#unfinished.length === 0) {
      return undefined;
    }
    const start = this.#tip;
    const bytes = this.encoding.piece(this.#unfinished, start);
    const tail = tailOf(this.#unfinished);
    this.#moveTip(start + this.#unfinished.length, this.#unfinished);
    this.#unfinished = Buffer.alloc(0);
    // The newline that was added ends the line: what comes next is another file's.
    return { start, end: this.#tip, bytes, count: 1, continues: false, receivedAt, tail };
  }

  /** Whether the bytes before the tip are still those that were read: the file was not cut and written anew. */
  async isIntact(): Promise<boolean> {
    const guard = this.#guard;
    return (await readAt(this.handle, this.#tip - guard.length, guard.length)).equals(guard);
  }

  /** Whether the bytes around the tip are still those that were read. */
  async #isAsRead(): Promise<boolean> {
    const known = Buffer.concat([this.#guard, this.#unfinished]);
    return (await readAt(this.handle, this.#tip - this.#guard.length, known.length)).equals(known);
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

/**
 * Opens the file behind a path, for reading, and hands it on with its identity: device and inode. It is
 * closed again if that fails.
 * @throws the system's error (ENOENT, EACCES …), and {@link NotFollowable} for what is no file.
 */
async function withOpened<T>(path: string, use: (handle: FileHandle, file: string) => Promise<T>): Promise<T> {
  await expectFile(path);
  // Without O_NONBLOCK opening what has become a named pipe since waits for a writer; Windows knows no such flag.
  const handle = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  try {
    const found = await handle.stat({ bigint: true });
    const kind = kindByMode(found);
    if (kind !== 'file') {
      throw new NotFollowable(path, kind);
    }
    return await use(handle, identityOf(found));
  } catch (error) {
    await handle.close();
    throw error;
  }
}
