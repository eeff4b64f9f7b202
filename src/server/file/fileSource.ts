import { statSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import type { Clock } from '../../base/clock';
import { Emitter } from '../../base/emitter';
import type { SourceState } from '../../protocol/messages';
import { texts } from '../../text/texts';
import type { HistoryAnswer, HistoryRequest, LogSource, SourceReader, StartingPoint } from '../logSource';
import type { BlockPool } from './bytes/blockPool';
import { FileBlocks } from './bytes/fileBlocks';
import { parseCursor } from './bytes/fileIdentity';
import type { LogFileHandle } from './bytes/logFileHandle';
import type { FreshLines } from './bytes/tipReader';
import { readHistory } from './fileHistory';
import type { FileJournal } from './fileJournal';
import { isGone } from './fileProblem';
import type { FileReader } from './fileReader';
import { FileState } from './fileState';
import { FileFollower } from './following/fileFollower';
import { LookQueue } from './lookQueue';
import { NeededEntries } from './neededEntries';
import { PartialLine } from './partialLine';
import { openLast } from './places/lastLines';
import type { FollowedGenerations, PlacedFile } from './places/readerPlaces';
import { ResumeLocator } from './places/resumeLocator';
import { FolderWatchers, type FolderWatching } from './watching/folderWatchers';
import { type LookedAt, LookSchedule } from './watching/lookSchedule';
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
  readonly clock: Clock;
  readonly #changed = new Emitter<void>();
  readonly onDidChange = this.#changed.event;
  readonly journal: FileJournal;
  readonly blocks: FileBlocks;
  readonly #follower: FileFollower;
  readonly #state: FileState;
  readonly #needed: NeededEntries;
  readonly #partial: PartialLine;
  readonly #watchers: FolderWatching;
  readonly #places: ResumeLocator;
  readonly #looks = new LookQueue(
    () => this.#look(),
    () => this.#looked(),
  );
  readonly #schedule: LookSchedule;
  #changes = 0;
  /** What the file at the path was like before the last look that a glance led to. */
  #seen: string | undefined;
  #disposed = false;

  constructor(options: FileSourceOptions) {
    this.id = options.id;
    this.path = options.path;
    this.name = basename(options.path);
    this.maxLineBytes = options.maxLineBytes;
    this.clock = options.clock;
    const watch = options.watch ?? ((path, changed) => new FolderWatchers(path, changed, options.folders));
    this.#watchers = watch(this.path, () => void this.check());
    this.#follower = new FileFollower({
      path: this.path,
      name: this.name,
      maxLineBytes: this.maxLineBytes,
      clock: this.clock,
      changed: () => this.#gotMore(),
      found: () => this.#state.found(),
      moved: () => this.#watchers.update(),
    });
    this.journal = this.#follower.journal;
    const changed = () => this.#changed.fire();
    this.#state = new FileState({ path: this.path, clock: this.clock, journal: this.journal, changed });
    this.#needed = new NeededEntries(this.journal, () => [this.#follower.current, ...this.#follower.draining]);
    this.#partial = new PartialLine(this.clock, changed);
    this.#places = new ResumeLocator(this);
    this.#schedule = new LookSchedule(this, this.#watchers, options.clock, options.slowLooks);
    this.blocks = new FileBlocks(options.blocks, options.maxLineBytes, options.clock);
  }

  get state(): SourceState {
    return this.#state.state;
  }

  get partial(): string {
    return this.#partial.text;
  }

  /** Why it waits or failed, as a sentence; '' while it is read. */
  get problem(): string {
    return this.#state.problem;
  }

  /** Opens the file, if it is there, and begins to follow it. */
  async start(): Promise<void> {
    await this.#follower.start().catch((error) => this.#failed(error));
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
    const isThere = this.#follower.current !== undefined && this.state === 'live';
    return (isThere || this.state === 'waiting') && this.#follower.draining.length === 0;
  }

  get generations(): FollowedGenerations {
    return this.#follower;
  }

  /**
   * Looks at the file if it is another one, or was written, since the last glance: one call to the system. One
   * with room at its end is looked at each time.
   */
  async glance(): Promise<void> {
    const isCalm = this.isCalm && !this.#looks.isLooking && !this.#follower.hasRoom;
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
      return isGone(error) && this.state === 'waiting' ? '' : undefined;
    }
  }

  /** Looks at the file. What it finds was there when it was called, or came later. */
  check(): Promise<void> {
    return this.#looks.ask();
  }

  async #look(): Promise<void> {
    if (this.#disposed) {
      return;
    }
    try {
      await this.#follower.look(this.state === 'waiting');
      this.#partial.look(this.#follower.current);
      this.#needed.trim();
    } catch (error) {
      this.#failed(error);
    }
  }

  #looked(): void {
    this.#watchers.reads(this.#follower.files);
    this.#schedule.looked();
    this.#searchOn();
  }

  /** Looks again at once where a hole is not searched to its end, for as long as somebody waits for what is behind it. */
  #searchOn(): void {
    if (this.#follower.isSearching && this.#needed.hasReaders && !this.#disposed) {
      void this.check();
    }
  }

  async open(start: StartingPoint, signal?: AbortSignal): Promise<SourceReader> {
    await this.glance();
    return this.#needed.during(async () => {
      const reader =
        start.kind === 'last'
          ? await openLast(this, start.lines, signal)
          : await this.#places.openResumed(start.position);
      this.#needed.add(reader);
      this.#searchOn();
      return reader;
    });
  }

  async history(request: HistoryRequest, signal?: AbortSignal): Promise<HistoryAnswer> {
    const cursor = request.cursor === null ? undefined : parseCursor(request.cursor);
    const generation = cursor && (await this.#needed.during(() => this.#places.findGeneration(cursor)));
    return generation
      ? readHistory(this, generation, cursor.start, request.lines, signal)
      : { linesInAll: 0, batches: toAsync([]), note: texts.server.historyLost(this.name) };
  }

  dispose(): void {
    this.#disposed = true;
    this.#follower.stop();
    this.#schedule.dispose();
    this.#partial.dispose();
    this.#watchers.dispose();
    this.#changed.dispose();
    void this.#looks.done().then(() => this.#follower.release());
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
    this.#needed.trim();
  }

  readerGone(reader: FileReader): void {
    this.#needed.remove(reader);
  }

  #failed(error: unknown): void {
    const { current, everSeen } = this.#follower;
    this.#state.failed(error, current !== undefined, everSeen);
  }

  #gotMore(): void {
    this.#changes++;
    this.#partial.clear();
    this.#changed.fire();
  }
}

async function* toAsync<T>(items: readonly T[]): AsyncIterable<T> {
  yield* items;
}
