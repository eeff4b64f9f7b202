import type { LineFormat } from '../../records/formats/format';
import { parseLine } from '../../records/parseLine';
import { texts } from '../../text/viewerTexts';
import type { Row } from '../../view/messages';
import { element, iconButton } from '../dom';
import { formatMoment } from '../format';
import type { LinkOpener } from '../rows/messageContent';
import { type FieldTreeEvents, FieldTreeView } from './fieldTreeView';
import { rawLines } from './rawLines';

export interface DetailEvents extends FieldTreeEvents {
  resized(height: number): void;
  closed(): void;
}

/** What the pane needs to know besides the entry. */
export interface DetailContext {
  readonly formats: readonly LineFormat[];
  readonly sourceName: string;
  readonly opener: LinkOpener;
}

const LEAST_PX = 60;
/** Of the window's height; the style sheet has the same. */
const MOST_SHARE = 0.7;
const STEP_PX = 24;
const USUAL_PX = 220;
/** Scroll the details where those have the focus; elsewhere they move the list. */
const SCROLL_KEYS = new Set(['ArrowUp', 'ArrowDown', 'PageUp', 'PageDown', 'Home', 'End']);

/** The whole entry of the row in focus: its fields as a tree, and its lines as they came. */
export class DetailPane {
  readonly element: HTMLElement;
  readonly #events: DetailEvents;
  readonly #body = element('div', {
    class: 'detail-body',
    tabindex: '-1',
    role: 'group',
    'aria-label': texts.viewer.detail.label,
  });
  readonly #title = element('div', { class: 'detail-title' });
  readonly #grip: HTMLElement;
  #height = USUAL_PX;
  #text = '';
  #json = '';

  constructor(events: DetailEvents) {
    this.#events = events;
    const words = texts.viewer.detail;
    this.#grip = element('div', {
      class: 'detail-grip',
      role: 'separator',
      tabindex: '0',
      'aria-orientation': 'horizontal',
      'aria-label': words.resize,
      'aria-valuemin': String(LEAST_PX),
      'aria-valuemax': String(Math.max(USUAL_PX, Math.round(window.innerHeight * MOST_SHARE))),
      'aria-valuenow': String(USUAL_PX),
    });
    this.element = element(
      'div',
      { class: 'detail hidden' },
      this.#grip,
      element(
        'div',
        { class: 'detail-head' },
        this.#title,
        iconButton('copy', words.copyText, () => events.copy(this.#text)),
        iconButton('json', words.copyJson, () => events.copy(this.#json)),
        iconButton('close', words.close, () => this.close()),
      ),
      this.#body,
    );
    this.#listenToGrip();
    this.#body.addEventListener('keydown', (event) => {
      if (SCROLL_KEYS.has(event.key)) {
        event.stopPropagation();
      }
    });
  }

  get isOpen(): boolean {
    return !this.element.classList.contains('hidden');
  }

  get hasFocus(): boolean {
    return this.element.contains(document.activeElement);
  }

  setHeight(height: number | null): void {
    this.#height = Math.max(LEAST_PX, height ?? USUAL_PX);
    this.element.style.height = `${this.#height}px`;
    this.#grip.setAttribute('aria-valuenow', String(Math.round(this.#height)));
  }

  close(): void {
    if (this.isOpen) {
      this.element.classList.add('hidden');
      this.#events.closed();
    }
  }

  /** Shows an entry by its rows, the first one first; `lines`: how many it has, which may be more. */
  show(rows: readonly Row[], lines: number, { formats, sourceName, opener }: DetailContext): void {
    const [first] = rows;
    this.element.classList.remove('hidden');
    this.element.style.height = `${this.#height}px`;
    if (!first) {
      this.#title.replaceChildren();
      this.#body.replaceChildren(element('p', { class: 'detail-gone' }, texts.viewer.detail.gone));
      return;
    }
    const words = texts.viewer.detail;
    const parsed = parseLine(first.text, first.receivedAt, formats);
    this.#text = rows.map(({ text }) => `${text}\n`).join('');
    this.#json = JSON.stringify(parsed.fields ?? { message: parsed.message }, null, 2);
    const level = first.level === null ? words.noLevel : texts.viewer.toolbar.levelNames[first.level];
    this.#title.replaceChildren(
      element('span', { class: 'detail-level', 'data-level': first.level ?? 'none' }, level),
      element('span', {}, formatMoment(first.time ?? first.receivedAt)),
      element('span', {}, sourceName),
      element('span', {}, words.lines(lines)),
    );
    const tree = parsed.fields ? [new FieldTreeView(parsed.fields, this.#events).element] : [];
    this.#body.replaceChildren(...tree, ...rawLines(rows, lines, opener));
    this.#body.scrollTop = 0;
  }

  /** By a person, who could not tell heights apart that the style sheet does not allow. */
  #resize(height: number): void {
    const most = Math.round(window.innerHeight * MOST_SHARE);
    this.#grip.setAttribute('aria-valuemax', String(most));
    this.setHeight(Math.min(height, most));
  }

  #listenToGrip(): void {
    let from: { readonly y: number; readonly height: number } | undefined;
    this.#grip.addEventListener('pointerdown', (event) => {
      event.preventDefault();
      this.#grip.setPointerCapture(event.pointerId);
      from = { y: event.clientY, height: this.element.getBoundingClientRect().height };
    });
    this.#grip.addEventListener('pointermove', (event) => {
      if (from) {
        this.#resize(from.height + from.y - event.clientY);
      }
    });
    for (const kind of ['pointerup', 'pointercancel'] as const) {
      this.#grip.addEventListener(kind, () => {
        from = undefined;
        this.#events.resized(this.#height);
      });
    }
    this.#grip.addEventListener('keydown', (event) => {
      const step = event.key === 'ArrowUp' ? STEP_PX : event.key === 'ArrowDown' ? -STEP_PX : 0;
      if (step !== 0) {
        event.preventDefault();
        event.stopPropagation();
        this.#resize(this.element.getBoundingClientRect().height + step);
        this.#events.resized(this.#height);
      }
    });
  }
}
