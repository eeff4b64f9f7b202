import { cursorFits, type FileCursor, hasEvidence, headFits } from '../bytes/fileIdentity';
import { LogFileHandle } from '../bytes/logFileHandle';
import type { Extent } from '../fileJournal';
import type { PlacedFile } from './readerPlaces';

/** An entry of a journal, and the offset in its file; without one, where the entry starts. */
export type JournalPlace = readonly [index: number, offset?: number];

/** Finds in a file's journal what a cursor names. */
export class JournalSearch {
  readonly #file: PlacedFile;

  constructor(file: PlacedFile) {
    this.#file = file;
  }

  /**
   * The last entry of which a cursor's file was read a part: what comes behind is new, in whatever file.
   * Where a client had not read a byte of it yet, the entry with which it began, or the first that is left.
   */
  async find(cursor: FileCursor): Promise<JournalPlace | undefined> {
    const ofFile = this.#stretches(({ generation }) => generation.isOrWas(cursor.file));
    if (cursor.end === 0 && ofFile.some(([, { generation }]) => this.#file.generations.isAfterCut(generation))) {
      // Nothing in a cursor in front of the first byte tells the file from what it was before it was cut.
      const first = ofFile[0];
      return first && !this.#file.generations.isAfterCut(first[1].generation) ? [first[0]] : undefined;
    }
    return this.#findAmong(cursor, ofFile);
  }

  /**
   * The same in a file of another identity, which is taken for the one only on evidence: devices are
   * numbered anew when a machine starts, files are restored and moved.
   */
  async findCopy(cursor: FileCursor): Promise<JournalPlace | undefined> {
    return hasEvidence(cursor)
      ? this.#findAmong(
          cursor,
          this.#stretches(({ generation }) => !generation.isOrWas(cursor.file)),
        )
      : undefined;
  }

  /** A retained generation that begins as the cursor says, the newest of those that are open. */
  async retainGeneration(cursor: FileCursor): Promise<LogFileHandle | undefined> {
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
    return undefined;
  }

  /** Where the journal has lines of a file from before the server's time; undefined if it has none. */
  beginningOf({ file }: LogFileHandle): number | undefined {
    for (let index = this.#file.journal.first; index < this.#file.journal.end; index++) {
      const entry = this.#file.journal.at(index);
      if (entry?.kind === 'extent' && entry.generation.file === file) {
        return entry.start;
      }
    }
    return this.#file.generations.draining.find((generation) => generation.file === file)?.tip;
  }

  /**
   * When the files of the journal began, by {@link FileJournal.ageOf}, and others that the log was rotated to, given
   * the oldest first: those stand between two files of the journal, right before the one that came after them.
   */
  agesWith(rotated: readonly string[]): ReadonlyMap<string, number> {
    const { journal, generations } = this.#file;
    const ofJournal = this.#stretches(() => true).map(([, { generation }]) => generation);
    const ages = new Map(ofJournal.map((generation) => [generation.file, journal.ageOf(generation)]));
    let next = generations.current ? journal.ageOf(generations.current) : journal.end;
    for (const file of [...rotated].reverse()) {
      next = ages.get(file) ?? next - 1 / (rotated.length + 1);
      ages.set(file, next);
    }
    return ages;
  }

  /** The files that the journal has from their first byte on. */
  filesFromStart(): Set<string> {
    // One that is followed from further on has a part from before the server's time.
    const stretches = this.#stretches(({ start }) => start === 0);
    return new Set(stretches.flatMap(([, { generation }]) => [generation.file, generation.heldIn]));
  }

  /**
   * Whether a file is a copy of one that was cut, which the journal has: that gives what is left of it and
   * tells what is not. All that was read must be in it, since a service may begin each file alike.
   */
  async isCopyOfCut(path: string): Promise<boolean> {
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

  /** Whether the journal begins behind a cut and does not tell of it any more: nobody was there to be told. */
  beginsBehindCut(): boolean {
    const { journal } = this.#file;
    for (let index = journal.first; index < journal.end; index++) {
      const entry = journal.at(index);
      if (entry?.kind === 'gap') {
        return false;
      }
      if (entry?.kind === 'extent' && entry.start === 0 && this.#file.generations.isAfterCut(entry.generation)) {
        return true;
      }
    }
    return false;
  }

  async #findAmong(
    cursor: FileCursor,
    stretches: readonly [index: number, entry: Extent][],
  ): Promise<JournalPlace | undefined> {
    const { end } = cursor;
    for (const [, { generation, start }] of stretches.slice().reverse()) {
      // What the rest of a replaced file had before is in the file that goes on in its place.
      const isAsked = !generation.isCut && !(this.#file.generations.isRest(generation) && start >= end);
      if (isAsked && start <= end && end <= generation.tip && (await cursorFits(generation.handle, cursor))) {
        const own = stretches.filter(([, stretch]) => stretch.generation === generation);
        const read = own.findLast(([, stretch]) => stretch.start < end);
        if (read) {
          return [read[0], end];
        }
        if (this.#file.generations.isFromBefore(generation)) {
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
}

/** The later of two places; one in a file that was read is later than one where nothing was. */
export function laterOf(one: JournalPlace, other: JournalPlace | undefined): JournalPlace {
  if (!other || (one[1] === undefined) !== (other[1] === undefined)) {
    return other?.[1] === undefined ? one : other;
  }
  return other[0] > one[0] ? other : one;
}
