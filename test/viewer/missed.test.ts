import assert from 'node:assert/strict';
import { LogPages, requests } from './logPages';

const plain = (count: number) => Array.from({ length: count }, (_, at) => `new line ${at}`);

describe('what a reader of the page misses', function () {
  this.timeout(60_000);
  const pages = new LogPages();
  before(() => pages.start());
  after(() => pages.stop());
  afterEach(() => pages.closeAll());

  it('is counted while paused; a mark is no line', async () => {
    const viewer = await pages.open(requests(60));
    await viewer.page.keyboard.press('Space');
    await viewer.untilText('.pause-text', /^Paused$/);
    await viewer.page.keyboard.press('m');
    await viewer.page.locator('.row.notice', { hasText: 'Marked here' }).waitFor({ state: 'attached' });
    pages.append(viewer, ['first']);
    await viewer.untilText('.pause-text', /^Paused: 1 new line$/);
    pages.append(viewer, plain(1239));
    await viewer.untilText('.pause-text', /^Paused: 1,240 new lines$/);
  });

  it('is counted behind a filter too, and by the filter of now', async () => {
    const viewer = await pages.open(requests(60));
    await viewer.page.locator('.filter-input').fill('request');
    await viewer.untilText('.counts', /^60 of 60 lines$/);
    await viewer.page.locator('.row .message', { hasText: 'request 57' }).click();
    await viewer.untilText('.pause-text', /^Paused$/);
    pages.append(viewer, [...plain(3), ...requests(1)]);
    await viewer.untilText('.pause-text', /^Paused: 1 of 4 new lines passes$/);
    await viewer.page.locator('.filter-input').fill('new line');
    await viewer.untilText('.pause-text', /^Paused: 3 of 4 new lines pass$/);
    await viewer.page.locator('.filter-input').fill('');
    await viewer.untilText('.pause-text', /^Paused: 4 new lines$/);
  });

  for (const width of [320, 480, 1280]) {
    it(`stands in the banner as a whole in a window of ${width} px`, async () => {
      const viewer = await pages.open(requests(60), { viewport: { width, height: 500 } });
      await viewer.page.locator('.filter-input').fill('e');
      await viewer.untilText('.counts', /^60 of 60 lines$/);
      await viewer.page.locator('.row .message', { hasText: 'request 57' }).click();
      await viewer.untilText('.pause-text', /^Paused$/);
      pages.append(viewer, plain(12_345));
      await viewer.untilText('.pause-text', /^Paused: 12,345 of 12,345 new lines pass$/);
      const boxes = await viewer.page.evaluate(() =>
        ['.pause-banner', '.pause-text', '.pause-banner .codicon-arrow-down'].map((selector) => {
          const box = document.querySelector(selector)?.getBoundingClientRect();
          return [box?.left, box?.right];
        }),
      );
      const [[from = -1, to = Number.POSITIVE_INFINITY] = [], ...parts] = boxes;
      assert.ok(from >= 0 && to <= width, `${from} to ${to}`);
      for (const [left = -1, right = Number.POSITIVE_INFINITY] of parts) {
        assert.ok(left >= from && right <= to, `${left} to ${right} in ${from} to ${to}`);
      }
    });
  }

  it('is said by the empty list where a filter hides all that comes', async () => {
    const viewer = await pages.open(requests(60));
    await viewer.page.locator('.filter-input').fill('nowhere');
    await viewer.untilText('.empty-title', /^No line passes the filter\.$/);
    assert.equal(await viewer.text('.empty-arriving'), '');
    pages.append(viewer, plain(1));
    await viewer.untilText('.empty-arriving', /^0 of 1 new line passes\.$/);
    pages.append(viewer, plain(239));
    await viewer.untilText('.empty-arriving', /^0 of 240 new lines pass\.$/);
    await viewer.untilText('.empty-detail', /^300 lines are hidden by it\.$/);
    // One number, there and in the banner: what is new is so since the pause.
    await viewer.page.locator('.viewport').focus();
    await viewer.page.keyboard.press('Space');
    await viewer.untilText('.pause-text', /^Paused$/);
    assert.equal(await viewer.text('.empty-arriving'), '');
    pages.append(viewer, plain(2));
    await viewer.untilText('.pause-text', /^Paused: 0 of 2 new lines pass$/);
    await viewer.untilText('.empty-arriving', /^0 of 2 new lines pass\.$/);
    await viewer.page.keyboard.press('End');
    await viewer.untilText('.empty-arriving', /^0 of 242 new lines pass\.$/);
    pages.append(viewer, ['found nowhere else']);
    await viewer.untilLines('the first that passes', (lines) => lines.includes('found nowhere else'));
    assert.equal(await viewer.page.locator('.empty').isVisible(), false);
  });

  it('is spoken now and then, politely, and not at each line', async () => {
    const viewer = await pages.open(requests(60));
    await viewer.page.evaluate(() => {
      const announcer = document.querySelector('.announcer');
      const spoken: string[] = [];
      Object.assign(window, { spoken });
      new MutationObserver(() => announcer?.textContent && spoken.push(announcer.textContent)).observe(
        announcer as Element,
        { childList: true, characterData: true, subtree: true },
      );
    });
    const spoken = () => viewer.page.evaluate(() => (window as unknown as { spoken: string[] }).spoken);
    await viewer.page.keyboard.press('Space');
    await viewer.untilText('.pause-text', /^Paused$/);
    for (let line = 0; line < 10; line++) {
      pages.append(viewer, plain(1));
      await viewer.untilText('.pause-text', new RegExp(`^Paused: ${line + 1} new lines?$`));
    }
    await viewer.untilText('.announcer', /^Paused: \d+ new lines?$/);
    assert.equal(await viewer.page.locator('.announcer').getAttribute('role'), 'status');
    assert.equal((await spoken()).length, 1);
  });
});
