import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { FileGeneration } from './fileGeneration';
import { cursorFits, type FileCursor, hasEvidence, identityOf } from './fileIdentity';

/** Compressed files hold other bytes than the log had. */
export const COMPRESSED = /\.(gz|bz2|xz|zst|zip|lz4|lzma)$/i;
/** Rotated files that are opened at most, the newest. */
const MOST_OPENED = 100;
/** Rotations that a service may still write to when the server starts. */
const MOST_RECENT = 4;
/** Names looked at side by side. */
const LOOKED_AT_ONCE = 16;
/** What rotations put into names: numbers and dates (logrotate, log4j, Python's handlers, Docker). */
const ROTATION_MARK = '[-._][0-9][-0-9TtZz_.:+]*';

/** A file beside a log. */
interface Neighbour {
  readonly path: string;
  readonly name: string;
  /** How it is named: rotations of one log are named alike. */
  readonly shape: string;
  /** Device and inode. */
  readonly file: string;
  /** Time of the last write, ns since the Unix epoch. */
  readonly writtenAt: bigint;
}

/** A file that a log was rotated into. */
export interface RotatedFile {
  readonly generation: FileGeneration;
  /** The bytes are those, the file is another: a copy, after which the log was truncated. */
  readonly isCopy: boolean;
  /** Path of the log that it was named after. */
  readonly log: string;
  readonly name: string;
  readonly shape: string;
  readonly writtenAt: bigint;
}

/** What lies between a rotated file and the log that is followed now, oldest first. */
export type FollowingFile =
  | { readonly kind: 'file'; readonly generation: FileGeneration }
  | { readonly kind: 'compressed'; readonly name: string }
  /** More than are opened at a time. */
  | { readonly kind: 'left out' };

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

/**
 * How a rotation of `base` is named, numbers of one to three digits and dates of one form alike; undefined
 * for other names. `app.log.1`, `app.log-20261124`, `app-2026-11-24.log`, all of them compressed or not.
 */
export function rotationShape(name: string, base: string): string | undefined {
  const extension = /\.[^.]+$/.exec(base)?.[0] ?? '';
  const stem = base.slice(0, base.length - extension.length);
  const plain = name.replace(COMPRESSED, '');
  const [, behind] = new RegExp(`^${escaped(base)}(${ROTATION_MARK})$`).exec(plain) ?? [];
  const [, within] = new RegExp(`^${escaped(stem)}(${ROTATION_MARK})${escaped(extension)}$`).exec(plain) ?? [];
  const mark = behind ?? (stem === '' ? undefined : within);
  const shape = mark?.replace(/[0-9]+/g, (digits) => (digits.length <= 3 ? '#' : '#'.repeat(digits.length)));
  return shape && (behind === undefined ? `${shape}${extension}` : `${extension}${shape}`);
}

/** Whether `name` is that of a rotation of `base`. */
export function isRotationName(name: string, base: string): boolean {
  return rotationShape(name, base) !== undefined;
}

/** Whether `name` is that of `base` with a mark of rotation behind it, which no log has of its own. */
export function isRotationBehind(name: string, base: string): boolean {
  return new RegExp(`^${escaped(base)}${ROTATION_MARK}$`).test(name.replace(COMPRESSED, ''));
}

/** The same, and any other name that begins with the log's whole one: `app.log.old`. */
function copyShape(name: string, base: string): string | undefined {
  const isCopy = name.startsWith(base) && /^[-._~]/.test(name.slice(base.length));
  return rotationShape(name, base) ?? (isCopy ? name : undefined);
}

/** The files beside a log that `shapeOf` takes, the newest first. */
async function rotationsOf(path: string, shapeOf: typeof copyShape): Promise<Neighbour[]> {
  const [folder, base] = [dirname(path), basename(path)];
  const named = (await readdir(folder).catch(() => [])).flatMap((name) => {
    const shape = shapeOf(name, base);
    return shape === undefined ? [] : [{ path: join(folder, name), name, shape }];
  });
  const found: Neighbour[] = [];
  for (let at = 0; at < named.length; at += LOOKED_AT_ONCE) {
    const looks = named.slice(at, at + LOOKED_AT_ONCE).map(async (neighbour) => {
      // One that is gone meanwhile is no candidate.
      const status = await stat(neighbour.path, { bigint: true }).catch(() => undefined);
      if (status?.isFile()) {
        found.push({ ...neighbour, file: identityOf(status), writtenAt: status.mtimeNs });
      }
    });
    await Promise.all(looks);
  }
  return found.sort((one, other) => (one.writtenAt > other.writtenAt ? -1 : one.writtenAt < other.writtenAt ? 1 : 0));
}

/**
 * Opens the files that a log was rotated into and that were written since `since` (ms since the Unix
 * epoch), oldest first: a service may still have one of them open. Only those named behind the log's
 * whole name: `app-2.log` beside `app.log` may be a log of its own.
 */
export async function openRecentRotations(
  log: string,
  since: number,
  maxLineBytes: number,
): Promise<readonly FileGeneration[]> {
  const named = await rotationsOf(log, (name, base) => (isRotationBehind(name, base) ? name : undefined));
  const recent = named.filter(({ name, writtenAt }) => !COMPRESSED.test(name) && writtenAt >= since * 1e6);
  const opened: FileGeneration[] = [];
  for (const { path } of recent.slice(0, MOST_RECENT).reverse()) {
    // One that is gone meanwhile, or may not be read, is none.
    const generation = await FileGeneration.open(path, maxLineBytes).catch(() => undefined);
    if (generation) {
      opened.push(generation);
    }
  }
  return opened;
}

/**
 * Finds the file a log was rotated into: beside the log, named after it, holding the bytes that the
 * cursor describes. The same inode is looked at first; a copy (copytruncate) has another one.
 *
 * A cursor comes from the network. So only names that a rotation gives are looked at: whatever else
 * lies in the folder stays out of reach, also of cursors that are made up.
 * @param logs paths of the log: as it is followed, and where a symbolic link leads.
 */
export async function findRotated(
  logs: readonly string[],
  cursor: FileCursor,
  maxLineBytes: number,
  fits = cursorFits,
): Promise<RotatedFile | undefined> {
  for (const log of logs) {
    const candidates = await rotationsOf(log, copyShape);
    candidates.sort((one, other) => Number(other.file === cursor.file) - Number(one.file === cursor.file));
    for (const candidate of candidates.filter(({ name }) => !COMPRESSED.test(name)).slice(0, MOST_OPENED)) {
      const isCopy = candidate.file !== cursor.file;
      // A copy is believed only on enough evidence.
      if (isCopy && !hasEvidence(cursor)) {
        continue;
      }
      let generation: FileGeneration | undefined;
      try {
        generation = await FileGeneration.open(candidate.path, maxLineBytes);
        if (await fits(generation.handle, cursor)) {
          const { name, shape, writtenAt } = candidate;
          return { generation, isCopy, log, name, shape, writtenAt };
        }
      } catch {
        // Unreadable: not ours to complain about.
      }
      generation?.release();
    }
  }
  return undefined;
}

const names = new Intl.Collator('en', { numeric: true });

type Rotation = Pick<Neighbour, 'name' | 'shape' | 'writtenAt'>;

/**
 * Orders rotations of one shape by age, the oldest first. A date that begins with the year says it.
 * Numbers are counted up by some and down by most (`app.log.1` is the newest), so they say it only where
 * the last writes cannot: within the file system's resolution of time.
 */
function byAge(one: Rotation, other: Rotation): number {
  if (/^[^#]*####/.test(one.shape)) {
    return names.compare(one.name, other.name);
  }
  return one.writtenAt === other.writtenAt
    ? names.compare(other.name, one.name)
    : one.writtenAt < other.writtenAt
      ? -1
      : 1;
}

/**
 * The rotations that came after `rotated`, oldest first, without the files in `known`: those are
 * followed anyway. They are named as it is: `web-8081.log` beside `web.log` and `web.log.1` is
 * another service's.
 */
export async function findFollowing(
  rotated: RotatedFile,
  known: ReadonlySet<string>,
  maxLineBytes: number,
): Promise<FollowingFile[]> {
  const later = (await rotationsOf(rotated.log, rotationShape)).filter(
    (candidate) =>
      candidate.shape === rotated.shape &&
      candidate.file !== rotated.generation.file &&
      candidate.name !== rotated.name &&
      !known.has(candidate.file) &&
      byAge(rotated, candidate) < 0,
  );
  later.sort(byAge);
  const following: FollowingFile[] = later.length > MOST_OPENED ? [{ kind: 'left out' }] : [];
  for (const { path, name } of later.slice(-MOST_OPENED)) {
    if (COMPRESSED.test(name)) {
      following.push({ kind: 'compressed', name });
      continue;
    }
    try {
      following.push({ kind: 'file', generation: await FileGeneration.open(path, maxLineBytes) });
    } catch {
      // Unreadable: its lines are missing as if it were compressed.
      following.push({ kind: 'compressed', name });
    }
  }
  return following;
}
