// What users of live log viewers report again and again, each with where: none of it may happen here.
import assert from 'node:assert/strict';
import { appendFileSync, renameSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { WebSocket } from 'ws';
import { LogStore } from '../../src/store/logStore';
import { residentMiB } from '../bench/processMemory';
import type { ServerProcess } from '../support/serverProcess';
import { LogPages } from './logPages';

const numbered = (from: number, to: number) => Array.from({ length: to - from }, (_, at) => `line ${from + at}`);
const text = (lines: readonly string[]) => lines.map((line) => `${line}\n`).join('');
const last = <T>(items: readonly T[]) => items[items.length - 1];

describe('a pain of other viewers', function () {
  this.timeout(60_000);
  const pages = new LogPages();
  let file: string;
  const serve = (...args: string[]) => pages.serve(...args);
  const open = (server: ServerProcess, options = {}) => pages.openPage(server, options);
  const openLog = async (lines: readonly string[]) => {
    writeFileSync(file, text(lines));
    const viewer = await open(await serve(file));
    await viewer.untilText('.counts', new RegExp(`^${lines.length.toLocaleString('en')} lines?$`));
    return viewer;
  };

  before(() => pages.start());
  after(() => pages.stop());
  beforeEach(() => {
    file = pages.newFile();
  });
  afterEach(() => pages.closeAll());

  // microsoft/vscode#75173 #49110, derailed/k9s#155, grafana#30634, vscode-kubernetes-tools#1113 #1135
  it('is none here: the view jumps to the end, or moves, while somebody reads back', async () => {
    const viewer = await openLog(numbered(0, 500));
    await viewer.wheel(-900);
    await viewer.untilText('.pause-text', /^Paused$/);
    const read = await viewer.lines();
    for (let round = 0; round < 5; round++) {
      appendFileSync(file, text(numbered(500 + round * 100, 600 + round * 100)));
      await viewer.untilText('.pause-text', new RegExp(`${((round + 1) * 100).toLocaleString('en')} new lines`));
      assert.deepEqual(await viewer.lines(), read);
    }
  });

  // grafana#29505; frontail throws lines away while paused
  it('is none here: paused cannot be told from live, or throws lines away', async () => {
    const viewer = await openLog(numbered(0, 300));
    await viewer.page.keyboard.press('Space');
    await viewer.untilText('.pause-text', /^Paused$/);
    assert.equal(await viewer.page.locator('.pause-banner').isVisible(), true);
    appendFileSync(file, text(numbered(300, 320)));
    await viewer.untilText('.pause-text', /20 new lines/);
    await viewer.page.keyboard.press('End');
    const lines = await viewer.untilLines('the end', (all) => last(all) === 'line 319');
    assert.deepEqual(lines, numbered(320 - lines.length, 320));
  });

  // vscode-azurefunctions#4044, vscode-azureappservice#1388
  it('is none here: a dead stream looks alive', async () => {
    writeFileSync(file, 'one\n');
    const server = await serve(file);
    const viewer = await open(server);
    await viewer.untilText('.label', /^Live$/);
    await server.kill();
    const label = await viewer.untilText('.label', /^(?!Live$)/);
    assert.notEqual(label, 'Live');
    await viewer.untilText('.countdown', /next attempt in|trying now/);
  });

  // azure-cli#7468, stern#13, vscode-docker#4032; dozzle#1831 #2398, stern#229, loki#3923 #14550
  it('is none here: the stream dies when its target restarts, or comes back with holes or doubles', async () => {
    writeFileSync(file, text(numbered(0, 5)));
    const server = await serve(file);
    const { port } = server;
    const viewer = await open(server);
    await viewer.untilLines('the first lines', (all) => last(all) === 'line 4');
    await server.kill();
    appendFileSync(file, text(numbered(5, 8)));
    await serve('--port', String(port), file);
    await viewer.untilLines('those written meanwhile', (all) => last(all) === 'line 7');
    assert.deepEqual(await viewer.lines(), numbered(0, 8));
    assert.ok((await viewer.notices()).some((notice) => /the log goes on where it stopped/.test(notice)));
  });

  // dozzle#4220 #2934 (11 GB)
  it('is none here: memory grows without bound', () => {
    const store = new LogStore(8 * 1024 * 1024);
    const bytes = Buffer.from(text(numbered(0, 1000)));
    for (let seq = 0; seq < 5_000_000; seq += 1000) {
      store.append({ source: 's', epoch: 'e', seq, count: 1000, receivedAt: 0, cursor: null, bytes }, 0);
    }
    assert.ok(store.byteLength <= 9 * 1024 * 1024);
    assert.ok(store.heldBytes <= store.byteLength * 1.15 + store.lineCount * 12);
    assert.equal(store.lineCount + store.droppedLines, 5_000_000);
  });

  // dozzle#1852 (at 10 lines/s), vscode#26159 #103242; k9s#1019 (minutes behind real time)
  it('is none here: the window freezes, or falls behind, while lines pour in', async () => {
    const viewer = await openLog(['start']);
    await viewer.page.evaluate(() => {
      const watched = window as unknown as { longest: number };
      watched.longest = 0;
      let before = performance.now();
      setInterval(() => {
        const now = performance.now();
        watched.longest = Math.max(watched.longest, now - before);
        before = now;
      });
    });
    for (let batch = 0; batch < 40; batch++) {
      appendFileSync(file, text(numbered(batch * 2500, (batch + 1) * 2500)));
      await viewer.page.waitForTimeout(20);
    }
    await viewer.untilLines('the last of 100,000 lines', (all) => last(all) === 'line 99999', 5000);
    const longest = await viewer.page.evaluate(() => (window as unknown as { longest: number }).longest);
    // No bound on speed: only that nothing held the window for as long as a person would call it frozen.
    assert.ok(longest < 2000, `held for ${longest} ms`);
  });

  // logdy-core#71
  it('is none here: log rotation ends or garbles the stream', async () => {
    const viewer = await openLog(numbered(0, 3));
    renameSync(file, `${file}.1`);
    appendFileSync(`${file}.1`, 'line 3\n');
    writeFileSync(file, text(numbered(4, 6)));
    await viewer.untilLines('the new file', (all) => last(all) === 'line 5');
    assert.deepEqual(await viewer.lines(), numbered(0, 6));
    assert.ok((await viewer.notices()).some((notice) => /rotated/i.test(notice)));
  });

  // lnav#838, dozzle#4824, klogg#266
  it('is none here: a line is found, but its context cannot be seen', async () => {
    const lines = numbered(0, 400).map((line, at) => (at === 200 ? `${line} needle` : line));
    const viewer = await openLog(lines);
    await viewer.page.keyboard.press('/');
    await viewer.page.keyboard.type('needle');
    await viewer.untilText('.counts', /^1 of 400 lines$/);
    await viewer.page.locator('.row .message', { hasText: 'needle' }).click();
    await viewer.page.keyboard.press('c');
    const around = await viewer.untilLines(
      'its neighbours',
      (all) => all.includes('line 199') && all.includes('line 201'),
    );
    assert.ok(around.includes('line 200 needle'));
    await viewer.page.keyboard.press('c');
    await viewer.untilLines('the filter again', (all) => all.length === 1);
  });

  // lnav#813, grafana#74261, dozzle#2967
  it('is none here: a stack trace is filtered line by line', async () => {
    const trace = ['ERROR boom', '\tat com.shop.Cart.add(Cart.java:42)', 'Caused by: java.io.IOException: disk full'];
    const viewer = await openLog(['INFO before', ...trace, 'INFO after']);
    await viewer.page.keyboard.press('/');
    await viewer.page.keyboard.type('disk full');
    await viewer.untilText('.counts', /^3 of 5 lines$/);
    await viewer.untilLines('the whole entry', (lines) => lines.join('\n') === trace.join('\n'));
  });

  // vscode#571 (colours), vscode#238696 (exclusion, clear from here)
  it('is none here: no colours, no exclusion, no "clear from here"', async () => {
    const viewer = await openLog(['\u001b[31mred\u001b[0m one', 'noise', 'two']);
    assert.equal(await viewer.page.locator('.ansi-foreground-1').first().textContent(), 'red');
    await viewer.page.keyboard.press('/');
    await viewer.page.keyboard.type('-noise');
    await viewer.page.keyboard.press('Enter');
    await viewer.untilText('.counts', /^2 of 3 lines$/);
    await viewer.page.keyboard.press('Escape');
    await viewer.page.keyboard.press('Escape');
    await viewer.untilText('.counts', /^3 lines$/);
    await viewer.page.locator('.row .message', { hasText: 'two' }).click();
    await viewer.page.keyboard.press('Alt+x');
    await viewer.untilLines('what is from there on', (all) => all.length === 1 && all[0] === 'two');
    await viewer.page.keyboard.press('Alt+Shift+x');
    await viewer.untilLines('all of them again', (all) => all.length === 3);
  });

  // stern#22, kubetail#180, grafana#18522
  it('is none here: JSON lines cannot be read', async () => {
    const viewer = await openLog([
      '{"level":30,"time":1795514400000,"pid":7,"msg":"request completed","status":503,"user":{"name":"alice"}}',
    ]);
    await viewer.untilLines('what it says', (all) => all[0] === 'request completed');
    assert.equal(await viewer.text('.row .fields'), 'status=503  user.name=alice');
    await viewer.page.locator('.row .message', { hasText: 'request completed' }).click();
    await viewer.page.keyboard.press('Enter');
    await viewer.untilText('.detail-body', /user.*name.*alice/s);
    assert.match(await viewer.text('.detail-raw'), /^\{"level":30/);
  });

  // vscode#20556 #150023
  it('is none here: addresses and places in files are dead text', async () => {
    const viewer = await openLog(['see https://example.com/x?y=1, javascript:alert(1)']);
    const links = viewer.page.locator('.row a.log-link');
    await links.first().waitFor();
    assert.equal(await links.count(), 1);
    assert.equal(await links.first().getAttribute('href'), 'https://example.com/x?y=1');
    assert.equal(await links.first().getAttribute('rel'), 'noopener noreferrer');
  });

  // logdy-core accepts any Origin
  it('is none here: any web page can read a local log server', async () => {
    writeFileSync(file, 'secret\n');
    const server = await serve(file);
    const refused = await new Promise<number | undefined>((resolve) => {
      const socket = new WebSocket(server.url, 'logstream.v1', { origin: 'https://evil.example' });
      socket.on('unexpected-response', (_request, response) => resolve(response.statusCode));
      socket.on('error', () => {});
      socket.on('open', () => resolve(undefined));
    });
    assert.equal(refused, 403);
    const rebound = await new Promise<number | undefined>((resolve, reject) => {
      request(server.pageUrl, { headers: { host: 'evil.example' } }, (response) => {
        response.resume();
        resolve(response.statusCode);
      })
        .on('error', reject)
        .end();
    });
    assert.equal(rebound, 403);
  });

  it('is none here: a server that nobody reads grows', async () => {
    writeFileSync(file, text(numbered(0, 10)));
    const server = await serve(file);
    const before = residentMiB(server.pid);
    for (let round = 0; round < 20; round++) {
      appendFileSync(file, text(numbered(0, 20_000)));
    }
    const viewer = await open(server);
    await viewer.untilText('.counts', /\d/);
    assert.ok(residentMiB(server.pid) - before < 200);
  });
});
