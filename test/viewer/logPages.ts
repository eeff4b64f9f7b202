import { appendFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, BrowserContextOptions } from 'playwright-core';
import { launchChromium } from '../support/browser/launchChromium';
import { type ServerOptions, ServerProcess } from '../support/serverProcess';
import { createTemporaryDirectory, type TemporaryDirectory } from '../support/temporaryDirectory';
import { ViewerPage } from './viewerPage';

/** Opens pages on logs, and takes everything down after each test. */
export class LogPages {
  readonly #servers: ServerProcess[] = [];
  readonly #viewers: ViewerPage[] = [];
  readonly #logs = new Map<ViewerPage, string>();
  #browser: Browser | undefined;
  #folder: TemporaryDirectory | undefined;
  #files = 0;

  async start(): Promise<void> {
    // A name that leads to this machine, as that of a tunnel does.
    this.#browser = await launchChromium({ args: ['--host-resolver-rules=MAP tunnel.test 127.0.0.1'] });
    this.#folder = await createTemporaryDirectory('viewer');
  }

  async stop(): Promise<void> {
    await this.#browser?.close();
    await this.#folder?.remove();
  }

  /** A path at which nothing is yet. */
  newFile(): string {
    if (!this.#folder) {
      throw new Error('not started');
    }
    return join(this.#folder.path, `app-${this.#files++}.log`);
  }

  serve(...args: string[]): Promise<ServerProcess> {
    return this.serveWith({}, ...args);
  }

  async serveWith(options: ServerOptions, ...args: string[]): Promise<ServerProcess> {
    const server = await ServerProcess.start(args, options);
    this.#servers.push(server);
    return server;
  }

  openPage(server: ServerProcess, options: BrowserContextOptions = {}): Promise<ViewerPage> {
    return this.openAddress(server.pageUrl, options);
  }

  async openAddress(address: string, options: BrowserContextOptions = {}): Promise<ViewerPage> {
    if (!this.#browser) {
      throw new Error('not started');
    }
    const viewer = await ViewerPage.open(this.#browser, address, options);
    this.#viewers.push(viewer);
    return viewer;
  }

  /** A page with these lines in its log. */
  async open(lines: readonly string[], options: BrowserContextOptions = {}): Promise<ViewerPage> {
    const file = this.newFile();
    writeFileSync(file, lines.map((line) => `${line}\n`).join(''));
    const viewer = await this.openPage(await this.serve(file), options);
    this.#logs.set(viewer, file);
    await viewer.untilText('.counts', new RegExp(`^${lines.length.toLocaleString('en')} lines?$`));
    return viewer;
  }

  /** Writes further lines to the log that a page shows. */
  append(viewer: ViewerPage, lines: readonly string[]): void {
    appendFileSync(this.#logs.get(viewer) as string, lines.map((line) => `${line}\n`).join(''));
  }

  async closeAll(): Promise<void> {
    await Promise.all(this.#viewers.splice(0).map((viewer) => viewer.close()));
    await Promise.all(this.#servers.splice(0).map((server) => server.stop()));
  }
}

/** An access log as JSON lines, a line a second; every tenth failed. */
export function requests(count: number): string[] {
  const start = Date.parse('2026-11-24T08:00:00Z');
  return Array.from({ length: count }, (_, at) =>
    JSON.stringify({
      time: new Date(start + at * 1000).toISOString(),
      level: at % 10 === 0 ? 'error' : 'info',
      msg: `request ${at}`,
      status: at % 10 === 0 ? 503 : 200,
      user: at % 2 === 0 ? 'alice' : 'bob',
    }),
  );
}
