import { randomBytes } from 'node:crypto';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { longestSocketPath, SOCKET_FOLDER_PREFIX } from '../protocol/socketAddress';
import { texts } from '../text/texts';

/** Where a server of ours listens that has no port. */
export interface ServerSocket {
  /** Path of the Unix socket, or name of the pipe on Windows. */
  readonly path: string;
  /** The folder made for it, which only this user may enter; absent on Windows, where pipes lie in none. */
  readonly folder?: string;
}

/** What `mkdtemp` puts in place of these characters is as long. */
const RANDOM_PART = 'XXXXXX';
const NAME = 's';

/**
 * Makes a place for one server's socket: a folder of its own, so that nobody else can have put anything
 * there, or on Windows a name that nobody can guess.
 *
 * @param parents folders to try, best first: that of macOS for temporary files is long, and a path may be
 * set to anything, but a socket's has at most some hundred bytes.
 * @throws Error with one sentence where none will do.
 */
export function makeServerSocket(platform: string, parents: readonly string[] = [tmpdir(), '/tmp']): ServerSocket {
  if (platform === 'win32') {
    return { path: `\\\\.\\pipe\\${SOCKET_FOLDER_PREFIX}${randomBytes(16).toString('hex')}` };
  }
  const problems: string[] = [];
  for (const parent of parents) {
    const length = Buffer.byteLength(join(parent, SOCKET_FOLDER_PREFIX + RANDOM_PART, NAME));
    if (length > longestSocketPath(platform)) {
      problems.push(texts.extension.server.socketPathTooLong(parent));
      continue;
    }
    try {
      const folder = mkdtempSync(join(parent, SOCKET_FOLDER_PREFIX));
      return { path: join(folder, NAME), folder };
    } catch (error) {
      problems.push((error as Error).message);
    }
  }
  throw new Error(texts.extension.server.noSocketFolder(problems));
}
