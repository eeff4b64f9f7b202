// Takes the pictures of media/ anew: `npm run screenshots`. Panel and page, dark, light and high
// contrast, on one log with fixed content. A person looks at them before they are committed.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { launchChromium } from '../support/browser/launchChromium';
import { packExtension } from '../support/packedExtension';
import { ServerProcess } from '../support/serverProcess';
import { createTemporaryDirectory } from '../support/temporaryDirectory';
import { repositoryRoot } from '../support/testCache';
import { ensureVsCodeHost } from '../support/vscodeHost';
import { vsCodeVersions } from '../support/vscodeVersions';
import { openWorkbench } from '../support/workbench';
import { shopLog } from './shopLog';

const media = join(repositoryRoot, 'media');
/** Names of the panel's pictures, and the editor's themes. */
const themes = [
  ['screenshot', 'Default Dark Modern'],
  ['panel-light', 'Default Light Modern'],
  ['panel-high-contrast', 'Default High Contrast'],
] as const;

async function pageShots(browser: Browser, url: string): Promise<void> {
  for (const [name, colorScheme, forcedColors] of [
    ['page-dark', 'dark', 'none'],
    ['page-light', 'light', 'none'],
    ['page-high-contrast', 'dark', 'active'],
  ] as const) {
    const page = await browser.newPage({ viewport: { width: 1280, height: 720 }, colorScheme, forcedColors });
    await page.goto(url);
    await page.locator('.row .message').first().waitFor();
    await page.keyboard.press('Alt+KeyH');
    await page.keyboard.press('/');
    await page.keyboard.type('-heartbeat');
    await page.keyboard.press('Enter');
    await page.locator('.row:not(.notice) .message', { hasText: 'request completed' }).last().click();
    await page.keyboard.press('Enter');
    await page.locator('.detail-title').waitFor();
    await page.waitForTimeout(600);
    await page.screenshot({ path: join(media, `${name}.png`) });
    await page.close();
  }
}

async function panelShots(url: string): Promise<void> {
  const [version] = vsCodeVersions;
  if (!version) {
    return;
  }
  const host = await ensureVsCodeHost(version);
  const vsix = await packExtension();
  const connections = { 'logStream.connections': [{ name: 'shop', url }] };
  for (const [name, theme] of themes) {
    const settings = { ...connections, 'workbench.colorTheme': theme, 'workbench.sideBar.location': 'left' };
    const workbench = await openWorkbench(host, { vsix, settings });
    try {
      await workbench.runCommand('Connect to Log Stream');
      await workbench.waitForStatus(/^Live\b/);
      const frame = await workbench.webviewFrame();
      await frame.locator('.row .message').first().waitFor();
      await workbench.page.keyboard.press('Control+KeyB');
      await frame.locator('.viewport').click();
      await workbench.page.keyboard.press('Alt+KeyH');
      await workbench.page.keyboard.press('Control+KeyF');
      await frame.locator('.search-input').fill('order');
      await workbench.page.keyboard.press('Enter');
      await workbench.page.waitForTimeout(1000);
      await workbench.page.screenshot({ path: join(media, `${name}.png`) });
    } finally {
      await workbench.close();
    }
  }
}

async function main(): Promise<void> {
  const folder = await createTemporaryDirectory('screenshots');
  const file = join(folder.path, 'shop.log');
  writeFileSync(file, shopLog());
  const server = await ServerProcess.start([file]);
  const browser = await launchChromium();
  await pageShots(browser, server.pageUrl);
  await browser.close();
  await panelShots(server.url);
  await server.stop();
  await folder.remove();
  console.log('The pictures of media/ are new: look at them before you commit them.');
}

void main();
