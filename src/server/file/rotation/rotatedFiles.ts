import { readlink, realpath, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import {
  cursorFits,
  type FileCursor,
  hasEvidence,
  hasProof,
  identityOf,
  type StatusTimes,
  statusTimes,
} from '../bytes/fileIdentity';
import { LogFileHandle } from '../bytes/logFileHandle';
import { namesBeginning } from '../watching/folderNames';
import { type Between, decideBetween, type FileHad, inOrderByShape, type Neighbour, newestFirst } from './between';
import { COMPRESSED, copyShape, isEvidentRotation, isRotationBehind, rotationShape, stemOf } from './rotationNames';

/** Rotations that a service may still write to when the server starts. */
const MOST_RECENT = 4;
/** Names looked at side by side. */
const LOOKED_AT_ONCE = 16;
/** Looks until the names stand still: a rotation moves them all, one after the other. */
const MOST_LOOKS = 5;

/** A file that a log was rotated into. */
export interface RotatedFile {
  readonly generation: LogFileHandle;
  /** The bytes are those, the file is another: a copy, after which the log was truncated. */
  readonly isCopy: boolean;
}

/** What lies between a place and the log that is followed now, oldest first. */
export type FollowingFile =
  | { readonly kind: 'file'; readonly generation: LogFileHandle }
  | { readonly kind: 'compressed'; readonly name: string }
  | { readonly kind: 'left out'; readonly files: number; readonly bytes: number }
  | { readonly kind: 'unknown' };

/** {@link Between}, its files open. */
export type OpenedBetween =
  | { readonly kind: 'continued' }
  | { readonly kind: 'rotated'; readonly place: RotatedFile; readonly following: readonly FollowingFile[] }
  | { readonly kind: 'gone'; readonly following: readonly FollowingFile[] };

/** A question for what lies between. */
export interface BetweenQuery {
  /** Paths of the log: as it is followed, and where a symbolic link leads. */
  readonly logs: readonly string[];
  /**
   * The place, with digests of what leads to it. It may come from the network: so only names that a
   * rotation gives are looked at, and only a file that proves to be the one is read. Whatever else lies
   * in the folder stays out of reach, also of cursors that are made up.
   */
  readonly cursor: FileCursor;
  readonly isOpen: boolean;
  readonly times?: FileHad['times'];
  /** Device and inode of the file that the path leads to now. */
  readonly now: string | undefined;
  readonly maxLineBytes: number;
  /** How a file proves to be the one that the cursor describes; {@link cursorFits} if left out. */
  readonly fits?: typeof cursorFits;
  /** How a file shows that it is a copy, where the one with the place is at hand; else by digests. */
  readonly isCopy?: ((file: LogFileHandle) => Promise<boolean>) | undefined;
  nowHolds(): Promise<boolean>;
  isKnown(path: string, file: string): Promise<boolean>;
}

/** Links that are followed at most, as the system does. */
const MOST_LINKS = 40;

/** Paths of a log: as it was named, and where a symbolic link leads, also while nothing is there. */
export async function logPaths(path: string): Promise<readonly string[]> {
  let target = path;
  for (let links = 0; links < MOST_LINKS; links++) {
    const next = await readlink(target).catch(() => undefined);
    if (next === undefined) {
      break;
    }
    target = resolve(dirname(target), next);
  }
  const folder = await realpath(dirname(target)).catch(() => dirname(target));
  return [...new Set([path, join(folder, basename(target))])];
}

/** Bytes of a file beside a log, by its device and inode; undefined if it does not lie there. */
export async function sizeBeside(logs: readonly string[], file: string): Promise<number | undefined> {
  const neighbours = await Promise.all(logs.map((log) => neighboursOf(log, copyShape)));
  return neighbours.flat().find((neighbour) => neighbour.file === file)?.size;
}

/** The files beside a log that `shapeOf` takes. */
async function neighboursOf(path: string, shapeOf: typeof copyShape): Promise<(Neighbour & StatusTimes)[]> {
  const [folder, base] = [dirname(path), basename(path)];
  const named = (await namesBeginning(folder, stemOf(base))).flatMap((name) => {
    const shape = shapeOf(name, base);
    return shape === undefined ? [] : [{ path: join(folder, name), name, shape }];
  });
  const found = new Map<string, Neighbour & StatusTimes>();
  for (let at = 0; at < named.length; at += LOOKED_AT_ONCE) {
    const looks = named.slice(at, at + LOOKED_AT_ONCE).map(async (neighbour) => {
      // One that is gone meanwhile is no candidate.
      const status = await stat(neighbour.path, { bigint: true }).catch(() => undefined);
      if (status?.isFile()) {
        // One that is renamed meanwhile stands under two names.
        found.set(identityOf(status), {
          ...neighbour,
          isRotation: rotationShape(neighbour.name, base) !== undefined,
          isEvident: isEvidentRotation(neighbour.name, base),
          file: identityOf(status),
          size: Number(status.size),
          ...statusTimes.of(status),
        });
      }
    });
    await Promise.all(looks);
  }
  return [...found.values()];
}

/**
 * Opens the files that a log was rotated into and that a service may still have open, oldest first: those
 * that were written or renamed since `since` (ms since the Unix epoch), and the one rotated last where `isNew` says
 * that the log has come after it since then, or is yet to come. Only those named behind the log's whole
 * name: `app-2.log` beside `app.log` may be a log of its own.
 * @param logs paths of the log: as it is followed, and where a symbolic link leads.
 */
export async function openRecentRotations(
  logs: readonly string[],
  since: number,
  isNew: boolean,
  maxLineBytes: number,
): Promise<readonly LogFileHandle[]> {
  const shapeOf = (name: string, base: string) =>
    isRotationBehind(name, base) ? rotationShape(name, base) : undefined;
  const beside = await Promise.all(logs.map((log) => neighboursOf(log, shapeOf)));
  const named = beside.flat().filter(({ name }) => !COMPRESSED.test(name));
  // Its service has it open longest, though nothing may stand in it yet, and the one before it was written later.
  const [rotatedLast] = newestFirst(inOrderByShape(named).flatMap((alike) => alike.slice(-1)));
  const others = newestFirst(named.filter((each) => each !== rotatedLast));
  const recent = [...(rotatedLast ? [rotatedLast] : []), ...others]
    .filter((each) => each.changedAt >= since * 1e6 || (isNew && each === rotatedLast))
    .slice(0, MOST_RECENT);
  const opened: LogFileHandle[] = [];
  for (const { path } of inOrderByShape(recent).flat()) {
    // One that is gone meanwhile, or may not be read, is none.
    const generation = await LogFileHandle.open(path, maxLineBytes).catch(() => undefined);
    if (generation) {
      opened.push(generation);
    }
  }
  return opened;
}

/**
 * What lies between the place somebody had and what the path leads to now; the rule is
 * {@link decideBetween}'s, the files are opened here. The names beside a log move while it is rotated:
 * they are looked at until they stand still; if they do not, that is part of the answer.
 */
export async function findBetween(query: BetweenQuery): Promise<OpenedBetween> {
  let gone: OpenedBetween = { kind: 'gone', following: [] };
  for (const log of query.logs) {
    const found = await findBeside(log, query);
    if (found.kind !== 'gone' || found.following.length > 0) {
      release(gone);
      return found;
    }
    gone = found;
  }
  return gone;
}

async function findBeside(log: string, query: BetweenQuery): Promise<OpenedBetween> {
  for (let look = 1; ; look++) {
    const neighbours = await neighboursOf(log, copyShape);
    const between = await decideBetween(
      { file: query.cursor.file, isOpen: query.isOpen, times: query.times },
      {
        neighbours,
        now: query.now,
        nowHolds: query.nowHolds,
        holds: (neighbour) => holds(neighbour, query),
        isKnown: ({ path, file }) => query.isKnown(path, file),
      },
    );
    if (between.kind === 'continued') {
      return between;
    }
    const opened = await openAll(between, query.maxLineBytes);
    const isStill = opened.isWhole && namesOf(await neighboursOf(log, copyShape)) === namesOf(neighbours);
    if (isStill || look === MOST_LOOKS) {
      return isStill ? opened.between : withUnknown(opened.between);
    }
    release(opened.between);
  }
}

function namesOf(neighbours: readonly Neighbour[]): string {
  return neighbours
    .map(({ name, file }) => `${name}/${file}`)
    .sort()
    .join('/');
}

async function holds(neighbour: Neighbour, query: BetweenQuery): Promise<boolean> {
  const { cursor, maxLineBytes, fits = cursorFits } = query;
  // A copy needs more to be believed than the file itself; and without any proof everything fits.
  const isItself = neighbour.file === cursor.file && neighbour.isEvident;
  const isProven = isItself ? hasProof(cursor) : hasEvidence(cursor);
  if (!isProven && !query.isCopy) {
    return false;
  }
  const generation = await LogFileHandle.open(neighbour.path, maxLineBytes).catch(() => undefined);
  try {
    if (!generation) {
      return false;
    }
    return query.isCopy ? await query.isCopy(generation) : await fits(generation.handle, cursor);
  } catch {
    // Unreadable: not ours to complain about.
    return false;
  } finally {
    generation?.release();
  }
}

type Opened = Exclude<OpenedBetween, { kind: 'continued' }>;

/** Opens the files of an answer. `isWhole`: each was still the one that had been looked at. */
async function openAll(
  between: Exclude<Between, { kind: 'continued' }>,
  maxLineBytes: number,
): Promise<{ readonly between: Opened; readonly isWhole: boolean }> {
  let isWhole = true;
  const openOne = async ({ path, file }: Neighbour): Promise<LogFileHandle | undefined> => {
    const generation = await LogFileHandle.open(path, maxLineBytes).catch((error: NodeJS.ErrnoException) => {
      isWhole &&= error.code !== 'ENOENT';
      return undefined;
    });
    if (generation && generation.file !== file) {
      isWhole = false;
      generation.release();
      return undefined;
    }
    return generation;
  };
  const place = between.kind === 'rotated' ? await openOne(between.place) : undefined;
  const following: FollowingFile[] = [];
  for (const each of between.following) {
    if (each.kind !== 'file') {
      following.push(each);
      continue;
    }
    const generation = await openOne(each.at);
    // Unreadable: its lines are missing as if it were compressed.
    following.push(generation ? { kind: 'file', generation } : { kind: 'compressed', name: each.at.name });
  }
  return {
    isWhole,
    between:
      between.kind === 'rotated' && place
        ? { kind: 'rotated', place: { generation: place, isCopy: between.isCopy }, following }
        : { kind: 'gone', following },
  };
}

function withUnknown(between: Opened): Opened {
  return between.following.some(({ kind }) => kind === 'unknown')
    ? between
    : { ...between, following: [{ kind: 'unknown' }, ...between.following] };
}

/** Closes the files of an answer that nobody wants. */
export function release(between: OpenedBetween): void {
  if (between.kind === 'rotated') {
    between.place.generation.release();
  }
  for (const each of between.kind === 'continued' ? [] : between.following) {
    if (each.kind === 'file') {
      each.generation.release();
    }
  }
}
