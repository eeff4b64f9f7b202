import { readFileSync } from 'node:fs';
import { texts } from '../../text/texts';
import { StartError } from './startError';

/**
 * Reads a file that an option names.
 * @param option as it is written, such as `--cert`.
 * @throws StartError which says that it cannot be read.
 */
export function readOptionFile(option: string, path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    throw new StartError(texts.server.cannotReadOption(option, path, (error as NodeJS.ErrnoException).code ?? ''));
  }
}
