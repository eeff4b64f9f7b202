import { chmodSync, lstatSync, rmSync } from 'node:fs';
import { connect, type Server } from 'node:net';
import { resolve } from 'node:path';
import { longestSocketPath } from '../../protocol/socketAddress';
import { texts } from '../../text/texts';

const isWindows = process.platform === 'win32';

/** The path as it can be listened on, from anywhere: absolute, or the name of a pipe on Windows as it is. */
export function absoluteSocketPath(path: string): string {
  return isWindows ? path : resolve(path);
}

/** The sentence that says why a socket cannot have this path, or null if it can. */
export function checkSocketPath(path: string, platform: string): string | null {
  const most = longestSocketPath(platform);
  if (platform === 'win32' && !/^\\\\[.?]\\pipe\\[^\\]/i.test(path)) {
    return texts.server.noPipe(path);
  }
  return Buffer.byteLength(path) > most ? texts.server.socketPathTooLong(path, most) : null;
}

/**
 * Listens on a Unix socket that only this user may connect to, or on a Windows pipe. What a server that
 * was killed has left there is no hindrance.
 *
 * @throws the system's error, such as EADDRINUSE where somebody listens.
 */
export async function listenOnSocket(server: Server, path: string): Promise<void> {
  try {
    await listen(server, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE' || !(await isStale(path))) {
      throw error;
    }
    rmSync(path, { force: true });
    await listen(server, path);
  }
  if (!isWindows) {
    chmodSync(path, 0o600);
  }
}

function listen(server: Server, path: string): Promise<void> {
  return new Promise((settle, reject) => {
    server.once('error', reject);
    server.listen(path, () => {
      server.off('error', reject);
      settle();
    });
  });
}

/** Whether nobody listens on a socket that lies there. A file that is no socket is never taken for one. */
function isStale(path: string): Promise<boolean> {
  if (isWindows || !lstatSync(path, { throwIfNoEntry: false })?.isSocket()) {
    return Promise.resolve(false);
  }
  return new Promise((settle) => {
    const socket = connect(path, () => {
      socket.destroy();
      settle(false);
    });
    socket.on('error', ({ code }: NodeJS.ErrnoException) => settle(code === 'ECONNREFUSED'));
  });
}
