import { type Disposable, DisposableStore, toDisposable } from '../../base/disposable';
import { texts } from '../../text/texts';
import type { Row } from '../../view/messages';
import { element } from '../dom';
import { listen } from '../listen';
import { placeholderElement, type RowSettings, rowElement } from '../rows/rowElement';
import {
  type Anchor,
  anchorAt,
  type Bounds,
  bottomAnchor,
  fractionOf,
  isAtBottom,
  normalize,
  scrollBy,
  topAnchor,
} from './anchor';
import type { RowCache } from './rowCache';
import { Scrollbar } from './scrollbar';

/** Rows drawn above and below those in view: measured before they come into it. */
const OVERSCAN_ROWS = 12;
const LINE_MODE_ROWS = 1;
/** Heights remembered of wrapped rows. */
const KEPT_HEIGHTS = 20_000;

export interface ListEvents {
  /** A person moved; `atEnd`: the last row is in view. */
  moved(direction: 'up' | 'down', atEnd: boolean): void;
  /** The first row there is came into view. */
  reachedStart(): void;
}

interface Drawn {
  readonly element: HTMLElement;
  readonly row: Row | undefined;
}

/**
 * The virtual list: draws the rows around an anchor, or up to the end while it follows. Holds no
 * rows itself; those come from the cache.
 */
export class ListView implements Disposable {
  readonly element: HTMLElement;
  readonly #rows: HTMLElement;
  readonly #layer: HTMLElement;
  readonly #scrollbar: Scrollbar;
  readonly #cache: RowCache;
  readonly #events: ListEvents;
  readonly #held = new DisposableStore();
  readonly #heights = new Map<number, number>();
  #drawn = new Map<number, Drawn>();
  #bounds: Bounds = { first: 0, end: 0 };
  #anchor: Anchor = { ordinal: 0, offset: 0 };
  #follows = true;
  #wraps = false;
  #settings: RowSettings = { times: true, sources: [] };
  #rowHeight = 20;
  #frame: number | undefined;
  #touch: { readonly id: number; y: number } | undefined;

  constructor(cache: RowCache, events: ListEvents) {
    this.#cache = cache;
    this.#events = events;
    this.#layer = element('div', { class: 'row-layer', role: 'presentation' });
    this.#rows = element(
      'div',
      { class: 'rows', role: 'list', tabindex: '0', 'aria-label': texts.viewer.list.label },
      this.#layer,
    );
    this.#scrollbar = this.#held.add(
      new Scrollbar({
        movedTo: (fraction) => {
          this.#move(anchorAt(fraction, this.#bounds, this.#shownRows, this.#rowHeight));
        },
      }),
    );
    this.element = element('div', { class: 'list' }, this.#rows, this.#scrollbar.element);
    this.#held.add(listen(this.element, 'wheel', (event) => this.#wheel(event), { passive: false }));
    this.#listenToTouch();
    const observer = new ResizeObserver(() => {
      this.#heights.clear();
      this.#measureRow();
      this.draw();
    });
    observer.observe(this.#rows);
    this.#held.add(toDisposable(() => observer.disconnect()));
    this.#held.add(toDisposable(() => this.#frame !== undefined && cancelAnimationFrame(this.#frame)));
  }

  /** Row at the top edge, for keeping the reader's place over a change of the view. */
  get topRow(): Row | undefined {
    const { ordinal } = this.#follows ? this.#bottom() : this.#anchor;
    return this.#cache.get(ordinal);
  }

  focus(): void {
    this.#rows.focus();
  }

  setBounds(bounds: Bounds): void {
    this.#bounds = bounds;
    this.draw();
  }

  setFollows(follows: boolean): void {
    if (follows !== this.#follows) {
      if (!follows) {
        this.#anchor = this.#bottom();
      }
      this.#follows = follows;
      this.element.classList.toggle('following', follows);
      this.draw();
    }
  }

  setWraps(wraps: boolean): void {
    this.#wraps = wraps;
    this.#heights.clear();
    this.element.classList.toggle('wraps', wraps);
    this.draw();
  }

  setRowSettings(settings: RowSettings): void {
    this.#settings = settings;
    this.#heights.clear();
    this.#clearDrawn();
    this.draw();
  }

  /** A new view: everything drawn belongs to the old one. */
  reset(): void {
    this.#heights.clear();
    this.#clearDrawn();
    this.#bounds = { first: 0, end: 0 };
    this.#anchor = { ordinal: 0, offset: 0 };
  }

  /** Rows came; those drawn as placeholders are drawn anew. */
  rowsArrived(): void {
    this.draw();
  }

  showAt(ordinal: number): void {
    this.#anchor = { ordinal, offset: 0 };
    this.draw();
  }

  /** Moves by rows, pages or to an end, as a key asks. */
  moveBy(step: 'row' | 'page' | 'all', direction: -1 | 1): void {
    if (step === 'all') {
      this.#move(direction < 0 ? topAnchor(this.#bounds) : this.#bottom());
      return;
    }
    const distance = step === 'row' ? this.#rowHeight : Math.max(this.#rowHeight, this.#height - 2 * this.#rowHeight);
    this.#scroll(direction * distance);
  }

  /** Draws with the next frame; many calls are one. */
  draw(): void {
    this.#frame ??= requestAnimationFrame(() => {
      this.#frame = undefined;
      this.#drawNow();
    });
  }

  dispose(): void {
    this.#held.dispose();
  }

  get #height(): number {
    return this.#rows.clientHeight;
  }

  get #shownRows(): number {
    return Math.max(1, this.#height / this.#rowHeight);
  }

  readonly #heightOf = (ordinal: number): number =>
    this.#wraps ? (this.#heights.get(ordinal) ?? this.#rowHeight) : this.#rowHeight;

  #bottom(): Anchor {
    return bottomAnchor(this.#bounds, this.#height, this.#heightOf);
  }

  /** A person scrolled by so many px. */
  #scroll(delta: number): void {
    const from = this.#follows ? this.#bottom() : this.#anchor;
    this.#move(scrollBy(from, delta, this.#bounds, this.#height, this.#heightOf), Math.sign(delta));
  }

  #move(to: Anchor, intended?: number): void {
    const from = this.#follows ? this.#bottom() : this.#anchor;
    const difference = to.ordinal - from.ordinal || from.offset - to.offset;
    const direction = intended ?? Math.sign(difference);
    if (direction === 0) {
      return;
    }
    const anchor = normalize(to, this.#bounds, this.#height, this.#heightOf);
    // Who cannot move up at all, since everything is in view, has not left the end.
    if (direction < 0 && difference === 0 && this.#follows) {
      this.#checkStart(anchor);
      return;
    }
    this.#anchor = anchor;
    if (direction < 0) {
      this.#follows = false;
      this.element.classList.remove('following');
    }
    this.#events.moved(
      direction < 0 ? 'up' : 'down',
      isAtBottom(anchor, this.#bounds, this.#height, this.#heightOf),
    );
    this.draw();
    if (direction < 0) {
      this.#checkStart(anchor);
    }
  }

  #checkStart(anchor: Anchor): void {
    if (anchor.ordinal - this.#bounds.first < OVERSCAN_ROWS) {
      this.#events.reachedStart();
    }
  }

  #measureRow(): void {
    const probe = placeholderElement();
    this.#layer.append(probe);
    const { height } = probe.getBoundingClientRect();
    probe.remove();
    if (height > 0) {
      this.#rowHeight = height;
    }
  }

  #drawNow(): void {
    // A hidden webview has no size: what is measured there is wrong.
    if (this.#height === 0) {
      return;
    }
    const { first, end } = this.#bounds;
    this.#anchor = this.#follows
      ? this.#bottom()
      : normalize(this.#anchor, this.#bounds, this.#height, this.#heightOf);
    // Heights of wrapped rows are known only once they are drawn; a second pass settles the rest.
    for (let pass = 0; pass < 3; pass++) {
      const rowsInView = Math.ceil(this.#height / this.#rowHeight) + 1;
      const from = Math.max(first, this.#anchor.ordinal - OVERSCAN_ROWS);
      const to = Math.min(end, this.#anchor.ordinal + rowsInView + OVERSCAN_ROWS);
      this.#drawRows(from, to);
      if (!this.#measure()) {
        break;
      }
      this.#anchor = this.#follows
        ? this.#bottom()
        : normalize(this.#anchor, this.#bounds, this.#height, this.#heightOf);
    }
    const { ordinal, offset } = this.#anchor;
    const from = Math.max(first, ordinal - OVERSCAN_ROWS);
    let top = offset;
    for (let above = from; above < ordinal; above++) {
      top -= this.#heightOf(above);
    }
    this.#layer.style.transform = `translateY(${top}px)`;
    const shown = Math.min(this.#shownRows, end - first);
    const share = end > first ? Math.min(1, shown / (end - first)) : 1;
    this.#scrollbar.show(
      this.#follows ? 1 : fractionOf(this.#anchor, this.#bounds, this.#shownRows, this.#rowHeight),
      share,
    );
    this.#cache.need(
      Math.max(first, ordinal - OVERSCAN_ROWS),
      Math.min(end, ordinal + Math.ceil(this.#shownRows) + OVERSCAN_ROWS),
      first,
      end,
    );
  }

  /** Brings the drawn rows to exactly those from `from` to before `to`, touching only what differs. */
  #drawRows(from: number, to: number): void {
    const next = new Map<number, Drawn>();
    for (const [ordinal, drawn] of this.#drawn) {
      if (ordinal < from || ordinal >= to) {
        drawn.element.remove();
      }
    }
    let before: ChildNode | null = this.#layer.firstChild;
    for (let ordinal = from; ordinal < to; ordinal++) {
      const row = this.#cache.get(ordinal);
      let drawn = this.#drawn.get(ordinal);
      if (!drawn || (row !== undefined && drawn.row !== row)) {
        const made = row ? rowElement(row, this.#settings) : placeholderElement();
        if (row) {
          made.setAttribute('aria-setsize', String(this.#bounds.end - this.#bounds.first));
          made.setAttribute('aria-posinset', String(ordinal - this.#bounds.first + 1));
          made.dataset.ordinal = String(ordinal);
        }
        if (drawn) {
          before = drawn.element === before ? drawn.element.nextSibling : before;
          drawn.element.remove();
          this.#heights.delete(ordinal);
        }
        drawn = { element: made, row };
      }
      next.set(ordinal, drawn);
      if (drawn.element === before) {
        before = before.nextSibling;
      } else {
        this.#layer.insertBefore(drawn.element, before);
      }
    }
    this.#drawn = next;
  }

  /** Notes the heights of wrapped rows; true if one differs from what was assumed. */
  #measure(): boolean {
    if (!this.#wraps) {
      return false;
    }
    let changed = false;
    if (this.#heights.size > KEPT_HEIGHTS) {
      this.#heights.clear();
    }
    for (const [ordinal, { element: drawn }] of this.#drawn) {
      if (!this.#heights.has(ordinal)) {
        const { height } = drawn.getBoundingClientRect();
        this.#heights.set(ordinal, height);
        changed ||= Math.abs(height - this.#rowHeight) > 0.5;
      }
    }
    return changed;
  }

  #clearDrawn(): void {
    this.#layer.replaceChildren();
    this.#drawn.clear();
  }

  #wheel(event: WheelEvent): void {
    // Sideways scrolling is the browser's own.
    if (event.ctrlKey || event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY)) {
      return;
    }
    event.preventDefault();
    const unit =
      event.deltaMode === WheelEvent.DOM_DELTA_LINE
        ? this.#rowHeight * LINE_MODE_ROWS
        : event.deltaMode === WheelEvent.DOM_DELTA_PAGE
          ? this.#height
          : 1;
    this.#scroll(event.deltaY * unit);
  }

  #listenToTouch(): void {
    this.#held.add(
      listen(this.#rows, 'pointerdown', (event) => {
        if (event.pointerType === 'touch') {
          this.#touch = { id: event.pointerId, y: event.clientY };
        }
      }),
    );
    this.#held.add(
      listen(this.#rows, 'pointermove', (event) => {
        if (this.#touch?.id === event.pointerId) {
          this.#scroll(this.#touch.y - event.clientY);
          this.#touch.y = event.clientY;
        }
      }),
    );
    for (const kind of ['pointerup', 'pointercancel'] as const) {
      this.#held.add(
        listen(this.#rows, kind, () => {
          this.#touch = undefined;
        }),
      );
    }
  }
}
