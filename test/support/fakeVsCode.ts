/**
 * Stands in for the module `vscode` in unit tests. The real one exists only inside VS Code, where
 * neither the clock nor the network nor a click on a message can be made by a test; here all three
 * can, so the extension's controllers run with a real connection over a simulated network. It has
 * what those controllers use, nothing more, and behaves as VS Code's documentation says: what is
 * not here fails a test by name instead of seeming to work. What only the real one can show is
 * tested in test/extension.
 *
 * {@link useFakeVsCode} begins anew; `installFakeVsCode` makes `import 'vscode'` lead here.
 */
import { Emitter } from '../../src/base/emitter';

type Severity = 'error' | 'warning' | 'information';

/** A message that was shown. */
export class FakeMessage {
  readonly #settle: (label: string | undefined) => void;
  readonly answer: Promise<string | undefined>;

  constructor(
    readonly severity: Severity,
    readonly text: string,
    readonly buttons: readonly string[],
  ) {
    let settle: (label: string | undefined) => void = () => undefined;
    this.answer = new Promise((resolve) => {
      settle = resolve;
    });
    this.#settle = settle;
  }

  /** Presses a button, or closes the message. */
  async press(label?: string): Promise<void> {
    if (label !== undefined && !this.buttons.includes(label)) {
      throw new Error(`no button "${label}" among ${this.buttons.join(', ')}`);
    }
    this.#settle(label);
    await settled();
  }
}

/** Lets everything that waits for promises run. */
export async function settled(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
}

/**
 * A webview panel. As in VS Code, what is posted to it while it is hidden is lost, and whoever touches
 * it after its end gets an error.
 */
export class FakePanel {
  readonly received: { readonly type: string }[] = [];
  readonly #messages = new Emitter<unknown>();
  readonly #viewState = new Emitter<unknown>();
  readonly #gone = new Emitter<void>();
  visible = true;
  disposed = false;
  reveals = 0;
  viewColumn = 1;
  readonly #webview = {
    options: {},
    html: '',
    cspSource: 'vscode-webview:',
    asWebviewUri: (uri: FakeUri) => uri,
    onDidReceiveMessage: this.#messages.event,
    postMessage: async (message: { readonly type: string }): Promise<boolean> => {
      if (this.visible) {
        this.received.push(message);
      }
      return this.visible;
    },
  };
  readonly onDidChangeViewState = this.#viewState.event;
  readonly onDidDispose = this.#gone.event;

  constructor(public title: string) {}

  get webview() {
    if (this.disposed) {
      throw new Error('Webview is disposed');
    }
    return this.#webview;
  }

  /** The webview posts a message. */
  post(message: unknown): void {
    this.#messages.fire(message);
  }

  setVisible(visible: boolean): void {
    this.visible = visible;
    this.#viewState.fire({ webviewPanel: this });
  }

  reveal(): void {
    if (this.disposed) {
      throw new Error('Webview is disposed');
    }
    this.reveals++;
  }

  dispose(): void {
    if (!this.disposed) {
      this.disposed = true;
      this.#gone.fire();
    }
  }
}

class FakeUri {
  constructor(
    readonly scheme: string,
    readonly path: string,
    readonly authority = '',
    readonly fragment = '',
  ) {}
  get fsPath(): string {
    return this.path;
  }
  toString(): string {
    const { scheme, authority, path, fragment } = this;
    return `${scheme}:${authority && `//${authority}`}${path}${fragment && `#${fragment}`}`;
  }
  with({ fragment }: { readonly fragment: string }): FakeUri {
    return new FakeUri(this.scheme, this.path, this.authority, fragment);
  }
  static parse(address: string): FakeUri {
    const { protocol, host, pathname } = new URL(address);
    return new FakeUri(protocol.slice(0, -1), pathname, host);
  }
  static file(path: string): FakeUri {
    return new FakeUri('file', path);
  }
  static from({ scheme, path }: { readonly scheme: string; readonly path: string }): FakeUri {
    return new FakeUri(scheme, path);
  }
  static joinPath(base: FakeUri, ...parts: readonly string[]): FakeUri {
    return new FakeUri(base.scheme, [base.path, ...parts].join('/'));
  }
}

class FakeStatusItem {
  text = '';
  tooltip: unknown;
  shown = false;
  show(): void {
    this.shown = true;
  }
  hide(): void {
    this.shown = false;
  }
  dispose(): void {
    this.shown = false;
  }
}

class FakeOutputChannel {
  text = '';
  append(text: string): void {
    this.text += text;
  }
  clear(): void {
    this.text = '';
  }
  show(): void {}
  dispose(): void {}
}

/** One window of the fake editor, as a test sees it. */
class FakeVsCode {
  readonly messages: FakeMessage[] = [];
  readonly panels: FakePanel[] = [];
  readonly statusItems: FakeStatusItem[] = [];
  readonly channels: FakeOutputChannel[] = [];
  /** What `setContext` set. */
  readonly contexts = new Map<string, unknown>();
  /** Other commands that were run, with their arguments. */
  readonly commands: (readonly unknown[])[] = [];
  /** What a person picks in the next lists, by label, and types into the next boxes; then undefined. */
  readonly picks: string[] = [];
  readonly inputs: string[] = [];
  /** Where addresses of this machine are to be had from the person's own; null: the same. */
  externalAddress: string | null = null;
  /** What was opened in a browser. */
  readonly openedAddresses: string[] = [];
  readonly configurationChanged = new Emitter<{ affectsConfiguration(section: string): boolean }>();
  readonly trustGranted = new Emitter<void>();
  readonly windowStateChanged = new Emitter<{ readonly focused: boolean }>();
  readonly #settings = new Map<string, unknown>();

  setting(key: string): unknown {
    return this.#settings.get(key);
  }

  /** A person changes a setting, the full key given. */
  setSetting(key: string, value: unknown): void {
    this.#settings.set(key, value);
    this.configurationChanged.fire({
      affectsConfiguration: (section) => key === section || key.startsWith(`${section}.`),
    });
  }

  show(severity: Severity, text: string, buttons: readonly string[]): Promise<string | undefined> {
    const message = new FakeMessage(severity, text, buttons);
    this.messages.push(message);
    return message.answer;
  }
}

let current = new FakeVsCode();

/** A new window; what an earlier test left is gone. */
export function useFakeVsCode(): FakeVsCode {
  current = new FakeVsCode();
  return current;
}

// --- the module itself: what is used of it, under its own names ----------------------------------

export class ThemeColor {
  constructor(readonly id: string) {}
}

export class MarkdownString {
  constructor(readonly value: string) {}
}

export class EventEmitter<T> extends Emitter<T> {}

export const StatusBarAlignment = { Left: 1, Right: 2 };
export const ViewColumn = { Active: -1, Beside: -2, One: 1 };
export const ProgressLocation = { Window: 10, Notification: 15 };
export const QuickPickItemKind = { Separator: -1, Default: 0 };
export const Uri = FakeUri;
export const env = {
  remoteName: undefined,
  asExternalUri: async (uri: FakeUri) =>
    current.externalAddress === null ? uri : FakeUri.parse(current.externalAddress),
  openExternal: async (uri: FakeUri) => {
    current.openedAddresses.push(uri.toString());
    return true;
  },
};

export const window = {
  state: { focused: true },
  activeTextEditor: undefined,
  onDidChangeWindowState: (listener: (state: { readonly focused: boolean }) => void) =>
    current.windowStateChanged.event(listener),
  showErrorMessage: (text: string, ...buttons: string[]) => current.show('error', text, buttons),
  showWarningMessage: (text: string, ...buttons: string[]) => current.show('warning', text, buttons),
  showInformationMessage: (text: string, ...buttons: string[]) => current.show('information', text, buttons),
  createStatusBarItem: () => {
    const item = new FakeStatusItem();
    current.statusItems.push(item);
    return item;
  },
  createOutputChannel: () => {
    const channel = new FakeOutputChannel();
    current.channels.push(channel);
    return channel;
  },
  createWebviewPanel: (_type: string, title: string) => {
    const panel = new FakePanel(title);
    current.panels.push(panel);
    return panel;
  },
  showQuickPick: async <Item extends { readonly label: string }>(items: readonly Item[] | Promise<readonly Item[]>) => {
    const label = current.picks.shift();
    return label === undefined ? undefined : (await items).find((item) => item.label.includes(label));
  },
  showInputBox: async () => current.inputs.shift(),
  withProgress: <T>(_options: unknown, task: () => Promise<T>): Promise<T> => task(),
};

export const workspace = {
  workspaceFolders: undefined,
  getConfiguration: (section: string) => ({ get: (key: string) => current.setting(`${section}.${key}`) }),
  onDidChangeConfiguration: (listener: (change: { affectsConfiguration(section: string): boolean }) => void) =>
    current.configurationChanged.event(listener),
  onDidGrantWorkspaceTrust: (listener: () => void) => current.trustGranted.event(listener),
  registerTextDocumentContentProvider: () => ({ dispose: () => undefined }),
};

export const commands = {
  executeCommand: async (command: string, ...given: unknown[]): Promise<void> => {
    if (command === 'setContext') {
      current.contexts.set(String(given[0]), given[1]);
    } else {
      current.commands.push([command, ...given]);
    }
  },
};
