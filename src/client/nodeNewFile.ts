import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { dirname, join } from 'node:path';

/**
 * Opens for writing only a file that nobody has made yet, and never what a link leads to: in a folder that
 * others may write to (/tmp), a name that can be foreseen could be a link to a file of the person's by then.
 */
export const NEW_FILE_FLAGS = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | (constants.O_NOFOLLOW ?? 0);

/**
 * A name beside `path` that nobody can foresee, for a file that is written there and then takes the place
 * of `path`. Renaming replaces a link at `path` and leaves alone what it leads to.
 */
export function newFileBeside(path: string): string {
  return join(dirname(path), `.live-log-${randomBytes(12).toString('hex')}.tmp`);
}
