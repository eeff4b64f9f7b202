import assert from 'node:assert/strict';
import { appendFileSync, mkdirSync, readdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { packExtension } from '../../support/packedExtension';
import { orSkip } from '../../support/skip';
import { createTemporaryDirectory, type TemporaryDirectory } from '../../support/temporaryDirectory';
import { testResultsDirectory } from '../../support/testCache';
import { ensureVsCodeHost, type VsCodeHost } from '../../support/vscodeHost';
import { vsCodeVersions } from '../../support/vscodeVersions';
import { openWorkbench, type Workbench } from '../../support/workbench';
import { lines } from './logServer';

/** Longer than VS Code takes to see a port that opens, ms: it looks every two seconds. */
const LOOKED_MS = 8000;

/** A free port below those that systems give out by themselves, which VS Code does not always announce. */
async function lowPort(): Promise<number> {
  for (let port = 7100; ; port++) {
    const server = createServer();
    const isFree = await new Promise<boolean>((resolve) => {
      server.once('error', () => resolve(false));
      server.listen(port, '127.0.0.1', () => resolve(true));
    });
    server.close();
    if (isFree) {
      return port;
    }
  }
}

/** What Linux tells of the processes that follow a file by a log server of ours: the ports they listen on. */
function portsOfServer(file: string): number[] {
  const listening = new Map<string, number>();
  for (const line of [
    ...readFileSync('/proc/net/tcp', 'utf8').split('\n'),
    ...readIfThere('/proc/net/tcp6').split('\n'),
  ]) {
    const [, local, , state, , , , , , inode] = line.trim().split(/\s+/);
    if (state === '0A' && inode !== undefined) {
      listening.set(`socket:[${inode}]`, Number.parseInt(local?.split(':').at(-1) ?? '', 16));
    }
  }
  const ports = new Set<number>();
  for (const process of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    const commandLine = readIfThere(`/proc/${process}/cmdline`);
    if (commandLine.includes('server.js') && commandLine.includes(file)) {
      for (const handle of readdirSync(`/proc/${process}/fd`)) {
        const port = listening.get(linkIfThere(`/proc/${process}/fd/${handle}`));
        if (port !== undefined) {
          ports.add(port);
        }
      }
    }
  }
  return [...ports];
}

function readIfThere(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

function linkIfThere(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return '';
  }
}

/**
 * The log server that a person starts in a window that is a remote one, as that of VS Code in a browser
 * is: that announces every port that opens on its machine. The steps build on one another.
 */
for (const version of vsCodeVersions) {
  describe(`the log server of a person in ${version.label}`, function () {
    this.timeout(90_000);
    this.bail(true);

    let host: VsCodeHost;
    let folder: TemporaryDirectory;
    let file: string;
    let workbench: Workbench;

    before(async function () {
      this.timeout(600_000);
      if (process.platform !== 'linux') {
        this.skip();
      }
      host = await orSkip(this, ensureVsCodeHost(version));
      folder = await createTemporaryDirectory('person-server');
      file = join(folder.path, 'service.log');
      writeFileSync(file, lines(1, 3));
      await openWindow();
    });
    after(async () => {
      await workbench?.close();
      await folder?.remove();
    });

    async function openWindow(): Promise<void> {
      const settings = { 'logStream.connections': [{ name: 'other', url: 'ws://127.0.0.1:9/ws' }] };
      workbench = await openWorkbench(host, { vsix: await packExtension(), settings, workspaceDirectory: folder.path });
      // With a connection configured, the status bar says when the extension is there.
      await workbench.waitForStatus(/^Log Stream$/, 60_000);
    }

    async function startServer(command: string): Promise<void> {
      await workbench.runCommand('Start Log Server');
      await workbench.pick('Output of a command');
      await workbench.answer(command);
      await workbench.waitForStatus(/^Live\b/);
    }

    /**
     * What VS Code tells, within the time it takes to see a port, of the one that our server is expected to
     * listen on. (It announces what any process of the machine opens, so others than ours may well be named.)
     */
    async function announced(expectedPorts: readonly number[]): Promise<string[]> {
      const seen = new Set<string>();
      const end = Date.now() + LOOKED_MS;
      while (Date.now() < end) {
        assert.deepEqual(portsOfServer(file), expectedPorts);
        for (const text of await workbench.notifications()) {
          seen.add(text);
        }
        await workbench.page.waitForTimeout(200);
      }
      return [...seen].filter((text) => expectedPorts.some((port) => new RegExp(`\\b${port}\\b`).test(text)));
    }

    it('is announced by nobody, and called by no path', async () => {
      await startServer(`tail -n +1 -F ${file}`);
      assert.deepEqual(await announced([]), []);
      await workbench.screenshot(`person-${version.id}-server-started`);
      const tooltip = await workbench.statusTooltip(/\bLive\b/, /the log server of this window/);
      assert.doesNotMatch(tooltip, /ws\+unix|\/s:\/ws|127\.0\.0\.1/);
      await workbench.page.mouse.move(640, 300);
    });

    it('shows its page in the browser, by a link that works once, and is still announced by nobody', async () => {
      const opening = workbench.page.context().waitForEvent('page', { timeout: 20_000 });
      await workbench.runCommand('Open Log Stream in Browser');
      const opened = await opening;
      const address = new URL(opened.url());
      await opened.close();
      assert.match(address.hash, /^#ticket=[\w-]{43}$/);
      // The whole product has a proxy there, which leads /proxy/PORT/ to that port; this part of it has not.
      const port = /\/proxy\/(\d+)\//.exec(address.pathname)?.[1] ?? address.port;
      const browser = workbench.page.context().browser();
      assert.ok(browser);
      const page = await browser.newPage();
      await page.goto(`http://127.0.0.1:${port}/${address.hash}`);
      await page.locator('.row .message', { hasText: 'req-0003' }).waitFor();
      assert.equal(new URL(page.url()).hash, '');
      await page.reload();
      appendFileSync(file, lines(4, 4));
      await page.locator('.row .message', { hasText: 'req-0004' }).waitFor();
      await page.screenshot({
        path: join(testResultsDirectory, 'screenshots', `person-${version.id}-server-page.png`),
      });
      const second = await browser.newPage();
      await second.goto(`http://127.0.0.1:${port}/${address.hash}`);
      await second.getByText('This link was used already').waitFor();
      await Promise.all([page.close(), second.close()]);
      assert.deepEqual(await announced([Number(port)]), []);
    });

    it('is announced by nobody on a port that was set', async function () {
      // With a window of its own.
      this.timeout(180_000);
      const port = await lowPort();
      await workbench.close();
      // In the folder's settings: it is one of the machine, which a remote window does not take from the person's own.
      mkdirSync(join(folder.path, '.vscode'));
      writeFileSync(join(folder.path, '.vscode', 'settings.json'), JSON.stringify({ 'logStream.server.port': port }));
      await openWindow();
      await startServer(`tail -n +1 -F ${file}`);
      await workbench.statusTooltip(/\bLive\b/, new RegExp(`ws://127\\.0\\.0\\.1:${port}/ws`));
      await workbench.page.mouse.move(640, 300);
      assert.deepEqual(await announced([port]), []);
      await workbench.screenshot(`person-${version.id}-server-port`);
    });

    it('leaves what VS Code announces of others as it is', async function () {
      // VS Code waits twenty times as long as its last look at the ports took, so on a busy machine up to a minute.
      this.timeout(180_000);
      const server = createServer();
      const port = await lowPort();
      await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
      try {
        await workbench.waitForNotification(new RegExp(`application running on port ${port} is available`), 150_000);
      } finally {
        server.close();
      }
    });
  });
}
