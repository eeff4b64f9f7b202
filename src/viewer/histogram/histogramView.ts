import type { Clock } from '../../base/clock';
import { type Disposable, DisposableStore, toDisposable } from '../../base/disposable';
import { LEVELS } from '../../records/level';
import { texts } from '../../text/viewerTexts';
import type { HistogramMessage } from '../../view/messages';
import { element, setText } from '../dom';
import { formatMoment, formatTimeOfDay } from '../format';
import { type Buckets, bucketAt, bucketPx, layOutBars, rangeOf, totalOf } from './histogramBars';

export interface HistogramEvents {
  /** A person wants to go to a time, ms since the epoch. */
  go(time: number): void;
  /** A person chose a range: from, and until (not included). */
  select(range: { readonly since: number; readonly until: number }): void;
}

/** Drawn at most so often, ms. */
const DRAW_MS = 250;
/** A press that moves less is a click, px. */
const DRAG_PX = 4;
const DAY_MS = 24 * 60 * 60 * 1000;
const NAMES = [...LEVELS, 'none'] as const;

/** What it shows: the buckets, and how many lines are in none of them. */
type ShownBuckets = Buckets & Pick<HistogramMessage, 'leftOut'>;

/** Lines over time, stacked by level. A slider for the keyboard and for screen readers. */
export class HistogramView implements Disposable {
  readonly element: HTMLElement;
  readonly #clock: Clock;
  readonly #events: HistogramEvents;
  readonly #held = new DisposableStore();
  readonly #canvas: HTMLCanvasElement;
  readonly #cursorMark: HTMLElement;
  readonly #selectionMark: HTMLElement;
  readonly #tooltip: HTMLElement;
  readonly #plot: HTMLElement;
  readonly #start: HTMLElement;
  readonly #leftOut: HTMLElement;
  readonly #end: HTMLElement;
  #buckets: ShownBuckets = { from: 0, width: 0, buckets: [], leftOut: 0 };
  #shown = false;
  #cursor: number | undefined;
  /** The other end of a range chosen by the keyboard. */
  #mark: number | undefined;
  #drag: { readonly x: number; readonly bucket: number; moved: boolean } | undefined;
  #timer: Disposable | undefined;
  #lastDrawnAt = Number.NEGATIVE_INFINITY;
  #colours: readonly string[] | undefined;

  constructor(clock: Clock, events: HistogramEvents) {
    this.#clock = clock;
    this.#events = events;
    this.#canvas = element('canvas', { 'aria-hidden': 'true' });
    this.#cursorMark = element('div', { class: 'histogram-cursor hidden' });
    this.#selectionMark = element('div', { class: 'histogram-selection hidden' });
    this.#tooltip = element('div', { class: 'histogram-tooltip hidden', 'aria-hidden': 'true' });
    this.#start = element('span', {});
    this.#leftOut = element('span', { class: 'histogram-left-out' });
    this.#end = element('span', {});
    this.#plot = element(
      'div',
      {
        class: 'histogram-plot',
        role: 'slider',
        tabindex: '0',
        'aria-label': texts.finding.histogram.label,
        'aria-valuemin': '0',
        'aria-valuemax': '0',
        'aria-valuenow': '0',
        'aria-valuetext': texts.finding.histogram.empty,
        'aria-orientation': 'horizontal',
      },
      this.#canvas,
      this.#selectionMark,
      this.#cursorMark,
    );
    this.element = element(
      'div',
      { class: 'histogram hidden' },
      this.#plot,
      element('div', { class: 'histogram-axis', 'aria-hidden': 'true' }, this.#start, this.#leftOut, this.#end),
      this.#tooltip,
    );
    this.#listen();
    const resized = new ResizeObserver(() => this.#drawSoon());
    resized.observe(this.#plot);
    // A theme changes classes and variables of the page's root or body.
    const themed = new MutationObserver(() => {
      this.#colours = undefined;
      this.#drawSoon();
    });
    for (const root of [document.documentElement, document.body]) {
      themed.observe(root, { attributes: true, attributeFilter: ['class', 'style', 'data-vscode-theme-id'] });
    }
    const schemes = ['(prefers-color-scheme: dark)', '(forced-colors: active)'].map((query) =>
      window.matchMedia(query),
    );
    const schemeChanged = (): void => {
      this.#colours = undefined;
      this.#drawSoon();
    };
    for (const scheme of schemes) {
      scheme.addEventListener('change', schemeChanged);
    }
    this.#held.add(
      toDisposable(() => {
        resized.disconnect();
        themed.disconnect();
        for (const scheme of schemes) {
          scheme.removeEventListener('change', schemeChanged);
        }
        this.#timer?.dispose();
      }),
    );
  }

  setShown(shown: boolean): void {
    this.#shown = shown;
    this.element.classList.toggle('hidden', !shown);
    this.#drawSoon();
  }

  show(buckets: ShownBuckets): void {
    this.#buckets = buckets;
    if (this.#cursor !== undefined) {
      this.#cursor = Math.max(0, Math.min(this.#cursor, buckets.buckets.length - 1));
    }
    this.#drawSoon();
  }

  /** Another view begins: a range chosen in the old one means nothing in it. */
  begin(): void {
    this.#mark = undefined;
    this.#cursor = undefined;
    this.#drawMarks();
  }

  dispose(): void {
    this.#held.dispose();
  }

  #listen(): void {
    const plot = this.#plot;
    plot.addEventListener('pointerdown', (event) => {
      if (event.button === 0 && this.#count > 0) {
        plot.setPointerCapture(event.pointerId);
        const { x, bucket } = this.#pointed(event);
        this.#drag = { x, bucket, moved: false };
      }
    });
    plot.addEventListener('pointermove', (event) => {
      if (this.#count === 0) {
        return;
      }
      const { x, bucket } = this.#pointed(event);
      const drag = this.#drag;
      if (drag) {
        drag.moved ||= Math.abs(x - drag.x) >= DRAG_PX;
      }
      this.#showTooltip(bucket);
      this.#drawSelection(drag?.moved ? [drag.bucket, bucket] : undefined);
    });
    plot.addEventListener('pointerup', (event) => {
      const drag = this.#drag;
      this.#drag = undefined;
      if (drag) {
        const { bucket } = this.#pointed(event);
        if (drag.moved) {
          this.#events.select(rangeOf(this.#buckets, drag.bucket, bucket));
        } else {
          this.#cursor = bucket;
          this.#events.go(rangeOf(this.#buckets, bucket, bucket).since);
        }
        this.#drawMarks();
      }
    });
    plot.addEventListener('pointercancel', () => {
      this.#drag = undefined;
      this.#drawMarks();
    });
    plot.addEventListener('pointerleave', () => this.#tooltip.classList.add('hidden'));
    plot.addEventListener('focus', () => this.#focused());
    plot.addEventListener('blur', () => {
      this.#tooltip.classList.add('hidden');
      this.#drawMarks();
    });
    plot.addEventListener('keydown', (event) => {
      if (this.#key(event)) {
        event.preventDefault();
        event.stopPropagation();
      }
    });
  }

  get #count(): number {
    return this.#buckets.buckets.length;
  }

  #pointed(event: PointerEvent): { readonly x: number; readonly bucket: number } {
    const { left, width } = this.#plot.getBoundingClientRect();
    const x = event.clientX - left;
    return { x, bucket: bucketAt(x, this.#count, width) };
  }

  #focused(): void {
    if (this.#count > 0 && this.#plot.matches(':focus-visible')) {
      this.#moveTo(this.#cursor ?? this.#count - 1, false);
    }
  }

  #key({ key, shiftKey, altKey, ctrlKey, metaKey }: KeyboardEvent): boolean {
    if (this.#count === 0 || altKey || ctrlKey || metaKey) {
      return false;
    }
    const at = this.#cursor ?? this.#count - 1;
    switch (key) {
      case 'ArrowLeft':
        return this.#moveTo(at - 1, shiftKey);
      case 'ArrowRight':
        return this.#moveTo(at + 1, shiftKey);
      case 'Home':
        return this.#moveTo(0, shiftKey);
      case 'End':
        return this.#moveTo(this.#count - 1, shiftKey);
      case 'Enter':
        if (this.#mark === undefined) {
          this.#events.go(rangeOf(this.#buckets, at, at).since);
        } else {
          this.#events.select(rangeOf(this.#buckets, this.#mark, at));
        }
        return true;
      case 'Escape':
        if (this.#mark === undefined) {
          return false;
        }
        this.#mark = undefined;
        this.#drawMarks();
        return true;
      default:
        return false;
    }
  }

  #moveTo(bucket: number, selects: boolean): true {
    const from = this.#cursor;
    this.#cursor = Math.max(0, Math.min(this.#count - 1, bucket));
    this.#mark = selects ? (this.#mark ?? from ?? this.#cursor) : undefined;
    this.#drawMarks();
    this.#showTooltip(this.#cursor);
    return true;
  }

  #time(time: number): string {
    const { width } = this.#buckets;
    return width * this.#count < DAY_MS ? formatTimeOfDay(time) : formatMoment(time);
  }

  #describe(bucket: number): string {
    const words = texts.finding.histogram;
    const { since, until } = rangeOf(this.#buckets, bucket, bucket);
    const counts = (this.#buckets.buckets[bucket] ?? [])
      .map((count, level) => [count, NAMES[level] ?? 'none'] as const)
      .filter(([count]) => count > 0)
      .reverse()
      .map(([count, name]) => words.count(texts.viewer.toolbar.levelNames[name], count));
    return words.bucket(this.#time(since), this.#time(until), counts.join(', ') || words.noLines);
  }

  #showTooltip(bucket: number): void {
    setText(this.#tooltip, this.#describe(bucket));
    this.#tooltip.classList.remove('hidden');
    const { width } = this.#plot.getBoundingClientRect();
    const middle = (bucket + 0.5) * bucketPx(this.#count, width);
    const own = this.#tooltip.getBoundingClientRect().width;
    this.#tooltip.style.left = `${Math.max(0, Math.min(width - own, middle - own / 2))}px`;
  }

  #drawSoon(): void {
    if (!this.#shown || this.#timer) {
      return;
    }
    const wait = Math.max(0, this.#lastDrawnAt + DRAW_MS - this.#clock.now());
    this.#timer = this.#clock.schedule(wait, () => {
      this.#timer = undefined;
      this.#lastDrawnAt = this.#clock.now();
      this.#draw();
    });
  }

  #draw(): void {
    const { clientWidth: width, clientHeight: height } = this.#plot;
    const context = this.#canvas.getContext('2d');
    if (width === 0 || height === 0 || !context) {
      return;
    }
    const ratio = window.devicePixelRatio || 1;
    const [wide, high] = [Math.round(width * ratio), Math.round(height * ratio)];
    if (this.#canvas.width !== wide || this.#canvas.height !== high) {
      this.#canvas.width = wide;
      this.#canvas.height = high;
    }
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, width, height);
    const colours = this.#levelColours();
    for (const { x, y, width: barWidth, height: barHeight, level } of layOutBars(this.#buckets, width, height)) {
      context.fillStyle = colours[level] ?? '';
      context.fillRect(x, y, barWidth, barHeight);
    }
    this.#drawMarks();
    const { from, width: bucketMs } = this.#buckets;
    setText(this.#start, this.#count === 0 ? texts.finding.histogram.empty : this.#time(from));
    setText(this.#end, this.#count === 0 ? '' : this.#time(from + bucketMs * this.#count));
    const { leftOut } = this.#buckets;
    setText(this.#leftOut, leftOut === 0 ? '' : texts.finding.histogram.leftOut(leftOut));
    // The axis ends where the buckets do.
    this.#end.parentElement?.style.setProperty(
      'max-width',
      `${Math.max(220, bucketPx(this.#count, width) * this.#count)}px`,
    );
  }

  /** Colours of the levels as the theme has them, in the order of a bucket. */
  #levelColours(): readonly string[] {
    this.#colours ??= NAMES.map((name) => {
      const probe = element('span', { class: `histogram-colour level-colour-${name}` });
      this.element.append(probe);
      const { color } = getComputedStyle(probe);
      probe.remove();
      return color;
    });
    return this.#colours;
  }

  #drawMarks(): void {
    const plot = this.#plot;
    const each = bucketPx(this.#count, plot.clientWidth);
    const at = this.#cursor;
    const isMarked = at !== undefined && this.#count > 0;
    this.#cursorMark.classList.toggle('hidden', !isMarked);
    if (isMarked) {
      this.#cursorMark.style.left = `${at * each}px`;
      this.#cursorMark.style.width = `${Math.max(2, each)}px`;
    }
    if (!this.#drag) {
      this.#drawSelection(this.#mark === undefined || at === undefined ? undefined : [this.#mark, at]);
    }
    plot.setAttribute('aria-valuemax', String(Math.max(0, this.#count - 1)));
    plot.setAttribute('aria-valuenow', String(at ?? Math.max(0, this.#count - 1)));
    plot.setAttribute('aria-valuetext', this.#valueText());
  }

  #valueText(): string {
    const words = texts.finding.histogram;
    if (this.#count === 0) {
      return words.empty;
    }
    if (this.#cursor === undefined) {
      const { since, until } = rangeOf(this.#buckets, 0, this.#count - 1);
      const total = this.#buckets.buckets.reduce((sum, bucket) => sum + totalOf(bucket), 0);
      const summary = words.summary(total, this.#time(since), this.#time(until));
      const { leftOut } = this.#buckets;
      return leftOut === 0 ? summary : `${summary}; ${words.leftOut(leftOut)}`;
    }
    if (this.#mark !== undefined) {
      const { since, until } = rangeOf(this.#buckets, this.#mark, this.#cursor);
      return words.selected(this.#time(since), this.#time(until));
    }
    return this.#describe(this.#cursor);
  }

  #drawSelection(range: readonly [number, number] | undefined): void {
    this.#selectionMark.classList.toggle('hidden', range === undefined);
    if (range) {
      const each = bucketPx(this.#count, this.#plot.clientWidth);
      const [first, last] = [Math.min(...range), Math.max(...range)];
      this.#selectionMark.style.left = `${first * each}px`;
      this.#selectionMark.style.width = `${(last - first + 1) * each}px`;
    }
  }
}
