import type { Clock } from '../../base/clock';
import { EVENT_KINDS } from '../../protocol/messages';
import { texts } from '../../text/texts';
import type { ReadItem, SourceReader } from '../logSource';
import { BlockSizer } from './bytes/blockSizer';
import { cursorFor, type FileBlock, type FileBlocks } from './bytes/fileBlocks';
import { cursorFits, parseCursor, tailAt, withOther } from './bytes/fileIdentity';
import type { LogFileHandle } from './bytes/logFileHandle';
import type { FreshLines } from './bytes/tipReader';
import type { Extent, FileJournal } from './fileJournal';
import { type OlderFile, type OlderPiece, releasePieces } from './rotation/olderPieces';

/** What a reader needs of the file it reads. */
export interface FollowedFile {
  readonly name: string;
  readonly journal: FileJournal;
  readonly blocks: FileBlocks;
  readonly clock: Clock;
  /** The batch that begins at `offset` and was just read, if it is one of the newest. */
  freshAt(generation: LogFileHandle, offset: number): FreshLines | undefined;
  /** Whether a file is still looked at: lines may yet be added to it. */
  isRead(file: string): boolean;
  /** Looks at the file now. */
  check(): Promise<void>;
  /** A reader went on: what nobody needs is let go. */
  readerMoved(): void;
  readerGone(reader: FileReader): void;
}

/** Where a reader stands, whether the journal has it or not. */
export interface ReaderStand {
  /** The place in the file that was read last; null where that was cut. */
  readonly cursor: string | null;
  /** Device and inode of the file, if one was there. */
  readonly file?: string;
  /** When that file began, see {@link FileJournal.ageOf}. */
  readonly age?: number;
  /** Where it stands in another file, while both may be written: after a rotation. */
  readonly other?: PlaceInFile;
}

/** A place in a journal. */
export interface ReaderPlace extends ReaderStand {
  readonly index: number;
  /** Offset in the file, where the entry is a stretch of one. */
  readonly offset: number;
}

/** A place in one of the files. */
export interface PlaceInFile {
  /** Device and inode. */
  readonly file: string;
  readonly cursor: string;
  /** When the file began, see {@link FileJournal.ageOf}. */
  readonly age: number;
}

/** One session's place in the journal of a file. */
export class FileReader implements SourceReader {
  readonly epoch: string;
  readonly firstSeq: number;
  readonly #file: FollowedFile;
  #index: number;
  #offset: number;
  #pending: ReadItem[] = [];
  #older: readonly OlderPiece[] = [];
  #afterOlder: PlaceInFile | null = null;
  /** Where it left those that it has read: a file that was away may come back. */
  #olderRead: string[] = [];
  /** Where it found its file cut, and had it looked at. */
  #lookedAt: number | undefined;
  readonly #pace = new BlockSizer();
  /** Ends what is read for it once it is gone. */
  readonly #gone = new AbortController();
  /** Where it stands, or stood last. */
  #cursor: string | null;
  /** The file it read from last, and its place there. */
  #read: PlaceInFile | undefined;
  /** The one before: while both are written, a cursor names both. */
  #readBefore: PlaceInFile | undefined;
  /** The newest file it has read from. */
  #newest: PlaceInFile | undefined;
  #ahead:
    | {
        readonly generation: LogFileHandle;
        readonly offset: number;
        readonly block: Promise<FileBlock | undefined>;
      }
    | undefined;

  constructor(file: FollowedFile, place: ReaderPlace, epoch: string, firstSeq: number) {
    this.#file = file;
    this.#index = place.index;
    this.#offset = place.offset;
    this.#cursor = null;
    this.#standAt(place);
    this.epoch = epoch;
    this.firstSeq = firstSeq;
  }

  /** Index of the journal entry it stands in. */
  get index(): number {
    return this.#index;
  }

  announceGap(reason: string): void {
    this.#pending.push({ kind: 'gap', count: null, reason });
  }

  /**
   * Gives out these before anything else; takes over the references to their files. `from`: where it stands until
   * it has read of them; `place`: where it goes on then, null if that is where a file begins.
   */
  readFirst(pieces: readonly OlderPiece[], from: ReaderStand, place: ReaderPlace | null): void {
    this.#older = pieces;
    this.#standAt(from);
    this.#afterOlder = (place && inFile(place)) ?? null;
  }

  cursor(): string | null {
    return this.#cursor;
  }

  read(): ReadItem | Promise<ReadItem> {
    const pending = this.#pending.shift();
    if (pending) {
      return pending;
    }
    const [older] = this.#older;
    if (older) {
      return this.#readOlder(older);
    }
    const entry = this.#file.journal.at(this.#index);
    if (!entry) {
      return { kind: 'idle' };
    }
    if (entry.kind !== 'extent') {
      this.#moveTo(this.#index + 1);
      return entry.kind === 'event'
        ? { kind: 'event', event: entry.event, text: entry.text }
        : { kind: 'gap', count: null, reason: entry.reason };
    }
    // It may have come here before this stretch began: the old file of a rotation that grew once more.
    this.#offset = Math.max(this.#offset, entry.start);
    if (this.#olderRead.length > 0) {
      return this.#goOnIn(entry);
    }
    return this.#readEntry(entry);
  }

  #readEntry(entry: Extent): ReadItem | Promise<ReadItem> {
    if (this.#offset >= entry.end) {
      if (this.#index + 1 >= this.#file.journal.end) {
        return { kind: 'idle' };
      }
      const isPassed = entry.start === entry.end && this.#read?.file !== entry.generation.file;
      if (isPassed && !entry.generation.isCut) {
        return this.#passBy(entry);
      }
      this.#moveTo(this.#index + 1);
      return this.read();
    }
    const fresh = this.#file.freshAt(entry.generation, this.#offset);
    if (fresh) {
      this.#offset = fresh.end;
      const { bytes, count, receivedAt, continues, tail } = fresh;
      const cursor = this.#at(entry.generation, cursorFor(entry.generation, fresh.start, fresh.end, tail));
      return { kind: 'lines', bytes, count, receivedAt, cursor, ...(continues ? { continues } : {}) };
    }
    if (entry.generation.isCut) {
      return this.#lostTheRest();
    }
    return this.#readFile(entry.generation, entry.end);
  }

  /** A file from before the server's time of which nothing is given out: what it gets later is new, too. */
  async #passBy({ generation, end }: Extent): Promise<ReadItem> {
    const tail = await tailAt(generation.handle, end).catch(() => undefined);
    if (tail) {
      this.#at(generation, cursorFor(generation, end, end, tail));
    }
    this.#moveTo(this.#index + 1);
    return this.read();
  }

  dispose(): void {
    this.#gone.abort();
    releasePieces(this.#older);
    this.#older = [];
    this.#file.readerGone(this);
  }

  async #readFile(generation: LogFileHandle, end: number): Promise<ReadItem> {
    const ahead = this.#ahead;
    this.#ahead = undefined;
    const block = await (ahead?.generation === generation && ahead.offset === this.#offset
      ? ahead.block
      : this.#readBlock(generation, this.#offset, end));
    // What stands there since the file was cut and written anew is not what this reader came for.
    if (!block || !(await generation.isIntact())) {
      return this.#lookForTheRest(generation);
    }
    const start = this.#offset;
    this.#pace.took(block.end - start);
    this.#offset = block.end;
    if (block.kind === 'hole') {
      return this.#holeItem(start, block.end);
    }
    if (block.end < end) {
      // The disk works while the socket does: half of the time of catching up was waiting for it.
      const next = this.#readBlock(generation, block.end, end);
      next.catch(() => undefined);
      this.#ahead = { generation, offset: block.end, block: next };
    }
    return { ...block.item, cursor: this.#at(generation, block.item.cursor ?? '') };
  }

  #holeItem(start: number, end: number): ReadItem {
    return { kind: 'event', event: EVENT_KINDS.skipped, text: texts.server.hole(this.#file.name, end - start) };
  }

  #standAt(place: ReaderStand): void {
    this.#cursor = place.cursor && withOther(place.cursor, place.other?.cursor ?? null);
    this.#read = inFile(place);
    this.#readBefore = place.other;
    this.#newest = newerOf(place.other, this.#read);
  }

  /** It has read up to `cursor`. Which is told, and where it stands in the other file that must be named as well. */
  #at(of: LogFileHandle | PlaceInFile, cursor: string): string {
    const { file } = of;
    const age = 'age' in of ? of.age : this.#file.journal.ageOf(of);
    // A file that a longer copy took the place of is no other one, and names no place that is still needed.
    const isSame = (other: string) => other === file || ('isOrWas' in of && of.isOrWas(other));
    if (this.#read && !isSame(this.#read.file)) {
      this.#readBefore = this.#read;
    }
    this.#read = { file, cursor, age };
    this.#newest = this.#newest && isSame(this.#newest.file) ? this.#read : newerOf(this.#newest, this.#read);
    this.#cursor = withOther(cursor, this.#otherThan(this.#read)?.cursor ?? null);
    return this.#cursor;
  }

  /**
   * The file that a cursor names beside the one that was read last. Where that got its lines late, the newest
   * one, written yet or not: else a new server takes all that was rotated after the old file for unread.
   */
  #otherThan(read: PlaceInFile): PlaceInFile | undefined {
    if (this.#newest !== undefined && this.#newest.age > read.age) {
      return this.#newest;
    }
    const before = this.#readBefore;
    return before !== undefined && before.file !== read.file && this.#isUnfinished(before.file) ? before : undefined;
  }

  /** Whether more of a file is to be given out, or may yet be written to it. */
  #isUnfinished(file: string): boolean {
    const isOlder = this.#older.some((piece) => piece.kind === 'file' && piece.generation.file === file);
    return isOlder || this.#afterOlder?.file === file || this.#file.isRead(file);
  }

  #readBlock(generation: LogFileHandle, start: number, end: number): Promise<FileBlock | undefined> {
    const aim = this.#pace.next(this.#file.clock.now());
    return this.#file.blocks.read(generation, start, end, { aim, signal: this.#gone.signal });
  }

  /** The file was cut before this reader got there: a look finds out whether a copy has the rest. */
  async #lookForTheRest(generation: LogFileHandle): Promise<ReadItem> {
    if (generation.isCut || this.#lookedAt === this.#offset) {
      return this.#lostTheRest();
    }
    this.#lookedAt = this.#offset;
    await this.#file.check();
    return this.read();
  }

  /** The rest is nowhere. Where another file was read meanwhile, the journal's word on the cut comes later. */
  #lostTheRest(): ReadItem | Promise<ReadItem> {
    if (this.#index + 1 >= this.#file.journal.end) {
      void this.#file.check();
      return { kind: 'idle' };
    }
    const entry = this.#file.journal.at(this.#index);
    const bytes = entry?.kind === 'extent' ? entry.end - this.#offset : 0;
    this.#moveTo(this.#index + 1);
    return this.#isGapNext()
      ? this.read()
      : { kind: 'gap', count: null, reason: texts.server.cutUnread(this.#file.name, bytes) };
  }

  /** Whether the journal tells of a gap before its next lines. */
  #isGapNext(): boolean {
    for (let index = this.#index; index < this.#file.journal.end; index++) {
      const entry = this.#file.journal.at(index);
      if (entry?.kind !== 'event') {
        return entry?.kind === 'gap';
      }
    }
    return false;
  }

  async #readOlder(older: OlderPiece): Promise<ReadItem> {
    if (older.kind === 'item') {
      this.#nextOlder();
      return older.item;
    }
    const { generation, offset } = older;
    const size = await generation.readableSize();
    const end = Math.min(size, older.end ?? size);
    const block = offset < end ? await this.#readBlock(generation, offset, end) : undefined;
    if (block) {
      this.#pace.took(block.end - offset);
      older.offset = block.end;
      if (block.kind === 'hole') {
        return this.#holeItem(offset, block.end);
      }
      return { ...block.item, cursor: this.#atOlder(older, block.item.cursor ?? '') };
    }
    const left = cursorFor(generation, offset, offset, await tailAt(generation.handle, offset));
    this.#atOlder(older, left);
    this.#olderRead.push(left);
    generation.release();
    this.#nextOlder();
    return this.read();
  }

  #atOlder({ generation, age = -1 }: OlderFile, cursor: string): string {
    return this.#at({ file: generation.file, cursor, age }, cursor);
  }

  /** A file that was read before the journal came to it: what is known of it is not told again. */
  async #goOnIn(entry: Extent): Promise<ReadItem> {
    const { generation } = entry;
    for (const cursor of this.#olderRead.map(parseCursor)) {
      // The number of a file that was deleted is given to another one soon.
      const isIt = cursor?.file === generation.file && !generation.isCut;
      if (isIt && (await cursorFits(generation.handle, cursor))) {
        this.#offset = Math.max(this.#offset, cursor.end);
      }
    }
    return this.#readEntry(entry);
  }

  #nextOlder(): void {
    this.#older = this.#older.slice(1);
    if (this.#older.length === 0 && this.#afterOlder) {
      this.#at(this.#afterOlder, this.#afterOlder.cursor);
      this.#afterOlder = null;
    }
  }

  #moveTo(index: number): void {
    this.#index = index;
    const entry = this.#file.journal.at(index);
    this.#offset = entry?.kind === 'extent' ? entry.start : 0;
    this.#file.readerMoved();
  }
}

function inFile({ file, cursor, age = -1 }: ReaderStand): PlaceInFile | undefined {
  return file === undefined || cursor === null ? undefined : { file, cursor, age };
}

/** Which of two files began later; the second where both began together. */
function newerOf(one: PlaceInFile | undefined, other: PlaceInFile | undefined): PlaceInFile | undefined {
  return one && other ? (one.age > other.age ? one : other) : (one ?? other);
}
