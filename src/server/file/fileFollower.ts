import { stat } from 'node:fs/promises';
import type { Clock } from '../../base/clock';
import { EVENT_KINDS } from '../../protocol/messages';
import { texts } from '../../text/texts';
import { cursorFits, identityOf, type StatusTimes } from './bytes/fileIdentity';
import { LogFileHandle } from './bytes/logFileHandle';
import type { FreshLines, Growth } from './bytes/tipReader';
import { FileJournal, type JournalEntry } from './fileJournal';
import { FreshBatches } from './freshBatches';
import { KnownFiles } from './rotation/knownFiles';
import { type OlderPiece, olderPieces } from './rotation/olderPieces';
import { findBetween, logPaths, openRecentRotations, release } from './rotation/rotatedFiles';

/** A renamed file that has not grown for so long is not read any more. */
const DRAIN_MS = 30_000;
/**
 * A file that was made after the other one was renamed or removed is a new log, although it begins alike,
 * as with a service that is started again; unless so many bytes are the same: then it is a copy.
 */
const COPY_BYTES = 4096;

/** A file that is not at the path any more. */
interface Left {
  readonly generation: LogFileHandle;
  /** Where it is not open any more. */
  readonly times?: StatusTimes;
}

interface Draining {
  readonly generation: LogFileHandle;
  quietSince: number;
}

export interface FollowerOptions {
  readonly name: string;
  /** Absolute. */
  readonly path: string;
  readonly maxLineBytes: number;
  readonly clock: Clock;
  /** More stands in the journal. */
  changed(): void;
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
  readonly journal = new FileJournal();
  readonly fresh = new FreshBatches();
  readonly #options: FollowerOptions;
  readonly #clock: Clock;
  readonly #known: KnownFiles;
  #current: LogFileHandle | undefined;
  /** The file that was at the path last, once none is any more. */
  #left: Left | undefined;
  #draining: Draining[] = [];
  readonly #fromBefore = new WeakSet<LogFileHandle>();
  readonly #afterCut = new WeakSet<LogFileHandle>();
  readonly #rests = new WeakSet<LogFileHandle>();
  #everSeen = false;
  #disposed = false;

  constructor(options: FollowerOptions) {
    this.#options = options;
    this.#clock = options.clock;
    this.#known = new KnownFiles(options.maxLineBytes);
  }

  /** The file at the path, if one is there. */
  get current(): LogFileHandle | undefined {
    return this.#current;
  }

  /** The files it was rotated to that may still be written, the newest last. */
  get draining(): readonly LogFileHandle[] {
    return this.#draining.map(({ generation }) => generation);
  }

  /** The files that are read, by device and inode. */
  get files(): readonly string[] {
    const current = this.#current ? [this.#current.file] : [];
    return [...current, ...this.#draining.map(({ generation }) => generation.file)];
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
      await this.#drainRotated(undefined);
      throw error;
    }
    await this.#drainRotated(generation);
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
    for (const old of [...this.#draining]) {
      await this.#drain(old);
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
    for (const { generation } of this.#draining) {
      generation.release();
    }
  }

  /** Whether this is the file being followed, or one it was rotated to. */
  async holds(path: string): Promise<boolean> {
    const found = await stat(path, { bigint: true }).catch(() => undefined);
    const file = found && identityOf(found);
    return file !== undefined && (this.isRead(file) || (await this.#known.has(path, file)));
  }

  isFromBefore(generation: LogFileHandle): boolean {
    return this.#fromBefore.has(generation);
  }

  isAfterCut(generation: LogFileHandle): boolean {
    return this.#afterCut.has(generation);
  }

  isRest(generation: LogFileHandle): boolean {
    return this.#rests.has(generation);
  }

  isRead(file: string): boolean {
    return this.#current?.file === file || this.#isDraining(file);
  }

  /** The server may have been started between a rotation and the service's opening of the new file. */
  async #drainRotated(current: LogFileHandle | undefined): Promise<void> {
    const since = this.#clock.wallTime() - DRAIN_MS;
    const isNew = current === undefined || (await current.times()).bornAt >= since * 1e6;
    const logs = await logPaths(this.#options.path);
    for (const generation of await openRecentRotations(logs, since, isNew, this.#options.maxLineBytes)) {
      const isReadable = await generation.skipExisting().then(
        () => true,
        () => false,
      );
      if (isReadable && generation.file !== current?.file && !this.#disposed) {
        // Clients name their place in it, too, in case that the server is started once more.
        this.journal.extend(generation, generation.tip, generation.tip);
        this.#fromBefore.add(generation);
        this.#known.add(generation);
        this.#draining.push({ generation, quietSince: this.#clock.now() });
      } else {
        generation.release();
      }
    }
  }

  async #follow(): Promise<void> {
    while (this.#current && !this.#disposed) {
      const current: LogFileHandle = this.#current;
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
  #take(generation: LogFileHandle, growth: Extract<Growth, { kind: 'lines' | 'hole' }>): void {
    if (growth.kind === 'lines') {
      this.#give(generation, growth.lines);
      return;
    }
    const text = texts.server.hole(this.#options.name, growth.end - growth.start);
    this.journal.add({ kind: 'event', event: EVENT_KINDS.skipped, text });
    this.journal.extend(generation, growth.end, growth.end);
    this.#options.changed();
  }

  /**
   * The file was cut and is read from its start. If a copy was made before, it holds what the file got
   * last, and all of it for those who are behind: for them it takes the file's place.
   */
  async #readAnew(cut: LogFileHandle): Promise<LogFileHandle> {
    const between = await findBetween({
      logs: await logPaths(this.#options.path),
      cursor: cut.place,
      isOpen: false,
      now: cut.file,
      maxLineBytes: this.#options.maxLineBytes,
      nowHolds: async () => false,
      isKnown: (path) => this.holds(path),
    });
    const truncated = {
      kind: 'event',
      event: EVENT_KINDS.truncated,
      text: texts.server.truncated(this.#options.name),
    } as const;
    let anew: LogFileHandle;
    if (between.kind === 'rotated') {
      const [, ...others] = olderPieces(this.#options.name, between, 0);
      this.#known.add(between.place.generation);
      anew = cut.continueIn(between.place.generation, 0, false);
      await this.#readOut(cut);
      this.journal.add(truncated);
      await this.#noteAll(others);
    } else {
      release(between);
      this.#known.addCut(cut);
      anew = cut.reopenedFromStart();
      this.journal.add(truncated);
      this.journal.add({ kind: 'gap', reason: texts.server.truncatedGap(this.#options.name) });
    }
    cut.release();
    this.#afterCut.add(anew);
    this.#options.changed();
    return anew;
  }

  /** Reads what a file has by now. */
  async #readUp(generation: LogFileHandle): Promise<void> {
    for (;;) {
      const growth = await generation.grow(() => this.#clock.wallTime());
      if (growth.kind === 'lines' || growth.kind === 'hole') {
        this.#take(generation, growth);
      } else if (!generation.isSearching) {
        return;
      }
    }
  }

  /** Reads a file that gets nothing more to its end, and a last line without newline with it. */
  async #readOut(generation: LogFileHandle): Promise<void> {
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
        await this.#noteFile(piece.generation, 0);
      } else if (piece.item.kind === 'gap') {
        this.journal.add({ kind: 'gap', reason: piece.item.reason });
      } else {
        this.journal.add({ kind: 'event', event: piece.item.event, text: piece.item.text });
      }
    }
  }

  async #noteFile(generation: LogFileHandle, from: number): Promise<void> {
    try {
      await generation.skipExisting();
      this.journal.extend(generation, Math.min(from, generation.tip), generation.tip);
      this.#known.add(generation);
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
  async #readAgain(current: LogFileHandle, error: unknown): Promise<Growth> {
    const isSame = await current.reopen(this.#options.path).catch((failure) => {
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
  #giveUp(generation: LogFileHandle): void {
    generation.abandon();
    this.journal.add({ kind: 'gap', reason: texts.server.restLost(this.#options.name) });
    generation.release();
    this.#options.changed();
  }

  async #drain(old: Draining): Promise<void> {
    const { generation } = old;
    const giveUp = () => {
      this.#draining = this.#draining.filter((other) => other !== old);
      this.#left = this.#left?.generation === generation ? undefined : this.#left;
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
          old.quietSince = generation.isSearching ? this.#clock.now() : old.quietSince;
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
    await this.#follow();
    const isBack = this.#isDraining(next.file);
    if (isBack) {
      this.#retire();
      this.#draining = this.#draining.filter(({ generation }) => generation !== next);
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
    const left = this.#current ? { generation: this.#current } : this.#left;
    const word = isAppearing ? appeared(this.#options.name) : rotated(this.#options.name);
    if (!left) {
      this.#retire();
      this.journal.add(word);
      return false;
    }
    const { generation } = left;
    const isOpen = left.times === undefined;
    const times = left.times ?? (await generation.times());
    const isCopy = async (other: LogFileHandle) =>
      generation.tip > 0 &&
      (isOpen ? await generation.isBeginningOf(other) : await cursorFits(other.handle, generation.place));
    const between = await findBetween({
      logs: await logPaths(this.#options.path),
      cursor: generation.place,
      isOpen,
      times,
      now: next.file,
      maxLineBytes: this.#options.maxLineBytes,
      isCopy,
      nowHolds: async () => !(await isMadeAnew(generation, times, next)) && (await isCopy(next)),
      isKnown: async (path) => (await this.holds(path)) || (await this.#known.hasCopyOfCut(path)),
    });
    if (between.kind === 'continued' && !isOpen) {
      this.#begin(next, generation.tip, isAppearing ? word : undefined);
      return true;
    }
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
    const pieces = olderPieces(this.#options.name, between, 0);
    if (pieces[0]?.kind === 'file') {
      const { generation: place } = pieces[0];
      pieces.shift();
      if (!isOpen) {
        await this.#noteFile(place, generation.tip);
      } else if (place.file === generation.file) {
        // Its rest has been read, or is, by the handle that is open.
        place.release();
      } else {
        this.#continueIn(place, generation);
        await this.#readUp(generation);
      }
    }
    await this.#follow();
    this.#retire();
    const last = pieces.findLastIndex((piece) => piece.kind === 'item' && piece.item.kind === 'event');
    pieces[last] = { kind: 'item', item: word };
    await this.#noteAll(pieces);
    return false;
  }

  /** A file goes on in a longer copy of it. The file itself may be written yet, by who has it open. */
  #continueIn(copy: LogFileHandle, generation: LogFileHandle): void {
    const rest = generation.continueIn(copy, generation.tip, true);
    this.#rests.add(rest);
    this.#draining.push({ generation: rest, quietSince: this.#clock.now() });
  }

  /** Follows a file at the path, after a word on where it comes from. */
  #begin(next: LogFileHandle, from: number, word: JournalEvent | undefined): void {
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
    this.#options.changed();
  }

  /** A file that is open, by its device and inode. */
  #open(file: string): LogFileHandle | undefined {
    return this.#current?.file === file ? this.#current : this.#returned(file);
  }

  /** The file that was followed before, and is back at its path: moved away for a moment, and moved back. */
  #returned(file: string): LogFileHandle | undefined {
    return this.#draining.find(({ generation }) => generation.file === file)?.generation;
  }

  #isDraining(file: string): boolean {
    return this.#returned(file) !== undefined;
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
    const current = this.#current;
    if (current) {
      this.#draining.push({ generation: current, quietSince: this.#clock.now() });
      this.#known.add(current);
      this.#left = { generation: current };
      this.#current = undefined;
    }
  }

  #give(generation: LogFileHandle, lines: FreshLines): void {
    this.journal.extend(generation, lines.start, lines.end);
    this.fresh.add(generation, lines);
    this.#options.changed();
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
async function isMadeAnew(old: LogFileHandle, { changedAt }: StatusTimes, next: LogFileHandle): Promise<boolean> {
  const { bornAt } = await next.times();
  return old.tip < COPY_BYTES && (bornAt === 0n || bornAt > changedAt);
}

/** Whether nothing is at a path: the file, or a folder on the way to it. */
export function isGone(error: unknown): boolean {
  const code = (error as NodeJS.ErrnoException).code ?? '';
  return code === 'ENOENT' || code === 'ENOTDIR';
}
