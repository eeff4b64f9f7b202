import { statSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import type { Clock } from '../../base/clock';
import type { Disposable } from '../../base/disposable';
import { Emitter } from '../../base/emitter';
import { LIMITS } from '../../protocol/limits';
import { EVENT_KINDS, type SourceState } from '../../protocol/messages';
import { TIMINGS } from '../../protocol/timings';
import { texts } from '../../text/texts';
import type { HistoryAnswer, HistoryRequest, LogSource, SourceReader, StartingPoint } from '../logSource';
import type { BlockPool } from './bytes/blockPool';
import { FileBlocks } from './bytes/fileBlocks';
import { parseCursor } from './bytes/fileIdentity';
import type { LogFileHandle } from './bytes/logFileHandle';
import type { FreshLines } from './bytes/tipReader';
import { readHistory } from './fileHistory';
import type { FileJournal } from './fileJournal';
import { isGone, problemAt } from './fileProblem';
import type { FileReader } from './fileReader';
import { FileFollower } from './following/fileFollower';
import { openLast } from './places/lastLines';
import type { FollowedGenerations, PlacedFile } from './places/readerPlaces';
import { ResumeLocator } from './places/resumeLocator';
import { FolderWatchers } from './watching/folderWatchers';
import { type LookedAt, LookSchedule, type Watching } from './watching/lookSchedule';
import type { SlowLooks } from './watching/slowLooks';
import type { WatchedFolders } from './watching/watchedFolders';

export interface FileSourceOptions {
  /** As given on the command line; names the source to clients. */
  readonly id: string;
  /** Absolute. */
  readonly path: string;
  readonly maxLineBytes: number;
  readonly clock: Clock;
  /** Of {@link READ_BLOCK_SIZES}; shared by the files of a server. */
  readonly blocks: BlockPool;
  /** Shared by the files of a server, like {@link slowLooks}: the same folder is watched once. */
  readonly folders: WatchedFolders;
  readonly slowLooks: SlowLooks;
  /** What tells that something has changed in the folder of a path; the system's watchers if left out. */
  readonly watch?: (path: string, changed: () => void) => FolderWatching;
}

/** Tells of changes around a file. */
export interface FolderWatching extends Watching, Disposable {
  /** Looks which folders are to be watched now. */
  update(): Promise<void>;
  /** Tells which files are read, by device and inode. */
  reads(files: readonly string[]): void;
}

/** A file that is away for less is being rotated, which needs no remark. */
const AWAY_MS = 1_000;

/**
 * A file that is followed over growth, rotation, truncation, absence and return. The file itself is
 * the buffer: readers that are behind read from it at their own pace, those at the tip share what
 * was just read.
 */
export class FileSource implements LogSource, PlacedFile, LookedAt {
  readonly id: string;
  readonly kind = 'file';
  readonly name: string;
  /** Absolute. */
  readonly path: string;
  readonly maxLineBytes: number;
  readonly #clock: Clock;
  readonly #changed = new Emitter<void>();
  readonly onDidChange = this.#changed.event;
  readonly journal: FileJournal;
  readonly blocks: FileBlocks;
  readonly #readers = new Set<FileReader>();
  /** First entries that somebody needs who has no reader yet. */
  readonly #pins = new Set<{ readonly index: number }>();
  readonly #follower: FileFollower;
  #changes = 0;
  #state: SourceState = 'waiting';
  #problem = '';
  #awaySince: number | undefined;
  readonly #watchers: FolderWatching;
  readonly #places: ResumeLocator;
  readonly #schedule: LookSchedule;
  #partialTimer: Disposable | undefined;
  #partial = '';
  #partialPlace = '';
  /** What the file at the path was like before the last look that a glance led to. */
  #seen: string | undefined;
  #looking: Promise<void> | undefined;
  #nextLook: Promise<void> | undefined;
  #disposed = false;

  constructor(options: FileSourceOptions) {
    this.id = options.id;
    this.path = options.path;
    this.name = basename(options.path);
    this.maxLineBytes = options.maxLineBytes;
    this.#clock = options.clock;
    const watch = options.watch ?? ((path, changed) => new FolderWatchers(path, changed, options.folders));
    this.#watchers = watch(this.path, () => void this.check());
    this.#follower = new FileFollower({
      path: this.path,
      name: this.name,
      maxLineBytes: this.maxLineBytes,
      clock: this.#clock,
      changed: () => this.#gotMore(),
      found: () => this.#isThere(),
      moved: () => this.#watchers.update(),
    });
    this.journal = this.#follower.journal;
    this.#places = new ResumeLocator(this);
    this.#schedule = new LookSchedule(this, this.#watchers, options.clock, options.slowLooks);
    this.blocks = new FileBlocks(options.blocks, options.maxLineBytes, options.clock);
  }

  get state(): SourceState {
    return this.#state;
  }

  get partial(): string {
    return this.#partial;
  }

  get clock(): Clock {
    return this.#clock;
  }

  /** Why it waits or failed, as a sentence; '' while it is read. */
  get problem(): string {
    return this.#problem;
  }

  /** Opens the file, if it is there, and begins to follow it. */
  async start(): Promise<void> {
    await this.#follower.start().catch((error) => this.#cannotRead(error));
    if (this.#disposed) {
      return;
    }
    await this.#watchers.update();
    this.#schedule.start();
    await this.glance();
  }

  get changes(): number {
    return this.#changes;
  }

  get isCalm(): boolean {
    const isThere = this.#follower.current !== undefined && this.#state === 'live';
    return (isThere || this.#state === 'waiting') && this.#follower.draining.length === 0;
  }

  get generations(): FollowedGenerations {
    return this.#follower;
  }

  /**
   * Looks at the file if it is another one, or was written, since the last glance: one call to the system. One
   * with room at its end is looked at each time.
   */
  async glance(): Promise<void> {
    const isCalm = this.isCalm && this.#looking === undefined && !this.#follower.hasRoom;
    const seen = await this.#appearance();
    if (!isCalm || seen === undefined || seen !== this.#seen) {
      await this.check();
      this.#seen = seen;
    }
  }

  /** What tells the file at the path from another one, and from itself after a change; undefined where it cannot be looked at. */
  async #appearance(): Promise<string | undefined> {
    try {
      // In a local folder the system answers from memory, in a fraction of the time of a trip to another thread.
      const found = this.#watchers.isReliable
        ? statSync(this.path, { bigint: true })
        : await stat(this.path, { bigint: true });
      return [found.dev, found.ino, found.size, found.mtimeNs, found.ctimeNs].join();
    } catch (error) {
      return isGone(error) && this.#state === 'waiting' ? '' : undefined;
    }
  }

  /**
   * Looks at the file. What it finds was there when it was called, or came later: while a look is under
   * way one more is made, which all share who ask meanwhile.
   */
  check(): Promise<void> {
    const looking = this.#looking;
    if (!looking) {
      this.#looking = this.#lookOnce();
      return this.#looking;
    }
    this.#nextLook ??= looking.then(() => {
      this.#nextLook = undefined;
      this.#looking = this.#lookOnce();
      return this.#looking;
    });
    return this.#nextLook;
  }

  async #lookOnce(): Promise<void> {
    try {
      await this.#look();
    } catch (error) {
      this.#cannotRead(error);
    }
    this.#watchers.reads(this.#follower.files);
    this.#schedule.looked();
    this.#searchOn();
    if (!this.#nextLook) {
      this.#looking = undefined;
    }
  }

  /** Looks again at once where a hole is not searched to its end, for as long as somebody waits for what is behind it. */
  #searchOn(): void {
    if (this.#follower.isSearching && this.#readers.size > 0 && !this.#disposed) {
      void this.check();
    }
  }

  async open(start: StartingPoint, signal?: AbortSignal): Promise<SourceReader> {
    await this.glance();
    return this.#pinned(async () => {
      const reader =
        start.kind === 'last'
          ? await openLast(this, start.lines, signal)
          : await this.#places.openResumed(start.position);
      this.#readers.add(reader);
      this.#searchOn();
      return reader;
    });
  }

  async history(request: HistoryRequest, signal?: AbortSignal): Promise<HistoryAnswer> {
    const cursor = request.cursor === null ? undefined : parseCursor(request.cursor);
    const generation = cursor && (await this.#pinned(() => this.#places.findGeneration(cursor)));
    return generation
      ? readHistory(this, generation, cursor.start, request.lines, signal)
      : { linesInAll: 0, batches: toAsync([]), note: texts.server.historyLost(this.name) };
  }

  dispose(): void {
    this.#disposed = true;
    this.#follower.stop();
    this.#schedule.dispose();
    this.#partialTimer?.dispose();
    this.#watchers.dispose();
    this.#changed.dispose();
    void (this.#nextLook ?? this.#looking ?? Promise.resolve()).then(() => {
      this.#follower.release();
    });
  }

  /** The file being followed and those it was rotated to, by device and inode; a number may be another file's by now. */
  get filesHeld(): readonly string[] {
    return this.#follower.filesHeld;
  }

  /** Whether this is the file being followed, or one it was rotated to. */
  holds(path: string): Promise<boolean> {
    return this.#follower.holds(path);
  }

  isRead(file: string): boolean {
    return this.#follower.isRead(file);
  }

  freshAt(generation: LogFileHandle, offset: number): FreshLines | undefined {
    return this.#follower.fresh.at(generation, offset);
  }

  readerMoved(): void {
    this.#trimJournal();
  }

  readerGone(reader: FileReader): void {
    this.#readers.delete(reader);
    this.#trimJournal();
  }

  /** Does something while no entry of the journal leaves that is there now: it needs them, and takes its time. */
  async #pinned<T>(work: () => Promise<T>): Promise<T> {
    const pin = { index: this.journal.first };
    this.#pins.add(pin);
    try {
      return await work();
    } finally {
      this.#pins.delete(pin);
    }
  }

  async #look(): Promise<void> {
    if (this.#disposed) {
      return;
    }
    await this.#follower.look(this.#state === 'waiting');
    this.#schedulePartial();
    this.#trimJournal();
  }

  /** Entries that no reader stands in or before, and that are not the newest, are dropped. */
  #trimJournal(): void {
    let needed = this.journal.end - 1;
    const held = new Set<LogFileHandle | undefined>([this.#follower.current, ...this.#follower.draining]);
    for (let index = this.journal.first; index < needed; index++) {
      const entry = this.journal.at(index);
      if (entry?.kind === 'extent' && held.has(entry.generation)) {
        needed = index;
      }
    }
    for (const { index } of [...this.#readers, ...this.#pins]) {
      needed = Math.min(needed, index);
    }
    this.journal.dropBefore(needed);
  }

  #cannotRead(error: unknown): void {
    if (isGone(error) || this.#follower.current) {
      this.#awaySince ??= this.#clock.now();
      if (this.#follower.everSeen && this.#clock.now() - this.#awaySince < AWAY_MS) {
        return;
      }
    }
    if (isGone(error)) {
      this.#setState('waiting', texts.server.waitingFor(this.path), EVENT_KINDS.waiting);
      return;
    }
    this.#setState('failed', problemAt(this.path, error), EVENT_KINDS.failed);
  }

  #isThere(): void {
    this.#awaySince = undefined;
    this.#setState('live', '');
  }

  #gotMore(): void {
    this.#changes++;
    this.#setPartial('');
    this.#changed.fire();
  }

  #setState(state: SourceState, problem: string, event?: string): void {
    if (state !== this.#state || problem !== this.#problem) {
      this.#state = state;
      this.#problem = problem;
      if (event !== undefined) {
        this.journal.add({ kind: 'event', event, text: problem });
      }
      this.#changed.fire();
    }
  }

  #setPartial(text: string): void {
    if (text !== this.#partial) {
      this.#partial = text;
      this.#changed.fire();
    }
  }

  #schedulePartial(): void {
    const { current } = this.#follower;
    const unfinished = current?.unfinished;
    const place = unfinished ? `${current?.tip}+${unfinished.length}` : '';
    if (place === this.#partialPlace || this.#disposed) {
      return;
    }
    this.#partialPlace = place;
    this.#partialTimer?.dispose();
    this.#partialTimer = undefined;
    if (!current || !unfinished || unfinished.length === 0) {
      this.#setPartial('');
      return;
    }
    this.#partialTimer = this.#clock.schedule(TIMINGS.partialMs, () => {
      this.#setPartial(current.unfinishedText(LIMITS.partialBytes));
    });
  }
}

async function* toAsync<T>(items: readonly T[]): AsyncIterable<T> {
  yield* items;
}
