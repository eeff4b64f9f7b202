// Takes the pictures of media/ anew: `npm run screenshots`. Panel and page, dark, light and high
// contrast, on one log with fixed content, and those of the walkthrough. A person looks at them before
// they are committed. `npm run screenshots -- walkthrough` takes only those of one kind.
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
import { openWorkbench, type Workbench } from '../support/workbench';
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

/** The three steps of the walkthrough, each as small as it can be read beside its text. */
async function walkthroughShots(url: string): Promise<void> {
  const [version] = vsCodeVersions;
  if (!version) {
    return;
  }
  const host = await ensureVsCodeHost(version);
  const vsix = await packExtension();
  for (const [name, theme] of [
    ['dark', 'Default Dark Modern'],
    ['light', 'Default Light Modern'],
  ] as const) {
    const settings = { 'workbench.colorTheme': theme, 'workbench.reduceMotion': 'on' };
    const path = (step: string) => join(media, 'walkthrough', `${step}-${name}.png`);
    await inSmallWindow(await openWorkbench(host, { vsix, settings }), async ({ page }) => {
      await page.locator('.quick-input-list .monaco-list-row', { hasText: 'Enter address' }).waitFor();
      await page.waitForTimeout(500);
      const list = await page.locator('.quick-input-widget').boundingBox();
      const clip = { x: (list?.x ?? 0) - 20, y: 0, width: (list?.width ?? 0) + 40, height: (list?.height ?? 0) + 30 };
      await page.screenshot({ path: path('connect'), clip });
    });
    const configured = { ...settings, 'logStream.connections': [{ name: 'shop', url }] };
    await inSmallWindow(await openWorkbench(host, { vsix, settings: configured }), async (workbench) => {
      const { page } = workbench;
      await workbench.waitForStatus(/^Live\b/);
      const frame = await workbench.webviewFrame();
      await frame.locator('.row .message').first().waitFor();
      await frame.locator('.viewport').click();
      await page.keyboard.press('Alt+KeyH');
      await page.keyboard.press('Control+KeyF');
      await frame.locator('.search-input').fill('order');
      await page.keyboard.press('Enter');
      await page.waitForTimeout(1000);
      await page.screenshot({ path: path('read') });

      await page.keyboard.press('Escape');
      await workbench.statusTooltip(/\bLive\b/, /Lines received/);
      await page.waitForTimeout(1500);
      const hover = page.locator('.workbench-hover-container:visible, .monaco-hover:visible').last();
      const y = ((await hover.boundingBox())?.y ?? 300) - 16;
      await page.screenshot({ path: path('state'), clip: { x: 0, y, width: 640, height: 560 - y } });
    });
  }
}

/** Runs "Connect to Log Stream" in a window of the size of the walkthrough's pictures, and closes it in the end. */
async function inSmallWindow(workbench: Workbench, take: (workbench: Workbench) => Promise<void>): Promise<void> {
  try {
    await workbench.page.setViewportSize({ width: 800, height: 560 });
    await workbench.page.keyboard.press('Control+KeyB');
    await workbench.runCommand('Connect to Log Stream');
    await take(workbench);
  } finally {
    await workbench.close();
  }
}

async function main(): Promise<void> {
  const wanted = process.argv.slice(2);
  const takes = (kind: string) => wanted.length === 0 || wanted.includes(kind);
  const folder = await createTemporaryDirectory('screenshots');
  const file = join(folder.path, 'shop.log');
  writeFileSync(file, shopLog());
  const server = await ServerProcess.start([file]);
  if (takes('page')) {
    const browser = await launchChromium();
    await pageShots(browser, server.pageUrl);
    await browser.close();
  }
  if (takes('panel')) {
    await panelShots(server.url);
  }
  if (takes('walkthrough')) {
    await walkthroughShots(server.url);
  }
  await server.stop();
  await folder.remove();
  console.log('The pictures of media/ are new: look at them before you commit them.');
}

void main();
