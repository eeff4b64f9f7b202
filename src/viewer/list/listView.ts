import type { Clock } from '../../base/clock';
import { type Disposable, DisposableStore, toDisposable } from '../../base/disposable';
import { texts } from '../../text/texts';
import type { Row } from '../../view/messages';
import { element } from '../dom';
import { listen } from '../listen';
import { RowPool } from '../rows/rowPool';
import type { RowContext } from '../rows/rowView';
import {
  type Anchor,
  anchorAt,
  type Extent,
  endAnchor,
  type Geometry,
  type Layout,
  layOut,
  RowHeights,
  scrollbarState,
  shifted,
} from './geometry';
import { RowCache } from './rowCache';
import { Scrollbar } from './scrollbar';

/** Drawn above and below what is in view, px: there before it is scrolled into view. */
const OVERSCAN_PX = 240;
/** Rows fetched ahead on either side: a few screens, so that slow scrolling never waits. */
const PREFETCH_ROWS = 200;
/** A row's height until one has been measured, px. */
const ASSUMED_ROW_PX = 20;
/** Measuring wrapped rows can move others into view, which have to be measured in turn. */
const MOST_PASSES = 5;

export interface ListEvents {
  /** A person scrolled. `moved`: the rows moved at all; `atEnd`: the last one is in view now. */
  scrolled(scroll: { readonly direction: 'up' | 'down'; readonly moved: boolean; readonly atEnd: boolean }): void;
  /** The first row there is came into view. */
  reachedStart(): void;
  /** Rows are needed: posts a request for `from <= ordinal < to` and returns its number. */
  ask(from: number, to: number): number;
}

/**
 * The virtual list. Draws the rows around the reader's place, or up to the end while it follows;
 * asks for those it lacks. Draws at most once a frame, and not at all while it has no size.
 */
export class ListView implements Disposable {
  readonly element: HTMLElement;
  readonly #viewport: HTMLElement;
  readonly #layer: HTMLElement;
  readonly #pool: RowPool;
  readonly #scrollbar: Scrollbar;
  readonly #events: ListEvents;
  readonly #clock: Clock;
  readonly #held = new DisposableStore();
  readonly #heights = new RowHeights(ASSUMED_ROW_PX);
  #cache: RowCache;
  #extent: Extent = { first: 0, end: 0 };
  #anchor: Anchor = { ordinal: 0, offset: 0 };
  #active: number | undefined;
  #follows = true;
  #wraps = false;
  #context: RowContext = { sources: [] };
  #height = 0;
  #rowHeight = ASSUMED_ROW_PX;
  #widest = 0;
  #frame: number | undefined;
  #touch: { readonly id: number; y: number } | undefined;

  constructor(events: ListEvents, clock: Clock) {
    this.#events = events;
    this.#clock = clock;
    this.#cache = new RowCache(events.ask, clock);
    this.#layer = element('div', { class: 'row-layer', role: 'list', 'aria-label': texts.viewer.list.label });
    this.#viewport = element(
      'div',
      { class: 'viewport', role: 'region', tabindex: '0', 'aria-label': texts.viewer.list.label },
      this.#layer,
    );
    this.#pool = new RowPool(this.#layer);
    this.#scrollbar = this.#held.add(
      new Scrollbar({ movedTo: (position) => this.#scrollTo(anchorAt(this.#geometry, position)) }),
    );
    this.element = element('div', { class: 'list' }, this.#viewport, this.#scrollbar.element);
    this.#held.add(listen(this.element, 'wheel', (event) => this.#wheel(event), { passive: false }));
    // Finding in the page and selecting by dragging scroll the viewport behind our back.
    this.#held.add(
      listen(this.#viewport, 'scroll', () => {
        this.#viewport.scrollTop = 0;
      }),
    );
    this.#listenToTouch();
    const observer = new ResizeObserver(() => this.#resized());
    observer.observe(this.#viewport);
    this.#held.add(toDisposable(() => observer.disconnect()));
    this.#held.add(toDisposable(() => this.#frame !== undefined && cancelAnimationFrame(this.#frame)));
  }

  /** The row at the upper edge, if it is known: the reader's place. */
  get topRow(): Row | undefined {
    return this.#cache.get(layOut(this.#geometry, this.#place, 0).anchor.ordinal);
  }

  focus(): void {
    this.#viewport.focus({ preventScroll: true });
  }

  /** Whether a node stands in one of the rows. */
  contains(node: Node | null): boolean {
    return this.#layer.contains(node);
  }

  /** A new view begins: nothing known of the old one counts. */
  begin(): void {
    this.#pool.clear();
    this.#cache = new RowCache(this.#events.ask, this.#clock);
    this.#extent = { first: 0, end: 0 };
    this.#anchor = { ordinal: 0, offset: 0 };
    this.#active = undefined;
    this.#heights.reset(this.#rowHeight, !this.#wraps);
    this.#widest = 0;
    this.#draw();
  }

  setExtent(extent: Extent): void {
    this.#extent = { first: extent.first, end: extent.end };
    this.#draw();
  }

  /** Takes the answer to a request. */
  takeRows(request: number, rows: readonly Row[]): void {
    const { from, to } = layOut(this.#geometry, this.#place, OVERSCAN_PX);
    if (this.#cache.accept(request, rows, { first: from, end: to })) {
      this.#draw();
    }
  }

  /** Follows the end from now on, or stays where it is. */
  setFollows(follows: boolean): void {
    if (follows !== this.#follows) {
      if (!follows) {
        this.#anchor = layOut(this.#geometry, this.#place, 0).anchor;
      }
      this.#follows = follows;
      this.#draw();
    }
  }

  setWraps(wraps: boolean): void {
    this.#anchor = layOut(this.#geometry, this.#place, 0).anchor;
    this.#wraps = wraps;
    this.element.classList.toggle('wraps', wraps);
    this.#heights.reset(this.#rowHeight, !wraps);
    this.#widest = 0;
    this.#draw();
  }

  setTimes(shown: boolean): void {
    this.element.classList.toggle('without-times', !shown);
    this.#heights.reset(this.#rowHeight, !this.#wraps);
    this.#draw();
  }

  setContext(context: RowContext): void {
    this.#context = context;
    this.element.classList.toggle('without-sources', context.sources.length < 2);
    this.#heights.reset(this.#rowHeight, !this.#wraps);
    this.#draw();
  }

  /** Puts a row at the upper edge, or so many px below it. */
  showAt(ordinal: number, top = 0): void {
    this.#anchor = top === 0 ? { ordinal, offset: 0 } : shifted({ ordinal, offset: 0 }, -top);
    this.#draw();
  }

  /** How far below the upper edge a row stands, px; undefined where it is not drawn. */
  topOf(ordinal: number): number | undefined {
    const view = this.#pool.views.find((each) => each.ordinal === ordinal);
    return view && view.element.getBoundingClientRect().top - this.#viewport.getBoundingClientRect().top;
  }

  /** Whether a row is on screen as a whole. */
  isInView(ordinal: number): boolean {
    const top = this.topOf(ordinal);
    return top !== undefined && top >= 0 && top + this.#rowHeight <= this.#height;
  }

  /** Brings a row into view, in the middle if it was out of it, and puts the focus mark on it. */
  reveal(ordinal: number): void {
    this.#active = ordinal;
    if (!this.isInView(ordinal)) {
      this.showAt(ordinal, Math.max(0, (this.#height - this.#rowHeight) / 2));
    }
    this.#draw();
  }

  /** The row in focus, if there is one and it is known. */
  get activeRow(): Row | undefined {
    return this.#active === undefined ? undefined : this.#cache.get(this.#active);
  }

  /** Where hits lie, 0 to 1, shown on the scrollbar. */
  setMarks(marks: readonly number[]): void {
    this.#scrollbar.setMarks(marks);
  }

  /** Scrolls as a key asks. */
  scrollBy(step: 'row' | 'page' | 'all', direction: 'up' | 'down'): void {
    const sign = direction === 'up' ? -1 : 1;
    if (step === 'all') {
      this.#scrollTo(
        direction === 'up' ? { ordinal: this.#extent.first, offset: 0 } : endAnchor(this.#geometry),
        direction,
      );
    } else {
      // A page leaves one row of the last one, to find the place again.
      this.#scroll(
        sign * (step === 'row' ? this.#rowHeight : Math.max(this.#rowHeight, this.#height - this.#rowHeight)),
      );
    }
  }

  dispose(): void {
    this.#held.dispose();
  }

  get #geometry(): Geometry {
    return { extent: this.#extent, height: this.#height, heights: this.#heights };
  }

  get #place(): Anchor {
    return this.#follows ? endAnchor(this.#geometry) : this.#anchor;
  }

  #scroll(delta: number): void {
    if (delta !== 0) {
      const { anchor } = layOut(this.#geometry, this.#place, 0);
      this.#scrollTo(shifted(anchor, delta), delta < 0 ? 'up' : 'down');
    }
  }

  #scrollTo(place: Anchor, wanted?: 'up' | 'down'): void {
    const before = layOut(this.#geometry, this.#place, 0).anchor;
    const { anchor, atEnd, atStart } = layOut(this.#geometry, place, 0);
    const difference = anchor.ordinal - before.ordinal || anchor.offset - before.offset;
    const direction = wanted ?? (difference < 0 ? 'up' : 'down');
    const moved = Math.abs(difference) > 0.01;
    // Whether it follows again from here is for the listener to say.
    this.#anchor = anchor;
    this.#follows = false;
    this.#events.scrolled({ direction, moved, atEnd });
    if (direction === 'up' && atStart) {
      this.#events.reachedStart();
    }
    this.#draw();
  }

  #resized(): void {
    this.#height = this.#viewport.clientHeight;
    // A hidden webview has no size: what is measured in it is wrong.
    if (this.#height === 0) {
      return;
    }
    const probe = element('div', { class: 'row' }, '\u00a0');
    this.#layer.append(probe);
    const { height } = probe.getBoundingClientRect();
    probe.remove();
    if (height > 0) {
      this.#rowHeight = height;
    }
    this.#heights.reset(this.#rowHeight, !this.#wraps);
    this.#draw();
  }

  #draw(): void {
    this.#frame ??= requestAnimationFrame(() => {
      this.#frame = undefined;
      if (this.#height > 0) {
        this.#drawNow();
      }
    });
  }

  #drawNow(): void {
    let layout = layOut(this.#geometry, this.#place, OVERSCAN_PX);
    for (let pass = 0; pass < MOST_PASSES; pass++) {
      this.#pool.show(layout.from, layout.to, (ordinal) => this.#cache.get(ordinal), this.#context);
      if (!this.#measure()) {
        break;
      }
      layout = layOut(this.#geometry, this.#follows ? this.#place : layout.anchor, OVERSCAN_PX);
    }
    if (!this.#follows) {
      this.#anchor = layout.anchor;
    }
    for (const view of this.#pool.views) {
      view.element.classList.toggle('active', view.ordinal === this.#active);
    }
    this.#layer.style.transform = `translateY(${layout.top}px)`;
    this.#keepWidth();
    const { shown, position } = scrollbarState(this.#geometry, layout.anchor);
    this.#scrollbar.show(this.#follows ? 1 : position, shown);
    this.#heights.keepNear(layout.from, layout.to);
    this.#want(layout);
  }

  #want({ from, to }: Layout): void {
    if (to > from) {
      this.#cache.want({ first: from, end: to }, this.#extent, PREFETCH_ROWS);
    }
  }

  /** Notes the heights of the rows drawn; says whether any differs from what was assumed. */
  #measure(): boolean {
    if (!this.#wraps) {
      return false;
    }
    let changed = false;
    for (const view of this.#pool.views) {
      if (view.row !== undefined) {
        changed = this.#heights.measure(view.ordinal, view.element.getBoundingClientRect().height) || changed;
      }
    }
    return changed;
  }

  /** The widest row so far decides how far one can scroll sideways; less would make the view jump. */
  #keepWidth(): void {
    const width = this.#wraps ? 0 : Math.ceil(this.#layer.getBoundingClientRect().width);
    if (width > this.#widest || this.#wraps) {
      this.#widest = width;
    }
    this.#layer.style.minWidth = this.#wraps ? '' : `max(100%, ${this.#widest}px)`;
  }

  #wheel(event: WheelEvent): void {
    // Zooming and scrolling sideways are the browser's own.
    if (event.ctrlKey || event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY)) {
      return;
    }
    event.preventDefault();
    const unit =
      event.deltaMode === WheelEvent.DOM_DELTA_LINE
        ? this.#rowHeight
        : event.deltaMode === WheelEvent.DOM_DELTA_PAGE
          ? this.#height
          : 1;
    this.#scroll(event.deltaY * unit);
  }

  #listenToTouch(): void {
    this.#held.add(
      listen(this.#viewport, 'pointerdown', (event) => {
        if (event.pointerType === 'touch') {
          this.#touch = { id: event.pointerId, y: event.clientY };
        }
      }),
    );
    this.#held.add(
      listen(this.#viewport, 'pointermove', (event) => {
        if (this.#touch?.id === event.pointerId) {
          this.#scroll(this.#touch.y - event.clientY);
          this.#touch.y = event.clientY;
        }
      }),
    );
    for (const kind of ['pointerup', 'pointercancel'] as const) {
      this.#held.add(
        listen(this.#viewport, kind, () => {
          this.#touch = undefined;
        }),
      );
    }
  }
}
