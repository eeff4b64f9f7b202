import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import type { Clock } from '../../base/clock';
import type { Disposable } from '../../base/disposable';
import { Emitter } from '../../base/emitter';
import { EVENT_KINDS, type SourceState } from '../../protocol/messages';
import { texts } from '../../text/texts';
import type { FileTimes } from './between';
import type { BlockPool } from './blockPool';
import { cursorFor, FileBlocks } from './fileBlocks';
import { FileGeneration, type FreshLines, type Growth } from './fileGeneration';
import { readHistory } from './fileHistory';
import { cursorFits, type FileCursor, headFits, identityOf, parseCursor } from './fileIdentity';
import { FileJournal, type JournalEntry } from './fileJournal';
import { FilePlaces, logPaths, type PlacedFile } from './filePlaces';
import type { FileReader } from './fileReader';
import { FolderWatchers } from './folderWatchers';
import { FreshBatches } from './freshBatches';
import { type LookedAt, LookSchedule } from './lookSchedule';
import { type OlderPiece, olderPieces } from './olderPieces';
import { findBetween, openRecentRotations, release } from './rotatedFiles';
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

/** A renamed file that has not grown for so long is not read any more. */
const DRAIN_MS = 30_000;
/** A file that is away for less is being rotated, which needs no remark. */
const AWAY_MS = 1_000;
/** A last line without newline is shown after being quiet for so long. */
const PARTIAL_MS = 250;
/** Files rotated lately that are remembered, not to be taken for other logs. */
const MOST_REMEMBERED = 100;
/**
 * A file that was made after the other one was renamed or removed is a new log, although it begins alike,
 * as with a service that is started again; unless so many bytes are the same: then it is a copy.
 */
const COPY_BYTES = 4096;
/** Most bytes of an unfinished line that are shown. */
const PARTIAL_BYTES = 16 * 1024;

/** A file that is not at the path any more. */
interface Left {
  readonly generation: FileGeneration;
  /** Where it is not open any more. */
  readonly times?: FileTimes;
}

interface Draining {
  readonly generation: FileGeneration;
  quietSince: number;
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
  readonly #clock: Clock;
  readonly #changed = new Emitter<void>();
  readonly onDidChange = this.#changed.event;
  readonly journal = new FileJournal();
  readonly blocks: FileBlocks;
  readonly #readers = new Set<FileReader>();
  /** First entries that somebody needs who has no reader yet. */
  readonly #pins = new Set<{ readonly index: number }>();
  #current: FileGeneration | undefined;
  /** The file that was at the path last, once none is any more. */
  #left: Left | undefined;
  #draining: Draining[] = [];
  readonly #fromBefore = new WeakSet<FileGeneration>();
  readonly #afterCut = new WeakSet<FileGeneration>();
  /** Cursors of the beginnings of files that were cut, and are not known to be in a copy. */
  #cutAway: FileCursor[] = [];
  readonly #rests = new WeakSet<FileGeneration>();
  readonly #fresh = new FreshBatches();
  #changes = 0;
  #state: SourceState = 'waiting';
  #problem = '';
  #awaySince: number | undefined;
  #everSeen = false;
  readonly #watchers: FolderWatchers;
  readonly #places = new FilePlaces(this);
  /** Cursors of the beginnings of the files that were rotated, the newest last. */
  #rotated: FileCursor[] = [];
  readonly #schedule: LookSchedule;
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
    this.#schedule = new LookSchedule(this, this.#watchers, options.clock);
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
    this.#schedule.start();
    await this.check();
  }

  get changes(): number {
    return this.#changes;
  }

  get isCalm(): boolean {
    return this.#current !== undefined && this.#draining.length === 0 && this.#state === 'live';
  }

  get current(): FileGeneration | undefined {
    return this.#current;
  }

  /** The server may have been started between a rotation and the service's opening of the new file. */
  async #drainRotated(current: string): Promise<void> {
    const since = this.#clock.wallTime() - DRAIN_MS;
    for (const generation of await openRecentRotations(await logPaths(this.path), since, this.maxLineBytes)) {
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
    this.#schedule.looked();
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
    this.#schedule.dispose();
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
    // The number of a file that was deleted is given to another one soon.
    return this.#beginsAs(path, known);
  }

  /** Whether a file is a copy of one that was cut: what that had has been told, but for what it got last. */
  async #isCopyOfCut(path: string): Promise<boolean> {
    return this.#beginsAs(path, this.#cutAway);
  }

  async #beginsAs(path: string, cursors: readonly FileCursor[]): Promise<boolean> {
    if (cursors.length === 0) {
      return false;
    }
    const generation = await FileGeneration.open(path, this.maxLineBytes).catch(() => undefined);
    try {
      for (const cursor of cursors) {
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

  isAfterCut(generation: FileGeneration): boolean {
    return this.#afterCut.has(generation);
  }

  isRest(generation: FileGeneration): boolean {
    return this.#rests.has(generation);
  }

  isRead(file: string): boolean {
    return this.#current?.file === file || this.#isDraining(file);
  }

  freshAt(generation: FileGeneration, offset: number): FreshLines | undefined {
    return this.#fresh.at(generation, offset);
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
      if (growth.kind === 'truncated') {
        this.#current = await this.#readAnew(current);
        this.journal.extend(this.#current, 0, 0);
      } else {
        this.#take(current, growth);
      }
    }
  }

  /** Notes what a file got. */
  #take(generation: FileGeneration, growth: Extract<Growth, { kind: 'lines' | 'hole' }>): void {
    if (growth.kind === 'lines') {
      this.#give(generation, growth.lines);
      return;
    }
    const text = texts.server.hole(this.name, growth.end - growth.start);
    this.journal.add({ kind: 'event', event: EVENT_KINDS.skipped, text });
    this.journal.extend(generation, growth.end, growth.end);
    this.#hasChanged();
  }

  /**
   * The file was cut and is read from its start. If a copy was made before, it holds what the file got
   * last, and all of it for those who are behind: for them it takes the file's place.
   */
  async #readAnew(cut: FileGeneration): Promise<FileGeneration> {
    const between = await findBetween({
      logs: await logPaths(this.path),
      cursor: cut.place,
      isOpen: false,
      now: cut.file,
      maxLineBytes: this.maxLineBytes,
      nowHolds: async () => false,
      isKnown: (path) => this.holds(path),
    });
    const truncated = { kind: 'event', event: EVENT_KINDS.truncated, text: texts.server.truncated(this.name) } as const;
    let anew: FileGeneration;
    if (between.kind === 'rotated') {
      const [, ...others] = olderPieces(this.name, between, 0);
      this.#remember(between.place.generation);
      anew = cut.continueIn(between.place.generation, 0, false);
      await this.#readOut(cut);
      this.journal.add(truncated);
      await this.#noteAll(others);
    } else {
      release(between);
      this.#cutAway = [...this.#cutAway, cut.place].slice(-MOST_REMEMBERED);
      anew = cut.reopenedFromStart();
      this.journal.add(truncated);
      this.journal.add({ kind: 'gap', reason: texts.server.truncatedGap(this.name) });
    }
    cut.release();
    this.#afterCut.add(anew);
    this.#hasChanged();
    return anew;
  }

  /** Reads what a file has by now. */
  async #readUp(generation: FileGeneration): Promise<void> {
    for (;;) {
      const growth = await generation.grow(() => this.#clock.wallTime());
      if (growth.kind !== 'lines' && growth.kind !== 'hole') {
        return;
      }
      this.#take(generation, growth);
    }
  }

  /** Reads a file that gets nothing more to its end, and a last line without newline with it. */
  async #readOut(generation: FileGeneration): Promise<void> {
    await this.#readUp(generation);
    const last = generation.finish(this.#clock.wallTime());
    if (last) {
      this.#give(generation, last);
    }
  }

  /** Notes what lies between two files that were followed: others, which may yet be written, and a word on each. */
  async #noteAll(pieces: readonly OlderPiece[]): Promise<void> {
    for (const piece of pieces) {
      if (piece.kind === 'file') {
        await this.#noteFile(piece.generation);
      } else if (piece.item.kind === 'gap') {
        this.journal.add({ kind: 'gap', reason: piece.item.reason });
      } else {
        this.journal.add({ kind: 'event', event: piece.item.event, text: piece.item.text });
      }
    }
  }

  async #noteFile(generation: FileGeneration): Promise<void> {
    try {
      await generation.skipExisting();
      this.journal.extend(generation, 0, generation.tip);
      this.#remember(generation);
      // One that was written long ago is not waited for.
      const age = this.#clock.wallTime() - Number((await generation.times()).writtenAt / 1_000_000n);
      this.#draining.push({ generation, quietSince: this.#clock.now() - Math.max(0, age) });
    } catch {
      this.#giveUp(generation);
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
    this.#left = undefined;
    this.#giveUp(current);
    return { kind: 'none' };
  }

  /** A file cannot be read any more, and what it got last never was. */
  #giveUp(generation: FileGeneration): void {
    generation.abandon();
    this.journal.add({ kind: 'gap', reason: texts.server.restLost(this.name) });
    generation.release();
    this.#hasChanged();
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
          await this.#drainAnew(old);
          return;
        }
        if (growth.kind === 'none') {
          break;
        }
        old.quietSince = this.#clock.now();
        this.#take(generation, growth);
      }
      const isQuiet = this.#clock.now() - old.quietSince >= DRAIN_MS;
      // Without a successor the service may well go on writing to it, whatever its name.
      if (isQuiet && (this.#current !== undefined || (await generation.isRemoved()))) {
        const last = generation.finish(this.#clock.wallTime());
        if (last) {
          this.#give(generation, last);
        }
        this.#draining = this.#draining.filter((other) => other !== old);
        if (this.#left?.generation === generation) {
          this.#left = { generation, times: await generation.times() };
        }
        generation.release();
      }
    } catch {
      // On a network file system a handle goes stale once the file is removed elsewhere. The others go on.
      giveUp();
    }
  }

  /** A file that is not at the path any more was cut: by whoever has it open, or just before it was renamed. */
  async #drainAnew(old: Draining): Promise<void> {
    const generation = await this.#readAnew(old.generation);
    const anew = { generation, quietSince: this.#clock.now() };
    this.#draining = this.#draining.map((other) => (other === old ? anew : other));
    if (this.#left?.generation === old.generation) {
      this.#left = { generation };
    }
    await this.#drain(anew);
  }

  async #lookAtPath(): Promise<void> {
    let next: FileGeneration;
    try {
      const file = identityOf(await stat(this.path, { bigint: true }));
      next = this.#open(file) ?? (await this.#openFile());
    } catch (error) {
      // A moment's failure of the file system says nothing about the file that is open.
      if (isGone(error) || !this.#current) {
        this.#retire();
      }
      this.#cannotRead(error);
      return;
    }
    // A link may have been moved since, and lead to a file that is open already.
    const opened = this.#open(next.file);
    if (opened && opened !== next) {
      next.release();
      next = opened;
    }
    this.#awaySince = undefined;
    if (next !== this.#current) {
      await this.#goOnWith(next);
    } else {
      this.#setState('live', '');
    }
  }

  /** The path leads to another file: what lies between comes first. */
  async #goOnWith(next: FileGeneration): Promise<void> {
    // Whatever the old file got before the new one appeared comes before the new one's lines.
    await this.#follow();
    const isAppearing = !this.#everSeen || this.#state === 'waiting';
    this.#setState('live', '');
    const isBack = this.#isDraining(next.file);
    if (isBack) {
      this.#retire();
      this.#draining = this.#draining.filter(({ generation }) => generation !== next);
      // All of it has been told, up to its tip.
      this.#begin(next, next.tip, isAppearing ? appeared(this.name) : undefined);
    } else if (!(await this.#followBehind(next, isAppearing))) {
      this.#begin(next, 0, undefined);
    }
    await this.#watchers.update();
    await this.#follow();
  }

  /**
   * Notes what lies between the file that was followed and the one that is at the path now.
   * @returns whether the latter is a longer copy of the former, and is followed from there on.
   */
  async #followBehind(next: FileGeneration, isAppearing: boolean): Promise<boolean> {
    const left = this.#current ? { generation: this.#current } : this.#left;
    const word = isAppearing ? appeared(this.name) : rotated(this.name);
    if (!left) {
      this.#retire();
      this.journal.add(word);
      return false;
    }
    const { generation } = left;
    const isOpen = left.times === undefined;
    const isCopy = async (other: FileGeneration) =>
      generation.tip > 0 &&
      (isOpen ? await generation.isBeginningOf(other) : await cursorFits(other.handle, generation.place));
    const between = await findBetween({
      logs: await logPaths(this.path),
      cursor: generation.place,
      isOpen,
      times: left.times ?? (await generation.times()),
      now: next.file,
      maxLineBytes: this.maxLineBytes,
      isCopy,
      nowHolds: async () => isOpen && !(await isMadeAnew(generation, next)) && (await isCopy(next)),
      isKnown: async (path) => (await this.holds(path)) || (await this.#isCopyOfCut(path)),
    });
    if (between.kind === 'continued') {
      this.#draining = this.#draining.filter((old) => old.generation !== generation);
      this.#continueIn(next, generation);
      this.#current = generation;
      if (isAppearing) {
        this.journal.add(word);
        this.journal.extend(generation, generation.tip, generation.tip);
      }
      return true;
    }
    const pieces = olderPieces(this.name, between, 0);
    if (pieces[0]?.kind === 'file') {
      const { generation: place } = pieces[0];
      pieces.shift();
      if (place.file === generation.file || !isOpen) {
        // Its rest has been read, or is, by the handle that is open.
        place.release();
      } else {
        this.#continueIn(place, generation);
        await this.#readUp(generation);
      }
    }
    await this.#follow();
    this.#retire();
    const last = pieces.findLastIndex(({ kind, ...piece }) => 'item' in piece && piece.item.kind === 'event');
    pieces[last] = { kind: 'item', item: word };
    await this.#noteAll(pieces);
    return false;
  }

  /** A file goes on in a longer copy of it. The file itself may be written yet, by who has it open. */
  #continueIn(copy: FileGeneration, generation: FileGeneration): void {
    const rest = generation.continueIn(copy, generation.tip, true);
    this.#rests.add(rest);
    this.#draining.push({ generation: rest, quietSince: this.#clock.now() });
  }

  /** Follows a file at the path, after a word on where it comes from. */
  #begin(next: FileGeneration, from: number, word: JournalEvent | undefined): void {
    const old = this.#draining.at(-1);
    if (old) {
      // Its service learns of the new file only now.
      old.quietSince = this.#clock.now();
    }
    this.#current = next;
    if (word) {
      this.journal.add(word);
    }
    this.journal.extend(next, from, next.tip);
    this.#everSeen = true;
    this.#hasChanged();
  }

  /** A file that is open, by its device and inode. */
  #open(file: string): FileGeneration | undefined {
    return this.#current?.file === file ? this.#current : this.#returned(file);
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
      this.#remember(current);
      this.#left = { generation: current };
      this.#current = undefined;
    }
  }

  #remember(generation: FileGeneration): void {
    const beginning = parseCursor(cursorFor(generation, 0, 0, { tail: '', tailBytes: 0 }));
    if (beginning && !beginning.head.startsWith('0-')) {
      this.#rotated = [...this.#rotated, beginning].slice(-MOST_REMEMBERED);
    }
  }

  #give(generation: FileGeneration, lines: FreshLines): void {
    this.journal.extend(generation, lines.start, lines.end);
    this.#fresh.add(generation, lines);
    this.#setPartial('');
    this.#hasChanged();
  }

  #hasChanged(): void {
    this.#changes++;
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
    this.#partialTimer = this.#clock.schedule(PARTIAL_MS, () => {
      this.#setPartial(current.unfinishedText(PARTIAL_BYTES));
    });
  }
}

type JournalEvent = Extract<JournalEntry, { kind: 'event' }>;

function appeared(name: string): JournalEvent {
  return { kind: 'event', event: EVENT_KINDS.appeared, text: texts.server.appeared(name) };
}

function rotated(name: string): JournalEvent {
  return { kind: 'event', event: EVENT_KINDS.rotated, text: texts.server.rotated(name) };
}

/** Whether a file is a log of its own, although it may begin as the one did that was at the path before it. */
async function isMadeAnew(old: FileGeneration, next: FileGeneration): Promise<boolean> {
  const { changedAt } = await old.times();
  const { bornAt } = await next.times();
  return old.tip < COPY_BYTES && (bornAt === 0n || bornAt > changedAt);
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
