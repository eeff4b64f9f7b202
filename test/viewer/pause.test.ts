import assert from 'node:assert/strict';
import { LogPages, requests } from './logPages';

describe('the pause banner of the page', function () {
  this.timeout(60_000);
  const pages = new LogPages();
  before(() => pages.start());
  after(() => pages.stop());
  afterEach(() => pages.closeAll());

  for (const [where, width, height] of [
    ['in a window of usual size', 1280, 720],
    ['in a narrow window', 320, 640],
    ['at 200 % zoom', 640, 400],
  ] as const) {
    it(`covers no row and no control ${where}, and is in view as a whole`, async () => {
      const viewer = await pages.open(requests(60), { viewport: { width, height } });
      await viewer.page.locator('.row .message', { hasText: 'request 57' }).click();
      await viewer.untilText('.pause-text', /^Paused$/);
      const covered = await viewer.page.evaluate(() => {
        const banner = document.querySelector('.pause-banner')?.getBoundingClientRect();
        const others = document.querySelectorAll('.viewport, .scrollbar, .status-strip > :not(.pause-banner, .filler)');
        return [...others]
          .filter((other) => {
            const box = other.getBoundingClientRect();
            const isApart =
              !banner ||
              box.width === 0 ||
              box.right <= banner.left ||
              box.left >= banner.right ||
              box.bottom <= banner.top ||
              box.top >= banner.bottom;
            return !isApart;
          })
          .map((other) => other.className);
      });
      assert.deepEqual(covered, []);
      const box = await viewer.page.locator('.pause-banner').boundingBox();
      assert.ok(box && box.x >= 0 && box.x + box.width <= width && box.y + box.height <= height);
      await viewer.page.locator('.row.active .row-details').click();
      await viewer.untilText('.detail-title', /Info/);
      await viewer.untilLines('the row beside its details', (lines) => lines.includes('request 57'));
    });
  }

  it('is not pressed by the second of two clicks on the last row, where its coming moves that row', async () => {
    const viewer = await pages.open(requests(60), { viewport: { width: 320, height: 640 } });
    await viewer.untilLines('the end', (lines) => lines.at(-1) === 'request 59');
    const row = await viewer.page.locator('.row .message', { hasText: 'request 59' }).boundingBox();
    assert.ok(row);
    await viewer.page.mouse.dblclick(row.x + 20, row.y + row.height - 3);
    await viewer.untilText('.pause-text', /^Paused$/);
    await viewer.untilLines('the row', (lines) => lines.includes('request 59'));
    assert.equal(await viewer.page.locator('.pause-banner').isVisible(), true);
  });
});
