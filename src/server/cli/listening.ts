import { systemClock } from '../../base/clock';
import { texts } from '../../text/texts';
import type { LogServer } from '../logServer';
import type { ServerSettings } from './commandLine';
import type { OwnSocket } from './ownSocket';
import { findPortHolder, nextFreePort } from './portHolder';
import { StartError } from './startError';
import { refusedSentence, settleTakenPort } from './takenPort';
import { askOnTerminal } from './terminal';

/**
 * Starts to listen on the socket, and gives its address.
 * @throws StartError which says why it cannot.
 */
export async function listenOnSocket(server: LogServer, socket: OwnSocket): Promise<string> {
  try {
    const address = await server.start();
    socket.opened();
    return address;
  } catch (error) {
    throw new StartError(socketSentence(error, socket.path));
  }
}

/**
 * Starts to listen on a port, and gives the address of the page; where the port is taken, says by whom, and
 * offers the next free one.
 * @throws StartError which says why it cannot.
 */
export async function listenOnPort(server: LogServer, settings: ServerSettings): Promise<string> {
  const { host } = settings;
  // What is typed may be the stream itself.
  const canAsk = process.stdin.isTTY && process.stderr.isTTY && settings.subject.kind !== 'stdin';
  for (let port = settings.port; ; ) {
    try {
      return await server.start(port);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') {
        throw new StartError(portSentence(error, host, port));
      }
    }
    const taken = port;
    const settled = await settleTakenPort(host, taken, {
      findHolder: () => findPortHolder(host, taken, systemClock),
      nextFree: () => nextFreePort(host, taken),
      ...(canAsk ? { ask: askOnTerminal } : {}),
    });
    if (settled.kind === 'refused') {
      throw new StartError(settled.sentence);
    }
    port = settled.port;
  }
}

/** Why a port could not be opened, where nobody can be asked for another. */
export async function whyPortIsClosed(error: unknown, host: string, port: number): Promise<string> {
  if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') {
    return portSentence(error, host, port);
  }
  const holder = await findPortHolder(host, port, systemClock);
  return refusedSentence(host, port, holder, await nextFreePort(host, port));
}

/** Why a port could not be opened that nobody has taken. */
function portSentence(error: unknown, host: string, port: number): string {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'EACCES') {
    return texts.server.portForbidden(port);
  }
  return texts.server.cannotListen(host, port, message);
}

/** Why a local socket could not be opened. */
function socketSentence(error: unknown, path: string): string {
  const { code, message } = error as NodeJS.ErrnoException;
  return code === 'EADDRINUSE' ? texts.server.socketTaken(path) : texts.server.cannotListenOnSocket(path, message);
}
