import type { Disposable } from '../../base/disposable';
import { EVENT_KINDS } from '../../protocol/messages';
import { texts } from '../../text/texts';
import { CommandRun } from './commandRun';
import { RingSource } from './ringSource';
import type { StreamSettings } from './stdinSource';

export interface CommandSettings extends StreamSettings {
  readonly command: string;
  readonly args: readonly string[];
  readonly restart: boolean;
  /** Told each time the command cannot be started, in a sentence. */
  readonly onNotStarted: (sentence: string) => void;
}

/** Restarts wait 1 s, 2 s … up to this, and start over after a run this long. Both ms. */
const LONGEST_DELAY_MS = 30_000;
const STEADY_RUN_MS = 60_000;
/**
 * What a command that has ended left in its pipes is read for so long, ms. Without anybody else at
 * their other end they end at once.
 */
const REST_MS = 500;

/** A command whose standard output and standard error are two sources. */
export class CommandSources implements Disposable {
  readonly sources: readonly RingSource[];
  readonly #settings: CommandSettings;
  #run: CommandRun | undefined;
  #restartTimer: Disposable | undefined;
  #restarts = 0;
  #ending = false;

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
    const run = new CommandRun(command, args, this.#settings, this.sources);
    this.#run = run;
    this.#setState('live');
    void this.#followToEnd(run, startedAt);
  }

  /** Ends the command and everything it started, within about 1.5 s; it is not started again. */
  async end(): Promise<void> {
    this.#ending = true;
    this.#restartTimer?.dispose();
    await this.#run?.end();
  }

  /** Kills what still runs, at once: {@link end} is the polite way. */
  dispose(): void {
    this.#ending = true;
    this.#restartTimer?.dispose();
    this.#run?.dispose();
    for (const source of this.sources) {
      source.dispose();
    }
  }

  async #followToEnd(run: CommandRun, startedAt: number): Promise<void> {
    const { restart, clock, onNotStarted } = this.#settings;
    const outcome = await run.exit;
    const ranMs = clock.now() - startedAt;
    if (outcome.notStarted) {
      onNotStarted(outcome.sentence);
    }
    await run.outputEnd(REST_MS);
    if (restart) {
      // What the command left running would write into the next run, and there would be more of it each time.
      await run.end();
      await run.outputEnd(REST_MS);
      await run.cutOutput();
    }
    if (this.#ending) {
      return;
    }
    for (const source of this.sources) {
      source.addEvent(EVENT_KINDS.exited, outcome.sentence);
    }
    if (restart) {
      run.dispose();
      this.#restartLater(ranMs);
      return;
    }
    await run.outputEnd();
    if (!this.#ending) {
      this.#setState('ended');
    }
  }

  #restartLater(ranMs: number): void {
    const { command, clock } = this.#settings;
    this.#restarts = ranMs >= STEADY_RUN_MS ? 0 : this.#restarts + 1;
    const delayMs = Math.min(LONGEST_DELAY_MS, 1000 * 2 ** Math.max(0, this.#restarts - 1));
    this.#setState('waiting');
    for (const source of this.sources) {
      source.addEvent(EVENT_KINDS.restarted, texts.server.commandRestarting(command, delayMs));
    }
    this.#restartTimer = clock.schedule(delayMs, () => this.start());
  }

  #setState(state: 'live' | 'waiting' | 'ended'): void {
    for (const source of this.sources) {
      source.setState(state);
    }
  }
}
