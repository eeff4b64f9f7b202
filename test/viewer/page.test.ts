import assert from 'node:assert/strict';
import { appendFileSync, writeFileSync } from 'node:fs';
import type { ServerProcess } from '../support/serverProcess';
import { LogPages } from './logPages';

const numbered = (from: number, to: number) => Array.from({ length: to - from }, (_, at) => `line ${from + at}`);
const text = (lines: readonly string[]) => lines.map((line) => `${line}\n`).join('');
const last = <T>(items: readonly T[]) => items[items.length - 1];

describe('the browser page', function () {
  this.timeout(60_000);
  const pages = new LogPages();
  let file: string;
  const serve = (...args: string[]) => pages.serve(...args);
  const open = (server: ServerProcess, options = {}) => pages.openPage(server, options);
  /** A server that wants this token, and a page that it has let in with it. */
  const letInWith = async (token: string) => {
    const server = await pages.serveWith({ environment: { LOG_STREAM_TOKEN: token } }, file);
    const viewer = await pages.openPage(server);
    await viewer.page.locator('#token').fill(token);
    await viewer.page.keyboard.press('Enter');
    await viewer.untilLines('the line', (lines) => lines.length === 1);
    return { server, viewer };
  };
  before(() => pages.start());
  after(() => pages.stop());
  beforeEach(() => {
    file = pages.newFile();
  });
  afterEach(() => pages.closeAll());

  it('shows the lines there are, then each new one as it is written', async () => {
    writeFileSync(file, text(numbered(0, 100)));
    const viewer = await open(await serve(file));
    await viewer.untilLines('the last line', (lines) => last(lines) === 'line 99');
    appendFileSync(file, 'line 100\n');
    const lines = await viewer.untilLines('the new line', (all) => last(all) === 'line 100');
    assert.deepEqual(lines, numbered(101 - lines.length, 101));
    assert.equal(await viewer.text('.sentence'), 'Live log connected; new lines appear as they are written.');
    assert.equal(await viewer.text('.counts'), '101 lines');
    assert.deepEqual(viewer.problems, []);
  });

  it('says that the command has ended and how, once in the log, and runs it again at a click', async () => {
    const script = `const fs = require("fs"); fs.appendFileSync(${JSON.stringify(file)}, "x");
      const run = fs.readFileSync(${JSON.stringify(file)}, "utf8").length;
      console.log("out " + run); console.error("err " + run); process.exitCode = run === 1 ? 3 : 0`;
    const viewer = await open(await serve('--name', 'npm test', '--', process.execPath, '-e', script));
    await viewer.untilText('.label', /^Ended, exit code 3$/);
    assert.equal(await viewer.text('.sentence'), '“npm test” ended with exit code 3; its lines stay.');
    const tone = () => viewer.page.locator('.status-strip').getAttribute('data-tone');
    assert.equal(await tone(), 'warning');
    const ends = async () => (await viewer.notices()).filter((notice) => /ended|started/.test(notice));
    await viewer.untilLines('those of the first run', ({ length }) => length === 2);
    assert.deepEqual(await ends(), ['“npm test” ended with exit code 3.']);
    const sources = await viewer.page.locator('.row:not(.notice) .source').allTextContents();
    assert.deepEqual(sources.sort(), ['npm test', 'npm test (stderr)']);
    await viewer.page.locator('.status-strip button', { hasText: 'Run again' }).click();
    await viewer.untilText('.label', /^Ended, exit code 0$/);
    assert.equal(await tone(), 'ended');
    // What is said above the list is changed at once, the list with the next frame.
    const lines = await viewer.untilLines('those of both runs', ({ length }) => length === 4);
    assert.deepEqual(lines.sort(), ['err 1', 'err 2', 'out 1', 'out 2']);
    assert.deepEqual(await ends(), [
      '“npm test” ended with exit code 3.',
      '“npm test” is started again.',
      '“npm test” ended with exit code 0.',
    ]);
    assert.equal(last(await viewer.notices()), '“npm test” ended with exit code 0.');
    assert.deepEqual(viewer.problems, []);
  });

  it('tells the console of heartbeats at debug level', async () => {
    writeFileSync(file, 'one\n');
    const viewer = await open(await serve(file));
    // The first one may have come before anybody could wait for it; it is noted from the start.
    await viewer.untilConsole('the answer to a heartbeat', (told) => told.startsWith('heartbeat answered'));
    const debug = viewer.console.filter(({ type }) => type === 'debug').map((message) => message.text);
    assert.match(debug[0] ?? '', /^heartbeat sent/);
    assert.match(debug[1] ?? '', /^heartbeat answered/);
  });

  it('stays where the reader scrolled to, counts what comes, and goes to the end when asked', async () => {
    writeFileSync(file, text(numbered(0, 500)));
    const viewer = await open(await serve(file));
    await viewer.untilLines('the end', (lines) => last(lines) === 'line 499');
    assert.equal(await viewer.page.locator('.pause-banner').isVisible(), false);
    await viewer.wheel(-600);
    await viewer.untilText('.pause-text', /^Paused$/);
    const read = await viewer.lines();
    assert.notEqual(last(read), 'line 499');
    appendFileSync(file, text(numbered(500, 600)));
    await viewer.untilText('.pause-text', /Paused: 100 new lines/);
    assert.deepEqual(await viewer.lines(), read);
    await viewer.page.locator('.pause-banner').click();
    await viewer.untilLines('the end again', (lines) => last(lines) === 'line 599');
    assert.equal(await viewer.page.locator('.pause-banner').isVisible(), false);
  });

  it('follows again when the reader scrolls down to the end', async () => {
    writeFileSync(file, text(numbered(0, 500)));
    const viewer = await open(await serve(file));
    await viewer.untilLines('the end', (lines) => last(lines) === 'line 499');
    await viewer.wheel(-100);
    await viewer.untilText('.pause-text', /^Paused$/);
    await viewer.wheel(1000);
    await viewer.page.locator('.pause-banner').waitFor({ state: 'hidden' });
    appendFileSync(file, 'line 500\n');
    await viewer.untilLines('the new line', (lines) => last(lines) === 'line 500');
  });

  it('can be read with the keyboard alone', async () => {
    writeFileSync(file, text(numbered(0, 500)));
    const viewer = await open(await serve(file));
    await viewer.untilLines('the end', (lines) => last(lines) === 'line 499');
    const { keyboard } = viewer.page;
    await keyboard.press('PageUp');
    await viewer.untilText('.pause-text', /^Paused$/);
    await keyboard.press('Home');
    await viewer.untilLines('the start', (lines) => lines[0] === 'line 0');
    await keyboard.press('ArrowDown');
    await viewer.untilLines('a row further', (lines) => lines[0] === 'line 1' || lines[1] === 'line 1');
    await keyboard.press('End');
    await viewer.untilLines('the end again', (lines) => last(lines) === 'line 499');
    await keyboard.press('Space');
    await viewer.untilText('.pause-text', /^Paused$/);
    await keyboard.press('/');
    await keyboard.type('line 42');
    await viewer.untilText('.counts', /^11 of 500 lines$/);
    await keyboard.press('Escape');
    await viewer.untilText('.counts', /^500 lines$/);
  });

  it('shows only the lines that hold the text, and says how many', async () => {
    writeFileSync(file, text(['Alpha', 'beta', 'ALPHABET', 'gamma']));
    const viewer = await open(await serve(file));
    await viewer.untilLines('all', (lines) => lines.length === 4);
    await viewer.page.locator('.filter-input').fill('alpha');
    await viewer.untilLines('two of them', (lines) => lines.join() === 'Alpha,ALPHABET');
    assert.equal(await viewer.text('.counts'), '2 of 4 lines');
    await viewer.page.keyboard.press('Alt+c');
    await viewer.untilText('.counts', /^0 of 4 lines$/);
    await viewer.untilText('.empty-title', /No line passes the filter/);
    await viewer.page.locator('.empty .button').click();
    await viewer.untilText('.counts', /^4 lines$/);
  });

  it('explains a regular expression that is none', async () => {
    writeFileSync(file, text(['Alpha']));
    const viewer = await open(await serve(file));
    await viewer.untilLines('the line', (lines) => lines.length === 1);
    await viewer.page.keyboard.press('Alt+r');
    await viewer.page.locator('.filter-input').fill('(');
    await viewer.untilText('.filter-problem', /"\(" is not a regular expression/);
  });

  it('colours by level, counts levels and hides those that are switched off', async () => {
    writeFileSync(file, text(['INFO a', 'ERROR b', 'plain', 'INFO c', 'WARN d']));
    const viewer = await open(await serve(file));
    await viewer.untilLines('all', (lines) => lines.length === 5);
    await viewer.untilText('.level-button.level-info .level-count', /^2$/);
    assert.equal(await viewer.page.locator('.row[data-level="error"] .message').textContent(), 'ERROR b');
    await viewer.page.locator('.level-button.level-info').click();
    await viewer.untilLines('without info', (lines) => lines.join() === 'ERROR b,plain,WARN d');
    assert.equal(await viewer.page.locator('.level-button.level-info').getAttribute('aria-pressed'), 'false');
    await viewer.page.locator('.level-button.level-info').click();
    await viewer.untilLines('all again', (lines) => lines.length === 5);
  });

  it('keeps hostile text text, and shows characters that would reorder it', async () => {
    const hostile = `<img src=x onerror="document.title='caught'"><script>document.title='caught'</script>`;
    writeFileSync(file, text([hostile, 'user\u202enimda', '\u001b[31mred\u001b[0m \u001b]0;title\u0007plain']));
    const viewer = await open(await serve(file));
    const lines = await viewer.untilLines('all', (all) => all.length === 3);
    assert.equal(lines[0], hostile);
    assert.equal(await viewer.page.title(), 'Live Log Stream');
    assert.equal(await viewer.page.locator('.row img, .row script').count(), 0);
    assert.equal(await viewer.page.locator('.hidden-character').getAttribute('data-code'), 'U+202E');
    assert.equal(lines[2], 'red plain');
    assert.deepEqual(viewer.problems, []);
  });

  it('wraps long lines, and measures them', async () => {
    writeFileSync(file, text([...numbered(0, 50), `long ${'word '.repeat(400)}end`, ...numbered(51, 100)]));
    const viewer = await open(await serve(file));
    await viewer.untilLines('the end', (lines) => last(lines) === 'line 99');
    await viewer.page.keyboard.press('Alt+z');
    await viewer.untilLines('still the end', (lines) => last(lines) === 'line 99');
    await viewer.page.keyboard.press('Home');
    await viewer.wheel(900);
    await viewer.untilLines('the long line', (lines) => lines.some((line) => line.startsWith('long')));
    const row = viewer.page.locator('.row', { hasText: 'long word' });
    assert.ok(((await row.boundingBox())?.height ?? 0) > 100, 'it takes several lines');
    assert.equal(await viewer.page.evaluate(() => document.querySelector('.viewport')?.scrollWidth), 986);
  });

  it('says that the server is gone, counts down, and has every line once when it is back', async () => {
    writeFileSync(file, text(numbered(0, 5)));
    const server = await serve(file);
    const viewer = await open(server);
    await viewer.untilLines('all', (lines) => lines.length === 5);
    await server.kill();
    await viewer.untilText('.label', /^Reconnecting$/);
    await viewer.untilText('.countdown', /next attempt in \d+ s|trying now/);
    appendFileSync(file, text(numbered(5, 8)));
    await serve('--port', String(server.port), file);
    const lines = await viewer.untilLines('all lines', (all) => all.length >= 8, 20_000);
    assert.deepEqual(lines, numbered(0, 8));
    await viewer.untilText('.label', /^Live$/);
    assert.deepEqual(viewer.problems, []);
  });

  it('keeps filter and place over a reload', async () => {
    writeFileSync(file, text(numbered(0, 500)));
    const viewer = await open(await serve(file));
    await viewer.untilLines('the end', (lines) => last(lines) === 'line 499');
    await viewer.page.locator('.filter-input').fill('7');
    await viewer.untilText('.counts', /of 500 lines/);
    await viewer.page.waitForFunction(() => sessionStorage.getItem('live-log-stream.viewer')?.includes('"7"'));
    await viewer.page.reload();
    await viewer.untilLines('filtered', (lines) => last(lines) === 'line 497');
    assert.equal(await viewer.page.locator('.filter-input').inputValue(), '7');
  });

  it('loads earlier lines when the reader reaches the first one', async () => {
    writeFileSync(file, text(numbered(0, 12_000)));
    const viewer = await open(await serve(file));
    await viewer.untilLines('the end', (lines) => last(lines) === 'line 11999');
    for (const loaded of ['7,000', '9,000', '11,000', '12,000']) {
      await viewer.page.keyboard.press('Home');
      await viewer.untilText('.counts', new RegExp(`^${loaded} lines$`));
    }
    await viewer.page.keyboard.press('Home');
    await viewer.untilLines('the very first', (lines) => lines[0] === 'line 0');
  });

  it('says what it waits for while there is no line', async () => {
    writeFileSync(file, '');
    const viewer = await open(await serve(file));
    await viewer.untilText('.label', /^Live$/);
    await viewer.untilText('.empty-title', /Waiting for the first line/);
  });

  it('asks for the token of a server that wants one', async () => {
    writeFileSync(file, 'secret line\n');
    const tokenFile = pages.newFile();
    writeFileSync(tokenFile, 'open sesame\n');
    const viewer = await open(await serve('--token-file', tokenFile, file));
    await viewer.page.locator('#token').fill('wrong');
    await viewer.page.keyboard.press('Enter');
    await viewer.untilText('#token-hint', /did not accept/);
    await viewer.page.locator('#token').fill('open sesame');
    await viewer.page.keyboard.press('Enter');
    await viewer.untilLines('the line', (lines) => lines[0] === 'secret line');
  });

  it('asks for another token where its own is refused again and again, once, and reads on with that', async () => {
    writeFileSync(file, 'one\n');
    const { server: first, viewer } = await letInWith('first');
    const { port } = first;
    await first.kill();
    await pages.serveWith({ environment: { LOG_STREAM_TOKEN: 'second' } }, '--port', String(port), file);
    await viewer.page.locator('#token').waitFor({ timeout: 30_000 });
    await viewer.untilText('#token-hint', /did not accept/);
    await viewer.page.locator('#token').fill('second');
    await viewer.page.keyboard.press('Enter');
    appendFileSync(file, 'two\n');
    await viewer.untilLines('the next line', (lines) => last(lines) === 'two', 20_000);
    assert.equal(await viewer.page.locator('dialog').count(), 0);
  }).timeout(60_000);

  it('asks no longer once its own token is accepted again', async () => {
    writeFileSync(file, 'one\n');
    const serveAgain = (port: number, token: string) =>
      pages.serveWith({ environment: { LOG_STREAM_TOKEN: token } }, '--port', String(port), file);
    const { server: first, viewer } = await letInWith('first');
    const { port } = first;
    await first.kill();
    const second = await serveAgain(port, 'second');
    await viewer.page.locator('#token').waitFor({ timeout: 30_000 });
    await second.kill();
    await serveAgain(port, 'first');
    appendFileSync(file, 'two\n');
    await viewer.untilLines('the next line', (lines) => last(lines) === 'two', 40_000);
    assert.equal(await viewer.page.locator('dialog').count(), 0);
  }).timeout(90_000);

  for (const colorScheme of ['light', 'dark'] as const) {
    it(`has no known accessibility problem in its ${colorScheme} theme`, async () => {
      const lines = ['INFO start', 'DEBUG detail', 'TRACE more', 'WARN slow', 'ERROR failed', 'FATAL gone', 'plain'];
      writeFileSync(file, '');
      const viewer = await open(await serve(file, '--demo'), { colorScheme });
      await viewer.untilLines('those of the demo', (shown) => shown.length > 10);
      appendFileSync(file, text(lines));
      await viewer.untilLines('all', (shown) => shown.includes('plain'));
      // Else what the demo goes on saying moves the line away from under the mouse.
      await viewer.page.keyboard.press('Space');
      await viewer.untilText('.pause-text', /^Paused/);
      // Also the current line, whose ground is another: the one with the strongest colour.
      await viewer.page.locator('.row .message', { hasText: 'ERROR failed' }).click();
      await viewer.page.locator('.row.active[data-level="error"]').waitFor();
      assert.deepEqual(await viewer.accessibilityProblems(), []);
    });
  }
});
