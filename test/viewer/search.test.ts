import assert from 'node:assert/strict';
import { KEY_BINDINGS } from '../../src/viewer/keyboard';
import { LogPages, requests } from './logPages';

describe('the search of the viewer', function () {
  this.timeout(60_000);
  const pages = new LogPages();
  before(() => pages.start());
  after(() => pages.stop());
  afterEach(() => pages.closeAll());

  it('counts hits without hiding lines, goes from one to the next, and marks them on the scrollbar', async () => {
    const viewer = await pages.open(requests(500));
    const { keyboard } = viewer.page;
    await keyboard.press('Home');
    await viewer.untilLines('the start', (lines) => lines[0] === 'request 0');
    await keyboard.press('Control+f');
    await keyboard.type('"status":503');
    await viewer.untilText('.search-count', /^50 results$/);
    assert.equal(await viewer.text('.counts'), '500 lines');
    assert.equal(await viewer.page.locator('.scroll-mark').count(), 50);
    await keyboard.press('Enter');
    await viewer.untilText('.search-count', /^1 of 50$/);
    await keyboard.press('Enter');
    await viewer.untilText('.search-count', /^2 of 50$/);
    await keyboard.press('F3');
    await viewer.untilText('.search-count', /^3 of 50$/);
    await keyboard.press('F3');
    await viewer.untilText('.search-count', /^4 of 50$/);
    await viewer.page.locator('.row.active', { hasText: 'request 30' }).waitFor();
    await keyboard.press('Shift+F3');
    await viewer.untilText('.search-count', /^3 of 50$/);
    for (const of of ['2', '1', '50']) {
      await keyboard.press('Shift+Enter');
      await viewer.untilText('.search-count', new RegExp(`^${of} of 50$`));
    }
    await keyboard.press('Escape');
    assert.equal(await viewer.page.locator('.search').isVisible(), false);
    assert.equal(await viewer.page.locator('.scroll-mark').count(), 0);
    assert.deepEqual(viewer.problems, []);
  });

  it('goes to a hit when Enter is pressed right after typing', async () => {
    const viewer = await pages.open(requests(500));
    await viewer.page.keyboard.press('Home');
    await viewer.untilLines('the start', (lines) => lines[0] === 'request 0');
    await viewer.page.keyboard.press('Control+f');
    await viewer.page.locator('.search-input').fill('request 300');
    await viewer.page.keyboard.press('Enter');
    await viewer.page.locator('.row.active', { hasText: 'request 300' }).waitFor();
    await viewer.untilText('.search-count', /^1 of 1$/);
  });

  it('goes from error to error, and from bookmark to bookmark', async () => {
    const viewer = await pages.open(requests(500));
    const { keyboard } = viewer.page;
    await keyboard.press('Home');
    await viewer.untilLines('the start', (lines) => lines[0] === 'request 0');
    const active = (at: number) =>
      viewer.page.locator('.row.active .message', { hasText: new RegExp(`^request ${at}$`) }).waitFor();
    await keyboard.press('F8');
    await active(0);
    await keyboard.press('F8');
    await active(10);
    await keyboard.press('b');
    for (const at of [20, 30]) {
      await keyboard.press('F8');
      await active(at);
    }
    await keyboard.press('b');
    await keyboard.press('End');
    await viewer.untilLines('the end', (lines) => lines.at(-1) === 'request 499');
    await keyboard.press('F2');
    await active(10);
    await keyboard.press('F2');
    await active(30);
    await keyboard.press('Shift+F8');
    await active(20);
  });

  it('says when nothing is found, or the expression is none', async () => {
    const viewer = await pages.open(requests(20));
    const { keyboard } = viewer.page;
    await keyboard.press('Control+f');
    await keyboard.type('nowhere(');
    await viewer.untilText('.search-count', /^No results$/);
    await keyboard.press('Alt+r');
    await viewer.page.locator('.search-input[aria-invalid="true"]').waitFor();
  });

  it('lists every key', async () => {
    const viewer = await pages.open(requests(20));
    await viewer.page.keyboard.press('?');
    await viewer.page.getByRole('dialog', { name: 'Keys' }).waitFor();
    assert.equal(await viewer.page.locator('.help-key').count(), KEY_BINDINGS.length);
    await viewer.page.keyboard.press('Escape');
    await viewer.page.locator('.help').waitFor({ state: 'detached' });
  });
});
