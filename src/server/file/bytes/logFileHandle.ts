import type { FileHandle } from 'node:fs/promises';
import { type FileCursor, FileHead, headOf, readAt, type StatusTimes, statusTimes } from './fileIdentity';
import { OpenFile } from './openFile';
import { encodingOf, type TextEncoding } from './textEncoding';
import { type FreshLines, type GrowingFile, type Growth, TipReader } from './tipReader';

/** Replaced files whose readers are still known. */
const MOST_FORMER_FILES = 100;
/** Compared of two files of which one may be a longer copy of the other, in front of the place. */
const SAME_BYTES = 64 * 1024;

/**
 * One file behind a path, for as long as it is read: after a rename the old one is another
 * generation than the new one, and so is the same file after it was cut.
 */
export class LogFileHandle implements GrowingFile {
  /** Device and inode, as cursors name it. */
  #file: string;
  /** What it was before a longer copy took its place, and then that one's. */
  #formerFiles: readonly string[] = [];
  readonly head = new FileHead();
  #open: OpenFile;
  readonly #maxLineBytes: number;
  readonly #tipReader: TipReader;
  #users = 1;
  #cut = false;

  private constructor(open: OpenFile, file: string, maxLineBytes: number) {
    this.#open = open.retain();
    this.#file = file;
    this.#maxLineBytes = maxLineBytes;
    this.#tipReader = new TipReader(this, maxLineBytes);
  }

  /**
   * Opens the file behind a path now.
   * @throws the system's error (ENOENT, EACCES …), and `NotFollowable` for what is no file.
   */
  static async open(path: string, maxLineBytes: number): Promise<LogFileHandle> {
    return OpenFile.open(path, async (opened) => {
      const generation = new LogFileHandle(opened, opened.file, maxLineBytes);
      await generation.head.refresh(opened.handle, 0);
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

  /** Everything before was read: complete lines, or pieces of one that is too long. */
  get tip(): number {
    return this.#tipReader.tip;
  }

  /** The place at the tip, with digests of what leads to it. */
  get place(): FileCursor {
    return {
      file: this.#file,
      head: this.head.fingerprint,
      start: this.tip,
      end: this.tip,
      ...this.#tipReader.tail,
    };
  }

  /** The file was cut, or is gone with its handle: what lay before the tip cannot be read any more. */
  get isCut(): boolean {
    return this.#cut;
  }

  /** The line still being written, as far as it was read. */
  get unfinished(): Buffer {
    return this.#tipReader.unfinished;
  }

  /** The same as a person reads it, at most so many bytes of it. */
  unfinishedText(maxBytes: number): string {
    const line = this.unfinished.subarray(0, maxBytes);
    return line.length === 0 ? '' : this.encoding.piece(line, this.tip).subarray(0, -1).toString('utf8');
  }

  get encoding(): TextEncoding {
    return encodingOf(this.head.bytes);
  }

  get handle(): FileHandle {
    return this.#open.handle;
  }

  /** A hole was not searched to its end at the last {@link grow}: the next one goes on. */
  get isSearching(): boolean {
    return this.#tipReader.isSearching;
  }

  /**
   * There was more in the file than was read, NULs: who writes there through memory changes neither its size
   * nor, for a while, its times.
   */
  get hasRoom(): boolean {
    return this.#tipReader.hasRoom;
  }

  /** Keeps the file open until the same number of {@link release}s. */
  retain(): this {
    this.#users++;
    return this;
  }

  release(): void {
    this.#users--;
    if (this.#users === 0) {
      this.#open.release();
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
      rest.#tipReader.continueFrom(this.#tipReader);
    }
    this.#open.release();
    this.#open = other.#open.retain();
    if (isSameLog) {
      this.#formerFiles = [...this.#formerFiles, this.#file].slice(-MOST_FORMER_FILES);
      this.#file = other.file;
    }
    this.#tipReader.continueInCopy();
    other.release();
    return rest;
  }

  /** Whether another file holds the same bytes up to the tip: the first ones and the last are compared. */
  async isBeginningOf(other: LogFileHandle): Promise<boolean> {
    const end = this.tip + this.unfinished.length;
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
  reopen(path: string): Promise<boolean> {
    return this.#open.reopen(
      path,
      async (handle, file) => (await this.#tipReader.isIntactIn(handle)) && file === this.file,
    );
  }

  /** Size of the file now, bytes. */
  async size(): Promise<number> {
    return (await this.handle.stat()).size;
  }

  /** Size of the file now, bytes, to which it may be read and cursors made. */
  async readableSize(): Promise<number> {
    const size = await this.size();
    await this.head.refresh(this.handle, this.tip);
    return size;
  }

  /** Whether no name leads to the file any more: only who has it open can write to it. */
  async isRemoved(): Promise<boolean> {
    return (await this.handle.stat()).nlink === 0;
  }

  /** Moves the tip to the last newline before the end without giving out lines: what existed at the start. */
  skipExisting(): Promise<void> {
    return this.#tipReader.skipExisting();
  }

  /** Reads on from the tip; at most one read's worth, so call again until `none`. */
  grow(receivedAt: () => number): Promise<Growth> {
    return this.#tipReader.grow(receivedAt);
  }

  /** Gives out a last line that has no newline, when nothing more will be written. */
  finish(receivedAt: number): FreshLines | undefined {
    return this.#tipReader.finish(receivedAt);
  }

  /** Whether the bytes before the tip are still those that were read: the file was not cut and written anew. */
  isIntact(): Promise<boolean> {
    return this.#tipReader.isIntactIn(this.handle);
  }
}
