import assert from 'node:assert/strict';
import type { Frame } from 'playwright-core';
import { vsCodeVersionsHere } from '../../support/vscodeVersions';
import type { Workbench } from '../../support/workbench';
import { eventually } from './logServer';
import { PersonWindow } from './personWindow';

/** What a person sees who has just installed the extension: its page, and its walkthrough. */
for (const version of vsCodeVersionsHere()) {
  describe(`at first sight in ${version.label}`, function () {
    this.timeout(60_000);

    const window = PersonWindow.of(version);
    let workbench: Workbench;

    before(async function () {
      workbench = await window.enter(this);
    });

    afterEach(function () {
      window.look(this);
    });

    async function openPage(): Promise<Frame> {
      const { page } = workbench;
      await page.keyboard.press('Control+Shift+KeyX');
      await page.locator('.extensions-viewlet .extension-list-item', { hasText: 'Live Log Stream' }).first().click();
      const frame = await workbench.webviewFrame();
      await frame.locator('h1').first().waitFor();
      return frame;
    }

    it('has a page that begins with what the extension is and how to begin', async () => {
      const frame = await openPage();
      const headings = await frame.locator('h1, h2').allInnerTexts();
      assert.deepEqual(headings.slice(0, 4), ['Live Log Stream', 'Begin in three steps', 'What it does', 'Settings']);
      const text = (await frame.locator('body').allInnerTexts()).join('\n');
      assert.ok(text.indexOf('npm ci') > text.indexOf('Where it runs'), 'what contributors need comes last');
      await workbench.screenshot(`first-sight-${version.id}-page`);
    });

    it('shows nothing broken on that page: no picture that does not load, no link that leads nowhere', async () => {
      const frame = await openPage();
      const pictures = await frame
        .locator('img')
        .evaluateAll((all) =>
          all.map((each) => [each.getAttribute('alt'), 'naturalWidth' in each && each.naturalWidth]),
        );
      assert.deepEqual(
        pictures.filter(([, width]) => width === 0),
        [],
      );
      const links = await frame
        .locator('a:not(#scroll-to-top)')
        .evaluateAll((all) => all.map((each) => [each.textContent, each.getAttribute('href')]));
      assert.ok(links.length > 0);
      assert.deepEqual(
        links.filter(([, href]) => !/^(https?:|#)/.test(href ?? '')),
        [],
      );
    });

    it('has a walkthrough of three steps, each with its picture', async () => {
      const { page } = workbench;
      // Beside the list of extensions there is no room for the pictures.
      await workbench.runCommand('View: Toggle Primary Side Bar Visibility');
      await page.locator('.part.sidebar').waitFor({ state: 'hidden' });
      await workbench.runCommand('Welcome: Open Walkthrough');
      await workbench.pick('Get Started with Live Log Stream');
      const steps = page.locator('.gettingStartedContainer .getting-started-step');
      await steps.first().waitFor();
      assert.equal(await steps.count(), 3);
      for (let at = 0; at < 3; at++) {
        await steps.nth(at).click();
        const picture = page.locator('.gettingStartedContainer .getting-started-media img');
        const widths = () =>
          picture.evaluateAll((all) => all.map((each) => 'naturalWidth' in each && each.naturalWidth));
        await eventually(
          `the picture of step ${at + 1}`,
          async () => (await widths()).some((width) => Number(width) > 300),
          async () => JSON.stringify(await widths()),
        );
        await workbench.screenshot(`first-sight-${version.id}-walkthrough-${at + 1}`);
      }
    });

    it('connects with the button of the first step', async () => {
      const { page } = workbench;
      await page.locator('.gettingStartedContainer .getting-started-step').first().click();
      const choice = 'Start the bundled server with a demo log';
      // A step that was just opened takes the focus when it is drawn: VS Code may close the list then, and keys
      // do not reach it. So all of this is done with the mouse, as whoever clicks a button does.
      await eventually(
        'the choice behind the button',
        async () => {
          await page.locator('.gettingStartedContainer').getByText('Connect to Log Stream', { exact: true }).click();
          return workbench.clickIfOffered(choice);
        },
        async () => JSON.stringify(await workbench.quickInputRows()),
      );
      await workbench.waitForStatus(/^Live\b/);
    });
  });
}
