import assert from 'node:assert/strict';
import { appendFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Locator } from 'playwright-core';
import { createTemporaryDirectory, type TemporaryDirectory } from '../../support/temporaryDirectory';
import { vsCodeVersionsHere } from '../../support/vscodeVersions';
import type { Workbench } from '../../support/workbench';
import { eventually, lines, type OutsideServer, startOutsideServer } from './logServer';
import { PersonWindow } from './personWindow';

/**
 * What the panel does together with VS Code around it: keys that both might take, commands, files,
 * settings. What it does by itself is proved in the page. The steps build on one another.
 */
for (const version of vsCodeVersionsHere().filter(({ id }) => id === 'current')) {
  describe(`the panel in ${version.label}`, function () {
    this.timeout(60_000);
    this.bail(true);

    const window = PersonWindow.of(version);
    let folder: TemporaryDirectory;
    let file: string;
    let server: OutsideServer;
    let workbench: Workbench;
    let settings: Record<string, unknown>;
    const stackFrame = 'at pay (/app/src/orders/pay.ts:7:3)';

    before(async function () {
      folder = await createTemporaryDirectory('person-viewer');
      file = join(folder.path, 'service.log');
      writeFileSync(file, `${lines(1, 8)}2026-01-01T12:00:09Z ERROR req-0009 payment failed ${stackFrame}\n`);
      server = await startOutsideServer(file, 0);
      settings = { 'logStream.connections': [{ name: 'service', url: server.url }] };
      workbench = await window.enter(this, settings);
      const sources = join(window.workspaceDirectory, 'src', 'orders');
      mkdirSync(sources, { recursive: true });
      writeFileSync(join(sources, 'pay.ts'), 'export const paid = true;\n'.repeat(20));
      await workbench.runCommand('Connect to Log Stream');
      await workbench.waitForStatus(/^Live\b/);
      await seesRows((text) => text.includes('req-0001') && text.includes('req-0009'));
    });

    afterEach(function () {
      window.look(this);
    });

    after(async () => {
      await server?.kill();
      await folder?.remove();
    });

    async function inPanel(selector: string): Promise<Locator> {
      return (await workbench.webviewFrame()).locator(selector);
    }

    async function panelText(): Promise<string> {
      return (await (await inPanel('body')).allInnerTexts()).join('\n');
    }

    async function seesRows(wanted: (text: string) => boolean): Promise<void> {
      await eventually('the rows', async () => wanted(await panelText()), panelText);
    }

    async function hasFocus(selector: string): Promise<void> {
      const look = async () => (await inPanel(`${selector}:focus`)).count();
      await eventually(
        `${selector} has the focus`,
        async () => (await look()) === 1,
        async () => panelText(),
      );
    }

    it('searches with Ctrl+F in the panel itself, and VS Code does not search as well', async () => {
      await (await inPanel('body')).getByText('req-0001').first().click();
      await workbench.page.keyboard.press('Control+KeyF');
      await hasFocus('.search-input');
      await workbench.page.keyboard.type('req-0003');
      await seesRows((text) => /1 result|1 of 1/.test(text));
      assert.equal(
        await workbench.page.locator('.editor-widget.find-widget.visible, .simple-find-part.visible').count(),
        0,
      );
      await workbench.page.keyboard.press('Escape');
    });

    it('does once what a key stands for that both the panel and VS Code have', async () => {
      const wrapped = async () => (await inPanel('.wraps')).count();
      await (await inPanel('body')).getByText('req-0001').first().click();
      const before = await wrapped();
      await workbench.page.keyboard.press('Alt+KeyZ');
      await eventually(
        'wrapping is the other way round',
        async () => (await wrapped()) !== before,
        async () => `${before} before, ${await wrapped()} now`,
      );
      await workbench.page.keyboard.press('Alt+KeyZ');
    });

    it('filters after the command of the palette has put the cursor there', async () => {
      await workbench.runCommand('Live Log Stream: Filter Log');
      await hasFocus('.filter-input');
      await workbench.page.keyboard.type('payment failed');
      await seesRows((text) => text.includes('req-0009') && !text.includes('req-0001'));
    });

    it('exports what is shown to a file, byte for byte', async () => {
      const path = join(folder.path, 'exported.log');
      await workbench.runCommand('Live Log Stream: Export Log');
      await (await inPanel('[role="menuitem"]')).filter({ hasText: 'Lines shown, as text' }).first().click();
      // What is typed before the dialog stands there with its own proposal goes into the filter.
      const proposal = workbench.page.locator('.quick-input-widget .quick-input-box input');
      await eventually(
        'a proposed file name',
        async () => /service-.*\.log$/.test(await proposal.inputValue()),
        async () => proposal.inputValue(),
      );
      await workbench.saveAs(path);
      await workbench.waitForNotification(/Exported \d+ bytes to exported\.log/);
      assert.equal(readFileSync(path, 'utf8'), readFileSync(file, 'utf8').split('\n').at(-2)?.concat('\n'));
    });

    it('opens the file of a stack frame beside it, at that line, though the log is another machine’s', async () => {
      await (await inPanel('.log-link')).filter({ hasText: 'pay.ts:7:3' }).first().click();
      await workbench.waitForStatus(/Ln 7, Col 3/);
      await workbench.screenshot('person-viewer-file-dark');
      await workbench.runCommand('View: Close Editor');
    });

    it('takes highlights of the settings at once', async () => {
      await window.changeSettings({
        ...settings,
        'logStream.highlights': [{ name: 'payments', text: 'payment', colour: 'green' }],
      });
      await seesRows((text) => text.includes('req-0009'));
      await eventually(
        'the highlight',
        async () => (await (await inPanel('[class*="highlight"]')).filter({ hasText: /^payment$/ }).count()) > 0,
        panelText,
      );
      await workbench.screenshot('person-viewer-highlight-dark');
    });

    it('colours what a pattern finds that is tried in a thread, and names one that had to be stopped', async () => {
      appendFileSync(file, `2026-01-01T12:00:10Z ERROR req-0010 payment failed ${','.repeat(2048)}\n`);
      await window.changeSettings({
        ...settings,
        'logStream.highlights': [
          { name: 'far', text: 'pay.*f.*i.*e.*d at', regularExpression: true, colour: 'blue' },
          { name: 'stuck', text: '^.*,.*,.*,.*,.*,.*,.*,z', regularExpression: true, colour: 'red' },
        ],
      });
      await eventually(
        'the highlight',
        // In pieces: a part of it is a hit of the filter, too.
        async () => (await (await inPanel('.highlight-blue')).allTextContents()).join('') === 'payment failed at',
        panelText,
      );
      await workbench.waitForNotification(/“stuck” .* was stopped .* longer than a second/);
    });
  });
}
