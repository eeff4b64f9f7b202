import { stat } from 'node:fs/promises';
import { EVENT_KINDS } from '../../../protocol/messages';
import { texts } from '../../../text/texts';
import { identityOf } from '../bytes/fileIdentity';
import { LogFileHandle } from '../bytes/logFileHandle';
import type { Growth } from '../bytes/tipReader';
import type { FileJournal, JournalEntry } from '../fileJournal';
import { isGone } from '../fileProblem';
import type { FreshBatches } from '../freshBatches';
import { KnownFiles } from '../rotation/knownFiles';
import { releasePieces } from '../rotation/olderPieces';
import { Copies } from './copies';
import { DrainingFiles, type Left } from './drainingFiles';
import { type FollowedPath, JournalWriter } from './journalWriter';

export interface FollowerOptions extends FollowedPath {
  /** A file is at the path: to be known before its lines are. */
  found(): void;
  /** The path leads to another file than before: where to watch for changes may have changed as well. */
  moved(): Promise<void>;
}

/**
 * Follows a path over growth, rotation, truncation, absence and return, and notes in the journal what
 * was read, in its order. Each change of the file ends in that it is continued, or in what lay between.
 */
export class FileFollower {
  readonly journal: FileJournal;
  readonly fresh: FreshBatches;
  readonly #options: FollowerOptions;
  readonly #writer: JournalWriter;
  readonly #known: KnownFiles;
  readonly #draining: DrainingFiles;
  readonly #copies: Copies;
  #current: LogFileHandle | undefined;
  #everSeen = false;
  #disposed = false;

  constructor(options: FollowerOptions) {
    this.#options = options;
    this.#writer = new JournalWriter(options);
    this.journal = this.#writer.journal;
    this.fresh = this.#writer.fresh;
    this.#known = new KnownFiles(options.maxLineBytes);
    this.#draining = new DrainingFiles(options, this.#writer, this.#known);
    const holds = (path: string) => this.holds(path);
    this.#copies = new Copies({ ...options, holds }, this.#writer, this.#draining, this.#known);
  }

  /** The file at the path, if one is there. */
  get current(): LogFileHandle | undefined {
    return this.#current;
  }

  /** The files it was rotated to that may still be written, the newest last. */
  get draining(): readonly LogFileHandle[] {
    return this.#draining.generations;
  }

  /** The files that are read, by device and inode. */
  get files(): readonly string[] {
    const current = this.#current ? [this.#current.file] : [];
    return [...current, ...this.#draining.generations.map(({ file }) => file)];
  }

  /** All that {@link holds} may hold of, by device and inode. */
  get filesHeld(): readonly string[] {
    return [...this.files, ...this.#known.files];
  }

  /** The file at the path has a hole that was not searched to its end yet: the next look goes on. */
  get isSearching(): boolean {
    return this.#current?.isSearching === true;
  }

  /** The file at the path may be written with nothing to be seen of it from outside, as far as it was searched. */
  get hasRoom(): boolean {
    return this.#current?.hasRoom === true && !this.isSearching;
  }

  get everSeen(): boolean {
    return this.#everSeen;
  }

  /**
   * Opens the file behind the path.
   * @throws the system's error where that cannot be done.
   */
  async start(): Promise<void> {
    let generation: LogFileHandle;
    try {
      generation = await this.#openFile();
    } catch (error) {
      await this.#draining.addRotated(undefined, () => this.#disposed);
      throw error;
    }
    await this.#draining
      .addRotated(generation, () => this.#disposed)
      .catch((error) => {
        generation.release();
        throw error;
      });
    this.journal.extend(generation, 0, generation.tip);
    this.#current = generation;
    if (this.#disposed) {
      this.release();
      return;
    }
    this.#everSeen = true;
    this.#options.found();
  }

  /**
   * Looks what the files got, and which one is at the path now.
   * @param isAwaited it was said that the file is not there.
   * @throws the system's error where the file cannot be read or is not there.
   */
  async look(isAwaited: boolean): Promise<void> {
    if (!this.#draining.isEmpty) {
      await this.#draining.drain(this.#current !== undefined, (cut) => this.#copies.readAnew(cut));
    }
    await this.#follow();
    await this.#lookAtPath(isAwaited);
  }

  /** Nothing is looked at any more. */
  stop(): void {
    this.#disposed = true;
  }

  /** Closes the files; no look may be under way. */
  release(): void {
    this.journal.dropBefore(this.journal.end);
    this.#current?.release();
    this.#draining.release();
  }

  /** Whether this is the file being followed, or one it was rotated to. */
  async holds(path: string): Promise<boolean> {
    const found = await stat(path, { bigint: true }).catch(() => undefined);
    const file = found && identityOf(found);
    return file !== undefined && (this.isRead(file) || (await this.#known.has(path, file)));
  }

  isFromBefore(generation: LogFileHandle): boolean {
    return this.#draining.isFromBefore(generation);
  }

  isAfterCut(generation: LogFileHandle): boolean {
    return this.#copies.isAfterCut(generation);
  }

  isRest(generation: LogFileHandle): boolean {
    return this.#copies.isRest(generation);
  }

  isRead(file: string): boolean {
    return this.#open(file) !== undefined;
  }

  async #follow(): Promise<void> {
    while (this.#current && !this.#disposed) {
      const current: LogFileHandle = this.#current;
      const growth = await current
        .grow(() => this.#options.clock.wallTime())
        .catch((error) => this.#readAgain(current, error));
      if (growth.kind === 'none') {
        return;
      }
      if (growth.kind === 'truncated') {
        this.#current = await this.#copies.readAnew(current);
        this.journal.extend(this.#current, 0, 0);
      } else {
        this.#writer.take(current, growth);
      }
    }
  }

  /**
   * After a handle could not be read: another one for the same file, as it takes after a network file
   * system lost the first (ESTALE). If the path leads elsewhere by now, the file is given up.
   * @throws what went wrong where the path cannot be opened or read either: the next look tries again.
   */
  async #readAgain(current: LogFileHandle, error: unknown): Promise<Growth> {
    const isSame = await current.reopen(this.#options.path).catch((failure) => {
      if (isGone(failure)) {
        return false;
      }
      throw error;
    });
    if (isSame) {
      return current.grow(() => this.#options.clock.wallTime());
    }
    this.#current = undefined;
    this.#draining.forgetLeft();
    this.#writer.giveUp(current);
    return { kind: 'none' };
  }

  async #lookAtPath(isAwaited: boolean): Promise<void> {
    let next: LogFileHandle;
    try {
      const file = identityOf(await stat(this.#options.path, { bigint: true }));
      next = this.#open(file) ?? (await this.#openFile());
    } catch (error) {
      // A moment's failure of the file system says nothing about the file that is open.
      if (isGone(error) || !this.#current) {
        this.#retire();
      }
      throw error;
    }
    // A link may have been moved since, and lead to a file that is open already.
    const opened = this.#open(next.file);
    if (opened && opened !== next) {
      next.release();
      next = opened;
    }
    this.#options.found();
    if (next !== this.#current) {
      await this.#goOnWith(next, isAwaited || !this.#everSeen);
    }
  }

  /** The path leads to another file: what lies between comes first. */
  async #goOnWith(next: LogFileHandle, isAppearing: boolean): Promise<void> {
    // Whatever the old file got before the new one appeared comes before the new one's lines.
    await this.#follow().catch((error) => {
      if (!this.isRead(next.file)) {
        next.release();
      }
      throw error;
    });
    const isBack = this.#draining.find(next.file) !== undefined;
    if (isBack) {
      this.#retire();
      this.#draining.takeBack(next);
      // All of it has been told, up to its tip.
      this.#begin(next, next.tip, isAppearing ? appeared(this.#options.name) : undefined);
    } else {
      const isContinued = await this.#followBehind(next, isAppearing).catch((error) => {
        next.release();
        throw error;
      });
      if (!isContinued) {
        this.#begin(next, 0, undefined);
      }
    }
    await this.#options.moved();
    await this.#follow();
  }

  /**
   * Notes what lies between the file that was followed and the one that is at the path now.
   * @returns whether the latter is a longer copy of the former, and is followed from there on.
   */
  async #followBehind(next: LogFileHandle, isAppearing: boolean): Promise<boolean> {
    const left = this.#current ? { generation: this.#current } : this.#draining.left;
    const word = isAppearing ? appeared(this.#options.name) : rotated(this.#options.name);
    if (!left) {
      this.journal.add(word);
      return false;
    }
    const between = await this.#copies.between(left, next);
    if (between.kind === 'continued') {
      this.#continue(left, next, isAppearing ? word : undefined);
      return true;
    }
    const pieces = await this.#copies.goOnBeside(left, between);
    await this.#follow().catch((error) => {
      releasePieces(pieces);
      throw error;
    });
    this.#retire();
    const last = pieces.findLastIndex((piece) => piece.kind === 'item' && piece.item.kind === 'event');
    pieces[last] = { kind: 'item', item: word };
    await this.#draining.noteAll(pieces);
    return false;
  }

  /** The file at the path is a longer copy of the one that was followed: what has that open goes on in the copy. */
  #continue({ generation, times }: Left, next: LogFileHandle, word: JournalEvent | undefined): void {
    if (times !== undefined) {
      this.#begin(next, generation.tip, word);
      return;
    }
    this.#draining.takeBack(generation);
    this.#copies.continueIn(next, generation);
    this.#current = generation;
    if (word) {
      this.journal.add(word);
      this.journal.extend(generation, generation.tip, generation.tip);
    }
  }

  /** Follows a file at the path, after a word on where it comes from. */
  #begin(next: LogFileHandle, from: number, word: JournalEvent | undefined): void {
    this.#draining.successorFound();
    this.#current = next;
    if (word) {
      this.journal.add(word);
    }
    this.journal.extend(next, from, next.tip);
    this.#everSeen = true;
    this.#options.changed();
  }

  /** A file that is open, by its device and inode. */
  #open(file: string): LogFileHandle | undefined {
    return this.#current?.file === file ? this.#current : this.#draining.find(file);
  }

  /**
   * Opens the file behind the path. What is in it already is not read now but by each client for
   * itself: a file may be huge, also one that appears, or that could not be read before.
   */
  async #openFile(): Promise<LogFileHandle> {
    const generation = await LogFileHandle.open(this.#options.path, this.#options.maxLineBytes);
    try {
      await generation.skipExisting();
      return generation;
    } catch (error) {
      generation.release();
      throw error;
    }
  }

  /** The path leads elsewhere: the file that was followed is drained for a while. */
  #retire(): void {
    if (this.#current) {
      this.#draining.retire(this.#current);
      this.#current = undefined;
    }
  }
}

type JournalEvent = Extract<JournalEntry, { kind: 'event' }>;

function appeared(name: string): JournalEvent {
  return { kind: 'event', event: EVENT_KINDS.appeared, text: texts.server.appeared(name) };
}

function rotated(name: string): JournalEvent {
  return { kind: 'event', event: EVENT_KINDS.rotated, text: texts.server.rotated(name) };
}
