import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { FileHead, identityOf, readAt, tailOf } from './fileIdentity';
import { encodingOf, evenOffset, type TextEncoding } from './textEncoding';

/** A read when following: what a busy service writes between two looks fits easily. */
const READ_BYTES = 256 * 1024;
/** Bytes compared before a read: cutting a file and writing it anew is noticed by them. */
const GUARD_BYTES = 64;

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
  /** The content before the read position changed: the file was cut, and maybe written anew. */
  | { readonly kind: 'truncated' };

/** A file handle that the generations before and after a cut share. */
interface OpenFile {
  handle: FileHandle;
  users: number;
}

/**
 * One file behind a path, for as long as it is read: after a rename the old one is another
 * generation than the new one, and so is the same file after it was cut.
 */
export class FileGeneration {
  readonly file: string;
  readonly head = new FileHead();
  readonly #open: OpenFile;
  readonly #maxLineBytes: number;
  #users = 1;
  /** Everything before is complete lines (or pieces of one that is too long). */
  #tip = 0;
  /** Everything before has been searched for newlines. */
  #searched = 0;
  #guard: Buffer = Buffer.alloc(0);
  #unfinished: Buffer = Buffer.alloc(0);
  /** Time of the last change at the last look, ms. */
  #changedAt = 0;
  #cut = false;

  private constructor(open: OpenFile, file: string, maxLineBytes: number) {
    open.users++;
    this.#open = open;
    this.file = file;
    this.#maxLineBytes = maxLineBytes;
  }

  /**
   * Opens the file behind a path now.
   * @throws the system's error (ENOENT, EACCES …), and an EISDIR error for a directory.
   */
  static async open(path: string, maxLineBytes: number): Promise<FileGeneration> {
    return withOpened(path, async (handle, file) => {
      const generation = new FileGeneration({ handle, users: 0 }, file, maxLineBytes);
      await generation.head.refresh(handle);
      return generation;
    });
  }

  get tip(): number {
    return this.#tip;
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
  reopenedFromStart(): FileGeneration {
    this.#cut = true;
    return new FileGeneration(this.#open, this.file, this.#maxLineBytes);
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
    await this.head.refresh(this.handle);
    return size;
  }

  /** Whether no name leads to the file any more: only who has it open can write to it. */
  async isRemoved(): Promise<boolean> {
    return (await this.handle.stat()).nlink === 0;
  }

  /** Moves the tip to the last newline before `size` without giving out lines: what existed at the start. */
  async skipExisting(): Promise<void> {
    const size = await this.readableSize();
    for (let end = size; end > 0; ) {
      const start = evenOffset(Math.max(0, end - READ_BYTES));
      const block = await readAt(this.handle, start, end - start);
      const behind = this.encoding.behindLastNewline(block, start, block.length);
      if (behind !== -1 || size - start >= this.#maxLineBytes) {
        this.#moveTip(start + Math.max(0, behind), block.subarray(0, Math.max(0, behind)));
        return;
      }
      end = start;
    }
  }

  /** Reads on from the tip; at most one read's worth, so call again until `none`. */
  async grow(receivedAt: () => number): Promise<Growth> {
    const { size, mtimeMs } = await this.handle.stat();
    if (size < this.#searched) {
      return { kind: 'truncated' };
    }
    // Written since, but not longer: maybe cut, and written anew to the same length.
    const isSuspect = mtimeMs !== this.#changedAt;
    this.#changedAt = mtimeMs;
    if (size === this.#searched) {
      return isSuspect && !(await this.#isAsRead()) ? { kind: 'truncated' } : { kind: 'none' };
    }
    await this.head.refresh(this.handle);
    const guard = this.#guard.length;
    // One read covers the guard, the unfinished line and what is new.
    const from = this.#tip - guard;
    const block = await readAt(
      this.handle,
      from,
      guard + this.#searched - this.#tip + Math.min(READ_BYTES, size - this.#searched),
    );
    if (!block.subarray(0, guard).equals(this.#guard) || block.length < guard + (this.#searched - this.#tip)) {
      return { kind: 'truncated' };
    }
    const fresh = block.subarray(guard);
    if (this.#unfinished.length > 0 && !fresh.subarray(0, this.#unfinished.length).equals(this.#unfinished)) {
      return { kind: 'truncated' };
    }
    const start = this.#tip;
    const leading = this.encoding.leading(fresh, start, this.#maxLineBytes);
    if (!leading) {
      this.#unfinished = Buffer.from(fresh);
      this.#searched = start + fresh.length;
      return this.#searched < size ? this.grow(receivedAt) : { kind: 'none' };
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
 * @throws the system's error (ENOENT, EACCES …), and an EISDIR error for a directory.
 */
async function withOpened<T>(path: string, use: (handle: FileHandle, file: string) => Promise<T>): Promise<T> {
  // Without O_NONBLOCK opening a named pipe waits for a writer; Windows knows no such flag.
  const handle = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  try {
    const stat = await handle.stat({ bigint: true });
    if (stat.isDirectory()) {
      throw Object.assign(new Error(`${path} is a directory`), { code: 'EISDIR' });
    }
    return await use(handle, identityOf(stat));
  } catch (error) {
    await handle.close();
    throw error;
  }
}
