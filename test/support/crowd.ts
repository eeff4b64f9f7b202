import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { startProcess, stopProcess } from './processes';
import { repositoryRoot } from './testCache';

export interface CrowdOptions {
  /** What each sends first; nothing is read of what comes back then. */
  readonly text?: string;
  /** How long after its end a connection is opened anew on average, in ms. */
  readonly renewMs?: number;
}

/**
 * Many connections that show nothing, each opened anew a while after it was ended. They live in a process
 * of their own: who is to be let in beside them must not wait for its turn behind them at this end.
 */
export class Crowd {
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess) {
    this.#child = child;
  }

  /** Resolves once all of them have been connected. */
  static async gather(port: number, size: number, { text = '', renewMs = 2000 }: CrowdOptions = {}): Promise<Crowd> {
    const members = join(repositoryRoot, 'test/support/crowdMembers.cjs');
    const child = startProcess(process.execPath, [members, String(port), String(size), String(renewMs), text], {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    await once(child, 'message');
    return new Crowd(child);
  }

  /** Resolves once the other end has ended as many connections as told, and one more. */
  async untilEnded(count: number): Promise<void> {
    const told = once(this.#child, 'message');
    this.#child.send(count);
    await told;
  }

  async leave(): Promise<void> {
    await stopProcess(this.#child);
  }
}
