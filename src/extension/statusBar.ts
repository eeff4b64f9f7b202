import * as vscode from 'vscode';
import type { Clock } from '../base/clock';
import { type Disposable, DisposableStore } from '../base/disposable';
import { texts } from '../text/texts';
import { presentStatus, type StatusPresentation, type StreamSnapshot } from './statusPresentation';

const COLORS = {
  none: undefined,
  warning: new vscode.ThemeColor('statusBarItem.warningBackground'),
  error: new vscode.ThemeColor('statusBarItem.errorBackground'),
};

/** How often what changes by itself is shown anew: rate, countdown, time since; in ms. */
const REFRESH_MS = 1000;

/** Whether there is something to show that changes by itself. */
function ticks(snapshot: StreamSnapshot | undefined): boolean {
  return snapshot !== undefined && !['idle', 'closed', 'failed'].includes(snapshot.status.state);
}

/** The status bar item. */
export class StatusBar implements Disposable {
  readonly #clock: Clock;
  readonly #look: () => StreamSnapshot | undefined;
  readonly #disposables = new DisposableStore();
  readonly #item: vscode.StatusBarItem;
  #timer: Disposable | undefined;

  /** @param look what is to be shown now; asked at each {@link refresh} and once a second. */
  constructor(clock: Clock, look: () => StreamSnapshot | undefined) {
    this.#clock = clock;
    this.#look = look;
    this.#item = this.#disposables.add(
      vscode.window.createStatusBarItem('logStream.status', vscode.StatusBarAlignment.Left, 50),
    );
    this.#item.name = texts.extension.names.statusItem;
    this.#item.command = 'logStream.statusActions';
  }

  get presentation(): StatusPresentation {
    return presentStatus(this.#look(), this.#clock.wallTime(), (wallMs) => new Date(wallMs).toLocaleTimeString());
  }

  /** Shows what is now, or hides the item. */
  refresh(visible: boolean): void {
    this.#timer?.dispose();
    this.#timer = undefined;
    if (!visible) {
      this.#item.hide();
      return;
    }
    const { text, severity, accessibleLabel, tooltip } = this.presentation;
    const markdown = new vscode.MarkdownString(tooltip, true);
    this.#item.text = text;
    this.#item.tooltip = markdown;
    this.#item.backgroundColor = COLORS[severity];
    this.#item.accessibilityInformation = { label: accessibleLabel, role: 'button' };
    this.#item.show();
    if (ticks(this.#look())) {
      this.#timer = this.#clock.schedule(REFRESH_MS, () => this.refresh(true));
    }
  }

  dispose(): void {
    this.#timer?.dispose();
    this.#disposables.dispose();
  }
}
