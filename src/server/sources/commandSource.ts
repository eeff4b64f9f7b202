import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import type { Disposable } from '../../base/disposable';
import { EVENT_KINDS } from '../../protocol/messages';
import { texts } from '../../text/texts';
import { RingSource } from './ringSource';
import { feedFromStream, type StreamSettings } from './stdinSource';

export interface CommandSettings extends StreamSettings {
  readonly command: string;
  readonly args: readonly string[];
  readonly restart: boolean;
}

/** Restarts wait 1 s, 2 s … up to this, and start over after a run this long. Both ms. */
const LONGEST_DELAY_MS = 30_000;
const STEADY_RUN_MS = 60_000;

/** Ends a command and everything it started. */
function killTree(child: ChildProcess): void {
  if (child.pid === undefined) {
    return;
  }
  if (process.platform === 'win32') {
    spawnSync('taskkill', ['/pid', String(child.pid), '/T', '/F'], { stdio: 'ignore' });
    return;
  }
  try {
    // The child leads a process group of its own (detached), so this reaches its children too.
    process.kill(-child.pid, 'SIGTERM');
  } catch {
    // Gone already.
  }
}

/** A command whose standard output and standard error are two sources. */
export class CommandSources implements Disposable {
  readonly sources: readonly RingSource[];
  readonly #settings: CommandSettings;
  #child: ChildProcess | undefined;
  #restartTimer: Disposable | undefined;
  #restarts = 0;
  #disposed = false;

  constructor(settings: CommandSettings) {
    this.#settings = settings;
    this.sources = ['stdout', 'stderr'].map(
      (id) =>
        new RingSource({
          id,
          name: `${settings.command} ${id}`,
          kind: 'command',
          capacityBytes: settings.capacityBytes,
          clock: settings.clock,
        }),
    );
  }

  start(): void {
    const { command, args, clock } = this.#settings;
    const startedAt = clock.now();
    const child = spawn(command, [...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: process.platform !== 'win32',
      windowsHide: true,
    });
    this.#child = child;
    let open = 2;
    let outcome: string | undefined;
    const finished = () => {
      if (open === 0 && outcome !== undefined && !this.#disposed) {
        this.#ended(outcome, clock.now() - startedAt);
      }
    };
    [child.stdout, child.stderr].forEach((stream, index) => {
      const source = this.sources[index];
      if (source) {
        source.setState('live');
        feedFromStream(source, stream, this.#settings, false, () => {
          open--;
          finished();
        });
      }
    });
    child.once('error', (error) => {
      outcome ??= texts.server.commandFailed(command, error.message);
      finished();
    });
    child.once('exit', (code, signal) => {
      outcome ??= signal ? texts.server.commandKilled(command, signal) : texts.server.commandExited(command, code ?? 0);
      finished();
    });
  }

  dispose(): void {
    this.#disposed = true;
    this.#restartTimer?.dispose();
    if (this.#child && this.#child.exitCode === null && this.#child.signalCode === null) {
      killTree(this.#child);
    }
    for (const source of this.sources) {
      source.dispose();
    }
  }

  #ended(outcome: string, ranMs: number): void {
    const { restart, command, clock } = this.#settings;
    for (const source of this.sources) {
      source.addEvent(EVENT_KINDS.exited, outcome);
    }
    if (!restart) {
      for (const source of this.sources) {
        source.setState('ended');
      }
      return;
    }
    this.#restarts = ranMs >= STEADY_RUN_MS ? 0 : this.#restarts + 1;
    const delayMs = Math.min(LONGEST_DELAY_MS, 1000 * 2 ** Math.max(0, this.#restarts - 1));
    for (const source of this.sources) {
      source.setState('waiting');
      source.addEvent(EVENT_KINDS.restarted, texts.server.commandRestarting(command, delayMs));
    }
    this.#restartTimer = clock.schedule(delayMs, () => this.start());
  }
}
