import assert from 'node:assert/strict';
import { appendFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createTemporaryDirectory, type TemporaryDirectory } from '../../support/temporaryDirectory';
import { vsCodeVersionsHere } from '../../support/vscodeVersions';
import type { Workbench } from '../../support/workbench';
import { countOfEach, eventually, lines, type OutsideServer, startOutsideServer } from './logServer';
import { PersonWindow } from './personWindow';

const lightTheme = { 'workbench.colorTheme': 'Default Light Modern' };

/**
 * What a person does with the packed extension, through keystrokes and rendered text only. The
 * steps build on one another, as they do for a person.
 */
for (const version of vsCodeVersionsHere()) {
  describe(`a person in ${version.label}`, function () {
    this.timeout(60_000);
    this.bail(true);

    const window = PersonWindow.of(version);
    let folder: TemporaryDirectory;
    let file: string;
    let server: OutsideServer;
    let workbench: Workbench;
    let settings: Record<string, unknown>;

    before(async function () {
      folder = await createTemporaryDirectory('person');
      file = join(folder.path, 'service.log');
      writeFileSync(file, lines(1, 8));
      server = await startOutsideServer(file, 0);
      settings = { 'logStream.connections': [{ name: 'service', url: server.url }] };
      workbench = await window.enter(this, settings);
    });

    afterEach(function () {
      window.look(this);
    });

    after(async () => {
      await server?.kill();
      await folder?.remove();
    });

    async function panelText(): Promise<string> {
      const frame = await workbench.webviewFrame();
      return (await frame.locator('body').allInnerTexts()).join('\n');
    }

    async function eachLineOnceInPanel(last: number): Promise<void> {
      await eventually(
        `lines 1 to ${last} once each in the panel`,
        async () => countOfEach(await panelText(), last).every((count) => count === 1),
        async () => panelText(),
      );
    }

    async function eachLineOnceInOutput(last: number): Promise<void> {
      await eventually(
        `lines 1 to ${last} once each in the output channel`,
        async () => countOfEach((await workbench.outputLines()).join('\n'), last).every((count) => count === 1),
        async () => (await workbench.outputLines()).join('\n'),
      );
    }

    it('connects with one command, and the status bar turns live', async () => {
      await workbench.runCommand('Connect to Log Stream');
      await workbench.waitForStatus(/^Live\b/);
    });

    it('sees the lines in the panel, the existing ones and a new one', async () => {
      await eachLineOnceInPanel(8);
      appendFileSync(file, lines(9, 10));
      await eachLineOnceInPanel(10);
      await workbench.screenshot(`person-${version.id}-panel-dark`);
    });

    it('sees the same lines in the output channel', async () => {
      await workbench.openOutputChannel('Live Log Stream');
      await eachLineOnceInOutput(10);
      await workbench.screenshot(`person-${version.id}-output-dark`);
    });

    it('is told what the connection is when pointing at the status bar', async () => {
      const tooltip = await workbench.statusTooltip(/\bLive\b/, new RegExp(`ws://127\\.0\\.0\\.1:${server.port}/ws`));
      assert.match(tooltip, /Since/);
      assert.match(tooltip, /Heartbeat every \d+ s/);
      assert.match(tooltip, /Lines received 10/);
      await workbench.screenshot(`person-${version.id}-tooltip-dark`);
      await workbench.page.mouse.move(640, 300);
    });

    it('sees that the server is gone, and a countdown', async () => {
      await server.kill();
      const seen = new Set<string>();
      await eventually(
        'a countdown in the status bar',
        async () => {
          const text = /retry in (\d+) s/.exec(await workbench.statusBarText());
          if (text?.[1]) {
            seen.add(text[1]);
          }
          return seen.size >= 2;
        },
        async () => `${[...seen].join(', ')}; now: ${await workbench.statusBarText()}`,
        40_000,
      );
      await workbench.waitForStatus(/^Disconnected, retry in \d+ s \(attempt \d+\)/);
      await workbench.screenshot(`person-${version.id}-waiting-dark`);
    });

    it('has every line once when the server is back, those written meanwhile too', async () => {
      appendFileSync(file, lines(11, 12));
      server = await startOutsideServer(file, server.port);
      await workbench.waitForStatus(/^Live\b/, 40_000);
      appendFileSync(file, lines(13, 13));
      await workbench.runCommand('View: Toggle Panel Visibility');
      await eachLineOnceInPanel(13);
      await workbench.screenshot(`person-${version.id}-back-dark`);
    });

    it('finds the panel as it was after reloading the window', async () => {
      await workbench.reload();
      await workbench.waitForStatus(/^Live\b/, 40_000);
      await eachLineOnceInPanel(13);
    });

    it('reads it as well in a light theme', async () => {
      await window.changeSettings({ ...settings, ...lightTheme });
      await workbench.waitForStatus(/^Live\b/);
      await eachLineOnceInPanel(13);
      await workbench.screenshot(`person-${version.id}-panel-light`);
    });

    it('clicks the status bar and disconnects from there', async () => {
      await workbench.clickStatus(/\bLive\b/);
      await workbench.screenshot(`person-${version.id}-actions-light`);
      await workbench.pick('Disconnect');
      await workbench.waitForStatus(/^Log stream not connected/);
    });
  });
}
