import { rmdirSync, unlinkSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import type { Disposable } from '../../base/disposable';
import { SOCKET_FOLDER_PREFIX } from '../../protocol/socketAddress';
import { absoluteSocketPath, checkSocketPath } from '../http/localSocket';
import { EXIT, StartError } from './startError';

/** The local socket that this process listens on, and what is left of it at its end. */
export class OwnSocket implements Disposable {
  readonly path: string;
  readonly #startedByEditor: boolean;
  #isOurs = false;

  /**
   * @param startedByEditor the folder around it was made for us.
   * @throws StartError where no socket can have this path.
   */
  constructor(path: string, startedByEditor: boolean) {
    this.path = absoluteSocketPath(path);
    this.#startedByEditor = startedByEditor;
    const problem = checkSocketPath(this.path, process.platform);
    if (problem !== null) {
      throw new StartError(problem, EXIT.usage);
    }
  }

  /** It is listened on: it stays where the process ends at once. */
  opened(): void {
    this.#isOurs = true;
  }

  /** The server took it away itself; another server may listen there from now on. */
  closed(): void {
    this.#isOurs = false;
  }

  /**
   * At the end of the process: takes the socket away, which stays where a process ends at once. The folder
   * around it was made for us by an editor that may be gone by now; nobody else's folder is touched, and
   * none that holds anything.
   */
  dispose(): void {
    if (process.platform === 'win32') {
      return;
    }
    try {
      if (this.#isOurs) {
        unlinkSync(this.path);
      }
      const folder = dirname(this.path);
      if (this.#startedByEditor && basename(folder).startsWith(SOCKET_FOLDER_PREFIX)) {
        rmdirSync(folder);
      }
    } catch {
      // Removed by the editor, or not empty.
    }
  }
}
