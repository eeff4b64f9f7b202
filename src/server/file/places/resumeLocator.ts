import type { ResumePosition } from '../../../protocol/messages';
import { texts } from '../../../text/texts';
import { type FileCursor, formatCursor, hasProof, headFits, NOWHERE, parseCursor } from '../bytes/fileIdentity';
import type { LogFileHandle } from '../bytes/logFileHandle';
import { FileReader, type PlaceInFile, type ReaderStand } from '../fileReader';
import { type OlderPiece, olderPieces, releasePieces } from '../rotation/olderPieces';
import {
  type BetweenQuery,
  findBetween,
  logPaths,
  type OpenedBetween,
  release,
  sizeBeside,
} from '../rotation/rotatedFiles';
import { type JournalPlace, JournalSearch, laterOf } from './journalSearch';
import { newReader, type PlacedFile, placeAt } from './readerPlaces';

/**
 * Finds where a client stood before: in the journal, or in a file beside the log. Entries of the journal must
 * not leave while it looks.
 */
export class ResumeLocator {
  readonly #file: PlacedFile;
  readonly #search: JournalSearch;

  constructor(file: PlacedFile) {
    this.#file = file;
    this.#search = new JournalSearch(file);
  }

  /** A reader that goes on behind what a client has; a gap says so where that place cannot be found. */
  async openResumed(position: ResumePosition): Promise<FileReader> {
    if (position.cursor === NOWHERE && this.#file.journal.first === 0) {
      return new FileReader(this.#file, await placeAt(this.#file, 0), position.epoch, position.nextSeq);
    }
    const cursor = position.cursor === null ? undefined : parseCursor(position.cursor);
    const resumed = cursor && (await this.#resume(position, cursor));
    if (resumed) {
      return resumed;
    }
    const reader = newReader(this.#file, await placeAt(this.#file, this.#file.journal.first));
    reader.announceGap(texts.server.placeLost(this.#file.name));
    return reader;
  }

  async #resume(position: ResumePosition, cursor: FileCursor): Promise<FileReader | undefined> {
    const { other } = cursor;
    // Of another file beside it, too, a part may have been read already: the one after it, or the one before.
    const there = other && ((await this.#search.find(other)) ?? (await this.#search.findCopy(other)));
    let here = await this.#search.find(cursor);
    if (here !== undefined) {
      return this.#resumeHere(position, cursor, here, there);
    }
    const nowHolds = async () => {
      here = await this.#search.findCopy(cursor);
      return here !== undefined;
    };
    const rest = other && there === undefined ? await this.#restOf(other, cursor.file) : undefined;
    const known = this.#search.filesFromStart();
    // Who has begun with one of two files has read all before the other one.
    const isUnread = (file: string) => !known.has(file) && rest?.after?.has(file) !== false;
    const after = new Set<string>();
    const between = await this.#between(cursor, {
      nowHolds,
      isKnown: async (path, file) => {
        after.add(file);
        return !isUnread(file) || (await this.#search.isCopyOfCut(path));
      },
    }).catch((error) => {
      releasePieces(rest?.pieces ?? []);
      throw error;
    });
    if (between.kind === 'rotated') {
      return this.#resumeInRotated(position, cursor, { ...between, after }, there, rest);
    }
    release(between);
    releasePieces(rest?.pieces ?? []);
    return here && this.#resumeHere(position, cursor, here, there);
  }

  /** Goes on in a file that is open. */
  async #resumeHere(
    position: ResumePosition,
    cursor: FileCursor,
    here: JournalPlace,
    there: JournalPlace | undefined,
  ): Promise<FileReader> {
    const { file, other } = cursor;
    // What stands in the journal before either of the two has been read, too.
    const place = await placeAt(this.#file, ...laterOf(here, there));
    const reader = new FileReader(this.#file, place, position.epoch, position.nextSeq);
    if (other && there === undefined) {
      const rest = await this.#restOf(other, file);
      const otherFile = fileOf(rest.pieces) ?? other.file;
      const ages = this.#search.agesWith([otherFile, ...(rest.after ?? [])]);
      const stand = standing(cursor, this.#fileAt(here, cursor), otherFile, ages);
      reader.readFirst(withAges(rest.pieces, ages), stand, place);
    }
    return reader;
  }

  /** Goes on in a file from before the server's time, and with those that came after it. */
  async #resumeInRotated(
    position: ResumePosition,
    cursor: FileCursor,
    between: Extract<OpenedBetween, { kind: 'rotated' }> & { readonly after: ReadonlySet<string> },
    there: JournalPlace | undefined,
    rest: RestOfFile | undefined,
  ): Promise<FileReader> {
    const { other } = cursor;
    const { file } = between.place.generation;
    const otherFile = there && other ? this.#fileAt(there, other) : (fileOf(rest?.pieces ?? []) ?? other?.file);
    const ages = this.#search.agesWith(inTurn([file, ...between.after], otherFile, rest?.after));
    const stand = standing(cursor, file, otherFile, ages);
    const place = await placeAt(this.#file, ...(there ?? [this.#file.journal.first])).catch((error) => {
      release(between);
      releasePieces(rest?.pieces ?? []);
      throw error;
    });
    const reader = new FileReader(this.#file, place, position.epoch, position.nextSeq);
    if (there !== undefined) {
      // Somebody who has read of the new file knows that it was rotated.
      reader.readFirst(withAges(this.#rest(between, cursor.end), ages), stand, place);
      return reader;
    }
    const pieces = olderPieces(this.#file.name, between, cursor.end, (file) => this.#search.beginningOf(file));
    const cut = this.#search.beginsBehindCut() ? [lost(texts.server.truncatedGap(this.#file.name))] : [];
    reader.readFirst(withAges([...(rest?.pieces ?? []), ...pieces, ...cut], ages), stand, null);
    return reader;
  }

  /** The file in which a cursor was found: one of another identity, where that is a copy. */
  #fileAt([index, offset]: JournalPlace, { file }: FileCursor): string {
    const entry = this.#file.journal.at(index);
    const isIts = entry?.kind === 'extent' && (offset !== undefined || entry.generation.isOrWas(file));
    return isIts ? entry.generation.file : file;
  }

  /** What lies between a client's place and the files of the journal, in which it was not found. */
  #between(cursor: FileCursor, options: Partial<BetweenQuery> = {}): Promise<OpenedBetween> {
    return logPaths(this.#file.path).then((logs) =>
      findBetween({
        logs,
        cursor,
        isOpen: false,
        now: this.#file.generations.current?.file,
        maxLineBytes: this.#file.maxLineBytes,
        nowHolds: async () => false,
        isKnown: async () => false,
        ...options,
      }),
    );
  }

  /** What the old file of a rotation got since, beside the file that a client stands in: `place`, by device and inode. */
  async #restOf(old: FileCursor, place: string): Promise<RestOfFile> {
    const after = new Set<string>();
    const isKnown = async (_path: string, file: string) => {
      after.add(file);
      return true;
    };
    const between = await this.#between(old, { isKnown });
    const restLost = lost(texts.server.restLost(this.#file.name));
    if (between.kind !== 'rotated' || between.place.generation.file === place) {
      release(between);
      // Of one that was empty nothing proves which it is; only that it lies there, and is empty still, is seen.
      const isLost = hasProof(old) || (await sizeBeside(await logPaths(this.#file.path), old.file)) !== 0;
      return { pieces: isLost ? [restLost] : [] };
    }
    // What the file itself got behind a copy of it may be lost.
    return { pieces: [...this.#rest(between, old.end), ...(between.place.isCopy ? [restLost] : [])], after };
  }

  /** The rest of a rotated file, without a word of the rotation. */
  #rest(between: Extract<OpenedBetween, { kind: 'rotated' }>, from: number): readonly OlderPiece[] {
    const [first, ...others] = olderPieces(this.#file.name, between, from, (file) => this.#search.beginningOf(file));
    releasePieces(others);
    return first ? [first] : [];
  }

  /** A retained generation that begins as the cursor says, among the open files and those beside. */
  async findGeneration(cursor: FileCursor): Promise<LogFileHandle | undefined> {
    const open = await this.#search.retainGeneration(cursor);
    if (open) {
      return open;
    }
    const between = await this.#between(cursor, { fits: headFits, isKnown: async () => true });
    return between.kind === 'rotated' ? between.place.generation : undefined;
  }
}

/** What a file got since; and the files that were rotated after it, where it was found. */
interface RestOfFile {
  readonly pieces: readonly OlderPiece[];
  readonly after?: ReadonlySet<string>;
}

/** Where a client stands that has read the files in which the two places of its cursor were found. */
function standing(
  cursor: FileCursor,
  file: string,
  otherFile: string | undefined,
  ages: ReadonlyMap<string, number>,
): ReaderStand {
  const inFile = (of: FileCursor, found: string): PlaceInFile => ({
    file: found,
    cursor: formatCursor(of),
    age: ages.get(found) ?? -1,
  });
  const { other } = cursor;
  return {
    ...inFile(cursor, file),
    ...(other && otherFile !== undefined ? { other: inFile(other, otherFile) } : {}),
  };
}

/** The files of a client's two places and all that were rotated after them, the oldest first. */
function inTurn(
  files: readonly string[],
  other: string | undefined,
  afterOther: ReadonlySet<string> | undefined,
): readonly string[] {
  const [place] = files;
  if (other === undefined || files.includes(other)) {
    return files;
  }
  return [other, ...(afterOther && place !== undefined && afterOther.has(place) ? afterOther : files)];
}

function fileOf(pieces: readonly OlderPiece[]): string | undefined {
  return pieces.find((piece) => piece.kind === 'file')?.generation.file;
}

function withAges(pieces: readonly OlderPiece[], ages: ReadonlyMap<string, number>): readonly OlderPiece[] {
  return pieces.map((piece) => {
    const age = piece.kind === 'file' ? ages.get(piece.generation.file) : undefined;
    return age === undefined ? piece : { ...piece, age };
  });
}

function lost(reason: string): OlderPiece {
  return { kind: 'item', item: { kind: 'gap', count: null, reason } };
}
