import type { NoticeKind } from '../../store/notice';
import { texts } from '../../text/texts';
import type { Row, SourceInfo } from '../../view/messages';
import { element, setText } from '../dom';
import { formatMoment, formatTimeOfDay } from '../format';
import { renderMessage } from './messageContent';

/** What a row's look depends on besides the row. A new object makes every row be rendered anew. */
export interface RowContext {
  readonly sources: readonly SourceInfo[];
}

/** Icons of notices, by the codicon font's names. */
const NOTICE_ICONS: Readonly<Record<NoticeKind, string>> = {
  connected: 'plug',
  reconnected: 'plug',
  disconnected: 'debug-disconnect',
  gap: 'warning',
  rotated: 'refresh',
  truncated: 'warning',
  source: 'info',
  ended: 'debug-stop',
  adapted: 'settings-gear',
  cleared: 'clear-all',
  mark: 'bookmark',
  dropped: 'archive',
};

/** Source names of the palette of charts; the style sheet has as many. */
const SOURCE_COLOURS = 6;

/**
 * One row's elements, bound to one row after the other while the list scrolls. A row without
 * content yet is a placeholder of a row's height.
 */
export class RowView {
  readonly element: HTMLElement;
  readonly message: HTMLElement;
  readonly #bar = element('span', { class: 'bar' });
  readonly #time = element('span', { class: 'time' });
  readonly #source = element('span', { class: 'source' });
  readonly #rest = element('span', { class: 'rest' });
  #ordinal = Number.NaN;
  #row: Row | undefined;
  #context: RowContext | undefined;

  constructor() {
    this.message = element('span', { class: 'message' });
    this.element = element(
      'div',
      { class: 'row', role: 'listitem' },
      this.#bar,
      this.#time,
      this.#source,
      this.message,
    );
  }

  get ordinal(): number {
    return this.#ordinal;
  }

  get row(): Row | undefined {
    return this.#row;
  }

  /** Shows a row; says whether anything changed. */
  bind(ordinal: number, row: Row | undefined, context: RowContext): boolean {
    if (ordinal === this.#ordinal && (row === this.#row || row === undefined) && context === this.#context) {
      return false;
    }
    // Rows do not change: one that left the cache while it is on screen stays as it is.
    const shown = row ?? (ordinal === this.#ordinal ? this.#row : undefined);
    this.#ordinal = ordinal;
    this.#row = shown;
    this.#context = context;
    if (shown === undefined) {
      this.#bindPlaceholder();
    } else if (shown.notice !== undefined) {
      this.#bindNotice(shown, shown.notice);
    } else {
      this.#bindLine(shown, context);
    }
    return true;
  }

  #bindPlaceholder(): void {
    this.element.className = 'row placeholder';
    this.element.removeAttribute('data-level');
    this.element.removeAttribute('title');
    this.#bar.className = 'bar';
    setText(this.#time, '');
    setText(this.#source, '');
    setText(this.message, '');
    this.#rest.remove();
  }

  #bindNotice(row: Row, notice: NoticeKind): void {
    this.element.className = `row notice notice-${notice}`;
    this.element.removeAttribute('data-level');
    this.element.title = row.text;
    this.#bar.className = `bar codicon codicon-${NOTICE_ICONS[notice]}`;
    this.#bar.removeAttribute('title');
    this.#bindTime(row);
    setText(this.#source, '');
    setText(this.message, row.text);
    this.#rest.remove();
  }

  #bindLine(row: Row, { sources }: RowContext): void {
    this.element.className = row.entryStart ? 'row' : 'row continuation';
    this.element.removeAttribute('title');
    this.#bar.className = 'bar';
    if (row.level === null) {
      this.element.removeAttribute('data-level');
      this.#bar.removeAttribute('title');
    } else {
      this.element.dataset.level = row.level;
      this.#bar.title = texts.viewer.toolbar.levelNames[row.level];
    }
    this.#bindTime(row);
    const source = sources[row.source];
    // With one source its name would only repeat itself on every row.
    const name = sources.length > 1 ? (source?.name ?? '') : '';
    setText(this.#source, name);
    this.#source.title = name;
    this.#source.dataset.colour = String(row.source % SOURCE_COLOURS);
    renderMessage(this.message, row.text);
    if (row.cutFromBytes === undefined) {
      this.#rest.remove();
    } else {
      setText(this.#rest, texts.viewer.rows.cut(row.cutFromBytes));
      this.element.append(this.#rest);
    }
  }

  #bindTime({ time, receivedAt, entryStart }: Row): void {
    setText(this.#time, entryStart ? formatTimeOfDay(time ?? receivedAt) : '');
    this.#time.classList.toggle('received', time === null);
    const { statedAt, receivedOnly } = texts.viewer.rows;
    this.#time.title =
      time === null ? receivedOnly(formatMoment(receivedAt)) : statedAt(formatMoment(time), formatMoment(receivedAt));
  }
}
