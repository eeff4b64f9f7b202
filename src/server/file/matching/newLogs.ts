import { stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import type { LogSource } from '../../logSource';
import { identityOf } from '../bytes/fileIdentity';
import { FileSource } from '../fileSource';
import { COMPRESSED, namesRotatedTo } from '../rotation/rotationNames';

/** What is followed already. */
interface Followed {
  /** Absolute. */
  readonly paths: ReadonlySet<string>;
  readonly sources: readonly LogSource[];
}

/**
 * Which of the files that patterns match are logs that are not followed yet, in the order of their names:
 * what a log is rotated to is none, and its lines have been told.
 *
 * @param found absolute paths, of all files that are matched.
 * @param isWanted whether a path is new, and may be followed.
 */
export async function newLogs(
  found: readonly string[],
  { paths, sources }: Followed,
  isWanted: (path: string) => boolean,
): Promise<readonly string[]> {
  const news = found.filter((path) => isWanted(resolve(path)));
  if (news.length === 0) {
    return [];
  }
  // Rotated and compressed files are no logs of their own.
  const logs = new Set([...found.filter((path) => !COMPRESSED.test(path)), ...paths]);
  const added = news.filter((path) => logs.has(path) && !isRotationOfAny(path, logs)).sort();
  return notRotated(added, sources);
}

/** Whether a file is a rotation of one of the others, whose lines were told under that one's name. */
function isRotationOfAny(path: string, others: ReadonlySet<string>): boolean {
  return namesRotatedTo(basename(path)).some((name) => others.has(join(dirname(path), name)));
}

/** Those whose new name is not only that of a file followed already, just rotated: its lines have been told. */
async function notRotated(paths: readonly string[], sources: readonly LogSource[]): Promise<readonly string[]> {
  if (paths.length === 0) {
    return [];
  }
  const holders = new Map<string, FileSource[]>();
  for (const source of sources) {
    for (const file of source instanceof FileSource ? source.filesHeld : []) {
      holders.set(file, [...(holders.get(file) ?? []), source as FileSource]);
    }
  }
  const fresh = new Map<string, string>();
  const stats = await Promise.all(paths.map((path) => stat(path, { bigint: true }).catch(() => undefined)));
  for (const [at, path] of paths.entries()) {
    const found = stats[at];
    const file = found ? identityOf(found) : path;
    const held = await Promise.all((holders.get(file) ?? []).map((source) => source.holds(path)));
    // Of several names of one file, one is enough.
    if (!held.includes(true) && !fresh.has(file)) {
      fresh.set(file, path);
    }
  }
  return [...fresh.values()];
}
