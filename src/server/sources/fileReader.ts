import type { Clock } from '../../base/clock';
import { EVENT_KINDS } from '../../protocol/messages';
import { texts } from '../../text/texts';
import { cursorFor, type FileBlock, type FileBlocks } from './fileBlocks';
import type { FileGeneration, FreshLines } from './fileGeneration';
import { tailOf } from './fileIdentity';
import type { FileJournal } from './fileJournal';
import { ReadPace } from './readPace';
import type { FollowingFile, RotatedFile } from './rotatedFiles';
import type { ReadItem, SourceReader } from './source';

/** What a reader gives out before the journal: files from before the server's time, and what is to say of them. */
type OlderPiece =
  | { readonly kind: 'file'; readonly generation: FileGeneration; offset: number }
  | { readonly kind: 'item'; readonly item: ReadItem };

/** The rest of a rotated file, and the files that came after it, in order. */
export function olderPieces(
  name: string,
  rotated: RotatedFile,
  offset: number,
  following: readonly FollowingFile[],
): OlderPiece[] {
  const event = (text: string): OlderPiece => ({
    kind: 'item',
    item: { kind: 'event', event: EVENT_KINDS.rotated, text },
  });
  const gap = (reason: string): OlderPiece => ({ kind: 'item', item: { kind: 'gap', count: null, reason } });
  const afterEach = (isCopy: boolean) =>
    isCopy ? gap(texts.server.truncatedGap(name)) : event(texts.server.rotated(name));
  const { generation, isCopy } = rotated;
  return [
    { kind: 'file', generation, offset },
    afterEach(isCopy),
    ...following.flatMap((next) =>
      next.kind === 'file'
        ? [{ kind: 'file' as const, generation: next.generation, offset: 0 }, afterEach(isCopy)]
        : [gap(texts.server.compressedBetween(next.name))],
    ),
  ];
}

/** What a reader needs of the file it reads. */
export interface FollowedFile {
  readonly journal: FileJournal;
  readonly blocks: FileBlocks;
  readonly clock: Clock;
  /** The batch that begins at `offset` and was just read, if it is still kept. */
  freshAt(generation: FileGeneration, offset: number): FreshLines | undefined;
  /** Looks at the file now. */
  check(): Promise<void>;
  /** A reader went on: what nobody needs is let go. */
  readerMoved(): void;
  readerGone(reader: FileReader): void;
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
  readonly #pace = new ReadPace();
  #cursor: string | null = null;
  #ahead:
    | {
        readonly generation: FileGeneration;
        readonly offset: number;
        readonly block: Promise<FileBlock | undefined>;
      }
    | undefined;

  constructor(file: FollowedFile, index: number, offset: number, epoch: string, firstSeq: number) {
    this.#file = file;
    this.#index = index;
    this.#offset = offset;
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

  /** Gives out these before anything else; takes over the references to their files. */
  readFirst(pieces: readonly OlderPiece[]): void {
    this.#older = pieces;
  }

  cursor(): string | null {
    if (this.#older.length > 0) {
      return this.#cursor;
    }
    const entry = this.#file.journal.at(this.#index);
    if (this.#cursor === null && entry?.kind === 'extent') {
      const { generation } = entry;
      return cursorFor(generation, this.#offset, this.#offset, tailOf(Buffer.alloc(0)));
    }
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
    if (this.#offset >= entry.end) {
      if (this.#index + 1 >= this.#file.journal.end) {
        return { kind: 'idle' };
      }
      this.#moveTo(this.#index + 1);
      return this.read();
    }
    const fresh = this.#file.freshAt(entry.generation, this.#offset);
    if (fresh) {
      this.#offset = fresh.end;
      const { bytes, count, receivedAt, continues, tail } = fresh;
      this.#cursor = cursorFor(entry.generation, fresh.start, fresh.end, tail);
      return { kind: 'lines', bytes, count, receivedAt, cursor: this.#cursor, ...(continues ? { continues } : {}) };
    }
    if (entry.generation.isCut) {
      return this.#lostTheRest();
    }
    return this.#readFile(entry.generation, entry.end);
  }

  dispose(): void {
    for (const piece of this.#older) {
      if (piece.kind === 'file') {
        piece.generation.release();
      }
    }
    this.#older = [];
    this.#file.readerGone(this);
  }

  async #readFile(generation: FileGeneration, end: number): Promise<ReadItem> {
    const ahead = this.#ahead;
    this.#ahead = undefined;
    const block = await (ahead?.generation === generation && ahead.offset === this.#offset
      ? ahead.block
      : this.#readBlock(generation, this.#offset, end));
    if (!block) {
      return this.#lostTheRest();
    }
    this.#pace.took(block.end - this.#offset);
    this.#offset = block.end;
    if (block.end < end) {
      // The disk works while the socket does: half of the time of catching up was waiting for it.
      const next = this.#readBlock(generation, block.end, end);
      next.catch(() => undefined);
      this.#ahead = { generation, offset: block.end, block: next };
    }
    this.#cursor = block.item.cursor;
    return block.item;
  }

  #readBlock(generation: FileGeneration, start: number, end: number): Promise<FileBlock | undefined> {
    return this.#file.blocks.read(generation, start, end, this.#pace.next(this.#file.clock.now()));
  }

  /** The file was cut before this reader got there; the journal says so next, with its gap. */
  #lostTheRest(): ReadItem | Promise<ReadItem> {
    if (this.#index + 1 >= this.#file.journal.end) {
      void this.#file.check();
      return { kind: 'idle' };
    }
    this.#moveTo(this.#index + 1);
    return this.read();
  }

  async #readOlder(older: OlderPiece): Promise<ReadItem> {
    if (older.kind === 'item') {
      this.#older = this.#older.slice(1);
      this.#cursor = this.#older.length > 0 ? this.#cursor : null;
      return older.item;
    }
    const size = await older.generation.size();
    const block = older.offset < size ? await this.#readBlock(older.generation, older.offset, size) : undefined;
    if (block) {
      this.#pace.took(block.end - older.offset);
      older.offset = block.end;
      this.#cursor = block.item.cursor;
      return block.item;
    }
    older.generation.release();
    this.#older = this.#older.slice(1);
    return this.read();
  }

  #moveTo(index: number): void {
    this.#index = index;
    const entry = this.#file.journal.at(index);
    this.#offset = entry?.kind === 'extent' ? entry.start : 0;
    this.#file.readerMoved();
  }
}
