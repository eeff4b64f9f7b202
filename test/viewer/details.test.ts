import assert from 'node:assert/strict';
import { LogPages } from './logPages';
import type { ViewerPage } from './viewerPage';

const wide = Object.fromEntries(Array.from({ length: 250 }, (_, at) => [`key${at}`, at]));
const order = JSON.stringify({
  level: 'error',
  msg: 'order failed',
  user: { name: 'alice', roles: ['admin', 'ops'] },
  status: 503,
});

describe('the details of an entry', function () {
  this.timeout(60_000);
  const pages = new LogPages();
  before(() => pages.start());
  after(() => pages.stop());
  afterEach(() => pages.closeAll());

  async function openDetails(viewer: ViewerPage, text: string): Promise<void> {
    await viewer.page.locator('.row .message', { hasText: text }).click({ position: { x: 2, y: 5 } });
    await viewer.page.keyboard.press('Enter');
    await viewer.page.locator('.detail-raw').waitFor();
  }

  /** The item in focus as a screen reader gets it, or the name of the button in focus. */
  const focused = (viewer: ViewerPage) =>
    viewer.page.evaluate(() => document.activeElement?.getAttribute('aria-label') ?? '');

  it('are a tree with one stop of Tab, in which keys move, open and close as in those of VS Code', async () => {
    const viewer = await pages.open([order]);
    await openDetails(viewer, 'order failed');
    const { page } = viewer;
    assert.equal(await page.getByRole('tree', { name: 'Fields of the entry' }).count(), 1);
    const stops = page.locator('[role="treeitem"][tabindex="0"]');
    assert.equal(await stops.count(), 1);
    await stops.focus();
    assert.equal(await focused(viewer), 'level: error');
    const press = async (key: string) => {
      await page.keyboard.press(key);
      return focused(viewer);
    };
    assert.equal(await press('ArrowDown'), 'msg: order failed');
    assert.equal(await press('ArrowDown'), 'user: 2 fields');
    assert.equal(await press('ArrowRight'), 'name: alice');
    assert.equal(await press('End'), 'status: 503');
    assert.equal(await press('ArrowUp'), '1: ops');
    assert.equal(await press('ArrowLeft'), 'roles: 2 items');
    assert.equal(await press('ArrowLeft'), 'roles: 2 items');
    assert.equal(await page.getByRole('treeitem', { name: /^roles/, expanded: false }).getAttribute('aria-level'), '2');
    assert.equal(await press('ArrowDown'), 'status: 503');
    assert.equal(await press('ArrowUp'), 'roles: 2 items');
    await press('Enter');
    assert.equal(await page.getByRole('treeitem', { name: /^roles/, expanded: true }).count(), 1);
    assert.equal(await press('Home'), 'level: error');
    assert.equal(await stops.count(), 1);
    assert.equal(await viewer.text('.detail-title .detail-level'), 'Error');
  });

  it('lead by keys to what can be done with a field', async () => {
    const viewer = await pages.open([order, JSON.stringify({ level: 'info', msg: 'fine', status: 200 })], {
      permissions: ['clipboard-read', 'clipboard-write'],
    });
    await openDetails(viewer, 'order failed');
    const { page } = viewer;
    await page.locator('[role="treeitem"][tabindex="0"]').focus();
    await page.keyboard.press('End');
    await page.keyboard.press('Control+c');
    await page.waitForFunction(async () => (await navigator.clipboard.readText()) === '503');
    await page.keyboard.press('Enter');
    assert.equal(await focused(viewer), 'Show only entries with this status');
    await page.keyboard.press('ArrowRight');
    assert.equal(await focused(viewer), 'Hide entries with this status');
    await page.keyboard.press('ArrowLeft');
    await page.keyboard.press('ArrowLeft');
    assert.equal(await focused(viewer), 'status: 503');
    await page.keyboard.press('Tab');
    assert.equal(await focused(viewer), 'Show only entries with this status');
    await page.keyboard.press('Enter');
    await viewer.untilText('.counts', /^1 of 2 lines$/);
  });

  it('say how many fields they do not show yet, and show them by key and by click', async () => {
    const viewer = await pages.open([JSON.stringify({ msg: 'wide', ...wide, inner: { ...wide } })]);
    await openDetails(viewer, 'wide');
    const { page } = viewer;
    await page.locator('[role="treeitem"][tabindex="0"]').focus();
    await page.keyboard.press('End');
    assert.equal(await focused(viewer), '52 more fields');
    await page.keyboard.press('Enter');
    assert.equal(await focused(viewer), 'key199: 199');
    await page.keyboard.press('End');
    assert.equal(await focused(viewer), 'inner: 250 fields');
    await page.keyboard.press('ArrowRight');
    await page.locator('.field-more', { hasText: '50 more fields' }).click();
    assert.equal(await page.locator('.field-more').count(), 0);
    assert.equal(await page.getByRole('treeitem', { name: 'key249: 249' }).count(), 2);
  });

  it('show a very long entry in part, say so, and copy all of it', async () => {
    const lines = ['ERROR boom', ...Array.from({ length: 400 }, (_, at) => `  at ${'frame '.repeat(100)}${at}`)];
    const viewer = await pages.open(lines, { permissions: ['clipboard-read', 'clipboard-write'] });
    await viewer.page.locator('.viewport').focus();
    await viewer.page.keyboard.press('Home');
    await viewer.untilLines('the start', (shown) => shown[0] === 'ERROR boom');
    await openDetails(viewer, 'ERROR boom');
    assert.ok((await viewer.text('.detail-raw')).length <= 100_000);
    assert.match(
      await viewer.text('.detail-left'),
      /^23\d more lines with 14\d,\d{3} more characters are not shown here/,
    );
    await viewer.page.getByRole('button', { name: 'Copy the entry' }).click();
    const wanted = lines.map((line) => `${line}\n`).join('');
    await viewer.page.waitForFunction(async (text) => (await navigator.clipboard.readText()) === text, wanted);
  });

  it('scroll by keys where their text has the focus, and leave the list alone', async () => {
    const viewer = await pages.open([
      'INFO before',
      'ERROR boom',
      ...Array.from({ length: 100 }, (_, at) => `  at ${at}`),
    ]);
    await viewer.page.locator('.viewport').focus();
    await viewer.page.keyboard.press('Home');
    await openDetails(viewer, 'ERROR boom');
    const read = await viewer.lines();
    await viewer.page.locator('.detail-raw').focus();
    await viewer.page.keyboard.press('PageDown');
    await viewer.page.waitForFunction(() => (document.querySelector('.detail-body')?.scrollTop ?? 0) > 0);
    assert.deepEqual(await viewer.lines(), read);
  });
});
