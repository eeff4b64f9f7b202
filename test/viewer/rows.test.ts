import assert from 'node:assert/strict';
import axe from 'axe-core';
import { LogPages, requests } from './logPages';

interface AxeResult {
  readonly violations: { readonly id: string; readonly nodes: { readonly html: string }[] }[];
}

describe('rows of the page', function () {
  this.timeout(60_000);
  const pages = new LogPages();
  before(() => pages.start());
  after(() => pages.stop());
  afterEach(() => pages.closeAll());

  const trace = ['INFO one', 'ERROR boom', '  at a (src/a.js:1:2)', '  at b', 'WARN again', 'WARN again', 'WARN again'];

  it('fold and unfold entries, one by one and all together', async () => {
    const viewer = await pages.open(trace);
    await viewer.page.locator('.twistie.codicon').click();
    await viewer.untilLines('the entry folded', (lines) => !lines.includes('  at b'));
    assert.equal(await viewer.text('.badge'), '+2');
    await viewer.page.locator('.twistie.codicon').click();
    await viewer.untilLines('the entry open', (lines) => lines.includes('  at b'));
    await viewer.page.keyboard.press('Shift+Z');
    await viewer.untilLines('all folded', (lines) => lines.length === 5);
  });

  it('show consecutive repeats once, and how many there are', async () => {
    const viewer = await pages.open(trace);
    await viewer.page.locator('.viewport').focus();
    await viewer.page.keyboard.press('u');
    await viewer.untilLines(
      'one of the repeats',
      (lines) => lines.filter((line) => line === 'WARN again').length === 1,
    );
    assert.equal(await viewer.text('.badge'), '×3');
  });

  it('all have one height, whatever they show', async () => {
    const viewer = await pages.open([...requests(5), ...trace]);
    await viewer.page.locator('.row .bar').nth(2).click();
    await viewer.page.locator('.row.bookmarked').waitFor();
    const heights = await viewer.page
      .locator('.row:not(.notice)')
      .evaluateAll((rows) => rows.map((row) => row.getBoundingClientRect().height));
    assert.equal(new Set(heights.map((height) => height.toFixed(1))).size, 1, heights.join(' '));
  });

  it('copy as the lines that came, over several rows and over more than are drawn', async () => {
    const lines = requests(300);
    const viewer = await pages.open(lines, { permissions: ['clipboard-read', 'clipboard-write'] });
    await viewer.page.locator('.viewport').focus();
    await viewer.page.keyboard.press('Control+a');
    await viewer.page.keyboard.press('Control+c');
    const copied = await viewer.page.waitForFunction(
      async (length) => {
        const text = await navigator.clipboard.readText();
        return text.length === length ? text : null;
      },
      lines.map((line) => `${line}\n`).join('').length,
    );
    assert.equal(await copied.jsonValue(), lines.map((line) => `${line}\n`).join(''));
  });

  it('show times as stated, since now, since the row above, or not at all', async () => {
    const viewer = await pages.open(['2026-11-24T08:00:00.000Z a', '2026-11-24T08:00:01.500Z b']);
    const times = () => viewer.page.locator('.row:not(.notice) .time').allTextContents();
    const press = async (pattern: RegExp) => {
      await viewer.page.keyboard.press('Alt+t');
      await viewer.page.waitForFunction(
        (source) => new RegExp(source).test(document.querySelectorAll('.row:not(.notice) .time')[1]?.textContent ?? ''),
        pattern.source,
      );
      return times();
    };
    assert.match((await times())[1] ?? '', /:01\.500$/);
    await press(/^-\d+ (s|min|h|d)$/);
    assert.equal((await press(/^\+1\.5 s$/))[1], '+1.5 s');
    await press(/^$/);
    assert.equal(await viewer.page.locator('.list.without-times').count(), 1);
  });

  it('lead by their details to a filter for a field, and against it', async () => {
    const viewer = await pages.open(requests(20));
    await viewer.page.locator('.row .message', { hasText: 'request 10' }).click();
    await viewer.page.keyboard.press('Enter');
    await viewer.untilText('.detail-title', /Error/);
    const status = viewer.page.locator('.field', { has: viewer.page.locator('.field-name', { hasText: /^status$/ }) });
    await status.hover();
    await status.getByRole('button', { name: /Show only entries/ }).click();
    await viewer.untilText('.counts', /^2 of 20 lines$/);
    await status.hover();
    await status.getByRole('button', { name: /as a column/ }).click();
    await viewer.page.locator('.row .column', { hasText: '503' }).first().waitFor();
    assert.equal(await viewer.page.locator('.chip').count(), 1);
    await viewer.page.keyboard.press('Escape');
    await viewer.page.locator('.detail').waitFor({ state: 'hidden' });
    assert.deepEqual(viewer.problems, []);
  });

  it('keep bookmarks, and lead from one to the next', async () => {
    const viewer = await pages.open(requests(200));
    await viewer.page.locator('.viewport').focus();
    await viewer.page.keyboard.press('Home');
    await viewer.untilLines('the start', (lines) => lines[0] === 'request 0');
    await viewer.page.locator('.row .message', { hasText: 'request 3' }).first().click();
    await viewer.page.keyboard.press('b');
    await viewer.page.locator('.row.bookmarked').waitFor();
    await viewer.page.keyboard.press('End');
    await viewer.untilLines('the end', (lines) => lines.at(-1) === 'request 199');
    await viewer.page.keyboard.press('F2');
    await viewer.untilLines('the bookmark', (lines) => lines.includes('request 3'));
  });

  it('and everything around them fit at 200 % zoom, and move nothing by themselves where that is not wanted', async () => {
    // A window of 1280 × 800 at 200 % has half as many pixels of the page.
    const viewer = await pages.open(requests(60), {
      viewport: { width: 640, height: 400 },
      deviceScaleFactor: 2,
      reducedMotion: 'reduce',
    });
    await viewer.page.keyboard.press('Alt+h');
    await viewer.page.locator('.histogram').waitFor();
    const { width, inner, moving } = await viewer.page.evaluate(() => ({
      width: document.documentElement.scrollWidth,
      inner: window.innerWidth,
      moving: document.getAnimations().length,
    }));
    assert.ok(width <= inner, `${width} px wide`);
    assert.equal(moving, 0);
    assert.ok((await viewer.lines()).length >= 5);
    for (const button of await viewer.page.locator('.toolbar button:visible').all()) {
      const box = await button.boundingBox();
      assert.ok(box && box.x >= 0 && box.x + box.width <= inner, 'a button out of sight');
    }
  });

  for (const colorScheme of ['light', 'dark'] as const) {
    it(`have no known accessibility problem with everything open, in the ${colorScheme} theme`, async () => {
      const viewer = await pages.open([...requests(40), ...trace], { colorScheme });
      await viewer.page.locator('.row .message', { hasText: 'request 38' }).click();
      await viewer.page.keyboard.press('b');
      await viewer.page.keyboard.press('Enter');
      await viewer.page.locator('.detail-title').waitFor();
      await viewer.page.locator('.viewport').focus();
      await viewer.page.keyboard.press('Alt+h');
      await viewer.page.keyboard.press('Control+f');
      await viewer.page.keyboard.type('request');
      await viewer.untilText('.search-count', /40/);
      // The policy allows no script from the test either, so it is run from outside of the page.
      await viewer.page.evaluate(axe.source);
      const told = await viewer.page.evaluate(async () => {
        const { violations } = await (globalThis as unknown as { axe: { run(): Promise<AxeResult> } }).axe.run();
        return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
      });
      assert.deepEqual(told, []);
    });
  }
});
