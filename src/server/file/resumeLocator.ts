import { randomBytes } from 'node:crypto';
import { EVENT_KINDS, type ResumePosition } from '../../protocol/messages';
import { texts } from '../../text/texts';
import { findLinesBack, LOOKED_BACK_BYTES } from './bytes/fileBackwards';
import { cursorFor } from './bytes/fileBlocks';
import {
  cursorFits,
  type FileCursor,
  hasEvidence,
  hasProof,
  headFits,
  NOWHERE,
  parseCursor,
  tailAt,
} from './bytes/fileIdentity';
import { LogFileHandle } from './bytes/logFileHandle';
import type { Extent } from './fileJournal';
import { FileReader, type FollowedFile, type ReaderPlace } from './fileReader';
import { type OlderPiece, olderPieces } from './rotation/olderPieces';
import {
  type BetweenQuery,
  findBetween,
  logPaths,
  type OpenedBetween,
  release,
  sizeBeside,
} from './rotation/rotatedFiles';

/** What finding a place needs of the file. */
export interface PlacedFile extends FollowedFile {
  /** Absolute. */
  readonly path: string;
  readonly maxLineBytes: number;
  /** Whether a file was ever at its path. */
  readonly everSeen: boolean;
  /** The file at its path, if one is there. */
  readonly current: LogFileHandle | undefined;
  /** The files it was rotated to that may still be written, the newest last. */
  readonly draining: readonly LogFileHandle[];
  /** Whether a file was rotated before the server's time: the journal has only what it got since. */
  isFromBefore(generation: LogFileHandle): boolean;
  /** Whether this is what a file holds since it was cut. */
  isAfterCut(generation: LogFileHandle): boolean;
  /** Whether the path's file goes on with what was this file's, as a longer copy of it: this one only got more. */
  isRest(generation: LogFileHandle): boolean;
}

/**
 * Finds where readers begin: so many lines before the end, or where a client stood before. Entries of
 * the journal must not leave while it looks.
 */
export class ResumeLocator {
  readonly #file: PlacedFile;

  constructor(file: PlacedFile) {
    this.#file = file;
  }

  /** A reader of the last lines, also of those from before a rotation. */
  async openLast(lines: number | 'all', signal?: AbortSignal): Promise<FileReader> {
    const { journal } = this.#file;
    if (lines === 'all') {
      return new FileReader(this.#file, await this.#placeAt(journal.first), newEpoch(), 0);
    }
    // Backwards over the journal, so that lines from before a rotation count too.
    let wanted = lines;
    let isGivenUp = false;
    const last = journal.at(journal.end - 1);
    let index = last?.kind === 'extent' ? journal.end - 1 : journal.end;
    let offset = last?.kind === 'extent' ? last.end : 0;
    for (let at = journal.end - 1; at >= journal.first && wanted > 0 && !isGivenUp; at--) {
      const entry = journal.at(at);
      if (entry?.kind === 'gap' || (entry?.kind === 'extent' && entry.generation.isCut)) {
        break;
      }
      if (entry?.kind === 'extent') {
        const back = await findLinesBack(entry.generation, entry.start, entry.end, wanted, signal);
        isGivenUp = back.isGivenUp;
        // Who begins in a file that had nothing to give would get, on return, what it had before the server's time.
        if (back.lines > 0) {
          wanted -= back.lines;
          index = at;
          offset = back.offset;
        }
      }
    }
    const place = await this.#placeAt(index, offset);
    const reader = new FileReader(this.#file, place, newEpoch(), 0);
    if (isGivenUp) {
      const text = texts.server.linesGivenUp(this.#file.name, lines - wanted, LOOKED_BACK_BYTES);
      reader.readFirst(
        [{ kind: 'item', item: { kind: 'event', event: EVENT_KINDS.skipped, text } }],
        place.cursor,
        place,
      );
    }
    return reader;
  }

  /** A reader that goes on behind what a client has; a gap says so where that place cannot be found. */
  async openResumed(position: ResumePosition): Promise<FileReader> {
    if (position.cursor === NOWHERE && this.#file.journal.first === 0) {
      return new FileReader(this.#file, await this.#placeAt(0), position.epoch, position.nextSeq);
    }
    const cursor = position.cursor === null ? undefined : parseCursor(position.cursor);
    const resumed = cursor && (await this.#resume(position, cursor));
    if (resumed) {
      return resumed;
    }
    const reader = new FileReader(this.#file, await this.#placeAt(this.#file.journal.first), newEpoch(), 0);
    reader.announceGap(texts.server.placeLost(this.#file.name));
    return reader;
  }

  async #resume(position: ResumePosition, cursor: FileCursor): Promise<FileReader | undefined> {
    const { other } = cursor;
    // Of another file beside it, too, a part may have been read already: the one after it, or the one before.
    const there = other && ((await this.#findInJournal(other)) ?? (await this.#findCopyInJournal(other)));
    let here = await this.#findInJournal(cursor);
    if (here !== undefined) {
      return this.#resumeHere(position, cursor, here, there);
    }
    const nowHolds = async () => {
      here = await this.#findCopyInJournal(cursor);
      return here !== undefined;
    };
    const rest = other && there === undefined ? await this.#restOf(other, cursor.file) : undefined;
    const known = this.#known();
    // Who has begun with one of two files has read all before the other one.
    const isUnread = (file: string) => !known.has(file) && rest?.after?.has(file) !== false;
    const between = await this.#between(cursor, {
      nowHolds,
      isKnown: async (path, file) => !isUnread(file) || (await this.#isCopyOfCut(path)),
    });
    if (between.kind === 'rotated') {
      return this.#resumeInRotated(position, cursor, between, there, rest?.pieces ?? []);
    }
    release(between);
    releasePieces(rest?.pieces ?? []);
    return here && this.#resumeHere(position, cursor, here, there);
  }

  /** Goes on in a file that is open. */
  async #resumeHere(
    position: ResumePosition,
    { file, other }: FileCursor,
    here: JournalPlace,
    there: JournalPlace | undefined,
  ): Promise<FileReader> {
    // What stands in the journal before either of the two has been read, too.
    const place = await this.#placeAt(...laterOf(here, there));
    const reader = new FileReader(this.#file, place, position.epoch, position.nextSeq);
    if (other && there === undefined) {
      reader.readFirst((await this.#restOf(other, file)).pieces, position.cursor, place);
    }
    return reader;
  }

  /** Goes on in a file from before the server's time, and with those that came after it. */
  async #resumeInRotated(
    position: ResumePosition,
    cursor: FileCursor,
    between: Extract<OpenedBetween, { kind: 'rotated' }>,
    there: JournalPlace | undefined,
    rest: readonly OlderPiece[],
  ): Promise<FileReader> {
    const place = await this.#placeAt(...(there ?? [this.#file.journal.first]));
    const reader = new FileReader(this.#file, place, position.epoch, position.nextSeq);
    if (there !== undefined) {
      // Somebody who has read of the new file knows that it was rotated.
      reader.readFirst(this.#rest(between, cursor.end), position.cursor, place);
      return reader;
    }
    const pieces = olderPieces(this.#file.name, between, cursor.end, (file) => this.#beginningOf(file));
    reader.readFirst([...rest, ...pieces, ...this.#cutMeanwhile()], position.cursor, null);
    return reader;
  }

  /** A gap where the journal begins behind a cut and does not tell of it any more: nobody was there to be told. */
  #cutMeanwhile(): readonly OlderPiece[] {
    const { journal, name } = this.#file;
    for (let index = journal.first; index < journal.end; index++) {
      const entry = journal.at(index);
      if (entry?.kind === 'gap') {
        return [];
      }
      if (entry?.kind === 'extent' && entry.start === 0 && this.#file.isAfterCut(entry.generation)) {
        return [{ kind: 'item', item: { kind: 'gap', count: null, reason: texts.server.truncatedGap(name) } }];
      }
    }
    return [];
  }

  /** The files that the journal has from their first byte on. */
  #known(): Set<string> {
    // One that is followed from further on has a part from before the server's time.
    const stretches = this.#stretches(({ start }) => start === 0);
    return new Set(stretches.flatMap(([, { generation }]) => [generation.file, generation.heldIn]));
  }

  /**
   * Whether a file is a copy of one that was cut, which the journal has: that gives what is left of it and
   * tells what is not. All that was read must be in it, since a service may begin each file alike.
   */
  async #isCopyOfCut(path: string): Promise<boolean> {
    const isCut = ({ generation, start }: Extent) => start === 0 && generation.isCut && generation.tip > 0;
    const cut = this.#stretches(isCut).map(([, { generation }]) => generation.place);
    if (cut.length === 0) {
      return false;
    }
    const copy = await LogFileHandle.open(path, this.#file.maxLineBytes).catch(() => undefined);
    try {
      const fits = copy ? await Promise.all(cut.map((place) => cursorFits(copy.handle, place))) : [];
      return fits.includes(true);
    } finally {
      copy?.release();
    }
  }

  /** What lies between a client's place and the files of the journal, in which it was not found. */
  #between(cursor: FileCursor, options: Partial<BetweenQuery> = {}): Promise<OpenedBetween> {
    return logPaths(this.#file.path).then((logs) =>
      findBetween({
        logs,
        cursor,
        isOpen: false,
        now: this.#file.current?.file,
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
    const reason = texts.server.restLost(this.#file.name);
    const lost: OlderPiece = { kind: 'item', item: { kind: 'gap', count: null, reason } };
    if (between.kind !== 'rotated' || between.place.generation.file === place) {
      release(between);
      // Of one that was empty nothing proves which it is; only that it lies there, and is empty still, is seen.
      const isLost = hasProof(old) || (await sizeBeside(await logPaths(this.#file.path), old.file)) !== 0;
      return { pieces: isLost ? [lost] : [] };
    }
    // What the file itself got behind a copy of it may be lost.
    return { pieces: [...this.#rest(between, old.end), ...(between.place.isCopy ? [lost] : [])], after };
  }

  /** The rest of a rotated file, without a word of the rotation. */
  #rest(between: Extract<OpenedBetween, { kind: 'rotated' }>, from: number): readonly OlderPiece[] {
    const [first, ...others] = olderPieces(this.#file.name, between, from, (file) => this.#beginningOf(file));
    releasePieces(others);
    return first ? [first] : [];
  }

  /** Where the journal has lines of a file from before the server's time; undefined if it has none. */
  #beginningOf({ file }: LogFileHandle): number | undefined {
    for (let index = this.#file.journal.first; index < this.#file.journal.end; index++) {
      const entry = this.#file.journal.at(index);
      if (entry?.kind === 'extent' && entry.generation.file === file) {
        return entry.start;
      }
    }
    return this.#file.draining.find((generation) => generation.file === file)?.tip;
  }

  /**
   * The last entry of which a cursor's file was read a part: what comes behind is new, in whatever file.
   * Where a client had not read a byte of it yet, the entry with which it began, or the first that is left.
   */
  async #findInJournal(cursor: FileCursor): Promise<JournalPlace | undefined> {
    const ofFile = this.#stretches(({ generation }) => generation.isOrWas(cursor.file));
    if (cursor.end === 0 && ofFile.some(([, { generation }]) => this.#file.isAfterCut(generation))) {
      // Nothing in a cursor in front of the first byte tells the file from what it was before it was cut.
      const first = ofFile[0];
      return first && !this.#file.isAfterCut(first[1].generation) ? [first[0]] : undefined;
    }
    return this.#findAmong(cursor, ofFile);
  }

  /**
   * The same in a file of another identity, which is taken for the one only on evidence: devices are
   * numbered anew when a machine starts, files are restored and moved.
   */
  async #findCopyInJournal(cursor: FileCursor): Promise<JournalPlace | undefined> {
    return hasEvidence(cursor)
      ? this.#findAmong(
          cursor,
          this.#stretches(({ generation }) => !generation.isOrWas(cursor.file)),
        )
      : undefined;
  }

  async #findAmong(
    cursor: FileCursor,
    stretches: readonly [index: number, entry: Extent][],
  ): Promise<JournalPlace | undefined> {
    const { end } = cursor;
    for (const [, { generation, start }] of stretches.slice().reverse()) {
      // What the rest of a replaced file had before is in the file that goes on in its place.
      const isAsked = !generation.isCut && !(this.#file.isRest(generation) && start >= end);
      if (isAsked && start <= end && end <= generation.tip && (await cursorFits(generation.handle, cursor))) {
        const own = stretches.filter(([, stretch]) => stretch.generation === generation);
        const read = own.findLast(([, stretch]) => stretch.start < end);
        if (read) {
          return [read[0], end];
        }
        if (this.#file.isFromBefore(generation)) {
          // Others from before may come between.
          return undefined;
        }
        return [end === 0 ? this.#file.journal.beginningOf(generation) : this.#file.journal.first];
      }
    }
    return undefined;
  }

  #stretches(wanted: (entry: Extent) => boolean): [index: number, entry: Extent][] {
    const { journal } = this.#file;
    const found: [number, Extent][] = [];
    for (let index = journal.first; index < journal.end; index++) {
      const entry = journal.at(index);
      if (entry?.kind === 'extent' && wanted(entry)) {
        found.push([index, entry]);
      }
    }
    return found;
  }

  /** The place for a reader, and its cursor. `offset`: in the file of that entry; the entry's start if left out. */
  async #placeAt(index: number, offset?: number): Promise<ReaderPlace> {
    const { journal } = this.#file;
    const entry = journal.at(index);
    if (entry?.kind === 'extent') {
      const at = offset ?? entry.start;
      const { generation } = entry;
      const { file } = generation;
      const cursor = await this.#cursorAt(generation, at);
      const place = { index, offset: at, cursor, file, age: journal.ageOf(generation) };
      const before = this.#otherBefore(generation, index);
      const other = before && (await this.#cursorAt(before.generation, before.end));
      return before && other
        ? { ...place, other: { file: before.generation.file, cursor: other, age: journal.ageOf(before.generation) } }
        : place;
    }
    // Behind the last stretch of a file that is away, or before the first.
    for (let before = index - 1; before >= journal.first; before--) {
      const last = journal.at(before);
      if (last?.kind === 'extent') {
        return { index, offset: 0, cursor: await this.#cursorAt(last.generation, last.end) };
      }
    }
    // Of one that is gone, and closed, nothing is left to name.
    return { index, offset: 0, cursor: this.#file.everSeen ? null : NOWHERE };
  }

  /**
   * How far the journal has, before an entry, the last file that is another one: if that may still be
   * written, or was while this one was, too.
   */
  #otherBefore(generation: LogFileHandle, before: number): { generation: LogFileHandle; end: number } | undefined {
    const beginning = this.#file.journal.beginningOf(generation);
    for (let index = before - 1; index >= this.#file.journal.first; index--) {
      const entry = this.#file.journal.at(index);
      if (
        entry?.kind === 'extent' &&
        // What this file was before it was cut or replaced is no other one.
        !generation.isOrWas(entry.generation.file) &&
        (index > beginning || this.#file.isRead(entry.generation.file))
      ) {
        return entry;
      }
    }
    return undefined;
  }

  async #cursorAt(generation: LogFileHandle, offset: number): Promise<string | null> {
    return generation.isCut ? null : cursorFor(generation, offset, offset, await tailAt(generation.handle, offset));
  }

  /** A retained generation that begins as the cursor says, among the open files and those beside. */
  async findGeneration(cursor: FileCursor): Promise<LogFileHandle | undefined> {
    for (let index = this.#file.journal.end - 1; index >= this.#file.journal.first; index--) {
      const entry = this.#file.journal.at(index);
      if (
        entry?.kind === 'extent' &&
        entry.generation.isOrWas(cursor.file) &&
        !entry.generation.isCut &&
        (await headFits(entry.generation.handle, cursor))
      ) {
        return entry.generation.retain();
      }
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

function releasePieces(pieces: readonly OlderPiece[]): void {
  for (const piece of pieces) {
    if (piece.kind === 'file') {
      piece.generation.release();
    }
  }
}

function newEpoch(): string {
  return randomBytes(6).toString('hex');
}

/** An entry of a journal, and the offset in its file; without one, where the entry starts. */
type JournalPlace = readonly [index: number, offset?: number];

/** The later of two places; one in a file that was read is later than one where nothing was. */
function laterOf(one: JournalPlace, other: JournalPlace | undefined): JournalPlace {
  if (!other || (one[1] === undefined) !== (other[1] === undefined)) {
    return other?.[1] === undefined ? one : other;
  }
  return other[0] > one[0] ? other : one;
}
