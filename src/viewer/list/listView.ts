import type { Clock } from '../../base/clock';
import { type Disposable, DisposableStore, toDisposable } from '../../base/disposable';
import { stripAnsi } from '../../records/ansi';
import { texts } from '../../text/viewerTexts';
import type { ExtentMessage, Row } from '../../view/messages';
import { element, iconButton } from '../dom';
import { listen } from '../listen';
import { PLAIN_CONTEXT, type RowContext } from '../rows/rowContext';
import { RowPool } from '../rows/rowPool';
import type { RowView } from '../rows/rowView';
import { joinedLines, linesOf, MOST_COPIED_ROWS, RowCopier } from './copyRows';
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
import { isSelected, type RowSelection, selectedRows } from './rowSelection';
import { Scrollbar } from './scrollbar';

/** Drawn above and below what is in view, px: there before it is scrolled into view. */
const OVERSCAN_PX = 240;
/** Rows fetched ahead on either side: a few screens, so that slow scrolling never waits. */
const PREFETCH_ROWS = 200;
/** A row's height until one has been measured, px. */
const ASSUMED_ROW_PX = 20;
/** Height of the search, which floats over the list, px; as much is left below a row, for its neighbours. */
const COVERED_PX = 56;
/** Measuring wrapped rows can move others into view, which have to be measured in turn. */
const MOST_PASSES = 5;
/** Read out of a row, characters; the details have the rest. */
const SPOKEN_CHARACTERS = 300;
/** How often relative times are written anew, ms. */
const NOW_MS = 1000;

export interface ListEvents {
  /** A person scrolled. `moved`: the rows moved at all; `atEnd`: the last one is in view now. */
  scrolled(scroll: { readonly direction: 'up' | 'down'; readonly moved: boolean; readonly atEnd: boolean }): void;
  /** The first row there is came into view. */
  reachedStart(): void;
  /** The first row of an entry was asked to fold or unfold it. */
  toggledFold(row: Row): void;
  toggledBookmark(row: Row): void;
  /** A row got the focus, or its details are wanted. */
  activated(row: Row, wantsDetails: boolean): void;
  /** Something was done that cannot be seen. */
  said(sentence: string): void;
  /** Rows are needed: posts a request for `from <= ordinal < to` and returns its number. */
  ask(from: number, to: number): number;
  /** A line is needed as a whole: posts a request for the entry of a row of the store and returns its number. */
  askEntry(row: number): number;
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
  /** Rows are still being looked for: those above or below the place may only be missing as yet. */
  #incomplete = false;
  #active: number | undefined;
  #follows = true;
  #wraps = false;
  #context: RowContext = PLAIN_CONTEXT;
  #selection: RowSelection | undefined;
  #nowTimer: Disposable | undefined;
  readonly #copier: RowCopier;
  readonly #details: HTMLButtonElement;
  #height = 0;
  #rowHeight = ASSUMED_ROW_PX;
  #widest = 0;
  #frame: number | undefined;
  #touch: { readonly id: number; y: number } | undefined;

  constructor(events: ListEvents, clock: Clock) {
    this.#events = events;
    this.#clock = clock;
    this.#cache = new RowCache(events.ask, clock);
    this.#copier = new RowCopier(events.ask, events.askEntry);
    this.#details = iconButton('inspect', texts.viewer.rows.details, () => this.#openDetails(), 'row-details');
    this.#details.tabIndex = -1;
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
    this.#held.add(listen(this.#layer, 'click', (event) => this.#clicked(event)));
    this.#held.add(listen(this.#viewport, 'copy', (event) => this.#copy(event)));
    const observer = new ResizeObserver(() => this.#resized());
    observer.observe(this.#viewport);
    this.#held.add(toDisposable(() => observer.disconnect()));
    this.#held.add(toDisposable(() => this.#nowTimer?.dispose()));
    this.#held.add(toDisposable(() => this.#frame !== undefined && cancelAnimationFrame(this.#frame)));
  }

  /** The row at the upper edge, if it is known: the reader's place. */
  get topRow(): Row | undefined {
    return this.#cache.get(layOut(this.#geometry, this.#place, 0).anchor.ordinal);
  }

  focus(): void {
    this.#viewport.focus({ preventScroll: true });
  }

  get isFocused(): boolean {
    return this.#viewport.contains(document.activeElement);
  }

  /** Whether a node stands in one of the rows. */
  contains(node: Node | null): boolean {
    return this.#layer.contains(node);
  }

  /** A new view begins: nothing known of the old one counts. */
  begin(): void {
    this.#pool.clear();
    this.#copier.cancel();
    this.#cache = new RowCache(this.#events.ask, this.#clock);
    this.#extent = { first: 0, end: 0 };
    this.#anchor = { ordinal: 0, offset: 0 };
    this.#active = undefined;
    this.#selection = undefined;
    this.#heights.reset(this.#rowHeight, !this.#wraps);
    this.#widest = 0;
    this.#draw();
  }

  setExtent({ first, end, scanned, bookmarkOrdinals, markOrdinals }: ExtentMessage): void {
    this.#extent = { first, end };
    this.#incomplete = scanned < 1;
    const rows = Math.max(1, end - first);
    const places = (ordinals: readonly number[]) => ordinals.map((ordinal) => (ordinal - first) / rows);
    this.#scrollbar.setMarks('bookmark', places(bookmarkOrdinals));
    this.#scrollbar.setMarks('mark', places(markOrdinals));
    this.#cache.grown();
    this.#draw();
  }

  /** Takes the answer to a request. */
  takeRows(request: number, rows: readonly Row[]): void {
    if (this.#copier.accept(request, rows)) {
      return;
    }
    const { from, to } = layOut(this.#geometry, this.#place, OVERSCAN_PX);
    if (this.#cache.accept(request, rows, { first: from, end: to })) {
      // Rows that somebody looks at the place of are not left blank for another frame.
      if (this.#height > 0 && this.#pool.views.some(({ row }) => row === undefined)) {
        this.#drawNow();
      } else {
        this.#draw();
      }
    }
  }

  /** Takes a whole entry; says whether it was asked for here. */
  takeEntry(request: number, rows: readonly Row[]): boolean {
    return this.#copier.acceptEntry(request, rows);
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

  /** Changes how rows look; all of them are rendered anew. */
  setContext(change: Partial<RowContext>): void {
    this.#context = { ...this.#context, now: this.#clock.wallTime(), ...change };
    const { timeMode, sources } = this.#context;
    this.element.classList.toggle('without-times', timeMode === 'off');
    this.element.classList.toggle('without-sources', sources.length < 2);
    const longest = sources.reduce((most, { name }) => Math.max(most, name.length), 0);
    this.element.style.setProperty('--source-width', `${longest}ch`);
    this.#heights.reset(this.#rowHeight, !this.#wraps);
    this.#draw();
    this.#nowTimer?.dispose();
    this.#nowTimer = timeMode === 'relative' ? this.#clock.schedule(NOW_MS, () => this.#tick()) : undefined;
  }

  /** Rows write only their times anew: what is selected or pointed at in them stays. */
  #tick(): void {
    this.#context = { ...this.#context, now: this.#clock.wallTime() };
    this.#draw();
    this.#nowTimer = this.#clock.schedule(NOW_MS, () => this.#tick());
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
    // The search over the list's upper corner must not hide it.
    const top = this.topOf(ordinal);
    const margin = Math.min(COVERED_PX, this.#height / 4);
    if (top === undefined || top < margin || top > this.#height - margin - this.#rowHeight) {
      this.showAt(ordinal, Math.max(0, (this.#height - this.#rowHeight) / 2));
    }
    this.#draw();
  }

  /** The row in focus, if there is one and it is known. */
  get activeRow(): Row | undefined {
    return this.#active === undefined ? undefined : this.#cache.get(this.#active);
  }

  /** Moves the focus by a row; without one, scrolls by a row. `extend`: the rows passed are selected. */
  step(direction: 'up' | 'down', extend = false): void {
    if (this.#active === undefined) {
      this.scrollBy('row', direction);
      return;
    }
    const wanted = this.#active + (direction === 'up' ? -1 : 1);
    const next = Math.min(Math.max(wanted, this.#extent.first), this.#extent.end - 1);
    if (extend) {
      this.#selection = { anchor: this.#selection?.anchor ?? this.#active, head: next };
      document.getSelection()?.removeAllRanges();
    } else {
      this.#selection = undefined;
    }
    this.#active = next;
    this.#bringIntoView(next);
    if (wanted < this.#extent.first) {
      this.#events.reachedStart();
    }
    this.#announceActive(false);
    const row = this.activeRow;
    if (row) {
      this.#events.said(spokenRow(row));
    }
    this.#draw();
  }

  /** Scrolls as little as shows a row as a whole, or to it where it is far away, as after paging. */
  #bringIntoView(ordinal: number): void {
    if (this.#frame !== undefined && this.#height > 0) {
      this.#drawNow(); // Keys come faster than frames; places of the last frame would add up to too much.
    }
    const top = this.topOf(ordinal);
    if (top === undefined) {
      this.reveal(ordinal);
    } else if (!this.isInView(ordinal)) {
      const delta = top < 0 ? top : top + this.#rowHeight - this.#height;
      this.#scrollTo(shifted(layOut(this.#geometry, this.#place, 0).anchor, delta));
    }
  }

  /** Selects every row, for copying. */
  selectAll(): void {
    this.#selection = { anchor: this.#extent.first, head: this.#extent.end - 1 };
    document.getSelection()?.removeAllRanges();
    this.#draw();
  }

  /** Takes focus and selection from the rows; says whether there was any. */
  clearFocus(): boolean {
    const had = this.#active !== undefined || this.#selection !== undefined;
    this.#active = undefined;
    this.#selection = undefined;
    this.#draw();
    return had;
  }

  /** Where hits lie, 0 to 1, shown on the scrollbar. */
  setMarks(marks: readonly number[]): void {
    this.#scrollbar.setMarks('hit', marks);
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
    const active = this.#active;
    const wasInView = active !== undefined && !this.#follows && this.isInView(active);
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
    if (wasInView) {
      this.#keepInView(active);
    }
    this.#draw();
  }

  /** The details of a row take room from the list: the row itself stays in it. Nobody scrolled, so nothing is told. */
  #keepInView(ordinal: number): void {
    this.#drawNow();
    const top = this.topOf(ordinal);
    if (top === undefined) {
      this.reveal(ordinal);
    } else if (top + this.#rowHeight > this.#height) {
      // Whole pixels keep the text sharp; the rows after it are left in view, too.
      const below = Math.ceil(top + this.#rowHeight - this.#height + Math.min(COVERED_PX, this.#height / 4));
      this.#anchor = shifted(layOut(this.#geometry, this.#place, 0).anchor, below);
    }
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
    // What only seems to be the first row yet must not move the reader's place: others come above it.
    const keepsPlace = this.#follows || (layout.clamped && this.#incomplete);
    for (let pass = 0; pass < MOST_PASSES; pass++) {
      this.#pool.show(layout.from, layout.to, (ordinal) => this.#cache.get(ordinal), this.#context);
      if (!this.#measure()) {
        break;
      }
      layout = layOut(this.#geometry, keepsPlace ? this.#place : layout.anchor, OVERSCAN_PX);
    }
    if (!keepsPlace) {
      this.#anchor = layout.anchor;
    }
    for (const view of this.#pool.views) {
      view.mark(view.ordinal === this.#active, isSelected(this.#selection, view.ordinal));
    }
    this.#placeDetailsButton();
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

  // --- what is done to rows -------------------------------------------------------------------------

  #viewOf(node: Node | null): RowView | undefined {
    return this.#pool.views.find((view) => view.element.contains(node));
  }

  #clicked(event: MouseEvent): void {
    const target = event.target as Element;
    const view = this.#viewOf(target);
    const row = view?.row;
    if (!view || !row || target.closest('.log-link, .row-details')) {
      return;
    }
    if (target.closest('.twistie') && row.entryLines !== undefined) {
      this.#events.toggledFold(row);
      return;
    }
    if (target.closest('.bar') && row.notice === undefined) {
      this.#events.toggledBookmark(row);
      return;
    }
    if (event.shiftKey && this.#active !== undefined) {
      this.#selection = { anchor: this.#selection?.anchor ?? this.#active, head: view.ordinal };
      document.getSelection()?.removeAllRanges();
    } else {
      this.#selection = undefined;
    }
    this.#active = view.ordinal;
    this.#announceActive(false);
    this.#draw();
  }

  #openDetails(): void {
    this.#announceActive(true);
  }

  #announceActive(wantsDetails: boolean): void {
    const row = this.activeRow;
    if (row) {
      this.#events.activated(row, wantsDetails);
    }
  }

  #placeDetailsButton(): void {
    const view = this.#pool.views.find((each) => each.ordinal === this.#active && each.row?.notice === undefined);
    if (view?.row) {
      if (this.#details.parentElement !== view.element) {
        view.element.append(this.#details);
      }
    } else {
      this.#details.remove();
    }
  }

  /** Copies the lines as they came: no times, no sources, no cells, no names of hidden characters. */
  #copy(event: ClipboardEvent): void {
    const selection = document.getSelection();
    const range = selection && selection.rangeCount > 0 && !selection.isCollapsed ? selection.getRangeAt(0) : undefined;
    // Text that was selected after rows is what is meant.
    if (this.#selection && range === undefined) {
      event.preventDefault();
      this.#copyRows(selectedRows(this.#selection), event.clipboardData);
      return;
    }
    const views = range ? this.#pool.views.filter((view) => view.row && view.covers(range) !== 'nothing') : [];
    const [first] = views;
    const last = views.at(-1);
    // A part of one line is copied as it was selected.
    if (range && first && last && (first !== last || (first.covers(range) === 'line' && !first.row?.notice))) {
      event.preventDefault();
      this.#copyRows({ first: first.ordinal, end: last.ordinal + 1 }, event.clipboardData);
    }
  }

  #copyRows(rows: Extent, clipboard: DataTransfer | null): void {
    const known = this.#cache.range(rows);
    // At once where it can be: only then a page without a secure address may write to the clipboard.
    if (known?.every(({ cutFromBytes }) => cutFromBytes === undefined) && clipboard) {
      clipboard.setData('text/plain', joinedLines(linesOf(known)));
      this.#events.said(texts.viewer.rows.copied(linesOf(known).length));
    } else {
      void this.#fetchAndCopy(rows);
    }
  }

  async #fetchAndCopy({ first, end }: Extent): Promise<void> {
    const words = texts.viewer.rows;
    if (end - first > MOST_COPIED_ROWS) {
      this.#events.said(words.tooManyToCopy(MOST_COPIED_ROWS));
      return;
    }
    const copied = await this.#copier.textOf(first, end);
    if (copied === undefined) {
      this.#events.said(words.copyEnded);
      return;
    }
    try {
      await navigator.clipboard.writeText(copied.text);
      this.#events.said(copied.cut === 0 ? words.copied(copied.count) : words.copiedInPart(copied.count, copied.cut));
    } catch {
      this.#events.said(words.cannotCopy);
    }
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

/** A row as a screen reader says it: the list is no native one that would do it by itself. */
function spokenRow({ level, text, notice, foldedLines }: Row): string {
  const name = level === null || notice !== undefined ? '' : texts.viewer.toolbar.levelNames[level];
  return texts.viewer.rows.spoken(name, stripAnsi(text).slice(0, SPOKEN_CHARACTERS), foldedLines ?? 0);
}
