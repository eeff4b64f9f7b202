import type { DisposableStore } from '../../base/disposable';
import { EXIT } from './startError';

/** How this process ends: once, whatever asks for it first, and with nothing left of what it started. */
export class ProcessEnd {
  readonly #stopAll: () => Promise<unknown>;
  #stopping: Promise<void> | undefined;

  /**
   * @param stopAll says goodbye to whom it concerns, and resolves when that is done.
   * @param held what is disposed of at the very end, however the process ends by itself.
   */
  constructor(stopAll: () => Promise<unknown>, held: DisposableStore) {
    this.#stopAll = stopAll;
    process.on('exit', () => held.dispose());
  }

  /** Ends the process with a signal, and when the editor that started it is gone. */
  listen(): void {
    // SIGHUP: the terminal was closed. Windows sends it too, and SIGBREAK for Ctrl+Break.
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGBREAK'] as const) {
      if (signal !== 'SIGBREAK' || process.platform === 'win32') {
        process.on(signal, () => void this.stop());
      }
    }
    // Started by the editor: when the channel closes, the editor is gone.
    process.on('disconnect', () => void this.stop());
    // Whoever read our output may go; that must not end the server.
    process.stdout.on('error', () => undefined);
    process.stderr.on('error', () => undefined);
  }

  /** Stops all that runs, and then the process. */
  stop(): Promise<void> {
    this.#stopping ??= (async () => {
      try {
        await this.#stopAll();
      } finally {
        process.exit(EXIT.ok);
      }
    })();
    return this.#stopping;
  }
}
