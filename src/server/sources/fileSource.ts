import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import type { Clock } from '../../base/clock';
import type { Disposable } from '../../base/disposable';
import { Emitter } from '../../base/emitter';
import { LIMITS } from '../../protocol/limits';
import { EVENT_KINDS, type SourceState } from '../../protocol/messages';
import { TIMINGS } from '../../protocol/timings';
import { texts } from '../../text/texts';
import type { BlockPool } from './blockPool';
import { cursorFor, FileBlocks } from './fileBlocks';
import { FileGeneration, type FreshLines, type Growth } from './fileGeneration';
import { readHistory } from './fileHistory';
import { type FileCursor, headFits, identityOf, parseCursor } from './fileIdentity';
import { FileJournal } from './fileJournal';
import { FilePlaces, type PlacedFile } from './filePlaces';
import type { FileReader } from './fileReader';
import { FolderWatchers } from './folderWatchers';
import { openRecentRotations } from './rotatedFiles';
import type { HistoryAnswer, HistoryRequest, LogSource, SourceReader, StartingPoint } from './source';

export interface FileSourceOptions {
  /** As given on the command line; names the source to clients. */
  readonly id: string;
  /** Absolute. */
  readonly path: string;
  readonly maxLineBytes: number;
  readonly clock: Clock;
  /** Of {@link READ_BLOCK_SIZES}; shared by the files of a server. */
  readonly blocks: BlockPool;
}

/** Net under missed watch events, and the only way on file systems that send none. */
const POLL_MS = 200;
/** A renamed file that has not grown for so long is not read any more. */
const DRAIN_MS = 30_000;
/** A file that is away for less is being rotated, which needs no remark. */
const AWAY_MS = 1_000;
/** Bytes of fresh batches kept for sessions that stand right before them. */
const FRESH_BYTES = 2 * 1024 * 1024;
/** A session that is more batches behind takes one block from the file: fewer frames, less work. */
const FRESH_BATCHES = 32;
/** Files rotated lately that are remembered, not to be taken for other logs. */
const MOST_REMEMBERED = 100;

interface Draining {
  readonly generation: FileGeneration;
  quietSince: number;
}

/**
 * A file that is followed over growth, rotation, truncation, absence and return. The file itself is
 * the buffer: readers that are behind read from it at their own pace, those at the tip share what
 * was just read.
 */
export class FileSource implements LogSource, PlacedFile {
  readonly id: string;
  readonly kind = 'file';
  readonly name: string;
  /** Absolute. */
  readonly path: string;
  readonly maxLineBytes: number;
  readonly #clock: Clock;
  readonly #changed = new Emitter<void>();
  readonly onDidChange = this.#changed.event;
  readonly journal = new FileJournal();
  readonly blocks: FileBlocks;
  readonly #readers = new Set<FileReader>();
  /** First entries that somebody needs who has no reader yet. */
  readonly #pins = new Set<{ readonly index: number }>();
  #current: FileGeneration | undefined;
  #draining: Draining[] = [];
  readonly #fromBefore = new WeakSet<FileGeneration>();
  #fresh: { readonly generation: FileGeneration; readonly lines: FreshLines }[] = [];
  #freshBytes = 0;
  #state: SourceState = 'waiting';
  #problem = '';
  #awaySince: number | undefined;
  #everSeen = false;
  readonly #watchers: FolderWatchers;
  readonly #places = new FilePlaces(this);
  /** Cursors of the beginnings of the files that were rotated, the newest last. */
  #rotated: FileCursor[] = [];
  #pollTimer: Disposable | undefined;
  #partialTimer: Disposable | undefined;
  #partial = '';
  #partialPlace = '';
  #looking: Promise<void> | undefined;
  #nextLook: Promise<void> | undefined;
  #disposed = false;

  constructor(options: FileSourceOptions) {
    this.id = options.id;
    this.path = options.path;
    this.name = basename(options.path);
    this.maxLineBytes = options.maxLineBytes;
    this.#clock = options.clock;
    this.#watchers = new FolderWatchers(this.path, () => void this.check());
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
    try {
      const generation = await this.#openFile();
      if (this.#disposed) {
        generation.release();
        return;
      }
      await this.#drainRotated(generation.file);
      this.journal.extend(generation, 0, generation.tip);
      this.#current = generation;
      this.#everSeen = true;
      this.#setState('live', '');
    } catch (error) {
      await this.#drainRotated('');
      this.#cannotRead(error);
    }
    await this.#watchers.update();
    this.#schedulePoll();
    await this.check();
  }

  /** The server may have been started between a rotation and the service's opening of the new file. */
  async #drainRotated(current: string): Promise<void> {
    const since = this.#clock.wallTime() - DRAIN_MS;
    for (const generation of await openRecentRotations(this.path, since, this.maxLineBytes)) {
      const isReadable = await generation.skipExisting().then(
        () => true,
        () => false,
      );
      if (isReadable && generation.file !== current && !this.#disposed) {
        // Clients name their place in it, too, in case that the server is started once more.
        this.journal.extend(generation, generation.tip, generation.tip);
        this.#fromBefore.add(generation);
        this.#draining.push({ generation, quietSince: this.#clock.now() });
      } else {
        generation.release();
      }
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
    if (!this.#nextLook) {
      this.#looking = undefined;
    }
  }

  async open(start: StartingPoint): Promise<SourceReader> {
    await this.check();
    return this.#pinned(async () => {
      const reader =
        start.kind === 'last'
          ? await this.#places.openLast(start.lines)
          : await this.#places.openResumed(start.position);
      this.#readers.add(reader);
      return reader;
    });
  }

  async history(request: HistoryRequest): Promise<HistoryAnswer> {
    const cursor = request.cursor === null ? undefined : parseCursor(request.cursor);
    const generation = cursor && (await this.#pinned(() => this.#places.findGeneration(cursor)));
    return generation
      ? readHistory(this, generation, cursor.start, request.lines)
      : { linesInAll: 0, batches: toAsync([]), note: texts.server.historyLost(this.name) };
  }

  dispose(): void {
    this.#disposed = true;
    this.#pollTimer?.dispose();
    this.#partialTimer?.dispose();
    this.#watchers.dispose();
    this.#changed.dispose();
    void (this.#nextLook ?? this.#looking ?? Promise.resolve()).then(() => {
      this.journal.dropBefore(this.journal.end);
      this.#current?.release();
      for (const { generation } of this.#draining) {
        generation.release();
      }
    });
  }

  get draining(): readonly FileGeneration[] {
    return this.#draining.map(({ generation }) => generation);
  }

  /** Whether this is the file being followed, or one it was rotated to. */
  async holds(path: string): Promise<boolean> {
    const found = await stat(path, { bigint: true }).catch(() => undefined);
    const file = found && identityOf(found);
    if (file === undefined || this.#current?.file === file || this.#isDraining(file)) {
      return file !== undefined;
    }
    const known = this.#rotated.filter((cursor) => cursor.file === file);
    if (known.length === 0) {
      return false;
    }
    // The number of a file that was deleted is given to another one soon.
    const generation = await FileGeneration.open(path, this.maxLineBytes).catch(() => undefined);
    try {
      for (const cursor of known) {
        if (generation && (await headFits(generation.handle, cursor))) {
          return true;
        }
      }
      return false;
    } finally {
      generation?.release();
    }
  }

  isFromBefore(generation: FileGeneration): boolean {
    return this.#fromBefore.has(generation);
  }

  isRead(file: string): boolean {
    return this.#current?.file === file || this.#isDraining(file);
  }

  freshAt(generation: FileGeneration, offset: number): FreshLines | undefined {
    const oldest = Math.max(0, this.#fresh.length - FRESH_BATCHES);
    for (let index = this.#fresh.length - 1; index >= oldest; index--) {
      const kept = this.#fresh[index];
      if (kept?.generation === generation && kept.lines.start <= offset) {
        return kept.lines.start === offset ? kept.lines : undefined;
      }
    }
    return undefined;
  }

  readerMoved(): void {
    this.#letGo();
  }

  readerGone(reader: FileReader): void {
    this.#readers.delete(reader);
    this.#letGo();
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
    for (const old of [...this.#draining]) {
      await this.#drain(old);
    }
    await this.#follow();
    await this.#lookAtPath();
    this.#schedulePartial();
    this.#letGo();
  }

  async #follow(): Promise<void> {
    while (this.#current && !this.#disposed) {
      const current: FileGeneration = this.#current;
      const growth = await current.grow(() => this.#clock.wallTime()).catch((error) => this.#readAgain(current, error));
      if (growth.kind === 'none') {
        return;
      }
      if (growth.kind === 'lines') {
        this.#give(current, growth.lines);
      } else {
        this.#current = current.reopenedFromStart();
        current.release();
        this.journal.add({ kind: 'event', event: EVENT_KINDS.truncated, text: texts.server.truncated(this.name) });
        this.journal.add({ kind: 'gap', reason: texts.server.truncatedGap(this.name) });
        this.journal.extend(this.#current, 0, 0);
        this.#fresh = [];
        this.#freshBytes = 0;
        this.#changed.fire();
      }
    }
  }

  /**
   * After a handle could not be read: another one for the same file, as it takes after a network file
   * system lost the first (ESTALE). If the path leads elsewhere by now, the file is given up.
   * @throws what went wrong where the path cannot be opened or read either: the next look tries again.
   */
  async #readAgain(current: FileGeneration, error: unknown): Promise<Growth> {
    const isSame = await current.reopen(this.path).catch((failure) => {
      if (isGone(failure)) {
        return false;
      }
      throw error;
    });
    if (isSame) {
      return current.grow(() => this.#clock.wallTime());
    }
    this.#current = undefined;
    this.#giveUp(current);
    return { kind: 'none' };
  }

  /** A file cannot be read any more, and what it got last never was. */
  #giveUp(generation: FileGeneration): void {
    generation.abandon();
    this.journal.add({ kind: 'gap', reason: texts.server.restLost(this.name) });
    generation.release();
    this.#changed.fire();
  }

  async #drain(old: Draining): Promise<void> {
    const { generation } = old;
    const giveUp = () => {
      this.#draining = this.#draining.filter((other) => other !== old);
      this.#giveUp(generation);
    };
    try {
      for (;;) {
        const growth = await generation.grow(() => this.#clock.wallTime());
        if (growth.kind === 'truncated') {
          giveUp();
          return;
        }
        if (growth.kind === 'none') {
          break;
        }
        old.quietSince = this.#clock.now();
        this.#give(generation, growth.lines);
      }
      const isQuiet = this.#clock.now() - old.quietSince >= DRAIN_MS;
      // Without a successor the service may well go on writing to it, whatever its name.
      if (isQuiet && (this.#current !== undefined || (await generation.isRemoved()))) {
        const last = generation.finish(this.#clock.wallTime());
        if (last) {
          this.#give(generation, last);
        }
        this.#draining = this.#draining.filter((other) => other !== old);
        generation.release();
      }
    } catch {
      // On a network file system a handle goes stale once the file is removed elsewhere. The others go on.
      giveUp();
    }
  }

  async #lookAtPath(): Promise<void> {
    let next: FileGeneration;
    try {
      const found = await stat(this.path, { bigint: true });
      const file = identityOf(found);
      if (this.#current?.file === file) {
        this.#awaySince = undefined;
        this.#setState('live', '');
        return;
      }
      next = this.#returned(file) ?? (await this.#openFile());
    } catch (error) {
      // A moment's failure of the file system says nothing about the file that is open.
      if (isGone(error) || !this.#current) {
        this.#retire();
      }
      this.#cannotRead(error);
      return;
    }
    // Whatever the old file got before the new one appeared comes before the new one's lines.
    await this.#follow();
    this.#retire();
    this.#awaySince = undefined;
    const isBack = this.#draining.some(({ generation }) => generation === next);
    this.#draining = this.#draining.filter(({ generation }) => generation !== next);
    const old = this.#draining.at(-1);
    if (old) {
      // Its service learns of the new file only now.
      old.quietSince = this.#clock.now();
    }
    const isRotation = this.#everSeen && this.#state !== 'waiting';
    this.#current = next;
    if (!isRotation) {
      this.journal.add({ kind: 'event', event: EVENT_KINDS.appeared, text: texts.server.appeared(this.name) });
    } else if (!isBack) {
      this.journal.add({ kind: 'event', event: EVENT_KINDS.rotated, text: texts.server.rotated(this.name) });
    }
    // Of one that is back all has been told, up to its tip.
    this.journal.extend(next, isBack ? next.tip : 0, next.tip);
    this.#everSeen = true;
    this.#setState('live', '');
    this.#changed.fire();
    await this.#watchers.update();
    await this.#follow();
  }

  /** The file that was followed before, and is back at its path: moved away for a moment, and moved back. */
  #returned(file: string): FileGeneration | undefined {
    return this.#draining.find(({ generation }) => generation.file === file)?.generation;
  }

  #isDraining(file: string): boolean {
    return this.#returned(file) !== undefined;
  }

  /**
   * Opens the file behind the path. What is in it already is not read now but by each client for
   * itself: a file may be huge, also one that appears, or that could not be read before.
   */
  async #openFile(): Promise<FileGeneration> {
    const generation = await FileGeneration.open(this.path, this.maxLineBytes);
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
    const current = this.#current;
    if (current) {
      this.#draining.push({ generation: current, quietSince: this.#clock.now() });
      const beginning = parseCursor(cursorFor(current, 0, 0, { tail: '', tailBytes: 0 }));
      if (beginning && current.tip > 0) {
        this.#rotated = [...this.#rotated, beginning].slice(-MOST_REMEMBERED);
      }
      this.#current = undefined;
    }
  }

  #give(generation: FileGeneration, lines: FreshLines): void {
    this.journal.extend(generation, lines.start, lines.end);
    this.#fresh.push({ generation, lines });
    this.#freshBytes += lines.bytes.length;
    while (this.#freshBytes > FRESH_BYTES && this.#fresh.length > 1) {
      this.#freshBytes -= this.#fresh.shift()?.lines.bytes.length ?? 0;
    }
    this.#setPartial('');
    this.#changed.fire();
  }

  /** Entries that no reader stands in or before, and that are not the newest, are dropped. */
  #letGo(): void {
    let needed = this.journal.end - 1;
    const held = new Set<FileGeneration | undefined>([this.#current, ...this.#draining.map((old) => old.generation)]);
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
    const code = codeOf(error);
    if (isGone(error) || this.#current) {
      this.#awaySince ??= this.#clock.now();
      if (this.#everSeen && this.#clock.now() - this.#awaySince < AWAY_MS) {
        return;
      }
    }
    if (isGone(error)) {
      this.#setState('waiting', texts.server.waitingFor(this.path), EVENT_KINDS.waiting);
      return;
    }
    const sentence =
      code === 'EISDIR'
        ? texts.server.isDirectory(this.path)
        : code === 'EACCES' || code === 'EPERM'
          ? texts.server.unreadable(this.path)
          : texts.server.cannotRead(this.path, error instanceof Error ? error.message : String(error));
    this.#setState('failed', sentence, EVENT_KINDS.failed);
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
    const current = this.#current;
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

  #schedulePoll(): void {
    if (!this.#disposed) {
      this.#pollTimer = this.#clock.schedule(POLL_MS, () => {
        void this.check().then(() => this.#schedulePoll());
      });
    }
  }
}

function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? '';
}

/** Whether nothing is at a path: the file, or a folder on the way to it. */
function isGone(error: unknown): boolean {
  const code = codeOf(error);
  return code === 'ENOENT' || code === 'ENOTDIR';
}

async function* toAsync<T>(items: readonly T[]): AsyncIterable<T> {
  yield* items;
}
