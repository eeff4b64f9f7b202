import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { FileGeneration } from './fileGeneration';
import { cursorFits, type FileCursor } from './fileIdentity';

/** Compressed files hold other bytes than the log had. */
const COMPRESSED = /\.(gz|bz2|xz|zst|zip|lz4|lzma)$/i;
/** More files beside a log than that are not its rotations. */
const MOST_CANDIDATES = 100;

/**
 * Finds the file a log was rotated into: beside the path, named like it, holding the bytes that the
 * cursor describes. The same inode is looked at first; a copy (copytruncate) has another one.
 */
export async function findRotated(
  path: string,
  cursor: FileCursor,
  maxLineBytes: number,
): Promise<FileGeneration | undefined> {
  const folder = dirname(path);
  const stem = basename(path);
  let names: string[];
  try {
    names = await readdir(folder);
  } catch {
    return undefined;
  }
  const candidates: { readonly path: string; readonly sameFile: boolean }[] = [];
  for (const name of names) {
    if (
      name.startsWith(stem.replace(/\.[^.]*$/, '')) &&
      !COMPRESSED.test(name) &&
      candidates.length < MOST_CANDIDATES
    ) {
      try {
        const candidate = join(folder, name);
        const found = await stat(candidate, { bigint: true });
        if (found.isFile()) {
          candidates.push({ path: candidate, sameFile: `${found.dev}-${found.ino}` === cursor.file });
        }
      } catch {
        // Gone meanwhile.
      }
    }
  }
  candidates.sort((one, other) => Number(other.sameFile) - Number(one.sameFile));
  for (const candidate of candidates) {
    // A copy is believed only on enough evidence.
    if (!candidate.sameFile && (Number.parseInt(cursor.head, 10) < 64 || cursor.tailBytes === 0)) {
      continue;
    }
    let generation: FileGeneration | undefined;
    try {
      generation = await FileGeneration.open(candidate.path, maxLineBytes);
      if (await cursorFits(generation.handle, cursor)) {
        return generation;
      }
    } catch {
      // Unreadable: not ours to complain about.
    }
    generation?.release();
  }
  return undefined;
}
