import { type Disposable, DisposableStore } from '../../base/disposable';
import { element } from '../dom';
import { listen } from '../listen';

const SMALLEST_THUMB_PX = 28;

/** What marks on the scrollbar stand for, and the classes that tell them apart; later ones lie above. */
const MARK_CLASSES = { hit: 'scroll-mark', mark: 'scroll-divider', bookmark: 'scroll-bookmark' } as const;
export type ScrollMarkKind = keyof typeof MARK_CLASSES;

export interface ScrollbarEvents {
  /** Dragged or clicked to a part of the way, 0 to 1. */
  movedTo(fraction: number): void;
}

/** A scrollbar of our own: a native one ends at some ten million pixels and knows only pixels. */
export class Scrollbar implements Disposable {
  readonly element: HTMLElement;
  readonly #thumb: HTMLElement;
  readonly #layers = {
    hit: element('div', { class: 'scroll-marks' }),
    mark: element('div', { class: 'scroll-marks' }),
    bookmark: element('div', { class: 'scroll-marks' }),
  };
  readonly #shown = new Map<ScrollMarkKind, string>();
  readonly #held = new DisposableStore();
  #fraction = 0;
  #share = 1;
  #grab: { readonly at: number; readonly fraction: number } | undefined;

  constructor(events: ScrollbarEvents) {
    this.#thumb = element('div', { class: 'scroll-thumb' });
    // Keys do all that it does, so it need not be reached by Tab nor announced.
    this.element = element(
      'div',
      { class: 'scrollbar', 'aria-hidden': 'true' },
      this.#thumb,
      ...Object.values(this.#layers),
    );
    this.#held.add(
      listen(this.element, 'pointerdown', (event) => {
        event.preventDefault();
        this.element.setPointerCapture(event.pointerId);
        this.element.classList.add('dragging');
        if (event.target === this.#thumb) {
          this.#grab = { at: event.clientY, fraction: this.#fraction };
        } else {
          const track = this.element.getBoundingClientRect();
          const fraction = (event.clientY - track.top - this.#thumbHeight / 2) / Math.max(1, this.#way);
          this.#grab = { at: event.clientY, fraction: Math.min(1, Math.max(0, fraction)) };
          events.movedTo(this.#grab.fraction);
        }
      }),
    );
    this.#held.add(
      listen(this.element, 'pointermove', (event) => {
        if (this.#grab) {
          events.movedTo(this.#grab.fraction + (event.clientY - this.#grab.at) / Math.max(1, this.#way));
        }
      }),
    );
    for (const kind of ['pointerup', 'pointercancel'] as const) {
      this.#held.add(
        listen(this.element, kind, () => {
          this.#grab = undefined;
          this.element.classList.remove('dragging');
        }),
      );
    }
  }

  /** `share`: part of all rows that is in view, 0 to 1. */
  show(fraction: number, share: number): void {
    this.#fraction = fraction;
    this.#share = share;
    this.element.classList.toggle('unneeded', share >= 1);
    this.#thumb.style.height = `${this.#thumbHeight}px`;
    this.#thumb.style.transform = `translateY(${fraction * this.#way}px)`;
  }

  /** Where hits, a person's marks or bookmarks lie, 0 to 1. */
  setMarks(kind: ScrollMarkKind, marks: readonly number[]): void {
    const places = marks.map((at) => `${(at * 100).toFixed(2)}%`);
    // Each batch of lines moves them a little, most often by less than can be seen.
    if (this.#shown.get(kind) === places.join()) {
      return;
    }
    this.#shown.set(kind, places.join());
    this.#layers[kind].replaceChildren(
      ...places.map((place) => {
        const mark = element('div', { class: MARK_CLASSES[kind] });
        mark.style.top = place;
        return mark;
      }),
    );
  }

  dispose(): void {
    this.#held.dispose();
  }

  get #thumbHeight(): number {
    return Math.max(SMALLEST_THUMB_PX, this.element.clientHeight * this.#share);
  }

  get #way(): number {
    return Math.max(0, this.element.clientHeight - this.#thumbHeight);
  }
}
