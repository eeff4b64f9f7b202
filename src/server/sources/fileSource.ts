import { randomBytes } from 'node:crypto';
import { type FSWatcher, watch } from 'node:fs';
import { realpath, stat } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import type { Clock } from '../../base/clock';
import type { Disposable } from '../../base/disposable';
import { Emitter } from '../../base/emitter';
import { EVENT_KINDS, type ResumePosition, type SourceState } from '../../protocol/messages';
import { texts } from '../../text/texts';
import type { BlockPool } from './blockPool';
import { findLinesBack } from './fileBackwards';
import { FileBlocks } from './fileBlocks';
import { FileGeneration, type FreshLines } from './fileGeneration';
import { cursorFits, type FileCursor, parseCursor } from './fileIdentity';
import { FileJournal } from './fileJournal';
import { FileReader, type FollowedFile, olderPieces } from './fileReader';
import { findFollowing, findRotated } from './rotatedFiles';
import type { HistoryAnswer, HistoryRequest, LinesItem, LogSource, SourceReader, StartingPoint } from './source';

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
/** A last line without newline is shown after being quiet for so long. */
const PARTIAL_MS = 250;
/** Bytes of fresh batches kept for sessions that stand right before them. */
const FRESH_BYTES = 2 * 1024 * 1024;
/** Most bytes of an unfinished line that are shown. */
const PARTIAL_BYTES = 16 * 1024;

interface Draining {
  readonly generation: FileGeneration;
  quietSince: number;
}

/**
 * A file that is followed over growth, rotation, truncation, absence and return. The file itself is
 * the buffer: readers that are behind read from it at their own pace, those at the tip share what
 * was just read.
 */
export class FileSource implements LogSource, FollowedFile {
  readonly id: string;
  readonly kind = 'file';
  readonly name: string;
  readonly #path: string;
  readonly #maxLineBytes: number;
  readonly #clock: Clock;
  readonly #changed = new Emitter<void>();
  readonly onDidChange = this.#changed.event;
  readonly journal = new FileJournal();
  readonly blocks: FileBlocks;
  readonly #readers = new Set<FileReader>();
  #current: FileGeneration | undefined;
  #draining: Draining[] = [];
  #fresh: { readonly generation: FileGeneration; readonly lines: FreshLines }[] = [];
  #freshBytes = 0;
  #state: SourceState = 'waiting';
  #problem = '';
  #awaySince: number | undefined;
  #everSeen = false;
  #watchers = new Map<string, FSWatcher>();
  #pollTimer: Disposable | undefined;
  #partialTimer: Disposable | undefined;
  #partial = '';
  #partialPlace = '';
  #checking: Promise<void> | undefined;
  #checkAgain = false;
  #disposed = false;

  constructor(options: FileSourceOptions) {
    this.id = options.id;
    this.#path = options.path;
    this.name = basename(options.path);
    this.#maxLineBytes = options.maxLineBytes;
    this.#clock = options.clock;
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
      this.journal.extend(generation, 0, generation.tip);
      this.#current = generation;
      this.#everSeen = true;
      this.#setState('live', '');
    } catch (error) {
      this.#cannotRead(error);
    }
    await this.#watchFolders();
    this.#schedulePoll();
    await this.check();
  }

  /** Looks at the file now. Concurrent calls share one look and ask for one more. */
  check(): Promise<void> {
    if (this.#checking) {
      this.#checkAgain = true;
      return this.#checking;
    }
    const run = async () => {
      do {
        this.#checkAgain = false;
        try {
          await this.#look();
        } catch (error) {
          this.#cannotRead(error);
        }
      } while (this.#checkAgain && !this.#disposed);
      this.#checking = undefined;
    };
    this.#checking = run();
    return this.#checking;
  }

  async open(start: StartingPoint): Promise<SourceReader> {
    const reader = start.kind === 'last' ? await this.#openLast(start.lines) : await this.#openResumed(start.position);
    this.#readers.add(reader);
    return reader;
  }

  async history(request: HistoryRequest): Promise<HistoryAnswer> {
    const nothing = { linesInAll: 0, batches: toAsync([]), note: texts.server.historyLost(this.name) };
    const cursor = request.cursor === null ? undefined : parseCursor(request.cursor);
    if (!cursor) {
      return nothing;
    }
    const generation = await this.#findGeneration({ ...cursor, end: cursor.start, tailBytes: 0, tail: '' });
    if (!generation) {
      return nothing;
    }
    const back = await findLinesBack(generation, cursor.start, request.lines);
    const source = this;
    async function* batches(): AsyncIterable<LinesItem> {
      try {
        for (let at = back.offset; at < cursorStart; ) {
          const item = await source.blocks.read(generation as FileGeneration, at, cursorStart);
          if (!item) {
            return;
          }
          at = item.end;
          yield item.item;
        }
      } finally {
        (generation as FileGeneration).release();
      }
    }
    const cursorStart = cursor.start;
    return {
      linesInAll: back.lines,
      batches: batches(),
      note: back.lines < request.lines ? texts.server.historyStart(this.name) : '',
    };
  }

  dispose(): void {
    this.#disposed = true;
    this.#pollTimer?.dispose();
    this.#partialTimer?.dispose();
    for (const watcher of this.#watchers.values()) {
      watcher.close();
    }
    this.#watchers.clear();
    this.#changed.dispose();
    void (this.#checking ?? Promise.resolve()).then(() => {
      this.journal.dropBefore(this.journal.end);
      this.#current?.release();
      for (const { generation } of this.#draining) {
        generation.release();
      }
    });
  }

  /** Whether this is the file being followed, or one it was rotated to a moment ago. */
  holds(file: string): boolean {
    return this.#current?.file === file || this.#draining.some(({ generation }) => generation.file === file);
  }

  freshAt(generation: FileGeneration, offset: number): FreshLines | undefined {
    for (let index = this.#fresh.length - 1; index >= 0; index--) {
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

  async #openLast(lines: number | 'all'): Promise<FileReader> {
    await this.check();
    const { journal } = this;
    if (lines === 'all') {
      return new FileReader(this, journal.first, this.#startOf(journal.first), newEpoch(), 0);
    }
    // Backwards over the journal, so that lines from before a rotation count too.
    let wanted = lines;
    let place = { index: journal.end, offset: 0 };
    const last = journal.at(journal.end - 1);
    if (last?.kind === 'extent') {
      place = { index: journal.end - 1, offset: last.end };
    }
    for (let index = journal.end - 1; index >= journal.first && wanted > 0; index--) {
      const entry = journal.at(index);
      if (entry?.kind === 'extent' && !entry.generation.isCut) {
        const back = await findLinesBack(entry.generation, entry.end, wanted);
        if (back.offset >= entry.start) {
          wanted -= back.lines;
          place = { index, offset: back.offset };
        } else {
          // The stretch begins inside the file; counting it exactly is not worth a second search.
          place = { index, offset: entry.start };
        }
      } else if (entry?.kind === 'gap' || (entry?.kind === 'extent' && entry.generation.isCut)) {
        break;
      }
    }
    return new FileReader(this, place.index, place.offset, newEpoch(), 0);
  }

  async #openResumed(position: ResumePosition): Promise<FileReader> {
    await this.check();
    const { journal } = this;
    const cursor = position.cursor === null ? undefined : parseCursor(position.cursor);
    const fromStart = (): FileReader => {
      const reader = new FileReader(this, journal.first, this.#startOf(journal.first), newEpoch(), 0);
      reader.announceGap(texts.server.placeLost(this.name));
      return reader;
    };
    if (!cursor) {
      return fromStart();
    }
    for (let index = journal.end - 1; index >= journal.first; index--) {
      const entry = journal.at(index);
      if (
        entry?.kind === 'extent' &&
        entry.generation.file === cursor.file &&
        entry.start <= cursor.end &&
        cursor.end <= entry.end &&
        !entry.generation.isCut &&
        (await cursorFits(entry.generation.handle, cursor))
      ) {
        return new FileReader(this, index, cursor.end, position.epoch, position.nextSeq);
      }
    }
    const rotated = await findRotated(this.#path, cursor, this.#maxLineBytes);
    if (!rotated) {
      return fromStart();
    }
    const known = new Set<string>();
    for (let index = journal.first; index < journal.end; index++) {
      const entry = journal.at(index);
      if (entry?.kind === 'extent') {
        known.add(entry.generation.file);
      }
    }
    const following = await findFollowing(this.#path, rotated, known, this.#maxLineBytes);
    const reader = new FileReader(this, journal.first, this.#startOf(journal.first), position.epoch, position.nextSeq);
    reader.readFirst(olderPieces(this.name, rotated, cursor.end, following));
    return reader;
  }

  #startOf(index: number): number {
    const entry = this.journal.at(index);
    return entry?.kind === 'extent' ? entry.start : 0;
  }

  /** A retained generation that still holds what the cursor describes, among the open files and those beside. */
  async #findGeneration(cursor: FileCursor): Promise<FileGeneration | undefined> {
    for (let index = this.journal.end - 1; index >= this.journal.first; index--) {
      const entry = this.journal.at(index);
      if (
        entry?.kind === 'extent' &&
        entry.generation.file === cursor.file &&
        !entry.generation.isCut &&
        (await cursorFits(entry.generation.handle, cursor))
      ) {
        return entry.generation.retain();
      }
    }
    return (await findRotated(this.#path, cursor, this.#maxLineBytes))?.generation;
  }

  async #look(): Promise<void> {
    for (const old of [...this.#draining]) {
      await this.#drain(old);
    }
    if (this.#current) {
      await this.#follow();
    }
    await this.#lookAtPath();
    this.#schedulePartial();
    this.#letGo();
  }

  async #follow(): Promise<void> {
    while (this.#current && !this.#disposed) {
      const growth = await this.#current.grow(() => this.#clock.wallTime());
      if (growth.kind === 'none') {
        return;
      }
      if (growth.kind === 'lines') {
        this.#give(this.#current, growth.lines);
      } else {
        const cut: FileGeneration = this.#current;
        this.#current = cut.reopenedFromStart();
        cut.release();
        this.journal.add({ kind: 'event', event: EVENT_KINDS.truncated, text: texts.server.truncated(this.name) });
        this.journal.add({ kind: 'gap', reason: texts.server.truncatedGap(this.name) });
        this.#fresh = [];
        this.#freshBytes = 0;
        this.#changed.fire();
      }
    }
  }

  async #drain(old: Draining): Promise<void> {
    for (;;) {
      const growth = await old.generation.grow(() => this.#clock.wallTime());
      if (growth.kind !== 'lines') {
        break;
      }
      old.quietSince = this.#clock.now();
      this.#give(old.generation, growth.lines);
    }
    if (this.#clock.now() - old.quietSince >= DRAIN_MS) {
      const last = old.generation.finish(this.#clock.wallTime());
      if (last) {
        this.#give(old.generation, last);
      }
      this.#draining = this.#draining.filter((other) => other !== old);
      old.generation.release();
    }
  }

  async #lookAtPath(): Promise<void> {
    let now: string;
    try {
      const found = await stat(this.#path, { bigint: true });
      now = `${found.dev}-${found.ino}`;
      if (this.#current?.file === now) {
        this.#awaySince = undefined;
        this.#setState('live', '');
        return;
      }
    } catch (error) {
      this.#retire();
      this.#cannotRead(error);
      return;
    }
    let next: FileGeneration;
    try {
      next = await this.#openFile();
    } catch (error) {
      this.#retire();
      this.#cannotRead(error);
      return;
    }
    // Whatever the old file got before the new one appeared comes before the new one's lines.
    await this.#follow();
    this.#retire();
    this.#awaySince = undefined;
    this.#current = next;
    if (this.#everSeen && this.#state !== 'waiting') {
      this.journal.add({ kind: 'event', event: EVENT_KINDS.rotated, text: texts.server.rotated(this.name) });
    } else {
      this.journal.add({ kind: 'event', event: EVENT_KINDS.appeared, text: texts.server.appeared(this.name) });
    }
    if (next.tip > 0) {
      this.journal.extend(next, 0, next.tip);
    }
    this.#everSeen = true;
    this.#setState('live', '');
    this.#changed.fire();
    await this.#watchFolders();
    await this.#follow();
  }

  /**
   * Opens the file behind the path. What is in it already is not read now but by each client for
   * itself: a file may be huge, also one that appears, or that could not be read before.
   */
  async #openFile(): Promise<FileGeneration> {
    const generation = await FileGeneration.open(this.#path, this.#maxLineBytes);
    try {
      await generation.skipExisting(await generation.size());
      return generation;
    } catch (error) {
      generation.release();
      throw error;
    }
  }

  /** The path leads elsewhere: the file that was followed is drained for a while. */
  #retire(): void {
    if (this.#current) {
      this.#draining.push({ generation: this.#current, quietSince: this.#clock.now() });
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
    for (const reader of this.#readers) {
      needed = Math.min(needed, reader.index);
    }
    this.journal.dropBefore(needed);
  }

  #cannotRead(error: unknown): void {
    const code = (error as NodeJS.ErrnoException).code ?? '';
    if (code === 'ENOENT' || code === 'ENOTDIR') {
      this.#awaySince ??= this.#clock.now();
      if (!this.#everSeen || this.#clock.now() - this.#awaySince >= AWAY_MS) {
        this.#setState('waiting', texts.server.waitingFor(this.#path), EVENT_KINDS.waiting);
      }
      return;
    }
    const sentence =
      code === 'EISDIR'
        ? texts.server.isDirectory(this.#path)
        : code === 'EACCES' || code === 'EPERM'
          ? texts.server.unreadable(this.#path)
          : texts.server.cannotRead(this.#path, error instanceof Error ? error.message : String(error));
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
    if (place === this.#partialPlace) {
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

  #schedulePoll(): void {
    if (!this.#disposed) {
      this.#pollTimer = this.#clock.schedule(POLL_MS, () => {
        void this.check().then(() => this.#schedulePoll());
      });
    }
  }

  /** Watches the folder of the path and, behind a link, that of the file it leads to. */
  async #watchFolders(): Promise<void> {
    const folders = new Set([dirname(this.#path)]);
    try {
      folders.add(dirname(await realpath(this.#path)));
    } catch {
      // Not there: the poll finds it.
    }
    for (const [folder, watcher] of this.#watchers) {
      if (!folders.has(folder)) {
        watcher.close();
        this.#watchers.delete(folder);
      }
    }
    for (const folder of folders) {
      if (!this.#watchers.has(folder) && !this.#disposed) {
        try {
          const watcher = watch(folder, { persistent: false }, () => void this.check());
          // A folder that is removed, or one watch too many: the poll goes on.
          watcher.on('error', () => {
            watcher.close();
            this.#watchers.delete(folder);
          });
          this.#watchers.set(folder, watcher);
        } catch {
          // No watching on this file system: the poll finds what changes.
        }
      }
    }
  }
}

function newEpoch(): string {
  return randomBytes(6).toString('hex');
}

async function* toAsync<T>(items: readonly T[]): AsyncIterable<T> {
  yield* items;
}
