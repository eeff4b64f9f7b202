// The viewer on a store in the same page, as the browser page has it, but filled by the benchmark
// instead of a connection. Bundled by the benchmark and driven through `window.bench`.
import { systemClock } from '../../../src/base/clock';
import { LogIntake } from '../../../src/view/logIntake';
import { MemoryHost } from '../../../src/view/memoryHost';
import type { HolderMessage } from '../../../src/view/messages';
import { StoreHolder } from '../../../src/view/storeHolder';
import { ViewerApp } from '../../../src/viewer/app';
import { pageClock } from '../../../src/viewer/pageClock';
import { sampleText } from './sampleText';
import type { FilterTimes, ViewerBench } from './viewerBench';

const MEBIBYTE = 1024 * 1024;
const FRAME_LINES = 2000;
const encoder = new TextEncoder();

let intake = new LogIntake(256 * MEBIBYTE, systemClock);
let app: ViewerApp | undefined;
let filterAt = 0;
let completeAt = 0;
let firstHitAt = 0;
let seq = 0;
let feeding: ReturnType<typeof setInterval> | undefined;

function add(lines: number): void {
  for (let left = lines; left > 0; left -= FRAME_LINES) {
    const count = Math.min(left, FRAME_LINES);
    const bytes = encoder.encode(sampleText(seq, count));
    intake.takeLines({ source: 's', epoch: 'e', seq, count, receivedAt: Date.now(), cursor: null, bytes });
    seq += count;
  }
}

function watch(message: HolderMessage): void {
  if (message.type === 'extent') {
    const now = performance.now();
    if (message.matchedLines > 0 && firstHitAt < filterAt) {
      firstHitAt = now;
    }
    if (message.scanned === 1 && completeAt < filterAt) {
      completeAt = now;
    }
  }
}

/** Sends itself messages: one that comes late had to wait for slices or drawing. The result stops it and tells the longest wait, ms. */
function watchWaits(): () => number {
  const { port1, port2 } = new MessageChannel();
  let before = performance.now();
  let longest = 0;
  port1.onmessage = () => {
    const now = performance.now();
    longest = Math.max(longest, now - before);
    before = now;
    port2.postMessage(null);
  };
  port2.postMessage(null);
  return () => {
    port1.close();
    return longest;
  };
}

const drawnRows = () => document.querySelectorAll('.row:not(.placeholder):not(.notice)').length;
const nextFrame = () => new Promise<number>((resolve) => requestAnimationFrame(resolve));

const bench: ViewerBench = {
  fill(lines: number, capacityMiB: number): number {
    intake = new LogIntake(capacityMiB * MEBIBYTE, systemClock);
    seq = 0;
    add(lines);
    return intake.store.lineCount;
  },
  async open(): Promise<number> {
    app?.dispose();
    document.body.replaceChildren();
    const startedAt = performance.now();
    const host = new MemoryHost({ load: () => undefined, save: () => {} });
    const holder = new StoreHolder({
      intake,
      clock: pageClock,
      post: (message) => {
        watch(message);
        host.tell(message);
      },
      connection: {
        tone: 'live',
        label: 'Live',
        sentence: 'Live.',
        address: null,
        name: null,
        retryAt: null,
        actions: [],
      },
      onAction: () => {},
      onHistory: () => {},
    });
    host.onViewerMessage((message) => {
      if (message.type === 'filter') {
        filterAt = performance.now();
      }
      holder.receive(message);
    });
    app = new ViewerApp(host, document.body);
    do {
      await nextFrame();
    } while (drawnRows() === 0);
    return performance.now() - startedAt;
  },
  async filter(text: string, watched = false): Promise<FilterTimes> {
    const input = document.querySelector<HTMLInputElement>('.filter-input');
    const before = filterAt;
    const stopWatching = watched ? watchWaits() : () => 0;
    if (input) {
      input.value = text;
      input.dispatchEvent(new Event('input', { bubbles: true }));
    }
    while (filterAt === before || completeAt < filterAt || (text !== '' && firstHitAt < filterAt)) {
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    return { first: firstHitAt - filterAt, complete: completeAt - filterAt, longestWait: stopWatching() };
  },
  feed(linesPerSecond: number): void {
    clearInterval(feeding);
    if (linesPerSecond > 0) {
      let before = performance.now();
      let due = 0;
      feeding = setInterval(() => {
        const now = performance.now();
        due += ((now - before) / 1000) * linesPerSecond;
        before = now;
        add(Math.floor(due));
        due -= Math.floor(due);
      }, 10);
    }
  },
  async frames(ms: number, each?: 'wheel'): Promise<{ perSecond: number; longestBlank: number }> {
    const startedAt = performance.now();
    let frames = 0;
    let blankSince = 0;
    let longestBlank = 0;
    for (let now = startedAt; now - startedAt < ms; ) {
      if (each === 'wheel') {
        const up = (now - startedAt) % 2000 < 1000;
        document
          .querySelector('.viewport')
          ?.dispatchEvent(new WheelEvent('wheel', { deltaY: up ? -600 : 600, bubbles: true, cancelable: true }));
      }
      await nextFrame();
      now = performance.now();
      frames++;
      if (document.querySelector('.row.placeholder')) {
        blankSince ||= now;
        longestBlank = Math.max(longestBlank, now - blankSince);
      } else {
        blankSince = 0;
      }
    }
    return { perSecond: (frames * 1000) / (performance.now() - startedAt), longestBlank };
  },
  received: () => seq,
};

(window as unknown as { bench: ViewerBench }).bench = bench;
