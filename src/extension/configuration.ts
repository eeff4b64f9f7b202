import * as vscode from 'vscode';
import { type Disposable, DisposableStore } from '../base/disposable';
import { Emitter, type Event } from '../base/emitter';
import { type AddressCheck, type ReadSettings, readSettings, type Settings } from './settings';
import { SETTINGS_SECTION } from './settingsKeys';

/**
 * The settings as they are now, and an event when they change. In a folder that is not trusted VS
 * Code itself leaves out the connections of the folder (`restrictedConfigurations` of the manifest).
 */
export class Configuration implements Disposable {
  readonly #checkAddress: AddressCheck;
  readonly #disposables = new DisposableStore();
  readonly #changed = this.#disposables.add(new Emitter<Settings>());
  readonly #problems = this.#disposables.add(new Emitter<readonly string[]>());
  #read: ReadSettings;

  /** Fires when any of them has another value than before, with the new settings. */
  readonly onDidChange: Event<Settings> = this.#changed.event;
  /** Fires when other values than before cannot be used: one sentence each. */
  readonly onProblems: Event<readonly string[]> = this.#problems.event;

  constructor(checkAddress: AddressCheck) {
    this.#checkAddress = checkAddress;
    this.#read = this.#readNow();
    this.#disposables.add(
      vscode.workspace.onDidChangeConfiguration((change) => {
        if (change.affectsConfiguration(SETTINGS_SECTION)) {
          this.#reread();
        }
      }),
    );
    // What the folder's settings say counts from now on.
    this.#disposables.add(vscode.workspace.onDidGrantWorkspaceTrust(() => this.#reread()));
  }

  get settings(): Settings {
    return this.#read.settings;
  }

  /** One sentence for each value that cannot be used as it stands. */
  get problems(): readonly string[] {
    return this.#read.problems;
  }

  dispose(): void {
    this.#disposables.dispose();
  }

  #readNow(): ReadSettings {
    const section = vscode.workspace.getConfiguration(SETTINGS_SECTION);
    return readSettings((key) => section.get(key), this.#checkAddress);
  }

  #reread(): void {
    const before = this.#read;
    this.#read = this.#readNow();
    const news = this.#read.problems.filter((problem) => !before.problems.includes(problem));
    if (news.length > 0) {
      this.#problems.fire(news);
    }
    // A value may be written again as it is, or be corrected to what it was.
    if (JSON.stringify(this.#read.settings) !== JSON.stringify(before.settings)) {
      this.#changed.fire(this.#read.settings);
    }
  }
}
