import { randomBytes } from 'node:crypto';
import { cursorFor } from '../bytes/fileBlocks';
import { NOWHERE, tailAt } from '../bytes/fileIdentity';
import type { LogFileHandle } from '../bytes/logFileHandle';
import type { Extent } from '../fileJournal';
import { FileReader, type FollowedFile, type ReaderPlace } from '../fileReader';

/** The generations behind a path, as far as finding a place needs them. */
export interface FollowedGenerations {
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

/** What finding a place needs of the file. */
export interface PlacedFile extends FollowedFile {
  /** Absolute. */
  readonly path: string;
  readonly maxLineBytes: number;
  readonly generations: FollowedGenerations;
}

/** A reader that goes on behind no other one: its lines are counted from 0, in an epoch of its own. */
export function newReader(file: PlacedFile, place: ReaderPlace): FileReader {
  return new FileReader(file, place, randomBytes(6).toString('hex'), 0);
}

/** The place for a reader, and its cursor. `offset`: in the file of that entry; the entry's start if left out. */
export async function placeAt(file: PlacedFile, index: number, offset?: number): Promise<ReaderPlace> {
  const { journal } = file;
  const entry = journal.at(index);
  if (entry?.kind === 'extent') {
    const at = offset ?? entry.start;
    const { generation } = entry;
    const { file: identity } = generation;
    const cursor = await cursorAt(generation, at);
    const place = { index, offset: at, cursor, file: identity, age: journal.ageOf(generation) };
    const before = otherBefore(file, generation, index);
    const other = before && (await cursorAt(before.generation, before.end));
    return before && other
      ? { ...place, other: { file: before.generation.file, cursor: other, age: journal.ageOf(before.generation) } }
      : place;
  }
  // Behind the last stretch of a file that is away, or before the first.
  for (let before = index - 1; before >= journal.first; before--) {
    const last = journal.at(before);
    if (last?.kind === 'extent') {
      return { index, offset: 0, cursor: await cursorAt(last.generation, last.end) };
    }
  }
  // Of one that is gone, and closed, nothing is left to name.
  return { index, offset: 0, cursor: file.generations.everSeen ? null : NOWHERE };
}

/**
 * How far the journal has, before an entry, the other file that a cursor names, by the rule of a reader that came
 * there itself: the newest one, if that is newer; else the last one, if it may still be written, or was while
 * this one was, too.
 */
function otherBefore(
  file: PlacedFile,
  generation: LogFileHandle,
  before: number,
): { generation: LogFileHandle; end: number } | undefined {
  const { journal } = file;
  const beginning = journal.beginningOf(generation);
  let last: Extent | undefined;
  let newest: Extent | undefined;
  for (let index = before - 1; index >= journal.first; index--) {
    const entry = journal.at(index);
    // What this file was before it was cut or replaced is no other one.
    if (entry?.kind === 'extent' && !generation.isOrWas(entry.generation.file)) {
      const isNamed = index > beginning || file.isRead(entry.generation.file);
      last ??= isNamed ? entry : undefined;
      const isNewer = journal.ageOf(entry.generation) > journal.ageOf((newest ?? { generation }).generation);
      newest = isNewer && !entry.generation.isCut ? entry : newest;
    }
  }
  return newest ?? last;
}

async function cursorAt(generation: LogFileHandle, offset: number): Promise<string | null> {
  return generation.isCut ? null : cursorFor(generation, offset, offset, await tailAt(generation.handle, offset));
}
