import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { FileGeneration } from './fileGeneration';
import { cursorFits, type FileCursor } from './fileIdentity';

/** Compressed files hold other bytes than the log had. */
const COMPRESSED = /\.(gz|bz2|xz|zst|zip|lz4|lzma)$/i;
/** More files beside a log than that are not its rotations. */
const MOST_CANDIDATES = 100;
/** What rotations put into names: numbers and dates (logrotate, log4j, Python's handlers, Docker). */
const ROTATION_MARK = '[-._][0-9][-0-9TtZz_.:+]*';

/** A file beside a log. */
interface Neighbour {
  readonly path: string;
  readonly name: string;
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
  readonly name: string;
  readonly writtenAt: bigint;
}

/** What lies between a rotated file and the log that is followed now, oldest first. */
export type FollowingFile =
  | { readonly kind: 'file'; readonly generation: FileGeneration }
  | { readonly kind: 'compressed'; readonly name: string };

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

/** Whether `name` is that of a rotation of `base`: `app.log.1`, `app.log-20261124`, `app-2026-11-24.log`. */
export function isRotationName(name: string, base: string): boolean {
  const extension = /\.[^.]+$/.exec(base)?.[0] ?? '';
  const stem = base.slice(0, base.length - extension.length);
  const form = new RegExp(
    `^(?:${escaped(base)}${ROTATION_MARK}|${escaped(stem)}${ROTATION_MARK}${escaped(extension)})$`,
  );
  return form.test(name.replace(COMPRESSED, ''));
}

async function neighbours(path: string, wanted: (name: string) => boolean): Promise<Neighbour[]> {
  const folder = dirname(path);
  const found: Neighbour[] = [];
  const names = await readdir(folder).catch(() => []);
  for (const name of names.filter(wanted).slice(0, MOST_CANDIDATES)) {
    const candidate = join(folder, name);
    // One that is gone meanwhile is no candidate.
    const status = await stat(candidate, { bigint: true }).catch(() => undefined);
    if (status?.isFile()) {
      found.push({ path: candidate, name, file: `${status.dev}-${status.ino}`, writtenAt: status.mtimeNs });
    }
  }
  return found;
}

/**
 * Finds the file a log was rotated into: beside the path, named like it, holding the bytes that the
 * cursor describes. The same inode is looked at first; a copy (copytruncate) has another one.
 */
export async function findRotated(
  path: string,
  cursor: FileCursor,
  maxLineBytes: number,
): Promise<RotatedFile | undefined> {
  const stem = basename(path).replace(/\.[^.]*$/, '');
  const candidates = await neighbours(path, (name) => name.startsWith(stem) && !COMPRESSED.test(name));
  candidates.sort((one, other) => Number(other.file === cursor.file) - Number(one.file === cursor.file));
  for (const { path: candidate, name, file, writtenAt } of candidates) {
    const isCopy = file !== cursor.file;
    // A copy is believed only on enough evidence.
    if (isCopy && (Number.parseInt(cursor.head, 10) < 64 || cursor.tailBytes === 0)) {
      continue;
    }
    let generation: FileGeneration | undefined;
    try {
      generation = await FileGeneration.open(candidate, maxLineBytes);
      if (await cursorFits(generation.handle, cursor)) {
        return { generation, isCopy, name, writtenAt };
      }
    } catch {
      // Unreadable: not ours to complain about.
    }
    generation?.release();
  }
  return undefined;
}

/** Numbers count down with age (`app.log.1` is the newest), dates count up. */
function compareNames(one: string, other: string): number {
  const number = (name: string) => /[-._](\d{1,3})(?:\.[^.\d]+)?$/.exec(name.replace(COMPRESSED, ''))?.[1];
  const [first, second] = [number(one), number(other)];
  return first !== undefined && second !== undefined ? Number(second) - Number(first) : one < other ? -1 : 1;
}

/**
 * The rotations that came after `rotated`, oldest first, without the files in `known`: those are
 * followed anyway. Their order is that of the last writes; within the file system's resolution of
 * time that of the names.
 */
export async function findFollowing(
  path: string,
  rotated: RotatedFile,
  known: ReadonlySet<string>,
  maxLineBytes: number,
): Promise<FollowingFile[]> {
  const base = basename(path);
  const candidates = await neighbours(path, (name) => isRotationName(name, base));
  const isLater = ({ name, writtenAt }: Neighbour) =>
    writtenAt > rotated.writtenAt || (writtenAt === rotated.writtenAt && compareNames(rotated.name, name) < 0);
  const later = candidates.filter(
    (candidate) =>
      candidate.file !== rotated.generation.file &&
      candidate.name !== rotated.name &&
      !known.has(candidate.file) &&
      isLater(candidate),
  );
  later.sort((one, other) =>
    one.writtenAt === other.writtenAt ? compareNames(one.name, other.name) : one.writtenAt < other.writtenAt ? -1 : 1,
  );
  const following: FollowingFile[] = [];
  for (const { path: candidate, name } of later) {
    if (COMPRESSED.test(name)) {
      following.push({ kind: 'compressed', name });
      continue;
    }
    try {
      following.push({ kind: 'file', generation: await FileGeneration.open(candidate, maxLineBytes) });
    } catch {
      // Unreadable: its lines are missing as if it were compressed.
      following.push({ kind: 'compressed', name });
    }
  }
  return following;
}
