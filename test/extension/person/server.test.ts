import assert from 'node:assert/strict';
import { appendFileSync, readdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { createTemporaryDirectory, type TemporaryDirectory } from '../../support/temporaryDirectory';
import { testResultsDirectory } from '../../support/testCache';
import { vsCodeVersionsHere } from '../../support/vscodeVersions';
import type { Workbench } from '../../support/workbench';
import { eventually, lines } from './logServer';
import { PersonWindow } from './personWindow';

/**
 * How long VS Code may take to notice a port, ms. It waits twenty times as long as its last looks at all
 * ports of the machine took, so on a busy one up to a minute.
 */
const LISTING_MS = 150_000;

let nextLowPort = 7100;

/**
 * A free port below those that systems give out by themselves, which VS Code does not always announce; each time
 * another one, since an announcement may outlast its port.
 */
async function lowPort(): Promise<number> {
  for (;;) {
    const port = nextLowPort++;
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
for (const version of vsCodeVersionsHere()) {
  describe(`the log server of a person in ${version.label}`, function () {
    this.timeout(90_000);
    this.bail(true);

    const window = PersonWindow.of(version);
    let folder: TemporaryDirectory;
    let file: string;
    let workbench: Workbench;

    before(async function () {
      if (process.platform !== 'linux') {
        this.skip();
      }
      workbench = await window.enter(this);
      folder = await createTemporaryDirectory('person-server');
      file = join(folder.path, 'service.log');
      writeFileSync(file, lines(1, 3));
    });
    afterEach(function () {
      window.look(this);
    });
    after(async () => {
      await folder?.remove();
    });

    async function startServer(command: string): Promise<void> {
      await workbench.runCommand('Start Log Server');
      await workbench.pick('Output of a command');
      await workbench.answer(command);
      await workbench.waitForStatus(/^Live\b/);
    }

    /**
     * Whether VS Code has taken note of a port, by the time it has of another one that opened later: it looks at
     * all at once. (A notification tells of the newest only, and any process of this machine may open one.)
     */
    async function isListed(port: number): Promise<boolean> {
      const other = createServer();
      const otherPort = await lowPort();
      await new Promise<void>((resolve) => other.listen(otherPort, '127.0.0.1', resolve));
      try {
        await workbench.runCommand('Ports: Focus on Ports View');
        await eventually(
          `port ${otherPort}, which is none of ours, among those of the view`,
          async () => (await portsInView()).includes(otherPort),
          async () => (await portsInView()).join(', '),
          LISTING_MS,
        );
        return (await portsInView()).includes(port);
      } finally {
        other.close();
        await workbench.runCommand('View: Toggle Panel Visibility');
      }
    }

    async function portsInView(): Promise<number[]> {
      const rows = await workbench.page.locator('.part.panel .monaco-table .monaco-list-row').allInnerTexts();
      return rows.map((row) => Number(/\d+/.exec(row)?.[0]));
    }

    /** Whether a notification on screen names a port. */
    async function isAnnounced(port: number): Promise<boolean> {
      return (await workbench.notifications()).some((text) => new RegExp(`\\b${port}\\b`).test(text));
    }

    it('opens no port, and is called by no path', async () => {
      await startServer(`tail -n +1 -F ${file}`);
      assert.deepEqual(portsOfServer(file), []);
      await workbench.screenshot(`person-${version.id}-server-started`);
      const tooltip = await workbench.statusTooltip(/\bLive\b/, /the log server of this window/);
      assert.doesNotMatch(tooltip, /ws\+unix|\/s:\/ws|127\.0\.0\.1/);
      await workbench.page.mouse.move(640, 300);
      assert.deepEqual(portsOfServer(file), []);
    });

    it('shows its page in the browser, by a link that works once, and is announced by nobody', async function () {
      this.timeout(LISTING_MS + 60_000);
      const opening = workbench.page.context().waitForEvent('page', { timeout: 20_000 });
      await workbench.runCommand('Open Log Stream in Browser');
      const opened = await opening;
      const address = new URL(opened.url());
      await opened.close();
      assert.match(address.hash, /^#ticket=[\w-]{43}$/);
      // The whole product has a proxy there, which leads /proxy/PORT/ to that port; this part of it has not.
      const port = Number(/\/proxy\/(\d+)\//.exec(address.pathname)?.[1] ?? address.port);
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
      assert.deepEqual(portsOfServer(file), [port]);
      assert.deepEqual([await isListed(port), await isAnnounced(port)], [false, false]);
    });

    it('is announced by nobody on a port that was set', async function () {
      this.timeout(LISTING_MS + 60_000);
      const port = await lowPort();
      // It is one of the machine, which a remote window does not take from the person's own.
      await window.changeSettings({ 'logStream.server.port': port });
      await workbench.runCommand('Stop Log Server');
      await workbench.waitForStatus(/^Log stream not connected/);
      await startServer(`tail -n +1 -F ${file}`);
      await workbench.statusTooltip(/\bLive\b/, new RegExp(`ws://127\\.0\\.0\\.1:${port}/ws`));
      await workbench.page.mouse.move(640, 300);
      assert.deepEqual(portsOfServer(file), [port]);
      assert.deepEqual([await isListed(port), await isAnnounced(port)], [false, false]);
      await workbench.screenshot(`person-${version.id}-server-port`);
    });
  });
}
