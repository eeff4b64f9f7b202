import { fieldAt, formatValue } from '../../records/fieldPath';
import type { LineFormat } from '../../records/formats/format';
import { findLinks } from '../../records/links';
import type { Fields } from '../../records/parsedLine';
import { parseLine } from '../../records/parseLine';
import type { Term } from '../../store/filter';
import { texts } from '../../text/texts';
import type { Row } from '../../view/messages';
import { element, iconButton } from '../dom';
import { formatMoment } from '../format';
import { decorate, textOfParts } from '../rows/decorate';
import { type LinkOpener, renderMessage } from '../rows/messageContent';
import { messageParts } from '../rows/messageParts';
import { type FieldNode, fieldTree } from './fieldTree';

export interface DetailEvents {
  /** Filters by a field, or against it. */
  addTerm(term: Term): void;
  copy(text: string): void;
  /** Shows a field as a column, or no longer. */
  toggleColumn(path: string): void;
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

/** The whole entry of the row in focus: its fields as a tree, and its lines as they came. */
export class DetailPane {
  readonly element: HTMLElement;
  readonly #events: DetailEvents;
  readonly #body = element('div', {
    class: 'detail-body',
    tabindex: '0',
    role: 'group',
    'aria-label': texts.viewer.detail.label,
  });
  readonly #title = element('div', { class: 'detail-title' });
  readonly #grip: HTMLElement;
  #height = USUAL_PX;
  #fields: Fields = {};
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

  /** Shows an entry: all its rows, the first one first. */
  show(rows: readonly Row[], { formats, sourceName, opener }: DetailContext): void {
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
      element('span', {}, words.lines(rows.length)),
    );
    const raw = element('pre', { class: 'detail-raw' });
    for (const row of rows) {
      const parts = messageParts(row.text);
      const line = element('div', {});
      renderMessage(line, decorate(parts, findLinks(textOfParts(parts)), []), { ...opener, isInTabOrder: true });
      raw.append(line);
    }
    this.#fields = parsed.fields ?? {};
    const tree = parsed.fields ? [this.#tree(fieldTree(parsed.fields))] : [];
    this.#body.replaceChildren(...tree, raw);
    this.#body.scrollTop = 0;
  }

  #tree(nodes: readonly FieldNode[]): HTMLElement {
    return element('ul', { class: 'field-list' }, ...nodes.map((node) => this.#node(node)));
  }

  #node(node: FieldNode): HTMLElement {
    const name = element('span', { class: 'field-name' }, node.name);
    if (node.children) {
      // The browser's own disclosure: keys and screen readers know it.
      return element(
        'li',
        {},
        element('details', { open: '' }, element('summary', {}, name, this.#buttons(node)), this.#tree(node.children)),
      );
    }
    const value = element('span', { class: `field-value field-${typeof node.value}` }, formatValue(node.value));
    return element('li', { class: 'field' }, name, value, this.#buttons(node));
  }

  #buttons({ path, value, children }: FieldNode): HTMLElement {
    const words = texts.viewer.detail;
    const text = formatValue(value);
    const term = (exclude: boolean) => () =>
      this.#events.addTerm({ kind: 'field', field: path, operator: '=', value: text, ...(exclude ? { exclude } : {}) });
    // What no condition can name, such as an item of a list, is only there to be read and copied.
    const canFilter = !children && fieldAt(this.#fields, path) === value;
    const filters = !canFilter
      ? []
      : [
          iconButton('filter', words.filterFor(path), term(false)),
          iconButton('circle-slash', words.filterOut(path), term(true)),
          iconButton('split-horizontal', words.column(path), () => this.#events.toggleColumn(path)),
        ];
    return element(
      'span',
      { class: 'field-buttons' },
      ...filters,
      iconButton('copy', words.copyValue(path), () => this.#events.copy(text)),
      iconButton('symbol-key', words.copyPath(path), () => this.#events.copy(path)),
    );
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
