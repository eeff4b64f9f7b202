import { open, rename, rm } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { NEW_FILE_FLAGS, newFileBeside } from '../client/nodeNewFile';

/**
 * Writes what comes to a file, piece by piece, no faster than the disk takes it. Until all is
 * written it stands beside the file, so one that is there already stays whole if this fails or is
 * given up.
 *
 * @returns bytes written.
 */
export async function writeFile(
  path: string,
  content: AsyncIterable<Uint8Array>,
  signal: AbortSignal,
): Promise<number> {
  const partial = newFileBeside(path);
  const stream = (await open(partial, NEW_FILE_FLAGS)).createWriteStream();
  try {
    await pipeline(Readable.from(content, { objectMode: true }), stream, { signal });
    await rename(partial, path);
    return stream.bytesWritten;
  } catch (error) {
    await rm(partial, { force: true });
    throw error;
  }
}
