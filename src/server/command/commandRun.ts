import { type ChildProcess, spawn } from 'node:child_process';
import type { Clock } from '../../base/clock';
import { type Disposable, DisposableStore } from '../../base/disposable';
import type { SourceExit } from '../../protocol/messages';
import { texts } from '../../text/texts';
import type { RingSource } from '../ring/ringSource';
import { feedFromStream, type StreamSettings } from '../ring/stdinSource';
import { ProcessTree } from './processTree';

/** How a run came out. */
export interface RunOutcome {
  /** For a person. */
  readonly sentence: string;
  readonly exit: SourceExit;
}

/** One run of a command, from its start until nobody writes to its output any more. */
export class CommandRun implements Disposable {
  /** Resolves when the command itself has ended; what it started may still write. */
  readonly exit: Promise<RunOutcome>;
  readonly #child: ChildProcess;
  readonly #tree: ProcessTree;
  readonly #clock: Clock;
  readonly #feeds = new DisposableStore();
  readonly #outputEnd: Promise<unknown>;

  /** `name`: what it is called in sentences; `sources`: those of standard output and standard error. */
  constructor(
    command: string,
    args: readonly string[],
    name: string,
    settings: StreamSettings,
    sources: readonly RingSource[],
  ) {
    this.#clock = settings.clock;
    const child = spawn(command, [...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: process.platform !== 'win32',
      windowsHide: true,
    });
    this.#child = child;
    this.#tree = new ProcessTree(child, settings.clock);
    this.exit = new Promise((resolve) => {
      child.on('error', (error: NodeJS.ErrnoException) => {
        // Of one that runs, an error is about a signal it was sent: its exit is still to come.
        if (child.pid === undefined) {
          const sentence = texts.server.commandFailed(name, error.code ?? '', error.message);
          resolve({ sentence, exit: { failure: sentence } });
        }
      });
      child.once('exit', (code, signal) =>
        resolve(
          signal
            ? { sentence: texts.server.commandKilled(name, signal), exit: { signal } }
            : { sentence: texts.server.commandExited(name, code ?? 0), exit: { code: code ?? 0 } },
        ),
      );
    });
    this.#outputEnd = Promise.all(
      sources.map(
        (source, index) =>
          new Promise<void>((resolve) => {
            const stream = index === 0 ? child.stdout : child.stderr;
            // Where no more files can be opened there are no streams, only the error.
            if (stream) {
              this.#feeds.add(feedFromStream(source, stream, settings, false, resolve));
            } else {
              resolve();
            }
          }),
      ),
    );
  }

  /** Resolves at the end of both outputs, or after `longestMs`. */
  async outputEnd(longestMs?: number): Promise<void> {
    let timer: Disposable | undefined;
    await Promise.race([
      this.#outputEnd,
      ...(longestMs === undefined
        ? []
        : [
            new Promise<void>((resolve) => {
              timer = this.#clock.schedule(longestMs, resolve);
            }),
          ]),
    ]);
    timer?.dispose();
  }

  /** Ends what still runs, within about 1.5 s. */
  end(): Promise<void> {
    return this.#tree.end();
  }

  /** Stops listening, whoever still writes; what came is kept, an unfinished last line too. */
  async cutOutput(): Promise<void> {
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      if (stream && !stream.closed) {
        const closed = new Promise((resolve) => stream.once('close', resolve));
        stream.destroy();
        await closed;
      }
    }
  }

  /** Kills what still runs, at once. */
  dispose(): void {
    this.#tree.kill();
    this.#feeds.dispose();
  }
}
