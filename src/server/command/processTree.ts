import { type ChildProcess, spawnSync } from 'node:child_process';
import type { Clock } from '../../base/clock';

/** What was asked to end has so long before it is killed, ms. The editor gives the whole server 3 s. */
const GRACE_MS = 1_500;
/** How often a tree that is ending is looked at, ms. */
const LOOK_MS = 25;
/** How often what a command left running is looked at, ms. */
const WATCH_MS = 1_000;

/**
 * A process and everything it started. On POSIX that is its process group, so the process must have
 * been started `detached`; what leaves the group (`setsid`) is out of reach. The group may live on
 * after its leader: a shell that put a job in the background and exited. On Windows it is what
 * `taskkill /T` finds, as long as the process itself runs.
 */
export class ProcessTree {
  readonly #child: ChildProcess;
  readonly #clock: Clock;
  #gone: boolean;
  #ending: Promise<void> | undefined;

  constructor(child: ChildProcess, clock: Clock) {
    this.#child = child;
    this.#clock = clock;
    this.#gone = child.pid === undefined;
    child.once('exit', () => this.#watch());
  }

  /** Asks all of it to end, and kills after 1.5 s what has not. Resolves when that is done. */
  end(): Promise<void> {
    this.#ending ??= this.#end();
    return this.#ending;
  }

  /** Kills all of it at once. */
  kill(): void {
    this.#signal('SIGKILL');
    this.#gone = true;
  }

  async #end(): Promise<void> {
    this.#signal('SIGTERM');
    const deadline = this.#clock.now() + GRACE_MS;
    while (this.#isRunning() && this.#clock.now() < deadline) {
      await new Promise<void>((resolve) => {
        this.#clock.schedule(LOOK_MS, resolve);
      });
    }
    this.kill();
  }

  /** The number of a group that has ended may become another one's, which must never be signalled. */
  #watch(): void {
    if (this.#isRunning()) {
      this.#clock.schedule(WATCH_MS, () => this.#watch());
    }
  }

  #isRunning(): boolean {
    if (process.platform === 'win32') {
      this.#gone ||= this.#child.exitCode !== null || this.#child.signalCode !== null;
    } else {
      this.#signal(0);
    }
    return !this.#gone;
  }

  #signal(signal: 'SIGTERM' | 'SIGKILL' | 0): void {
    const { pid } = this.#child;
    if (this.#gone || pid === undefined) {
      return;
    }
    if (process.platform === 'win32') {
      if (this.#isRunning()) {
        spawnSync('taskkill', ['/pid', String(pid), '/T', '/F'], { stdio: 'ignore' });
      }
      return;
    }
    try {
      process.kill(-pid, signal);
    } catch (error) {
      // EPERM: it is there, but runs as another user.
      this.#gone = (error as NodeJS.ErrnoException).code === 'ESRCH';
    }
  }
}
