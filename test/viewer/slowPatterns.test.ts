import assert from 'node:assert/strict';
import { LogPages } from './logPages';

/** The engine takes far more than a second for this on the line of commas. */
const STUCK = '^.*,.*,.*,.*,.*,.*,.*,z';
const COMMAS = ','.repeat(2048);
/** The page is held while a row of commas is laid out, too; a pattern that held it would hold it for seconds. */
const MOST_HELD_MS = 700;

describe('slow patterns in the viewer', function () {
  this.timeout(60_000);
  const pages = new LogPages();
  before(() => pages.start());
  after(() => pages.stop());
  afterEach(() => pages.closeAll());

  it('are named in the filter, while the page goes on as if nothing were', async () => {
    const viewer = await pages.open(['first, line', COMMAS, 'last line']);
    const { page } = viewer;
    await page.locator('.filter-input').focus();
    await page.keyboard.press('Alt+r');
    // The longest wait between two turns of the page, until 4 s from now.
    const longest = page.evaluate(
      () =>
        new Promise<number>((resolve) => {
          const began = performance.now();
          let before = began;
          let held = 0;
          setInterval(() => {
            const now = performance.now();
            held = Math.max(held, now - before);
            before = now;
            if (now - began > 4000) {
              resolve(held);
            }
          }, 10);
        }),
    );
    await page.locator('.filter-input').fill(STUCK);
    await viewer.untilText('.filter-problem', /was stopped .* longer than a second/);
    assert.ok((await viewer.text('.filter-problem')).startsWith(`"${STUCK}"`));
    pages.append(viewer, ['one more']);
    await viewer.untilText('.counts', /of 4 lines/);
    await page.locator('.filter-input').fill('^(first|last).*line$');
    await viewer.untilLines('what another pattern finds', (lines) => lines.join() === 'first, line,last line');
    assert.ok((await longest) < MOST_HELD_MS, `held for ${await longest} ms`);
    assert.deepEqual(viewer.problems, []);
  });

  it('are marked where they match, as soon as the thread has found it', async () => {
    const viewer = await pages.open(['a hit it is', 'no', 'hot']);
    const { page } = viewer;
    await page.keyboard.press('Control+f');
    await page.keyboard.press('Alt+r');
    await page.locator('.search-input').fill('h.*.*.*.*.*.*t');
    await viewer.untilText('.search-count', /^2 results$/);
    await page.locator('.search-hit', { hasText: 'hit it' }).waitFor();
    assert.deepEqual(await page.locator('.search-hit').allTextContents(), ['hit it', 'hot']);
    assert.deepEqual(viewer.problems, []);
  });
});
