import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Context } from 'mocha';
import { packExtension } from '../../support/packedExtension';
import { orSkip } from '../../support/skip';
import { createTemporaryDirectory, type TemporaryDirectory } from '../../support/temporaryDirectory';
import { ensureVsCodeHost } from '../../support/vscodeHost';
import type { VsCodeSettings } from '../../support/vscodeServer';
import type { VsCodeVersion } from '../../support/vscodeVersions';
import { openWorkbench, type Workbench } from '../../support/workbench';
import { eventually } from './logServer';

const windows = new Map<VsCodeVersion, PersonWindow>();

/**
 * The window that a person has open in one VS Code, with the packed extension in it. The test files share
 * it, one after the other: installing, starting and opening takes as long as a file needs for all of its steps.
 */
export class PersonWindow {
  readonly #version: VsCodeVersion;
  #folder: TemporaryDirectory | undefined;
  #workbench: Workbench | undefined;
  #isInOrder = true;
  #settingsWritten = 0;

  private constructor(version: VsCodeVersion) {
    this.#version = version;
  }

  static of(version: VsCodeVersion): PersonWindow {
    const window = windows.get(version) ?? new PersonWindow(version);
    windows.set(version, window);
    return window;
  }

  /**
   * For a `before` hook: the window without an editor, a stream or a log server, and with these settings.
   * A new one where none is open, or where a test has failed in it.
   */
  async enter(context: Context, settings: VsCodeSettings = {}): Promise<Workbench> {
    context.timeout(600_000);
    const host = await orSkip(context, ensureVsCodeHost(this.#version));
    if (!this.#isInOrder) {
      await this.close();
    }
    if (this.#workbench === undefined) {
      this.#folder = await createTemporaryDirectory('person-window');
      const { workspaceDirectory } = this;
      mkdirSync(join(workspaceDirectory, '.vscode'), { recursive: true });
      this.#writeSettings(settings);
      this.#workbench = await openWorkbench(host, { vsix: await packExtension(), workspaceDirectory });
    } else {
      await tidyUp(this.#workbench);
      await this.changeSettings(settings);
    }
    return this.#workbench;
  }

  /** For an `afterEach` hook: after a failure nobody knows what the window looks like. */
  readonly look = (context: Context): void => {
    this.#isInOrder &&= context.currentTest?.state !== 'failed';
  };

  /**
   * Changes the settings of the folder to these; resolves when VS Code has taken them. (Those of the user have to
   * be changed in an editor: VS Code 1.99 in a browser does not notice what is written to their file from outside.)
   */
  async changeSettings(settings: VsCodeSettings): Promise<void> {
    const workbench = this.#workbench;
    if (workbench === undefined) {
      throw new Error('The window is not open.');
    }
    const title = this.#writeSettings(settings);
    await eventually(
      'the new title of the window, which stands in the settings',
      async () => (await workbench.page.title()).includes(title),
      () => workbench.page.title(),
      60_000,
    );
  }

  /** @returns the title that the window has by these settings. */
  #writeSettings(settings: VsCodeSettings): string {
    const title = `settings ${++this.#settingsWritten}`;
    const file = join(this.workspaceDirectory, '.vscode', 'settings.json');
    writeFileSync(file, JSON.stringify({ ...settings, 'window.title': title }));
    return title;
  }

  /** The folder that is open in it. */
  get workspaceDirectory(): string {
    return join(this.#folder?.path ?? '', 'workspace');
  }

  async close(): Promise<void> {
    await this.#workbench?.close();
    await this.#folder?.remove();
    this.#workbench = undefined;
    this.#folder = undefined;
    this.#isInOrder = true;
  }
}

async function tidyUp(workbench: Workbench): Promise<void> {
  await workbench.runCommand('View: Close All Editors');
  const state = await workbench.waitForStatus(/log stream|\bLive\b|Ended|Disconnected/i);
  if (!/^Log stream not connected|^Log Stream$/.test(state)) {
    // It takes the stream of that server with it.
    await workbench.runCommand('Stop Log Server');
    await workbench.waitForStatus(/^Log stream not connected/);
  }
}

after(async () => {
  for (const window of windows.values()) {
    await window.close();
  }
});
