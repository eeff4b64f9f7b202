import * as vscode from 'vscode';
import { type Disposable, DisposableStore } from '../base/disposable';
import type { Event } from '../base/emitter';
import { texts } from '../text/texts';
import type { ResourceLike } from './commands';
import { settingsButton, tellError, tellInformation, tellWarning } from './notifications';
import type { Platform } from './platform';
import { chooseServerSources } from './serverPicker';
import { type RunningServer, ServerSession } from './serverSession';
import { portOf, type ServerSources, sourcesLabel } from './serverSources';
import type { StreamController } from './streamController';

export interface ServerControllerOptions {
  readonly servers: Platform['servers'];
  readonly streams: StreamController;
  /** The setting `server.port`; 0: any free one. */
  readonly port: () => number;
  /** A server runs and its stream was opened because the person asked for it. */
  readonly onOpened: () => void;
}

/** The log server of this window, as a person deals with it. */
export class ServerController implements Disposable {
  readonly #options: ServerControllerOptions;
  readonly #disposables = new DisposableStore();
  readonly #session: ServerSession;
  readonly onDidChange: Event<RunningServer | undefined>;

  constructor(options: ServerControllerOptions) {
    this.#options = options;
    this.#session = this.#disposables.add(
      new ServerSession((sources, port) => {
        if (options.servers === undefined) {
          return Promise.reject(new Error(texts.extension.server.notHere));
        }
        return options.servers.start(sources, port);
      }),
    );
    this.onDidChange = this.#session.onDidChange;
    this.#disposables.add(this.#session.onDied(({ server, words }) => this.#died(server, words)));
  }

  get running(): RunningServer | undefined {
    return this.#session.running;
  }

  /** Whether a server can be started in this kind of window. */
  get available(): boolean {
    return this.#options.servers !== undefined;
  }

  /** "Start Log Server…": asks what it shall follow, starts it and connects to it. */
  async choose(): Promise<void> {
    const { servers } = this.#options;
    if (servers === undefined) {
      tellWarning(texts.extension.server.notHere);
      return;
    }
    const sources = await chooseServerSources(servers.name, this.running?.sources);
    if (sources !== undefined) {
      await this.start(sources);
    }
  }

  /** Starts a server for these sources, in place of the one that runs, and connects to it. */
  async start(sources: ServerSources): Promise<void> {
    if (await this.#startAt(sources, this.#options.port())) {
      this.#options.onOpened();
    }
  }

  /** "Open as Live Log" on files of the Explorer: the one that was clicked, or all that are selected. */
  async openFiles(clicked: unknown, selected: unknown): Promise<void> {
    const resources = (Array.isArray(selected) && selected.length > 0 ? selected : [clicked]).filter(isResource);
    const [first] = resources;
    if (first === undefined) {
      tellInformation(texts.extension.server.noFile);
      return;
    }
    const virtual = resources.find(({ scheme }) => scheme !== 'file');
    if (virtual !== undefined) {
      tellError(texts.extension.server.virtualFile(virtual.fsPath));
      return;
    }
    await this.start({ kind: 'files', paths: resources.map(({ fsPath }) => fsPath) });
  }

  async stop(): Promise<void> {
    const { running } = this;
    if (running === undefined) {
      tellInformation(texts.extension.server.notRunning);
      return;
    }
    // Ours to end: otherwise it would wait for a server that nobody is going to start.
    this.#disconnectFrom(running);
    await this.#session.stop();
  }

  /**
   * After the window was reloaded: files and the demo are followed again, a command only when the
   * person says so, since running it twice may do harm.
   *
   * @param port the one it had, taken again if it is free.
   */
  async restore(sources: ServerSources, port: number): Promise<void> {
    if (this.#options.servers === undefined) {
      return;
    }
    if (sources.kind === 'command') {
      const { commandOffer, startAgain } = texts.extension.server;
      tellInformation(commandOffer(sources.line), { label: startAgain, run: () => this.start(sources) });
      return;
    }
    await this.#startAt(sources, this.#options.port() || port, this.#options.port() === 0);
  }

  dispose(): void {
    this.#disposables.dispose();
  }

  /** @param anyPortElse take any free port if this one is taken. */
  async #startAt(sources: ServerSources, port: number, anyPortElse = false): Promise<boolean> {
    const label = sourcesLabel(sources);
    const { running } = this;
    if (running !== undefined) {
      this.#disconnectFrom(running);
    }
    const start = () => this.#session.start(sources, port);
    try {
      const server = await vscode.window.withProgress(
        { location: vscode.ProgressLocation.Window, title: texts.extension.server.starting(label) },
        () => (anyPortElse && port !== 0 ? start().catch(() => this.#session.start(sources, 0)) : start()),
      );
      this.#options.streams.open({ name: label, url: server.url, format: 'logstream', origin: 'server' });
      return true;
    } catch (error) {
      this.#tellFailure(sources, error);
      return false;
    }
  }

  #tellFailure(sources: ServerSources, error: unknown): void {
    const { failed, startAgain, chooseOther } = texts.extension.server;
    tellError(
      failed(error instanceof Error ? error.message : String(error)),
      { label: startAgain, run: () => this.start(sources) },
      { label: chooseOther, run: () => this.choose() },
      ...(this.#options.port() === 0 ? [] : [settingsButton()]),
    );
  }

  #died({ sources, url, label }: RunningServer, words: string): void {
    const { ended, startAgain } = texts.extension.server;
    tellError(ended(label, words), {
      label: startAgain,
      // On its former port, so that the stream goes on where it was.
      run: async () => {
        await this.#startAt(sources, portOf(url), true);
      },
    });
  }

  #disconnectFrom(server: RunningServer): void {
    const stream = this.#options.streams.active;
    if (stream?.target.origin === 'server' && stream.target.url === server.url) {
      stream.disconnect();
    }
  }
}

function isResource(value: unknown): value is ResourceLike {
  return (
    typeof value === 'object' &&
    value !== null &&
    'scheme' in value &&
    'fsPath' in value &&
    typeof value.scheme === 'string' &&
    typeof value.fsPath === 'string'
  );
}
