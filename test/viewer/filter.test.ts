import assert from 'node:assert/strict';
import { LogPages, requests } from './logPages';

describe('the filter of the viewer', function () {
  this.timeout(60_000);
  const pages = new LogPages();
  before(() => pages.start());
  after(() => pages.stop());
  afterEach(() => pages.closeAll());

  it('takes several conditions as chips, and gives each back', async () => {
    const viewer = await pages.open(requests(100));
    const { keyboard } = viewer.page;
    await keyboard.press('/');
    await keyboard.type('status>=500');
    assert.equal(await viewer.text('.filter-hint'), 'Enter filters by the field: status>=500');
    await keyboard.press('Enter');
    await viewer.untilText('.counts', /^10 of 100 lines$/);
    await keyboard.type('-request 1');
    await keyboard.press('Enter');
    await viewer.untilText('.counts', /^9 of 100 lines$/);
    assert.deepEqual(await viewer.page.locator('.chip-name').allTextContents(), ['status>=500', '"request 1"']);
    await keyboard.press('Backspace');
    assert.equal(await viewer.page.locator('.chip-excluding:focus').count(), 1);
    await keyboard.press('Space');
    await viewer.untilText('.counts', /^1 of 100 lines$/);
    await keyboard.press('ArrowLeft');
    await keyboard.press('Delete');
    await viewer.untilText('.counts', /^11 of 100 lines$/);
    await keyboard.press('Enter');
    assert.equal(await viewer.page.locator('.chip').count(), 0);
    assert.equal(await viewer.page.locator('.filter-input').inputValue(), 'request 1');
    await keyboard.press('Escape');
    await viewer.untilText('.counts', /^100 lines$/);
    assert.deepEqual(viewer.problems, []);
  });

  it('shows a level and all that are worse', async () => {
    const viewer = await pages.open(requests(100));
    await viewer.page.locator('.level-menu').click();
    await viewer.page.getByRole('menuitemradio', { name: 'Error and worse' }).click();
    await viewer.untilText('.counts', /^10 of 100 lines$/);
    await viewer.page.locator('.level-button.level-info').click({ modifiers: ['Alt'] });
    await viewer.untilText('.counts', /^100 of 100 lines$/);
  });

  it('shows as many lines before and after each hit as a person says', async () => {
    const viewer = await pages.open(requests(100));
    const { page } = viewer;
    await page.keyboard.press('/');
    await page.keyboard.type('request 50"');
    await viewer.untilText('.counts', /^1 of 100 lines$/);
    await page.locator('.filter-more').click();
    await page.getByRole('menuitemradio', { name: 'Other numbers of lines…' }).click();
    const before = page.getByLabel('Lines before');
    await before.fill('51');
    await page.keyboard.press('Enter');
    assert.equal(await before.isVisible(), true, 'more than 50 are refused');
    await before.fill('1');
    await page.getByLabel('Lines after').fill('3');
    await page.keyboard.press('Enter');
    const around = ['request 49', 'request 50', 'request 51', 'request 52', 'request 53'];
    await viewer.untilLines('one before, three after', (lines) => lines.join() === around.join());
    // The chip says it, and leads back to the form.
    await page.locator('.chip', { hasText: 'context 1 before, 3 after' }).focus();
    await page.keyboard.press('Enter');
    await page.getByLabel('Lines after').fill('0');
    await page.getByLabel('Lines before').fill('0');
    await page.keyboard.press('Enter');
    await viewer.untilLines('the hit alone', (lines) => lines.join() === 'request 50');
    assert.equal(await page.locator('.chip').count(), 0);
    assert.deepEqual(viewer.problems, []);
  });

  it('shows a hit among its neighbours at the same place on screen, and comes back', async () => {
    const viewer = await pages.open(requests(500));
    const { keyboard } = viewer.page;
    await keyboard.press('/');
    await keyboard.type('status>=500');
    await keyboard.press('Enter');
    await viewer.untilText('.counts', /^50 of 500 lines$/);
    await viewer.page.locator('.viewport').focus();
    await keyboard.press('Shift+F8');
    const active = viewer.page.locator('.row.active');
    await active.waitFor();
    const text = await active.locator('.message').textContent();
    const top = (await active.boundingBox())?.y ?? 0;
    const place = async () => {
      const box = await viewer.page
        .locator('.row', { has: viewer.page.getByText(text ?? '', { exact: true }) })
        .boundingBox();
      return box?.y ?? Number.NaN;
    };
    await keyboard.press('c');
    await viewer.page.locator('.context-banner').waitFor();
    await viewer.untilText('.counts', /^500 lines$/);
    await viewer.untilLines('its neighbours', (lines) => lines.some((line) => !line.endsWith('0')));
    const banner = (await viewer.page.locator('.context-banner').boundingBox())?.height ?? 0;
    assert.ok(Math.abs((await place()) - top - banner) <= 1, `${await place()} after ${top} and ${banner}`);
    await keyboard.press('c');
    await viewer.untilText('.counts', /^50 of 500 lines$/);
    await viewer.untilLines('hits only', (lines) => lines.every((line) => line.endsWith('0')));
    assert.ok(Math.abs((await place()) - top) <= 1);
  });

  it('comes back to the same place when the rows above it are found only later', async () => {
    const viewer = await pages.open(requests(10));
    // So far apart that looking for the hits above the place takes many slices.
    pages.append(
      viewer,
      Array.from({ length: 40_000 }, (_, at) =>
        JSON.stringify({ msg: `hit ${at}`, status: at % 1000 === 0 ? 503 : 200 }),
      ),
    );
    await viewer.untilText('.counts', /^40,010 lines$/);
    const { keyboard } = viewer.page;
    await keyboard.press('/');
    await keyboard.type('status>=503');
    await keyboard.press('Enter');
    await viewer.untilText('.counts', /^41 of 40,010 lines$/);
    await viewer.page.locator('.viewport').focus();
    await keyboard.press('Control+f');
    await keyboard.type('hit 15000');
    await keyboard.press('Enter');
    const active = viewer.page.locator('.row.active');
    await active.waitFor();
    const top = (await active.boundingBox())?.y ?? 0;
    await keyboard.press('Escape');
    await viewer.page.locator('.viewport').focus();
    await keyboard.press('c');
    await viewer.untilText('.counts', /^40,010 lines$/);
    await keyboard.press('c');
    await viewer.untilText('.counts', /^41 of 40,010 lines$/);
    const row = viewer.page.locator('.row', { has: viewer.page.getByText('hit 15000', { exact: true }) });
    await row.waitFor();
    assert.ok(Math.abs(((await row.boundingBox())?.y ?? 0) - top) <= 1);
  });

  it('hides what came before a mark, and brings it back', async () => {
    const viewer = await pages.open(requests(30));
    const { keyboard } = viewer.page;
    await keyboard.press('m');
    await viewer.page.locator('.notice-mark').waitFor();
    await keyboard.press('Shift+M');
    await viewer.untilText('.counts', /^0 of 30 lines$/);
    await keyboard.press('Shift+M');
    await viewer.untilText('.counts', /^30 lines$/);
  });

  it('comes back after a reload with its conditions, folding and search', async () => {
    const viewer = await pages.open(requests(100));
    const { keyboard } = viewer.page;
    await keyboard.press('/');
    await keyboard.type('user=alice');
    await keyboard.press('Enter');
    await viewer.untilText('.counts', /^50 of 100 lines$/);
    await keyboard.press('Control+f');
    await keyboard.type('request 4');
    await viewer.untilText('.search-count', /^6 results$/);
    await keyboard.press('Alt+h');
    await viewer.page.waitForTimeout(500);
    await viewer.page.reload();
    await viewer.untilText('.counts', /^50 of 100 lines$/);
    await viewer.untilText('.search-count', /^6 results$/);
    assert.deepEqual(await viewer.page.locator('.chip-name').allTextContents(), ['user=alice']);
    assert.ok(await viewer.page.locator('.histogram').isVisible());
  });

  it('keeps a filter by name, and applies it', async () => {
    const viewer = await pages.open(requests(100));
    const { keyboard } = viewer.page;
    await keyboard.press('/');
    await keyboard.type('user=alice');
    await keyboard.press('Enter');
    await viewer.untilText('.counts', /^50 of 100 lines$/);
    await keyboard.press('Alt+s');
    await keyboard.type('Of Alice');
    await keyboard.press('Enter');
    await keyboard.press('Escape');
    await viewer.untilText('.counts', /^100 lines$/);
    await viewer.page.locator('.filter-more').click();
    await viewer.page.getByRole('menuitem', { name: 'Of Alice' }).click();
    await viewer.untilText('.counts', /^50 of 100 lines$/);
  });

  it('can be used at 320 px, in every theme, without a violation of accessibility', async () => {
    for (const [colorScheme, forcedColors] of [
      ['dark', 'none'],
      ['light', 'none'],
      ['dark', 'active'],
      ['light', 'active'],
    ] as const) {
      const viewer = await pages.open(requests(50), {
        colorScheme,
        forcedColors,
        viewport: { width: 320, height: 640 },
      });
      const { keyboard } = viewer.page;
      await keyboard.press('/');
      await keyboard.type('-bob');
      await keyboard.press('Enter');
      await keyboard.press('Alt+h');
      await keyboard.press('Control+f');
      await keyboard.type('alice');
      await viewer.untilText('.search-count', /^25 results$/);
      const check = async () => assert.deepEqual(await viewer.accessibilityProblems(), []);
      await check();
      const width = await viewer.page.evaluate(() => document.querySelector('.toolbar')?.scrollWidth ?? 0);
      assert.ok(width <= 320, `${width} px`);
      await keyboard.press('Escape');
      await viewer.page.locator('.view-menu').click();
      await check();
      await keyboard.press('Escape');
      await keyboard.press('?');
      await viewer.page.locator('.help').waitFor();
      await check();
    }
  });
});
