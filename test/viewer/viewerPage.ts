import axe from 'axe-core';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';

/** The viewer in a browser page, seen as a person sees it: by what stands there. */
export class ViewerPage {
  readonly page: Page;
  /** What the page wrote to the console, by level. */
  readonly console: { readonly type: string; readonly text: string }[] = [];
  /** Exceptions, refused resources and violated policies. */
  readonly problems: string[] = [];

  private constructor(page: Page) {
    this.page = page;
    page.on('console', (message) => {
      this.console.push({ type: message.type(), text: message.text() });
      // The browser itself reports every refused dial as an error; those are expected where a server is down.
      if (message.type() === 'error' && !message.text().includes('WebSocket connection to')) {
        this.problems.push(message.text());
      }
    });
    page.on('pageerror', (error) => this.problems.push(String(error)));
  }

  static async open(browser: Browser, url: string, options: BrowserContextOptions = {}): Promise<ViewerPage> {
    const context = await browser.newContext({ viewport: { width: 1000, height: 500 }, ...options });
    const viewer = new ViewerPage(await context.newPage());
    await viewer.page.goto(url);
    return viewer;
  }

  /** Texts of the lines in view, in order, without times and sources; notices left out. */
  async lines(): Promise<string[]> {
    return this.page.evaluate(() => {
      const view = document.querySelector('.viewport')?.getBoundingClientRect();
      const rows = [...document.querySelectorAll('.row:not(.notice):not(.placeholder)')];
      return rows
        .filter((row) => {
          const { top, bottom } = row.getBoundingClientRect();
          return view !== undefined && bottom > view.top + 1 && top < view.bottom - 1;
        })
        .map((row) => row.querySelector('.message')?.textContent ?? '');
    });
  }

  /** Texts of the notices drawn. */
  async notices(): Promise<string[]> {
    return this.page.locator('.row.notice .message').allTextContents();
  }

  async text(selector: string): Promise<string> {
    return ((await this.page.locator(selector).textContent()) ?? '').trim();
  }

  /** Waits until the lines in view are as wanted. */
  async untilLines(what: string, holds: (lines: readonly string[]) => boolean, deadlineMs = 10_000): Promise<string[]> {
    const deadline = Date.now() + deadlineMs;
    for (;;) {
      const lines = await this.lines();
      if (holds(lines)) {
        return lines;
      }
      if (Date.now() > deadline) {
        throw new Error(`not within ${deadlineMs} ms: ${what}\n${lines.join('\n')}`);
      }
      await this.page.waitForTimeout(20);
    }
  }

  async untilText(selector: string, pattern: RegExp, deadlineMs = 10_000): Promise<string> {
    const deadline = Date.now() + deadlineMs;
    for (;;) {
      const text = await this.text(selector);
      if (pattern.test(text)) {
        return text;
      }
      if (Date.now() > deadline) {
        throw new Error(`not within ${deadlineMs} ms: ${selector} reads ${pattern}, but "${text}"`);
      }
      await this.page.waitForTimeout(20);
    }
  }

  /** Waits until the page has written something to the console, from its opening on. */
  async untilConsole(what: string, holds: (text: string) => boolean, deadlineMs = 10_000): Promise<void> {
    const deadline = Date.now() + deadlineMs;
    while (!this.console.some(({ text }) => holds(text))) {
      if (Date.now() > deadline) {
        throw new Error(`not within ${deadlineMs} ms: ${what}\n${this.console.map(({ text }) => text).join('\n')}`);
      }
      await this.page.waitForTimeout(20);
    }
  }

  /** Turns the wheel over the list; positive: towards the end. */
  async wheel(deltaY: number): Promise<void> {
    await this.page.locator('.viewport').hover();
    await this.page.mouse.wheel(0, deltaY);
  }

  /**
   * What is wrong here for people who see, hear or type differently, as far as rules can find it: a rule and the
   * elements that break it, or nothing.
   */
  async accessibilityProblems(): Promise<string[]> {
    // The policy allows no script from the test either, so it is run from outside of the page.
    if (!(await this.page.evaluate(() => 'axe' in globalThis))) {
      await this.page.evaluate(axe.source);
    }
    return this.page.evaluate(async () => {
      interface Found {
        readonly violations: { readonly id: string; readonly nodes: { readonly html: string }[] }[];
      }
      const checker = (globalThis as unknown as { axe: { run(options: object): Promise<Found> } }).axe;
      // What is right need not be described.
      const { violations } = await checker.run({ resultTypes: ['violations'] });
      return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
    });
  }

  async close(): Promise<void> {
    await this.page.context().close();
  }
}
