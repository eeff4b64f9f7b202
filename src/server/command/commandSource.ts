import { randomBytes } from 'node:crypto';
import type { Disposable } from '../../base/disposable';
import { EVENT_KINDS, type SourceExit, type SourceState } from '../../protocol/messages';
import { texts } from '../../text/texts';
import { RingSource } from '../ring/ringSource';
import type { StreamSettings } from '../ring/stdinSource';
import { type CommandName, commandName } from './commandName';
import { CommandRun } from './commandRun';

export interface CommandSettings extends StreamSettings {
  readonly command: string;
  readonly args: readonly string[];
  /** What it is called, such as the line that was typed; absent: its words. */
  readonly name?: string | undefined;
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
  readonly #name: CommandName;
  /** Names the events of this object, in every process. */
  readonly #eventIds = randomBytes(6).toString('hex');
  #events = 0;
  #run: CommandRun | undefined;
  #restartTimer: Disposable | undefined;
  #restarts = 0;
  #ending = false;

  constructor(settings: CommandSettings) {
    this.#settings = settings;
    this.#name = commandName(settings.command, settings.args, settings.name);
    this.sources = (['stdout', 'stderr'] as const).map(
      (id, index) =>
        new RingSource({
          id,
          name: this.#name.sources[index] ?? id,
          kind: 'command',
          command: this.#name.whole,
          capacityBytes: settings.capacityBytes,
          clock: settings.clock,
        }),
    );
  }

  start(): void {
    const { command, args, clock } = this.#settings;
    const startedAt = clock.now();
    const run = new CommandRun(command, args, this.#name.short, this.#settings, this.sources);
    this.#run = run;
    this.#setState('live');
    void this.#followToEnd(run, startedAt);
  }

  /** Whether a source is one of its two. */
  owns(source: string): boolean {
    return this.sources.some(({ id }) => id === source);
  }

  /** Starts it once more after it has ended, in the same sources. False if it has not ended. */
  runAgain(): boolean {
    const last = this.#run;
    if (this.#ending || !last || this.sources.some(({ state }) => state !== 'ended')) {
      return false;
    }
    this.#tell(EVENT_KINDS.restarted, texts.server.commandStartedAgain(this.#name.short));
    this.#setState('waiting');
    void this.#startAfter(last);
    return true;
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

  /** What the last run left behind, though it writes to neither output, would be out of reach after the next start. */
  async #startAfter(last: CommandRun): Promise<void> {
    await last.end();
    if (!this.#ending) {
      last.dispose();
      this.start();
    }
  }

  async #followToEnd(run: CommandRun, startedAt: number): Promise<void> {
    const { restart, clock, onNotStarted } = this.#settings;
    const { sentence, exit } = await run.exit;
    const ranMs = clock.now() - startedAt;
    if ('failure' in exit) {
      onNotStarted(sentence);
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
    this.#tell(EVENT_KINDS.exited, sentence);
    if (restart) {
      run.dispose();
      this.#restartLater(ranMs);
      return;
    }
    await run.outputEnd();
    if (!this.#ending) {
      this.#setState('ended', exit);
    }
  }

  #restartLater(ranMs: number): void {
    const { clock } = this.#settings;
    this.#restarts = ranMs >= STEADY_RUN_MS ? 0 : this.#restarts + 1;
    const delayMs = Math.min(LONGEST_DELAY_MS, 1000 * 2 ** Math.max(0, this.#restarts - 1));
    this.#setState('waiting');
    this.#tell(EVENT_KINDS.restarted, texts.server.commandRestarting(this.#name.short, delayMs));
    this.#restartTimer = clock.schedule(delayMs, () => this.start());
  }

  /** It concerns both sources, and whoever follows both is told once. */
  #tell(event: string, text: string): void {
    RingSource.addSharedEvent(this.sources, `${this.#eventIds}-${this.#events++}`, event, text);
  }

  #setState(state: SourceState, exit?: SourceExit): void {
    for (const source of this.sources) {
      source.setState(state, exit);
    }
  }
}
