import * as vscode from 'vscode';
import { type Disposable, DisposableStore } from '../base/disposable';
import { Emitter, type Event } from '../base/emitter';
import type { HeartbeatNote } from '../client/connection';
import { texts } from '../text/texts';
import type { KeyAction } from '../view/keyAction';
import type { ConnectionView, HolderMessage, ViewerMessage } from '../view/messages';
import type { ViewerSettings } from '../view/viewerSettings';
import { panelHtml } from './panelHtml';
import { PANEL_TYPE } from './panelType';
import { readViewerMessage } from './viewerMessages';

/** What answers the viewer in the panel: the holder of a stream's store, or of an empty one. */
export interface PanelHolder extends Disposable {
  receive(message: ViewerMessage): void;
  setConnection(connection: ConnectionView): void;
  noteHeartbeat(heartbeat: HeartbeatNote): void;
  setSettings(settings: ViewerSettings): void;
}

/** Makes the holder that a viewer talks to, given the way to it. */
export type OpenHolder = (post: (message: HolderMessage) => void) => PanelHolder;

/**
 * The panel: one webview with the viewer, on whatever stream is open. It keeps nothing while it is
 * hidden: the viewer starts anew when it is shown again, says `ready` and is told everything, and
 * that is also how it comes back after the window was reloaded.
 */
export class LogPanel implements Disposable {
  readonly #viewerFolder: vscode.Uri;
  #openHolder: OpenHolder;
  #title: string = texts.extension.names.panel;
  #open: OpenPanel | undefined;
  readonly #openChanged = new Emitter<boolean>();
  /** There is a panel, or there is none any more. */
  readonly onDidChangeOpen: Event<boolean> = this.#openChanged.event;

  /** @param openHolder what answers until {@link setHolder} names another. */
  constructor(extensionUri: vscode.Uri, openHolder: OpenHolder) {
    this.#viewerFolder = vscode.Uri.joinPath(extensionUri, 'dist', 'viewer');
    this.#openHolder = openHolder;
  }

  /** Opens the panel, or brings it to the front. */
  show(preserveFocus: boolean): void {
    if (this.#open !== undefined) {
      this.#open.panel.reveal(undefined, preserveFocus);
      return;
    }
    this.adopt(
      vscode.window.createWebviewPanel(
        PANEL_TYPE,
        this.#title,
        { viewColumn: vscode.ViewColumn.Active, preserveFocus },
        { enableFindWidget: false, retainContextWhenHidden: false },
      ),
    );
  }

  /** From now on the panel shows another stream, or none. */
  setHolder(title: string, openHolder: OpenHolder): void {
    this.#title = title;
    this.#openHolder = openHolder;
    if (this.#open !== undefined) {
      this.#open.panel.title = title;
      this.#open.replaceHolder(openHolder);
    }
  }

  setSettings(settings: ViewerSettings): void {
    this.#open?.holder.setSettings(settings);
  }

  /** Where the panel is, or undefined while there is none. */
  get column(): vscode.ViewColumn | undefined {
    return this.#open?.panel.viewColumn;
  }

  /** Has the viewer do something as if its key had been pressed; opens the panel where it is not in front. */
  command(command: KeyAction): void {
    this.show(false);
    this.#open?.command(command);
  }

  setConnection(connection: ConnectionView): void {
    this.#open?.holder.setConnection(connection);
  }

  noteHeartbeat(heartbeat: HeartbeatNote): void {
    this.#open?.holder.noteHeartbeat(heartbeat);
  }

  dispose(): void {
    this.#open?.panel.dispose();
    this.#openChanged.dispose();
  }

  /** Shows the stream in a panel of an earlier window that VS Code has put back; or in a new one. */
  adopt(panel: vscode.WebviewPanel): void {
    this.#open?.panel.dispose();
    const open = new OpenPanel(panel, this.#viewerFolder, this.#title, this.#openHolder);
    this.#open = open;
    this.#openChanged.fire(true);
    open.onGone(() => {
      if (this.#open === open) {
        this.#open = undefined;
        this.#openChanged.fire(false);
      }
    });
  }
}

/** One webview from its creation to its end. */
class OpenPanel {
  readonly panel: vscode.WebviewPanel;
  readonly #disposables = new DisposableStore();
  #holder: PanelHolder;
  #isReady = false;
  /** What was asked for before the viewer was there. */
  readonly #waiting: KeyAction[] = [];
  #isGone = false;

  constructor(panel: vscode.WebviewPanel, viewerFolder: vscode.Uri, title: string, openHolder: OpenHolder) {
    this.panel = panel;
    panel.title = title;
    panel.webview.options = { enableScripts: true, localResourceRoots: [viewerFolder] };
    this.#holder = openHolder((message) => this.#post(message));
    this.#disposables.add(
      panel.webview.onDidReceiveMessage((data: unknown) => {
        const message = readViewerMessage(data);
        if (message !== null) {
          this.#holder.receive(message);
        }
        if (message?.type === 'ready') {
          this.#isReady = true;
          for (const command of this.#waiting.splice(0)) {
            this.#post({ type: 'command', command });
          }
        }
      }),
    );
    this.#disposables.add(
      panel.onDidChangeViewState(() => {
        // A hidden viewer is thrown away; the one that is made next says when it is there.
        this.#isReady &&= panel.visible;
        this.#holder.receive({ type: 'visible', visible: panel.visible });
      }),
    );
    this.#disposables.add(panel.onDidDispose(() => this.#end()));
    panel.webview.html = this.#html(viewerFolder, title);
  }

  get holder(): PanelHolder {
    return this.#holder;
  }

  command(command: KeyAction): void {
    if (this.#isReady) {
      this.#post({ type: 'command', command });
    } else {
      this.#waiting.push(command);
    }
  }

  onGone(listener: () => void): void {
    this.#disposables.add(this.panel.onDidDispose(listener));
  }

  #post(message: HolderMessage): void {
    // One that is gone must not be touched.
    if (this.#isGone) {
      return;
    }
    // What is sent to a hidden webview is dropped by VS Code, and nothing here waits for an answer.
    this.panel.webview.postMessage(message).then(undefined, () => undefined);
  }

  /** The viewer is told to begin anew, and the new holder greets it as if it had just come. */
  replaceHolder(openHolder: OpenHolder): void {
    this.#holder.dispose();
    this.#holder = openHolder((message) => this.#post(message));
    this.#post({ type: 'cleared' });
    this.#holder.receive({ type: 'ready' });
  }

  #end(): void {
    this.#isGone = true;
    this.#holder.dispose();
    // After the other listeners of this very event have run.
    queueMicrotask(() => this.#disposables.dispose());
  }

  #html(viewerFolder: vscode.Uri, title: string): string {
    const { webview } = this.panel;
    const address = (name: string) => webview.asWebviewUri(vscode.Uri.joinPath(viewerFolder, name)).toString();
    return panelHtml(
      {
        script: address('panel.js'),
        styles: [address('viewer.css')],
        iconStyle: address('codicon.css'),
        contentSource: webview.cspSource,
      },
      randomNonce(),
      title,
    );
  }
}

function randomNonce(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
