import assert from 'node:assert/strict';
import { LogPages, requests } from './logPages';

describe('the histogram of the viewer', function () {
  this.timeout(60_000);
  const pages = new LogPages();
  before(() => pages.start());
  after(() => pages.stop());
  afterEach(() => pages.closeAll());

  const shown = async () => {
    const viewer = await pages.open(requests(3600), { timezoneId: 'UTC' });
    await viewer.page.locator('.show-histogram').click();
    const plot = viewer.page.locator('.histogram-plot');
    await viewer.page.waitForFunction(() =>
      document
        .querySelector('.histogram-plot')
        ?.getAttribute('aria-valuetext')
        ?.startsWith('3,600 lines from 08:00:00'),
    );
    const box = await plot.boundingBox();
    assert.ok(box);
    return { viewer, plot, box };
  };

  it('says what stands under the pointer, and a click goes there', async () => {
    const { viewer, box } = await shown();
    await viewer.page.mouse.move(box.x + box.width / 2, box.y + 10);
    await viewer.untilText('.histogram-tooltip', /^08:\d\d:\d\d\.\d{3} to 08:\d\d:\d\d\.\d{3}: Error \d+, Info \d+$/);
    await viewer.page.mouse.click(box.x + 1, box.y + 10);
    await viewer.untilLines('the start', (lines) => lines.some((line) => line === 'request 0'));
    assert.deepEqual(viewer.problems, []);
  });

  it('dragging shows only that time, as a condition that can be removed', async () => {
    const { viewer, box } = await shown();
    await viewer.page.mouse.move(box.x + 2, box.y + 10);
    await viewer.page.mouse.down();
    await viewer.page.mouse.move(box.x + box.width / 4, box.y + 12, { steps: 4 });
    await viewer.page.mouse.up();
    await viewer.untilText('.counts', /^\d{2,3} of 3,600 lines$/);
    assert.match(await viewer.text('.chip-name'), /^08:00:00\.000 to 08:\d\d:/);
    await viewer.page.locator('.chip-remove').click();
    await viewer.untilText('.counts', /^3,600 lines$/);
  });

  it('says how many lines are left out because their times lie far from all others', async () => {
    const viewer = await pages.open([...requests(100), '1970-01-01T00:00:01Z INFO a clock that was not set']);
    await viewer.page.keyboard.press('Alt+h');
    await viewer.untilText('.histogram-left-out', /^1 line of a time far from all others left out$/);
    const plot = viewer.page.locator('.histogram [role="slider"]');
    assert.match((await plot.getAttribute('aria-valuetext')) ?? '', /^100 lines from 08:00:00.*; 1 line of a time/);
  });

  it('can be read and used with the keyboard alone', async () => {
    const { viewer, plot } = await shown();
    await viewer.page.keyboard.press('Shift+Tab');
    await plot.focus();
    await plot.press('Home');
    assert.match((await plot.getAttribute('aria-valuetext')) ?? '', /^08:00:00\.000 to .*: Error \d+, Info \d+$/);
    await plot.press('Shift+ArrowRight');
    assert.match((await plot.getAttribute('aria-valuetext')) ?? '', /^Selected 08:00:00\.000 to /);
    await plot.press('Enter');
    await viewer.untilText('.counts', /^\d{1,3} of 3,600 lines$/);
  });
});
