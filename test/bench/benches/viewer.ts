import { execFileSync, spawn } from 'node:child_process';
import { readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as pause } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import type { Browser, Page } from 'playwright-core';
import { systemClock } from '../../../src/base/clock';
import { systemRandom } from '../../../src/base/random';
import { Connection } from '../../../src/client/connection';
import { createMemoryStorage } from '../../../src/client/learned';
import { nodeTransport } from '../../../src/client/nodeTransport';
import { createByteScanner, useByteScanner } from '../../../src/store/byteScanner';
import { compileFilter } from '../../../src/store/rowMatcher';
import { FilteredView } from '../../../src/view/filteredView';
import { LogIntake } from '../../../src/view/logIntake';
import type { ViewerMessage } from '../../../src/view/messages';
import { SLICE_MS, StoreHolder } from '../../../src/view/storeHolder';
import { launchChromium } from '../../support/browser/launchChromium';
import { packExtension } from '../../support/packedExtension';
import { repositoryRoot } from '../../support/testCache';
import { endProcess, printed } from '../contenders/contender';
import { residentMiB } from '../processMemory';
import { atLeast, atMost, median, Report } from '../report';
import { sampleText } from '../viewer/sampleText';
import type { ViewerBench } from '../viewer/viewerBench';

const LINES = 1_000_000;
/** What people filter by: a word or two, and a number. Of a million lines some hundred hold each. */
const FILTERS = ['timed out', '0777'];
const SCROLL_MS = 4000;
/** How long the page's memory is watched; `LOG_STREAM_BENCH_MEMORY_S=600` for the ten minutes of the target. */
const MEMORY_SECONDS = Number(process.env.LOG_STREAM_BENCH_MEMORY_S ?? 60);
const MEBIBYTE = 1024 * 1024;

/** What the harness puts into its page. */
interface BenchPage {
  readonly bench: ViewerBench;
}

async function openHarness(browser: Browser): Promise<Page> {
  const bundle = await build({
    entryPoints: [join(__dirname, '../viewer/harness.ts')],
    bundle: true,
    write: false,
    minify: true,
    format: 'iife',
    platform: 'browser',
    target: 'chrome120',
  });
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  const folder = join(repositoryRoot, 'media');
  await page.setContent('<!doctype html><html lang="en"><body></body></html>');
  for (const style of ['page-theme.css', 'viewer.css']) {
    await page.addStyleTag({ path: join(folder, style) });
  }
  await page.addScriptTag({ content: bundle.outputFiles[0]?.text ?? '' });
  return page;
}

/** Milliseconds `rg -ic` takes for the same text on the same lines, the best of five. */
function ripgrepMs(text: string, file: string): number {
  const times: number[] = [];
  for (let round = 0; round < 5; round++) {
    const startedAt = performance.now();
    execFileSync('rg', ['-ic', text, file]);
    times.push(performance.now() - startedAt);
  }
  return Math.min(...times);
}

function filledIntake(): LogIntake {
  const intake = new LogIntake(1024 * MEBIBYTE, systemClock);
  for (let seq = 0; seq < LINES; seq += 2000) {
    const bytes = Buffer.from(sampleText(seq, 2000));
    intake.takeLines({ source: 's', epoch: 'e', seq, count: 2000, receivedAt: 0, cursor: null, bytes });
  }
  return intake;
}

/** The filter in an extension host's runtime: ms, and the longest slice. */
function filterInNode(text: string, intake: LogIntake): { readonly ms: number; readonly longest: number } {
  const times: number[] = [];
  let longest = 0;
  for (let round = 0; round < 5; round++) {
    const { store, indexes } = intake;
    const startedAt = performance.now();
    const view = new FilteredView(store, compileFilter({ text }, {}, { store, indexes, sourceIndex: () => 0 }));
    for (let sliceAt = startedAt, done = false; !done; ) {
      done = view.advance(() => performance.now() - sliceAt < SLICE_MS);
      const now = performance.now();
      longest = Math.max(longest, now - sliceAt);
      sliceAt = now;
    }
    times.push(performance.now() - startedAt);
  }
  return { ms: median(times), longest };
}

/** How late the timers of an extension host are while it takes 50,000 lines/s, with a panel open: p99, ms. */
async function hostDelay(): Promise<number> {
  const file = join(tmpdir(), `live-log-stream-bench-host-${process.pid}.log`);
  writeFileSync(file, '');
  const server = spawn(process.execPath, [join(repositoryRoot, 'dist/server.js'), '--port', '0', file]);
  const [, url] = await printed(server, /listening on http(:\/\/\S+)/);
  const intake = new LogIntake(256 * MEBIBYTE, systemClock);
  const holder = new StoreHolder({
    intake,
    clock: systemClock,
    post: () => {},
    connection: { tone: 'live', label: '', sentence: '', address: null, name: null, retryAt: null, actions: [] },
    onAction: () => {},
    onHistory: () => {},
  });
  const messages: ViewerMessage[] = [
    { type: 'filter', generation: 1, filter: { text: '7' } },
    { type: 'ready' },
    { type: 'histogram', shown: true },
  ];
  for (const message of messages) {
    holder.receive(message);
  }
  const connection = new Connection(
    { name: 'bench', url: `ws${url}/ws`, lines: 'all' },
    { clock: systemClock, random: systemRandom, transport: nodeTransport, memory: createMemoryStorage() },
  );
  connection.onLines((frame) => intake.takeLines(frame));
  connection.connect();
  const appender = spawn(process.execPath, [
    '--require',
    'tsx/cjs',
    join(__dirname, '../peers/appender.ts'),
    file,
    '50000',
    '6',
  ]);
  await pause(1500);
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  await pause(4000);
  delay.disable();
  await endProcess(appender);
  connection.dispose();
  holder.dispose();
  await endProcess(server);
  rmSync(file, { force: true });
  return delay.percentile(99) / 1e6;
}

/** The real server and its page on a log: ms from the address to the first rows, the browser's own start left out. */
async function pageLoad(browser: Browser, file: string): Promise<number> {
  const server = spawn(process.execPath, [join(repositoryRoot, 'dist/server.js'), '--port', '0', file]);
  const [, url = ''] = await printed(server, /listening on (http:\/\/\S+)/);
  const times: number[] = [];
  for (let round = 0; round < 5; round++) {
    const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
    const startedAt = performance.now();
    await page.goto(url, { waitUntil: 'commit' });
    await page.locator('.row:not(.placeholder):not(.notice)').first().waitFor();
    times.push(performance.now() - startedAt);
    await page.close();
  }
  await endProcess(server);
  return median(times);
}

async function rendererMiB(browser: Browser): Promise<number> {
  const session = await browser.newBrowserCDPSession();
  const { processInfo } = await session.send('SystemInfo.getProcessInfo');
  await session.detach();
  return Math.max(...processInfo.filter(({ type }) => type === 'renderer').map(({ id }) => residentMiB(id)));
}

async function scrolling(page: Page, report: Report, ceiling: number): Promise<void> {
  const enough = 50;
  const add = (name: string, { perSecond, longestBlank }: { perSecond: number; longestBlank: number }) => {
    report.add(atLeast(`scrolling ${name}: frames`, perSecond, enough, '/s'));
    report.add(atMost(`scrolling ${name}: longest blank row`, longestBlank, 100, 'ms'));
  };
  report.add({ name: 'frames of an idle page: the ceiling of this machine', value: ceiling, unit: '/s' });
  const frames = (each?: 'wheel') =>
    page.evaluate(([ms, how]) => (globalThis as unknown as BenchPage).bench.frames(ms as number, how as 'wheel'), [
      SCROLL_MS,
      each,
    ] as const);
  add('by wheel', await frames('wheel'));
  await page.locator('.viewport').focus();
  const paging = frames();
  for (const until = performance.now() + SCROLL_MS - 300; performance.now() < until; ) {
    await page.keyboard.press('PageUp');
  }
  add('by page', await paging);
  const bar = await page.locator('.scrollbar').boundingBox();
  if (bar) {
    await page.mouse.move(bar.x + 7, bar.y + bar.height - 10);
    await page.mouse.down();
    const dragging = frames();
    for (let step = 0; step < 150; step++) {
      await page.mouse.move(bar.x + 7, bar.y + bar.height - 10 - ((bar.height - 20) * step) / 150);
      await pause(20);
    }
    add('by dragging', await dragging);
    await page.mouse.up();
  }
}

/** What every installation pays for the extension. */
async function footprint(report: Report): Promise<void> {
  const dist = join(repositoryRoot, 'dist');
  const scripts = ['extension.js', 'window.js', 'server.js', 'tail.js', 'viewer/page.js', 'viewer/panel.js'];
  const code = [...scripts, 'viewer/viewer.css'];
  const bytes = code.map((name) => gzipSync(readFileSync(join(dist, name))).length);
  report.add(atMost('all code, compressed', bytes.reduce((sum, each) => sum + each, 0) / 1024, 400, 'KB'));
  report.add(atMost('the packed extension', statSync(await packExtension()).size / MEBIBYTE, 1, 'MiB'));
}

/** The viewer in a real browser, and what it asks of an extension host. */
export async function viewer(): Promise<number> {
  // As in an extension host; the page looks for itself.
  useByteScanner(createByteScanner());
  const report = new Report('viewer', `The viewer on ${LINES.toLocaleString('en')} lines`);
  for (const bundle of ['page.js', 'panel.js']) {
    const bytes = gzipSync(readFileSync(join(repositoryRoot, 'dist/viewer', bundle))).length;
    report.add(atMost(`${bundle}, compressed`, bytes / 1024, 150, 'KB'));
  }
  await footprint(report);
  const file = join(tmpdir(), `live-log-stream-bench-viewer-${process.pid}.log`);
  for (let seq = 0; seq < LINES; seq += 50_000) {
    writeFileSync(file, sampleText(seq, 50_000), { flag: 'a' });
  }
  const intake = filledIntake();
  const ripgrep = new Map<string, number>();
  for (const text of FILTERS) {
    const rg = ripgrepMs(text, file);
    ripgrep.set(text, rg);
    const { ms, longest } = filterInNode(text, intake);
    report.add({ name: `rg -ic "${text}"`, value: rg, unit: 'ms' });
    report.add({ name: `filter "${text}" in the extension host`, value: ms, unit: 'ms' });
    report.add(atMost(`filter "${text}" in the extension host beside rg`, ms / rg, 3, '×'));
    report.add(atMost(`filter "${text}" in the extension host: longest slice`, longest, 10, 'ms'));
  }
  report.add(atMost('extension host at 50,000 lines/s: delay of timers, p99', await hostDelay(), 20, 'ms'));

  const browser = await launchChromium();
  try {
    report.add({
      name: 'from the address of a page to its first rows',
      value: await pageLoad(browser, file),
      unit: 'ms',
    });
    rmSync(file, { force: true });
    const page = await openHarness(browser);
    const { perSecond: ceiling } = await page.evaluate(() => (globalThis as unknown as BenchPage).bench.frames(2000));
    await page.evaluate((lines) => (globalThis as unknown as BenchPage).bench.fill(lines, 256), LINES);
    const opened: number[] = [];
    for (let round = 0; round < 5; round++) {
      opened.push(await page.evaluate(() => (globalThis as unknown as BenchPage).bench.open()));
      await pause(1500);
    }
    report.add(atMost('first rows after opening', median(opened), 150, 'ms'));
    for (const [text, rg] of ripgrep) {
      const first: number[] = [];
      const complete: number[] = [];
      for (let round = 0; round < 5; round++) {
        const found = await page.evaluate((wanted) => (globalThis as unknown as BenchPage).bench.filter(wanted), text);
        first.push(found.first);
        complete.push(found.complete);
        await page.evaluate(() => (globalThis as unknown as BenchPage).bench.filter(''));
      }
      report.add(atMost(`filter "${text}" in the page: first hits`, median(first), 50, 'ms'));
      report.add({ name: `filter "${text}" in the page: complete`, value: median(complete), unit: 'ms' });
      report.add(atMost(`filter "${text}" in the page beside rg`, median(complete) / rg, 6, '×'));
      const waits: number[] = [];
      for (let round = 0; round < 3; round++) {
        const { longestWait } = await page.evaluate(
          (wanted) => (globalThis as unknown as BenchPage).bench.filter(wanted, true),
          text,
        );
        waits.push(longestWait);
        await page.evaluate(() => (globalThis as unknown as BenchPage).bench.filter(''));
      }
      // A slice, and a frame drawn by the processor: the slice alone is held to its target above.
      report.add({
        name: `filter "${text}" in the page: longest wait, with a frame`,
        value: median(waits),
        unit: 'ms',
      });
    }
    await scrolling(page, report, ceiling);

    await page.keyboard.press('End');
    await page.keyboard.press('Alt+KeyH');
    await page.evaluate((text) => (globalThis as unknown as BenchPage).bench.filter(text), 'worker-3');
    await page.evaluate(() => (globalThis as unknown as BenchPage).bench.feed(50_000));
    await pause(1000);
    const before = await page.evaluate(() => (globalThis as unknown as BenchPage).bench.received());
    const live = await page.evaluate(() => (globalThis as unknown as BenchPage).bench.frames(5000));
    const after = await page.evaluate(() => (globalThis as unknown as BenchPage).bench.received());
    report.add({ name: 'lines arriving, with filter and histogram', value: (after - before) / 5, unit: 'lines/s' });
    report.add(atLeast('frames meanwhile', live.perSecond, 50, '/s'));

    // The store fills up first: from then on what arrives pushes out as much.
    await page.evaluate(() => (globalThis as unknown as BenchPage).bench.feed(0));
    await page.evaluate(() => (globalThis as unknown as BenchPage).bench.fill(600_000, 64));
    await page.evaluate(() => (globalThis as unknown as BenchPage).bench.open());
    await page.keyboard.press('Alt+KeyH');
    await page.evaluate(() => (globalThis as unknown as BenchPage).bench.feed(50_000));
    const samples: number[] = [];
    for (let second = 0; second < MEMORY_SECONDS; second += 5) {
      await pause(5000);
      samples.push(await rendererMiB(browser));
    }
    const third = Math.max(1, Math.floor(samples.length / 3));
    const [begin, end] = [median(samples.slice(third, 2 * third)), median(samples.slice(-third))];
    report.add({ name: `memory of the page over ${MEMORY_SECONDS} s of it`, value: end, unit: 'MiB' });
    report.add(atMost('growth from the second third to the last', ((end - begin) / begin) * 100, 10, '%'));
  } finally {
    await browser.close();
  }
  return report.write();
}
