import assert from 'node:assert/strict';
import { LogPages, requests } from './logPages';

describe('rows of the page', function () {
  this.timeout(60_000);
  const pages = new LogPages();
  before(() => pages.start());
  after(() => pages.stop());
  afterEach(() => pages.closeAll());

  const trace = ['INFO one', 'ERROR boom', '  at a (src/a.js:1:2)', '  at b', 'WARN again', 'WARN again', 'WARN again'];

  it('do not say their time twice, but where a hit lies in it', async () => {
    const time = new Date().toISOString();
    const line = `${time} INFO [web] GET /`;
    const viewer = await pages.open([line]);
    const { page } = viewer;
    await viewer.untilLines('no time', (lines) => lines.join() === 'INFO [web] GET /');
    await page.keyboard.press('Control+f');
    await page.keyboard.type(time.slice(0, 10));
    await viewer.untilLines('the hit in it', (lines) => lines.join() === line);
    await page.keyboard.press('Escape');
    await viewer.untilLines('no time again', (lines) => lines.join() === 'INFO [web] GET /');
  });

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

  it('stay in view when their details take the room they stood in', async () => {
    const viewer = await pages.open(requests(60));
    await viewer.page.locator('.row .message', { hasText: 'request 58' }).click();
    await viewer.page.keyboard.press('Enter');
    await viewer.untilText('.detail-title', /Info/);
    await viewer.untilLines('the row beside its details', (lines) => lines.includes('request 58'));
    const [row, list] = await Promise.all([
      viewer.page.locator('.row', { hasText: 'request 58' }).boundingBox(),
      viewer.page.locator('.viewport').boundingBox(),
    ]);
    assert.ok(row && list && row.y >= list.y && row.y + row.height <= list.y + list.height + 1);
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

  it('are marked on the scrollbar where they are bookmarked and where a person set a mark, apart from hits', async () => {
    const viewer = await pages.open(requests(200));
    await viewer.page.locator('.viewport').focus();
    await viewer.page.keyboard.press('m');
    await viewer.page.locator('.scroll-divider').waitFor({ state: 'attached' });
    await viewer.page.keyboard.press('Home');
    await viewer.untilLines('the start', (lines) => lines[0] === 'request 0');
    await viewer.page.locator('.row .message', { hasText: 'request 3' }).first().click();
    await viewer.page.keyboard.press('b');
    await viewer.page.locator('.scroll-bookmark').waitFor({ state: 'attached' });
    const [bookmark, divider, bar] = await Promise.all(
      ['.scroll-bookmark', '.scroll-divider', '.scrollbar'].map((name) => viewer.page.locator(name).boundingBox()),
    );
    assert.ok(bookmark && divider && bar);
    assert.ok(bookmark.y < bar.y + bar.height * 0.1, 'the bookmark is near the start');
    assert.ok(divider.y > bar.y + bar.height * 0.9, 'the mark is near the end');
    assert.equal(await viewer.page.locator('.scroll-mark').count(), 0);
    await viewer.page.keyboard.press('b');
    await viewer.page.locator('.scroll-bookmark').waitFor({ state: 'detached' });
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
      assert.deepEqual(await viewer.accessibilityProblems(), []);
    });
  }

  it('tell of what comes later and belongs to them: lines of the entry, folded lines, repeats', async () => {
    const viewer = await pages.open(['INFO one', 'ERROR boom']);
    await viewer.untilLines('both', (lines) => lines.includes('ERROR boom'));
    assert.equal(await viewer.page.locator('.twistie.codicon').count(), 0);
    pages.append(viewer, ['  at a (src/a.js:1:2)', '  at b']);
    await viewer.page.locator('.twistie.codicon').waitFor();
    await viewer.page.locator('.viewport').focus();
    await viewer.page.keyboard.press('Shift+Z');
    await viewer.untilText('.badge', /^\+2$/);
    pages.append(viewer, ['  at c']);
    await viewer.untilText('.badge', /^\+3$/);
    pages.append(viewer, ['WARN again', 'WARN again']);
    await viewer.page.keyboard.press('u');
    const repeats = viewer.page.locator('.badge', { hasText: '×' });
    await repeats.filter({ hasText: /^×2$/ }).waitFor();
    pages.append(viewer, ['WARN again', 'WARN again']);
    await repeats.filter({ hasText: /^×4$/ }).waitFor();
  });

  it('copy as the line that came where three clicks select one, whatever is shown of it', async () => {
    const lines = ['one', 'two', ...requests(2), 'three'];
    const viewer = await pages.open(lines, { permissions: ['clipboard-read', 'clipboard-write'] });
    for (const [shown, line] of [
      ['two', 'two'],
      ['request 0', lines[2]],
    ] as const) {
      await viewer.page.locator('.row .message', { hasText: shown }).click({ clickCount: 3 });
      await viewer.page.keyboard.press('Control+c');
      assert.equal(await viewer.page.evaluate(() => navigator.clipboard.readText()), line);
    }
    await viewer.page.keyboard.press('Control+a');
    await viewer.page.locator('.row .message', { hasText: 'three' }).dblclick();
    await viewer.page.keyboard.press('Control+c');
    assert.equal(await viewer.page.evaluate(() => navigator.clipboard.readText()), 'three');
  });

  it('copy as a whole where a line is too long to be shown, and without the clipboard of secure pages', async () => {
    const long = `start ${'x'.repeat(200_000)} end`;
    const viewer = await pages.open(['one', long, 'two'], { permissions: ['clipboard-read', 'clipboard-write'] });
    await viewer.page.locator('.viewport').focus();
    await viewer.page.keyboard.press('Control+a');
    await viewer.page.keyboard.press('Control+c');
    const wanted = `one\n${long}\ntwo\n`;
    const length = await viewer.page.waitForFunction(
      async (most) => ((await navigator.clipboard.readText()).length === most ? most : null),
      wanted.length,
    );
    assert.equal(await length.jsonValue(), wanted.length);
    assert.equal(await viewer.page.evaluate(() => navigator.clipboard.readText()), wanted);
    await viewer.page.locator('.row .message', { hasText: 'one' }).click();
    await viewer.page.evaluate(() => {
      Object.defineProperty(navigator, 'clipboard', { value: undefined });
      document.addEventListener('copy', (event) => {
        document.title = event.clipboardData?.getData('text/plain') ?? '';
      });
    });
    await viewer.page.locator('.row .message', { hasText: 'one' }).click({ clickCount: 3 });
    await viewer.page.keyboard.press('Control+c');
    assert.equal(await viewer.page.title(), 'one');
  });

  it('keep what is selected in them while times count on', async () => {
    const viewer = await pages.open(['one', 'two']);
    await viewer.page.locator('.viewport').focus();
    await viewer.page.keyboard.press('Alt+t');
    const time = viewer.page.locator('.row:not(.notice) .time').last();
    await viewer.page.locator('.row .message', { hasText: 'two' }).dblclick();
    const before = await time.textContent();
    await viewer.page.waitForFunction(
      (text) => [...document.querySelectorAll('.row:not(.notice) .time')].at(-1)?.textContent !== text,
      before,
    );
    assert.equal(await viewer.page.evaluate(() => document.getSelection()?.toString()), 'two');
  });

  it('follow the arrow keys into view after paging, and are read out', async () => {
    const viewer = await pages.open(Array.from({ length: 500 }, (_, at) => `ERROR number ${at}.`));
    await viewer.page.locator('.viewport').focus();
    await viewer.page.keyboard.press('Home');
    await viewer.untilLines('the start', (lines) => lines[0] === 'ERROR number 0.');
    await viewer.page.locator('.row .message', { hasText: 'number 3.' }).click();
    for (let page = 0; page < 4; page++) {
      await viewer.page.keyboard.press('PageDown');
    }
    await viewer.page.keyboard.press('ArrowDown');
    await viewer.untilLines('the row in focus', (lines) => lines.includes('ERROR number 4.'));
    for (let row = 0; row < 40; row++) {
      await viewer.page.keyboard.press('ArrowDown');
    }
    await viewer.untilLines('the row in focus', (lines) => lines.includes('ERROR number 44.'));
    await viewer.untilText('.announcer', /^Error: ERROR number 44\.$/);
  });

  it('lead by keys alone to the links and fields of their details, without a filter that finds nothing', async () => {
    const line = JSON.stringify({ level: 'info', msg: 'see https://example.org/x', tags: ['red'], user: 'bob' });
    const viewer = await pages.open([line]);
    await viewer.page.locator('.row .message', { hasText: 'see' }).click({ position: { x: 2, y: 5 } });
    await viewer.page.keyboard.press('Enter');
    await viewer.untilText('.detail-title', /Info/);
    assert.equal(await viewer.page.getByRole('button', { name: /with this user/ }).count(), 2);
    assert.equal(await viewer.page.getByRole('button', { name: /with this tags\.0/ }).count(), 0);
    assert.equal(await viewer.page.getByRole('button', { name: 'Copy the value of tags.0' }).count(), 1);
    const link = viewer.page.locator('.detail a.log-link');
    await viewer.page.locator('.detail-body').focus();
    for (let tab = 0; tab < 40 && !(await link.evaluate((node) => node === document.activeElement)); tab++) {
      await viewer.page.keyboard.press('Tab');
    }
    assert.ok(await link.evaluate((node) => node === document.activeElement));
  });

  it('say their level and whether they are folded to whoever does not see colours', async () => {
    const viewer = await pages.open([...requests(1), ...trace]);
    await viewer.page.locator('.row').getByRole('img', { name: 'Error' }).first().waitFor();
    const twistie = viewer.page.locator('.row').getByRole('button', { name: /2 lines/ });
    assert.equal(await twistie.getAttribute('aria-expanded'), 'true');
    await twistie.click();
    await viewer.page
      .locator('.row')
      .getByRole('button', { name: /2 lines/, expanded: false })
      .waitFor();
  });

  for (const colorScheme of ['light', 'dark'] as const) {
    it(`have no known accessibility problem in the ${colorScheme} theme, selected and with their details open`, async () => {
      const viewer = await pages.open([...requests(3), ...trace], { colorScheme });
      await viewer.page.locator('.row .bar').nth(2).click();
      await viewer.page.locator('.row .message', { hasText: 'request 2' }).click();
      await viewer.page.keyboard.press('Enter');
      await viewer.page.locator('.detail .field').first().waitFor();
      await viewer.page.keyboard.press('Shift+ArrowUp');
      await viewer.page.keyboard.press('Shift+ArrowUp');
      await viewer.untilText('.detail-title', /Error/);
      assert.deepEqual(await viewer.accessibilityProblems(), []);
    });
  }
});
