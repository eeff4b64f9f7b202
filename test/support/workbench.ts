import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Frame, Locator, Page } from 'playwright-core';
import { launchChromium } from './browser/launchChromium';
import { createTemporaryDirectory, type TemporaryDirectory } from './temporaryDirectory';
import { testResultsDirectory } from './testCache';
import type { VsCodeHost } from './vscodeHost';
import { createProfile, installVsix, startVsCodeServer, type VsCodeServer, type VsCodeSettings } from './vscodeServer';
import { workbenchAddress } from './workbenchAddress';

/** How long a person would wait for the workbench to do something, in ms. */
const patienceMs = 15_000;

/** How long the workbench may take until it is there, in ms; 3–8 s on an idle machine. */
const openTimeoutMs = 60_000;

/** What is to be open when a person sits down. */
export interface WorkbenchOptions {
  /** The packed extension to install first, as "Install from VSIX…" does. */
  readonly vsix?: string;
  /** An unpacked extension to load instead, as F5 does; then VS Code shows no notifications. */
  readonly extensionDirectory?: string;
  /** The folder to open; an empty temporary one unless told. */
  readonly workspaceDirectory?: string;
  /** The user's settings, besides those for a quiet workbench. */
  readonly settings?: VsCodeSettings;
  /** Added to the environment of the extension host. */
  readonly environment?: NodeJS.ProcessEnv;
}

/**
 * Opens a real VS Code with an empty profile in Chromium. Call {@link Workbench.close} in the end,
 * also after a failure; what is left when this process ends is killed.
 *
 * ```ts
 * const workbench = await openWorkbench(await ensureVsCodeHost(version), { vsix });
 * await workbench.runCommand("Connect to Log Stream");
 * await workbench.answer("ws://127.0.0.1:8000/ws");
 * await workbench.waitForStatus(/live/i);
 * await workbench.screenshot("connected");
 * await workbench.close();
 * ```
 */
export async function openWorkbench(host: VsCodeHost, options: WorkbenchOptions = {}): Promise<Workbench> {
  const directory = await createTemporaryDirectory('workbench');
  let server: VsCodeServer | undefined;
  let browser: Browser | undefined;
  try {
    const profile = await createProfile(directory.path, options.settings);
    if (options.vsix) {
      await installVsix(host, profile, options.vsix);
    }
    let workspaceDirectory = options.workspaceDirectory;
    if (workspaceDirectory === undefined) {
      workspaceDirectory = join(directory.path, 'workspace');
      mkdirSync(workspaceDirectory);
    }
    server = await startVsCodeServer(host, profile, {
      developmentKeys: options.extensionDirectory !== undefined,
      ...(options.environment ? { environment: options.environment } : {}),
    });
    browser = await launchChromium();
    const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
    const workbench = new Workbench(page, browser, server, directory, workspaceDirectory);
    await page.goto(
      workbenchAddress(server, {
        workspaceDirectory,
        ...(options.extensionDirectory ? { extensionDirectory: options.extensionDirectory } : {}),
      }),
    );
    await workbench.waitUntilReady();
    return workbench;
  } catch (error) {
    await browser?.close();
    await server?.stop();
    await directory.remove();
    throw error;
  }
}

/**
 * A VS Code as a person has it: driven by keystrokes, read by what is rendered. Nothing here
 * reaches into the workbench. Every waiting method gives up after 15 s, unless told otherwise, with
 * an error that says what was there instead.
 */
export class Workbench {
  /** The page, for what is not covered here. */
  readonly page: Page;
  /** The folder that is open. */
  readonly workspaceDirectory: string;
  readonly #browser: Browser;
  readonly #server: VsCodeServer;
  readonly #directory: TemporaryDirectory;

  constructor(
    page: Page,
    browser: Browser,
    server: VsCodeServer,
    directory: TemporaryDirectory,
    workspaceDirectory: string,
  ) {
    this.page = page;
    this.workspaceDirectory = workspaceDirectory;
    this.#browser = browser;
    this.#server = server;
    this.#directory = directory;
  }

  /** Resolves when the status bar stands and extensions have been asked to start. */
  async waitUntilReady(): Promise<void> {
    await this.page.locator('.statusbar-item').first().waitFor({ state: 'visible', timeout: openTimeoutMs });
    // The status bar shows the remote's name once the extension host is connected.
    await this.page
      .locator('.statusbar-item[id="status.host"], .statusbar-item[id="status.notifications"]')
      .first()
      .waitFor({ state: 'visible', timeout: openTimeoutMs });
    await this.#hideSecondarySideBar();
  }

  /** VS Code 1.139 opens Chat there in spite of its settings, on a third of every picture. */
  async #hideSecondarySideBar(): Promise<void> {
    const sideBar = this.page.locator('.part.auxiliarybar');
    if (await sideBar.isVisible()) {
      await this.page.keyboard.press('Control+Alt+KeyB');
      await sideBar.waitFor({ state: 'hidden', timeout: patienceMs });
    }
  }

  /**
   * F1, the command's title, Enter. The title is whole; only its category may be left out.
   * "View: Close Editor" must not become "View: Close Editors in Group", which the palette may offer
   * above it while it is still sorting what it found.
   *
   * @throws Error when the palette offers no such command within a minute, which is how long VS Code may
   * take to load its extensions; it lists what it offers.
   */
  async runCommand(title: string): Promise<void> {
    const input = this.#quickInput();
    const deadline = Date.now() + openTimeoutMs;
    // An extension that is still starting adds its commands a moment later: the palette is opened anew.
    for (;;) {
      await this.page.keyboard.press('F1');
      await input.waitFor({ state: 'visible', timeout: patienceMs });
      // A person types; the palette's ">" stands there already.
      await input.press('End');
      // Pasted: VS Code looks through all commands after each key, for a second or two in all.
      await this.page.keyboard.insertText(title);
      const row = this.#commandRow(title);
      try {
        await row.waitFor({ state: 'visible', timeout: 3000 });
        await this.#focusRow(row);
        await this.page.keyboard.press('Enter');
        return;
      } catch (error) {
        const offered = await this.quickInputRows();
        await this.page.keyboard.press('Escape');
        if (Date.now() > deadline) {
          throw new Error(`The command palette does not offer "${title}", but ${JSON.stringify(offered)}.`, {
            cause: error,
          });
        }
      }
    }
  }

  /** In an open list of choices: types the label (or its beginning), Enter. */
  async pick(label: string): Promise<void> {
    const row = this.#quickInputRow(label);
    try {
      await row.waitFor({ state: 'visible', timeout: patienceMs });
    } catch (error) {
      const offered = JSON.stringify(await this.quickInputRows());
      throw new Error(`There is no choice "${label}", but ${offered}.`, { cause: error });
    }
    await this.#focusRow(row);
    await this.page.keyboard.press('Enter');
  }

  /** Clicks the choice with this label, if a list offers one within two seconds; says whether it did. */
  async clickIfOffered(label: string): Promise<boolean> {
    return this.#quickInputRow(label)
      .click({ timeout: 2000 })
      .then(
        () => true,
        () => false,
      );
  }

  /** In an open input field: replaces what stands there by `text`, Enter. */
  async answer(text: string): Promise<void> {
    const input = this.#quickInput();
    await input.waitFor({ state: 'visible', timeout: patienceMs });
    await input.press('ControlOrMeta+KeyA');
    await this.page.keyboard.type(text);
    await this.page.keyboard.press('Enter');
  }

  /**
   * In an open dialog for a file: replaces the proposal by `path`, Enter, until the dialog is gone.
   * While it still looks at what was typed, VS Code's own dialog ignores Enter.
   */
  async saveAs(path: string): Promise<void> {
    const input = this.#quickInput();
    await input.press('ControlOrMeta+KeyA');
    await this.page.keyboard.type(path);
    await this.#poll(
      `The dialog for ${path} does not close`,
      async () => {
        const seen = await this.#valueIfShown(input);
        if (seen === path) {
          await this.page.keyboard.press('Enter');
          await input.waitFor({ state: 'hidden', timeout: 1000 }).catch(() => undefined);
        }
        return { value: seen === undefined ? true : undefined, seen: seen ?? '' };
      },
      patienceMs,
    );
  }

  async #valueIfShown(input: Locator): Promise<string | undefined> {
    return (await input.isVisible()) ? input.inputValue() : undefined;
  }

  /** The labels of the open list of choices, top to bottom, as far as they are rendered. */
  async quickInputRows(): Promise<string[]> {
    const rows = await this.page.locator('.quick-input-list .monaco-list-row').all();
    const labels = await Promise.all(rows.map((row) => row.getAttribute('aria-label')));
    return labels.filter((label) => label !== null);
  }

  /** What the open quick input says besides its rows: title, prompt, validation message. */
  async quickInputText(): Promise<string> {
    const widget = this.page.locator('.quick-input-widget');
    const parts = await widget
      .locator('.quick-input-title:visible, .quick-input-message:visible, .quick-input-description:visible')
      .allInnerTexts();
    const placeholder = await this.#quickInput().getAttribute('placeholder');
    return plainText([...parts, placeholder ?? ''].join(' '));
  }

  #quickInput(): Locator {
    return this.page.locator('.quick-input-widget .quick-input-box input');
  }

  #quickInputRow(label: string): Locator {
    return this.page
      .locator('.quick-input-list .monaco-list-row .quick-input-list-row')
      .filter({ hasText: label })
      .first();
  }

  #commandRow(title: string): Locator {
    const whole = new RegExp(`^\\s*(.*:\\s)?${escapePattern(title)}(\\.{3}|…)?\\s*$`);
    return this.page
      .locator('.quick-input-list .monaco-list-row .quick-input-list-row')
      .filter({ has: this.page.locator('.label-name', { hasText: whole }) })
      .first();
  }

  /**
   * Presses the down arrow until this row is the one Enter would take, and stays it: what the palette
   * finds late is sorted in and puts the focus back on top.
   */
  async #focusRow(row: Locator): Promise<void> {
    const listRow = row.locator("xpath=ancestor::div[contains(@class, 'monaco-list-row')][1]");
    const hasFocus = async () => /\bfocused\b/.test((await listRow.getAttribute('class')) ?? '');
    const focused = this.page.locator('.quick-input-list .monaco-list-row.focused');
    const focusedId = async () => ((await focused.count()) > 0 ? focused.first().getAttribute('id') : null);
    for (let pressed = 0; pressed < 50; pressed++) {
      if (await hasFocus()) {
        await this.page.waitForTimeout(100);
        if (await hasFocus()) {
          return;
        }
      }
      const before = await focusedId();
      await this.page.keyboard.press('ArrowDown');
      // The list moves its focus some time after the key: pressed faster, it would run past the row.
      const deadline = Date.now() + 1000;
      while ((await focusedId()) === before && Date.now() < deadline) {
        await this.page.waitForTimeout(20);
      }
      if ((await focusedId()) === before) {
        // A webview may take the focus back after the palette has closed: then no key reaches the list.
        await this.#quickInput().click();
      }
    }
    throw new Error(`The arrow keys do not reach "${(await row.allInnerTexts()).join(' ')}".`);
  }

  /** The texts of all status bar items, left to right, icons left out. */
  async statusBarItems(): Promise<string[]> {
    const items = await this.page.locator('.statusbar-item:visible').allInnerTexts();
    return items.map(plainText).filter((text) => text !== '');
  }

  /** The text of the whole status bar, items separated by " | ". */
  async statusBarText(): Promise<string> {
    return (await this.statusBarItems()).join(' | ');
  }

  /** Waits until some status bar item's text matches, and gives that text. */
  async waitForStatus(pattern: RegExp, timeoutMs = patienceMs): Promise<string> {
    return this.#poll(
      `The status bar does not show ${pattern}`,
      async () => {
        const items = await this.statusBarItems();
        return { value: items.find((text) => pattern.test(text)), seen: items.join(' | ') };
      },
      timeoutMs,
    );
  }

  /** Clicks the status bar item whose text matches. */
  async clickStatus(pattern: RegExp): Promise<void> {
    await this.page.locator('.statusbar-item:visible').filter({ hasText: pattern }).first().click();
  }

  /**
   * The tooltip of the status bar item whose text matches, as it is rendered on hovering. Items move
   * while others come and go, and the tooltip of one that was passed over may still stand there:
   * the pointer is put back on the item until the tooltip says what is wanted.
   */
  async statusTooltip(item: RegExp, wanted: RegExp): Promise<string> {
    const hover = this.page.locator('.workbench-hover-container:visible, .monaco-hover:visible');
    return this.#poll(
      `The tooltip of ${item} does not show ${wanted}`,
      async () => {
        await this.page.locator('.statusbar-item:visible').filter({ hasText: item }).first().hover();
        const seen = plainText((await hover.allInnerTexts()).join(' '));
        return { value: wanted.test(seen) ? seen : undefined, seen };
      },
      patienceMs,
    );
  }

  /** The texts of the notifications on screen. */
  async notifications(): Promise<string[]> {
    const items = await this.page.locator('.notification-list-item-message:visible').allInnerTexts();
    return items.map(plainText);
  }

  /** Waits until some notification's text matches, and gives that text. */
  async waitForNotification(pattern: RegExp, timeoutMs = patienceMs): Promise<string> {
    return this.#poll(
      `No notification shows ${pattern}`,
      async () => {
        const texts = await this.notifications();
        return { value: texts.find((text) => pattern.test(text)), seen: texts.join(' | ') };
      },
      timeoutMs,
    );
  }

  /**
   * Opens the Output panel on a channel, through the command palette.
   *
   * @param channel the name in the list of "Output: Show Output Channels…".
   */
  async openOutputChannel(channel: string): Promise<void> {
    await this.runCommand('Output: Show Output Channels');
    await this.pick(channel);
    await this.page
      .locator('.part.panel .output-view-container, .part.panel .monaco-editor')
      .first()
      .waitFor({ state: 'visible', timeout: patienceMs });
  }

  /** The lines of the Output panel that are on screen, top to bottom (wrapped lines are parts). */
  async outputLines(): Promise<string[]> {
    const lines = await this.page.locator('.part.panel .view-lines .view-line').all();
    const placed = await Promise.all(
      lines.map(async (line) => ({
        top: Number.parseFloat((await line.getAttribute('style'))?.match(/top:\s*([\d.]+)/)?.[1] ?? '0'),
        text: (await line.allInnerTexts()).join('').replaceAll('\u00a0', ' '),
      })),
    );
    // The editor reuses its line elements: their order in the document is not that on screen.
    return placed.sort((a, b) => a.top - b.top).map((line) => line.text);
  }

  /** Waits until the text on screen in the Output panel matches, and gives it. */
  async waitForOutput(pattern: RegExp, timeoutMs = patienceMs): Promise<string> {
    return this.#poll(
      `The Output panel does not show ${pattern}`,
      async () => {
        const text = (await this.outputLines()).join('\n');
        return { value: pattern.test(text) ? text : undefined, seen: text.slice(-2000) };
      },
      timeoutMs,
    );
  }

  /**
   * The document of the visible webview: a frame in a frame. Its elements are reached with
   * `frame.locator(…)`. Call it again after the webview was hidden, moved or reloaded.
   */
  async webviewFrame(timeoutMs = patienceMs): Promise<Frame> {
    return this.#poll(
      'No webview is on screen',
      async () => {
        const outer = this.page.locator('iframe.webview:visible').last();
        const names = this.page.frames().map((frame) => frame.url().slice(0, 80));
        if ((await outer.count()) === 0) {
          return { value: undefined, seen: names.join(' ') };
        }
        try {
          const outerFrame = await (await outer.elementHandle())?.contentFrame();
          const inner = await outerFrame?.$('iframe#active-frame');
          return { value: (await inner?.contentFrame()) ?? undefined, seen: names.join(' ') };
        } catch (error) {
          // A webview that is still loading replaces its documents while they are looked at.
          return { value: undefined, seen: error instanceof Error ? error.message : String(error) };
        }
      },
      timeoutMs,
    );
  }

  /** Reloads the window: the extension host ends and a new one starts. */
  async reload(): Promise<void> {
    await this.page.reload();
    await this.waitUntilReady();
  }

  /** Writes a picture of the window for a person to `test-results/screenshots/NAME.png`. */
  async screenshot(name: string): Promise<string> {
    const path = join(testResultsDirectory, 'screenshots', `${name}.png`);
    await this.page.screenshot({ path });
    return path;
  }

  /** Closes the window and ends the server, its extension hosts and what those started. */
  async close(): Promise<void> {
    await this.#browser.close();
    await this.#server.stop();
    await this.#directory.remove();
  }

  async #poll<T>(
    complaint: string,
    look: () => Promise<{ value: T | undefined; seen: string }>,
    timeoutMs: number,
  ): Promise<T> {
    const deadline = Date.now() + timeoutMs;
    for (;;) {
      const { value, seen } = await look();
      if (value !== undefined) {
        return value;
      }
      if (Date.now() > deadline) {
        throw new Error(`${complaint} within ${timeoutMs / 1000} s, but: ${seen}`);
      }
      await this.page.waitForTimeout(100);
    }
  }
}

/** A pattern that finds just this text. */
function escapePattern(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

/** Text as a person reads it: without the private-use characters that icon fonts draw. */
function plainText(text: string): string {
  return text
    .replaceAll(/[\u{e000}-\u{f8ff}]/gu, '')
    .replaceAll(/[\u00a0\s]+/g, ' ')
    .trim();
}
