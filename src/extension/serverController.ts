import * as vscode from 'vscode';
import { type Disposable, DisposableStore } from '../base/disposable';
import type { Event } from '../base/emitter';
import { texts } from '../text/texts';
import { openPage } from './browserPage';
import type { ResourceLike } from './commands';
import { settingsButton, tellError, tellInformation, tellWarning } from './notifications';
import type { Platform } from './platform';
import { chooseServerSources } from './serverPicker';
import { type RunningServer, ServerSession } from './serverSession';
import { isSocketAddress, type ServerSources, sourcesLabel } from './serverSources';
import type { StreamController } from './streamController';

export interface ServerControllerOptions {
  readonly servers: Platform['servers'];
  readonly streams: StreamController;
  /** The setting `server.port`; 0: none until one is needed. */
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
    if (await this.#start(sources)) {
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
   */
  async restore(sources: ServerSources): Promise<void> {
    if (this.#options.servers === undefined) {
      return;
    }
    if (sources.kind === 'command') {
      const { commandOffer, startAgain } = texts.extension.server;
      tellInformation(commandOffer(sources.line), { label: startAgain, run: () => this.start(sources) });
      return;
    }
    await this.#start(sources);
  }

  /** Opens the page of the running server in the browser, by a tunnel from a remote window. */
  async openInBrowser(): Promise<void> {
    const { server } = this.#session;
    if (server === undefined) {
      tellInformation(texts.extension.server.notRunning);
      return;
    }
    try {
      await openPage(server, this.#options.port(), {
        parse: (address) => vscode.Uri.parse(address, true),
        asExternal: (uri) => vscode.env.asExternalUri(uri),
        open: (uri) => vscode.env.openExternal(uri),
      });
    } catch (error) {
      const { pageNotOpened, openAgain } = texts.extension.server;
      tellError(
        pageNotOpened(error instanceof Error ? error.message : String(error)),
        { label: openAgain, run: () => this.openInBrowser() },
        ...(this.#options.port() === 0 ? [] : [settingsButton()]),
      );
    }
  }

  dispose(): void {
    this.#disposables.dispose();
  }

  /** @param formerUrl where a server for the same was that died: its stream goes on. */
  async #start(sources: ServerSources, formerUrl?: string): Promise<boolean> {
    const label = sourcesLabel(sources);
    const { running } = this;
    if (running !== undefined) {
      this.#disconnectFrom(running);
    }
    try {
      const { url } = await vscode.window.withProgress(
        { location: vscode.ProgressLocation.Window, title: texts.extension.server.starting(label) },
        () => this.#session.start(sources, this.#options.port()),
      );
      this.#options.streams.open(
        { name: label, url, format: 'logstream', origin: 'server' },
        {
          token: this.#session.server?.token,
          shownAs: isSocketAddress(url) ? texts.extension.server.shownAs : undefined,
          formerUrl,
        },
      );
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
      run: async () => {
        await this.#start(sources, url);
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
