import { randomBytes } from 'node:crypto';
import { realpath } from 'node:fs/promises';
import type { ResumePosition } from '../../protocol/messages';
import { texts } from '../../text/texts';
import { findLinesBack } from './fileBackwards';
import { cursorFor } from './fileBlocks';
import type { FileGeneration } from './fileGeneration';
import { cursorFits, type FileCursor, hasEvidence, headFits, NOWHERE, parseCursor, tailAt } from './fileIdentity';
import { FileReader, type FollowedFile, type OlderPiece, olderPieces, type ReaderPlace } from './fileReader';
import { findFollowing, findRotated } from './rotatedFiles';

/** What finding a place needs of the file. */
export interface PlacedFile extends FollowedFile {
  readonly name: string;
  /** Absolute. */
  readonly path: string;
  readonly maxLineBytes: number;
  /** The files it was rotated to that may still be written, the newest last. */
  readonly draining: readonly FileGeneration[];
}

/**
 * Finds where readers begin: so many lines before the end, or where a client stood before. Entries of
 * the journal must not leave while it looks.
 */
export class FilePlaces {
  readonly #file: PlacedFile;

  constructor(file: PlacedFile) {
    this.#file = file;
  }

  /** A reader of the last lines, also of those from before a rotation. */
  async openLast(lines: number | 'all'): Promise<FileReader> {
    const { journal } = this.#file;
    if (lines === 'all') {
      return new FileReader(this.#file, await this.#placeAt(journal.first), newEpoch(), 0);
    }
    // Backwards over the journal, so that lines from before a rotation count too.
    let wanted = lines;
    const last = journal.at(journal.end - 1);
    let index = last?.kind === 'extent' ? journal.end - 1 : journal.end;
    let offset = last?.kind === 'extent' ? last.end : 0;
    for (let at = journal.end - 1; at >= journal.first && wanted > 0; at--) {
      const entry = journal.at(at);
      if (entry?.kind === 'gap' || (entry?.kind === 'extent' && entry.generation.isCut)) {
        break;
      }
      if (entry?.kind === 'extent') {
        const back = await findLinesBack(entry.generation, entry.start, entry.end, wanted);
        wanted -= back.lines;
        index = at;
        offset = back.offset;
      }
    }
    return new FileReader(this.#file, await this.#placeAt(index, offset), newEpoch(), 0);
  }

  /** A reader that goes on behind what a client has; a gap says so where that place cannot be found. */
  async openResumed(position: ResumePosition): Promise<FileReader> {
    if (position.cursor === NOWHERE && this.#file.journal.first === 0) {
      return new FileReader(this.#file, await this.#placeAt(0), position.epoch, position.nextSeq);
    }
    const cursor = position.cursor === null ? undefined : parseCursor(position.cursor);
    const resumed =
      cursor && ((await this.#resumeHere(position, cursor)) ?? (await this.#resumeInRotated(position, cursor)));
    if (resumed) {
      return resumed;
    }
    const reader = new FileReader(this.#file, await this.#placeAt(this.#file.journal.first), newEpoch(), 0);
    reader.announceGap(texts.server.placeLost(this.#file.name));
    return reader;
  }

  /** Goes on in a file that is open. */
  async #resumeHere(position: ResumePosition, cursor: FileCursor): Promise<FileReader | undefined> {
    const index = await this.#findInJournal(cursor);
    if (index === undefined) {
      return undefined;
    }
    const place = await this.#placeAt(index, cursor.end);
    const reader = new FileReader(this.#file, place, position.epoch, position.nextSeq);
    const { other } = cursor;
    if (other && (await this.#findInJournal(other)) === undefined) {
      reader.readFirst((await this.#restOf(other)).pieces, position.cursor, place.cursor);
    }
    return reader;
  }

  /** Goes on in a file from before the server's time, and with those that came after it. */
  async #resumeInRotated(position: ResumePosition, cursor: FileCursor): Promise<FileReader | undefined> {
    const { journal, name, maxLineBytes } = this.#file;
    // Of another file beside it, too, a part may have been read already: the one after it, or the one before.
    const { other } = cursor;
    const index = other && (await this.#findInJournal(other));
    const place = index === undefined ? await this.#placeAt(journal.first) : await this.#placeAt(index, other?.end);
    const rotated = await findRotated(await this.#paths(), cursor, maxLineBytes);
    if (!rotated) {
      return undefined;
    }
    const reader = new FileReader(this.#file, place, position.epoch, position.nextSeq);
    const range = { from: cursor.end, end: this.#beginningOf(rotated.generation) };
    if (index !== undefined) {
      // Somebody who has read of the new file knows that it was rotated.
      reader.readFirst(olderPieces(name, rotated, range, []).slice(0, 1), position.cursor, place.cursor);
      return reader;
    }
    const rest = other ? await this.#restOf(other) : undefined;
    const known = new Set(rest?.file === undefined ? [] : [rest.file]);
    for (let at = journal.first; at < journal.end; at++) {
      const entry = journal.at(at);
      if (entry?.kind === 'extent') {
        known.add(entry.generation.file);
      }
    }
    const following = await findFollowing(rotated, known, maxLineBytes);
    const pieces = olderPieces(name, rotated, range, following);
    reader.readFirst([...(rest?.pieces ?? []), ...pieces], position.cursor, null);
    return reader;
  }

  /** What the old file of a rotation got since, beside the file that a client stands in. */
  async #restOf(old: FileCursor): Promise<{ readonly pieces: readonly OlderPiece[]; readonly file?: string }> {
    const rotated = await findRotated(await this.#paths(), old, this.#file.maxLineBytes);
    if (!rotated || rotated.isCopy) {
      rotated?.generation.release();
      return { pieces: [] };
    }
    const range = { from: old.end, end: this.#beginningOf(rotated.generation) };
    return { pieces: olderPieces(this.#file.name, rotated, range, []).slice(0, 1), file: rotated.generation.file };
  }

  /** Paths of the log: as it was named, and where a symbolic link leads. */
  async #paths(): Promise<readonly string[]> {
    const real = await realpath(this.#file.path).catch(() => this.#file.path);
    return [...new Set([this.#file.path, real])];
  }

  /** Where the journal has lines of a file from before the server's time; undefined if it has none. */
  #beginningOf({ file }: FileGeneration): number | undefined {
    for (let index = this.#file.journal.first; index < this.#file.journal.end; index++) {
      const entry = this.#file.journal.at(index);
      if (entry?.kind === 'extent' && entry.generation.file === file) {
        return entry.start;
      }
    }
    return this.#file.draining.find((generation) => generation.file === file)?.tip;
  }

  /**
   * The entry in which a cursor ends. Where a file was read in two stretches, with another between, that
   * is the first of them: what came between follows. A file of another identity is taken for the same
   * only on evidence: devices are numbered anew when a machine starts, files are restored and moved.
   */
  async #findInJournal(cursor: FileCursor): Promise<number | undefined> {
    const { journal } = this.#file;
    for (const isSameFile of hasEvidence(cursor) ? [true, false] : [true]) {
      for (let index = journal.first; index < journal.end; index++) {
        const entry = journal.at(index);
        if (
          entry?.kind === 'extent' &&
          (entry.generation.file === cursor.file) === isSameFile &&
          entry.start <= cursor.end &&
          cursor.end <= entry.end &&
          !entry.generation.isCut &&
          (await cursorFits(entry.generation.handle, cursor))
        ) {
          return index;
        }
      }
    }
    return undefined;
  }

  /** The place for a reader, and its cursor. `offset`: in the file of that entry; the entry's start if left out. */
  async #placeAt(index: number, offset?: number): Promise<ReaderPlace> {
    const { journal } = this.#file;
    const entry = journal.at(index);
    if (entry?.kind === 'extent') {
      const at = offset ?? entry.start;
      const { generation } = entry;
      const place = { index, offset: at, cursor: await this.#cursorAt(generation, at), generation };
      const old = this.#file.draining.at(-1);
      const end = old && old !== generation ? this.#endOf(old, index) : undefined;
      const cursor = old && end !== undefined ? await this.#cursorAt(old, end) : null;
      return old && cursor !== null ? { ...place, old: { generation: old, cursor } } : place;
    }
    // Behind the last stretch of a file that is away, or before the first.
    for (let before = index - 1; before >= journal.first; before--) {
      const last = journal.at(before);
      if (last?.kind === 'extent') {
        return { index, offset: 0, cursor: await this.#cursorAt(last.generation, last.end) };
      }
    }
    return { index, offset: 0, cursor: NOWHERE };
  }

  /** How far the journal has a file before an entry. */
  #endOf(generation: FileGeneration, before: number): number | undefined {
    for (let index = before - 1; index >= this.#file.journal.first; index--) {
      const entry = this.#file.journal.at(index);
      if (entry?.kind === 'extent' && entry.generation === generation) {
        return entry.end;
      }
    }
    return undefined;
  }

  async #cursorAt(generation: FileGeneration, offset: number): Promise<string | null> {
    return generation.isCut ? null : cursorFor(generation, offset, offset, await tailAt(generation.handle, offset));
  }

  /** A retained generation that begins as the cursor says, among the open files and those beside. */
  async findGeneration(cursor: FileCursor): Promise<FileGeneration | undefined> {
    for (let index = this.#file.journal.end - 1; index >= this.#file.journal.first; index--) {
      const entry = this.#file.journal.at(index);
      if (
        entry?.kind === 'extent' &&
        entry.generation.file === cursor.file &&
        !entry.generation.isCut &&
        (await headFits(entry.generation.handle, cursor))
      ) {
        return entry.generation.retain();
      }
    }
    return (await findRotated(await this.#paths(), cursor, this.#file.maxLineBytes, headFits))?.generation;
  }
}

function newEpoch(): string {
  return randomBytes(6).toString('hex');
}
