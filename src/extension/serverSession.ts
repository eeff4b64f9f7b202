import type { Disposable } from '../base/disposable';
import { Emitter, type Event } from '../base/emitter';
import type { LogServer } from './logServer';
import { type ServerSources, sourcesLabel } from './serverSources';

/** Starts a server, on a socket that only this user reaches where the port is 0; rejects with a LogServerError in the server's own words. */
export type ServerStarter = (sources: ServerSources, port: number) => Promise<LogServer>;

export interface RunningServer {
  readonly sources: ServerSources;
  /** What a person calls it. */
  readonly label: string;
  /** The address of its stream. */
  readonly url: string;
  readonly processId: number;
}

/** The log server of this window: none, or one at a time. */
export class ServerSession implements Disposable {
  readonly #start: ServerStarter;
  readonly #changed = new Emitter<RunningServer | undefined>();
  readonly #died = new Emitter<{ readonly server: RunningServer; readonly words: string }>();
  #server: LogServer | undefined;
  #running: RunningServer | undefined;
  /** Starts and stops follow one another. */
  #queue: Promise<unknown> = Promise.resolve();
  #disposed = false;

  /** A server started or ended. */
  readonly onDidChange: Event<RunningServer | undefined> = this.#changed.event;
  /** A server ended without being asked to; `words` are its own. */
  readonly onDied: Event<{ readonly server: RunningServer; readonly words: string }> = this.#died.event;

  constructor(start: ServerStarter) {
    this.#start = start;
  }

  get running(): RunningServer | undefined {
    return this.#running;
  }

  /** The one that runs, to ask something of it. */
  get server(): LogServer | undefined {
    return this.#server;
  }

  /**
   * Starts a server in place of the one that runs.
   *
   * @param port 0: none, but a socket that only this user reaches.
   * @throws LogServerError when it does not start; then none runs.
   */
  start(sources: ServerSources, port: number): Promise<RunningServer> {
    return this.#enqueue(async () => {
      await this.#stopNow();
      const server = await this.#start(sources, port);
      const running: RunningServer = {
        sources,
        label: sourcesLabel(sources),
        url: server.url,
        processId: server.processId,
      };
      if (this.#disposed) {
        server.dispose();
        return running;
      }
      server.onEnded((words) => {
        if (this.#server === server) {
          this.#set(undefined, undefined);
          this.#died.fire({ server: running, words });
        }
      });
      this.#set(server, running);
      return running;
    });
  }

  /** Ends the server, if one runs. Resolves when it has ended. */
  stop(): Promise<void> {
    return this.#enqueue(() => this.#stopNow());
  }

  dispose(): void {
    this.#disposed = true;
    this.#server?.dispose();
    this.#server = undefined;
    this.#running = undefined;
    this.#changed.dispose();
    this.#died.dispose();
  }

  async #stopNow(): Promise<void> {
    const server = this.#server;
    if (server !== undefined) {
      this.#set(undefined, undefined);
      await server.stop();
    }
  }

  #set(server: LogServer | undefined, running: RunningServer | undefined): void {
    this.#server = server;
    this.#running = running;
    this.#changed.fire(running);
  }

  #enqueue<T>(task: () => Promise<T>): Promise<T> {
    const result = this.#queue.then(task);
    this.#queue = result.catch(() => undefined);
    return result;
  }
}
