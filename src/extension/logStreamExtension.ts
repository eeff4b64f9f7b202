import * as vscode from 'vscode';
import { type Disposable, DisposableStore } from '../base/disposable';
import { parseAddress } from '../client/address';
import type { ConnectionNotice } from '../client/connection';
import type { ConnectionStatus } from '../client/status';
import { type PatternFault, PatternMatching } from '../records/patternMatching';
import { faultSentence } from '../records/textMatch';
import { texts } from '../text/texts';
import { LogIntake } from '../view/logIntake';
import type { ViewerAction } from '../view/messages';
import { StoreHolder } from '../view/storeHolder';
import type { LogStreamApi } from './api';
import type { CommandHandlers, CommandId } from './commands';
import { Configuration } from './configuration';
import { chooseConnection, enterAddress } from './connectionPicker';
import { exportLog } from './exportLog';
import { learnedStorage } from './learnedStorage';
import type { LiveStream } from './liveStream';
import { openSettings, settingsButton, tellError, tellInformation, tellUnexpected, tellWarning } from './notifications';
import { openFileLink } from './openFileLink';
import { LogOutputChannel } from './outputChannel';
import { LogPanel, type OpenHolder } from './panel';
import { plainText } from './plainText';
import type { Platform } from './platform';
import { ReportDocument } from './report';
import { saveFilter } from './savedFilters';
import { ServerController } from './serverController';
import { loadSession, mayHoldSecret, recentAddresses, rememberAddress, saveSession } from './session';
import { StateMessages } from './stateMessages';
import { StatusBar } from './statusBar';
import { presentConnection, type StreamSnapshot, VIEWER_COMMANDS } from './statusPresentation';
import { type OfStream, StreamController } from './streamController';
import { targetToStore } from './streamTarget';
import { VIEWER_COMMAND_IDS, VIEWER_KEY_COMMANDS, type ViewerCommandId } from './viewerCommands';
import { VIEWER_SETTINGS } from './viewerSettingsReader';

/** The sentence that says why an address cannot be used, or null if it can. */
function checkAddress(address: string): string | null {
  const result = parseAddress(address);
  return result.kind === 'problem' ? result.problem : null;
}

/** The extension in one window: what its commands do, and what shows the stream that is open. */
export class LogStreamExtension implements Disposable {
  readonly #context: vscode.ExtensionContext;
  readonly #platform: Platform;
  /** Matches a person's patterns that may take long. */
  readonly #patterns: PatternMatching | undefined;
  /** Texts of highlight rules of which was told that they are left out: each viewer finds it out anew. */
  readonly #toldHighlights = new Set<string>();
  readonly #disposables = new DisposableStore();
  readonly #configuration: Configuration;
  readonly #streams: StreamController;
  readonly #server: ServerController;
  readonly #statusBar: StatusBar;
  readonly #panel: LogPanel;
  readonly #report: ReportDocument;
  #output: LogOutputChannel | undefined;
  readonly #stateMessages = new StateMessages();
  /** As the palette was told. */
  #canRunAgain = false;

  readonly handlers: CommandHandlers = {
    'logStream.connect': (target) => this.#connect(target),
    'logStream.disconnect': () => this.#disconnect(),
    'logStream.reconnectNow': () => this.#reconnectNow(),
    'logStream.runAgain': () => this.#runAgain(),
    'logStream.openPanel': () => this.#panel.show(false),
    'logStream.showOutput': () => this.#outputChannel().show(),
    'logStream.startServer': () => this.#server.choose(),
    'logStream.stopServer': () => this.#server.stop(),
    'logStream.openInBrowser': () => this.#server.openInBrowser(),
    'logStream.clear': () => this.#clear(),
    'logStream.showReport': () => this.#report.show(),
    'logStream.openAsLiveLog': (clicked, selected) => this.#server.openFiles(clicked, selected),
    'logStream.statusActions': () => this.#chooseAction(),
    ...this.#viewerHandlers(),
  };

  constructor(context: vscode.ExtensionContext, platform: Platform) {
    this.#context = context;
    this.#platform = platform;
    const own = this.#disposables;
    this.#patterns =
      platform.openPatternThread && own.add(new PatternMatching(platform.openPatternThread, platform.clock));
    this.#configuration = own.add(new Configuration(checkAddress));
    this.#streams = own.add(
      new StreamController({
        platform,
        memory: learnedStorage(context.globalState),
        settings: () => this.#configuration.settings,
        output: () => this.#outputChannel(),
        focused: vscode.window.state.focused,
      }),
    );
    this.#server = own.add(
      new ServerController({
        servers: platform.servers,
        streams: this.#streams,
        port: () => this.#configuration.settings.serverPort,
        onOpened: () => this.#panel.show(true),
      }),
    );
    this.#statusBar = own.add(new StatusBar(platform.clock, () => this.#snapshot()));
    this.#panel = own.add(new LogPanel(context.extensionUri, this.#holderFor(undefined)));
    own.add(this.#panel.onDidChangeOpen((open) => setContext('logStream.panelOpen', open)));
    this.#report = own.add(new ReportDocument(() => this.#writeReport()));

    own.add(
      this.#configuration.onDidChange((settings) => {
        this.#streams.applySettings(settings);
        this.#panel.setSettings(settings.viewer);
        this.#refresh();
      }),
    );
    own.add(this.#configuration.onProblems((problems) => this.#tellProblems(problems)));
    own.add(this.#streams.onDidChangeActive(() => this.#showActiveStream()));
    own.add(
      this.#streams.onDidChangeStatus(({ stream }) => {
        if (stream === this.#streams.active) {
          this.#refresh();
          this.#save();
        }
      }),
    );
    own.add(this.#streams.onDidEnterState((entered) => this.#tellState(entered)));
    own.add(this.#streams.onNotice((notice) => this.#tellNotice(notice)));
    own.add(
      this.#streams.onHeartbeat(({ stream, value }) => {
        if (stream === this.#streams.active) {
          this.#panel.noteHeartbeat(value);
        }
      }),
    );
    own.add(
      this.#server.onDidChange((running) => {
        setContext('logStream.serverRunning', running !== undefined);
        this.#save();
        this.#refresh();
      }),
    );
    own.add(vscode.window.onDidChangeWindowState(({ focused }) => this.#streams.setFocused(focused)));
    this.#refresh();
  }

  /** Opens again what was open when the window closed, or else what shall always be open. */
  async restore(): Promise<void> {
    if (this.#configuration.problems.length > 0) {
      this.#tellProblems(this.#configuration.problems);
    }
    const { target, server } = loadSession(this.#context.workspaceState);
    const { connections } = this.#configuration.settings;
    if (target?.origin === 'server') {
      if (server !== undefined) {
        await this.#server.restore(server.sources);
      }
      return;
    }
    if (target?.origin === 'address') {
      this.#streams.open(target);
      return;
    }
    // As it is configured now: what a folder's settings say counts only while the folder is trusted.
    const configured =
      connections.find(({ name }) => name === target?.name) ?? connections.find(({ autoConnect }) => autoConnect);
    if (configured !== undefined) {
      const { name, url, format } = configured;
      this.#streams.open({ name, url, format, origin: 'settings' });
    }
  }

  /** A panel of an earlier window is there again. */
  restorePanel(panel: vscode.WebviewPanel): void {
    this.#panel.adopt(panel);
  }

  /** Tells an error that nothing foresaw. */
  tellUnexpected(error: unknown): void {
    tellUnexpected(error);
  }

  dispose(): void {
    this.#disposables.dispose();
  }

  /** What others may see. */
  get api(): LogStreamApi {
    const self = this;
    return {
      get openStream() {
        const stream = self.#streams.active;
        if (stream === undefined) {
          return undefined;
        }
        const { state, reason, address } = stream.status;
        const { linesReceived } = stream.metrics;
        return { name: stream.name, address, state, reason, linesReceived, bufferMiB: stream.bufferMiB };
      },
      get statusText() {
        return self.#statusBar.presentation.text;
      },
      get server() {
        const running = self.#server.running;
        return running && { url: running.url, processId: running.processId };
      },
    };
  }

  async #connect(target: unknown): Promise<void> {
    const { connections } = this.#configuration.settings;
    if (typeof target === 'string') {
      if (connections.some(({ name }) => name === target)) {
        this.#openConfigured(target);
      } else if (checkAddress(target) === null) {
        this.#openAddress(target);
      } else {
        tellError(texts.extension.connect.unknownTarget(target), this.#button('connect'));
      }
      return;
    }
    const [only, ...others] = connections;
    if (only !== undefined && others.length === 0) {
      this.#openConfigured(only.name);
    } else {
      await this.#chooseConnection();
    }
  }

  async #chooseConnection(): Promise<void> {
    const choice = await chooseConnection({
      connections: this.#configuration.settings.connections,
      recentAddresses: recentAddresses(this.#context.globalState),
      canStartServer: this.#server.available,
      checkAddress,
    });
    switch (choice?.kind) {
      case 'configured':
        this.#openConfigured(choice.connection.name);
        break;
      case 'address':
        this.#openAddress(choice.url);
        break;
      case 'startServer':
        await this.#server.choose();
        break;
      case 'demo':
        await this.#server.start({ kind: 'demo' });
        break;
    }
  }

  #openConfigured(name: string): void {
    const connection = this.#configuration.settings.connections.find((each) => each.name === name);
    if (connection !== undefined) {
      const { url, format } = connection;
      this.#streams.open({ name, url, format, origin: 'settings' });
      this.#panel.show(true);
    }
  }

  #openAddress(url: string): void {
    const parsed = parseAddress(url);
    if (parsed.kind === 'problem') {
      tellError(parsed.problem);
      return;
    }
    if (!mayHoldSecret(url)) {
      rememberAddress(this.#context.globalState, url).then(undefined, () => undefined);
    }
    this.#streams.open({ name: parsed.address.shown, url, format: 'auto', origin: 'address' });
    this.#panel.show(true);
  }

  #disconnect(): void {
    this.#requireStream()?.disconnect();
  }

  async #reconnectNow(): Promise<void> {
    const stream = this.#streams.active;
    if (stream === undefined) {
      await this.#connect(undefined);
    } else {
      stream.reconnectNow();
    }
  }

  #runAgain(): void {
    if (this.#requireStream()?.runAgain() === false) {
      tellInformation(texts.extension.notices.nothingToRun);
    }
  }

  #clear(): void {
    this.#requireStream()?.clear();
    this.#output?.clear();
  }

  /** The open stream; where there is none, says so and offers to connect. */
  #requireStream(): LiveStream | undefined {
    const stream = this.#streams.active;
    if (stream === undefined) {
      tellInformation(texts.extension.notices.nothingOpen, this.#button('connect'));
    }
    return stream;
  }

  async #chooseAction(): Promise<void> {
    const { actions } = this.#statusBar.presentation;
    const stream = this.#streams.active;
    const name = stream?.name;
    const choices = [
      ...actions.map(({ label, command }) => ({ label, run: () => this.#run(command) })),
      ...(name === undefined || actions.some(({ command }) => command === 'logStream.connect')
        ? []
        : [{ label: texts.extension.actions.connectOther, run: () => this.#chooseConnection() }]),
      ...(stream?.hasLearned
        ? [{ label: texts.extension.actions.forgetLearned, run: () => stream.forgetLearned() }]
        : []),
      { label: texts.extension.actions.settings, run: openSettings },
    ];
    const { title, titleIdle } = texts.extension.actions;
    const picked = await vscode.window.showQuickPick(choices, {
      title: name === undefined ? titleIdle : title(name),
      placeHolder: this.#statusBar.presentation.sentence,
    });
    await picked?.run();
  }

  /** Each has the viewer do what its key does there. */
  #viewerHandlers(): Pick<CommandHandlers, ViewerCommandId> {
    const handlers = VIEWER_COMMAND_IDS.map((id) => [id, () => this.#panel.command(VIEWER_KEY_COMMANDS[id])]);
    return Object.fromEntries(handlers) as Pick<CommandHandlers, ViewerCommandId>;
  }

  #act(action: ViewerAction): void {
    this.#run(VIEWER_COMMANDS[action])?.catch(tellUnexpected);
  }

  #run(command: CommandId): Promise<void> | undefined {
    // From a list of actions "connect" means to choose: what is open could be had with "reconnect".
    if (command === 'logStream.connect' && this.#streams.active !== undefined) {
      return this.#chooseConnection();
    }
    return this.handlers[command]() ?? undefined;
  }

  #button(name: 'connect' | 'startServer' | 'showReport' | 'tryAgain' | 'changeAddress' | 'disconnect') {
    const label = texts.extension.buttons[name];
    switch (name) {
      case 'connect':
        return { label, run: () => this.#chooseConnection() };
      case 'startServer':
        return { label, run: () => this.#server.choose() };
      case 'showReport':
        return { label, run: () => this.#report.show() };
      case 'tryAgain':
        return { label, run: () => this.#reconnectNow() };
      case 'disconnect':
        return { label, run: () => this.#disconnect() };
      case 'changeAddress':
        return {
          label,
          run: async () => {
            const target = this.#streams.active?.target;
            const url = await enterAddress(checkAddress, target?.origin === 'server' ? undefined : target?.url);
            if (url !== undefined) {
              this.#openAddress(url);
            }
          },
        };
    }
  }

  #tellState({ stream, value }: OfStream<ConnectionStatus>): void {
    if (stream !== this.#streams.active) {
      return;
    }
    const message = this.#stateMessages.entered(stream, value.state);
    if (message === 'failed') {
      tellError(
        texts.extension.notices.failed(stream.name, value.reason),
        this.#button('tryAgain'),
        this.#button('changeAddress'),
        this.#button('showReport'),
      );
    } else if (message === 'unreachable') {
      tellWarning(
        texts.extension.notices.unreachable(stream.name, value.reason),
        this.#button('startServer'),
        this.#button('changeAddress'),
        this.#button('disconnect'),
      );
    }
  }

  #tellNotice({ stream, value }: OfStream<ConnectionNotice>): void {
    // Connects and disconnects are shown where a person looks anyway; what was changed by itself is told.
    const sentence = texts.extension.notices.told(stream.name, value.text);
    if (value.kind === 'adapted') {
      const forget = { label: texts.extension.buttons.forget, run: () => stream.forgetLearned() };
      tellInformation(sentence, this.#button('showReport'), forget);
    } else if (value.kind === 'corrected') {
      tellWarning(sentence, settingsButton(), this.#button('showReport'));
    }
  }

  #tellProblems(problems: readonly string[]): void {
    tellWarning(problems.join(' '), settingsButton());
  }

  #tellStoppedHighlight(name: string, fault: PatternFault): void {
    const rule = this.#configuration.settings.viewer.highlights.find((each) => each.name === name);
    if (rule && !this.#toldHighlights.has(rule.text)) {
      this.#toldHighlights.add(rule.text);
      const { key } = VIEWER_SETTINGS.highlights;
      this.#tellProblems([texts.extension.viewerSettings.notUsable(key, name, faultSentence(rule.text, fault))]);
    }
  }

  #showActiveStream(): void {
    const stream = this.#streams.active;
    setContext('logStream.hasStream', stream !== undefined);
    if (stream !== undefined) {
      this.#panel.setHolder(texts.extension.names.panelOf(stream.name), this.#holderFor(stream));
    }
    this.#refresh();
  }

  /** Answers a viewer from a stream's store, or from an empty one while none is open. */
  #holderFor(stream: LiveStream | undefined): OpenHolder {
    const { clock } = this.#platform;
    const intake = stream?.intake ?? new LogIntake(0, clock);
    return (post) =>
      new StoreHolder({
        intake,
        clock,
        post,
        connection: presentConnection(this.#snapshot()),
        onAction: (action) => this.#act(action),
        onHistory: (lines) => {
          stream?.loadHistory(lines).catch(tellUnexpected);
        },
        settings: this.#configuration.settings.viewer,
        onExport: (message, content) => {
          const { writeFile } = this.#platform;
          const name = stream?.name ?? '';
          exportLog({ message, content, stream: name, writeFile, now: clock.wallTime() }).catch(tellUnexpected);
        },
        onOpenFile: (place) => {
          openFileLink(place, this.#platform.servers?.name ?? '', this.#panel.column).catch(tellUnexpected);
        },
        ...(this.#patterns ? { patterns: this.#patterns } : {}),
        onStoppedHighlight: (name, fault) => this.#tellStoppedHighlight(name, fault),
        onSaveFilter: (name, filter) => {
          saveFilter(name, filter).catch(tellUnexpected);
        },
      });
  }

  #snapshot(): StreamSnapshot | undefined {
    const stream = this.#streams.active;
    const server = this.#server.running?.label;
    return stream && { ...stream.snapshot(), ...(server === undefined ? {} : { server }) };
  }

  #refresh(): void {
    const snapshot = this.#snapshot();
    // An item for those who use the extension, not for everyone who has it installed.
    this.#statusBar.refresh(snapshot !== undefined || this.#configuration.settings.connections.length > 0);
    this.#panel.setConnection(presentConnection(snapshot));
    const canRunAgain = snapshot?.status.canRunAgain === true;
    if (canRunAgain !== this.#canRunAgain) {
      this.#canRunAgain = canRunAgain;
      setContext('logStream.canRunAgain', canRunAgain);
    }
  }

  #save(): void {
    const stream = this.#streams.active;
    const running = this.#server.running;
    const target = stream && targetToStore(stream.target);
    const open = stream?.wantsConnection === true && target !== undefined && !mayHoldSecret(target.url);
    saveSession(this.#context.workspaceState, {
      ...(open ? { target } : {}),
      ...(running === undefined ? {} : { server: { sources: running.sources } }),
    }).then(undefined, () => undefined);
  }

  #outputChannel(): LogOutputChannel {
    this.#output ??= this.#disposables.add(new LogOutputChannel(this.#platform.clock, plainText));
    return this.#output;
  }

  #writeReport(): string {
    const stream = this.#streams.active;
    return stream === undefined ? texts.extension.report.nothing : stream.report();
  }
}

function setContext(key: string, value: boolean): void {
  vscode.commands.executeCommand('setContext', key, value).then(undefined, () => undefined);
}
