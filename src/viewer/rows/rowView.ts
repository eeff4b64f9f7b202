import { shortenName } from '../../base/shorten';
import { findLinks } from '../../records/links';
import { parseLine } from '../../records/parseLine';
import type { NoticeKind } from '../../store/notice';
import { texts } from '../../text/viewerTexts';
import type { Row } from '../../view/messages';
import { element, setText } from '../dom';
import { formatMoment } from '../format';
import { decorate, type Mark, segmentsFrom, textOfParts } from './decorate';
import { renderMessage } from './messageContent';
import { messageParts } from './messageParts';
import { repeatedTimeLength } from './repeatedTime';
import { PLAIN_CONTEXT, type RowContext } from './rowContext';
import { rowFields } from './rowFields';
import { formatRowTime } from './rowTime';

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

/** Characters of a source's name on a row; the style sheet has room for as many. */
const LONGEST_SOURCE = 24;
/** Source names of the palette of charts; the style sheet has as many. */
const SOURCE_COLOURS = 6;

/**
 * One row's elements, bound to one row after the other while the list scrolls. A row without
 * content yet is a placeholder of a row's height. What is done to it by mouse, the list hears.
 */
export class RowView {
  readonly element: HTMLElement;
  readonly message: HTMLElement;
  readonly #bar = element('span', { class: 'bar' });
  readonly #twistie = element('span', { class: 'twistie' });
  readonly #time = element('span', { class: 'time' });
  readonly #source = element('span', { class: 'source' });
  readonly #columns = element('span', { class: 'columns' });
  readonly #fields = element('span', { class: 'fields' });
  readonly #badge = element('span', { class: 'badge' });
  readonly #rest = element('span', { class: 'rest' });
  #ordinal = Number.NaN;
  #row: Row | undefined;
  #before: number | null = null;
  #context: RowContext = PLAIN_CONTEXT;

  constructor() {
    this.message = element('span', { class: 'message' });
    this.element = element(
      'div',
      { class: 'row', role: 'listitem' },
      this.#bar,
      this.#twistie,
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

  /** Shows a row; says whether anything changed. `before`: time of the row above, or null. */
  bind(ordinal: number, row: Row | undefined, context: RowContext, before: number | null): boolean {
    const isSame = ordinal === this.#ordinal && (row === this.#row || row === undefined);
    if (isSame && context === this.#context && (context.timeMode !== 'delta' || before === this.#before)) {
      return false;
    }
    if (isSame && differsOnlyInTime(context, this.#context)) {
      this.#context = context;
      this.#before = before;
      if (this.#row) {
        this.#bindTime(this.#row);
      }
      return true;
    }
    // One that left the cache while it is on screen stays as it is.
    const shown = row ?? (ordinal === this.#ordinal ? this.#row : undefined);
    this.#ordinal = ordinal;
    this.#row = shown;
    this.#context = context;
    this.#before = before;
    this.element.removeAttribute('title');
    if (shown === undefined) {
      this.#bindPlaceholder();
    } else if (shown.notice !== undefined) {
      this.#bindNotice(shown, shown.notice);
    } else {
      this.#bindLine(shown, context);
    }
    return true;
  }

  /**
   * How much of what the row shows lies in a range. The whole message and on beyond its end, as three
   * clicks select it, stands for the line itself.
   */
  covers(range: Range): 'nothing' | 'part' | 'line' {
    if (!range.intersectsNode(this.element)) {
      return 'nothing';
    }
    const contents = [this.#columns, this.message, this.#fields].filter((node) => node.isConnected);
    const covered = contents.map((node) => coverOf(range, node));
    if (covered.every((cover) => cover === 'nothing')) {
      // An empty line between others has no text to be selected.
      const isWithin = range.comparePoint(this.message, 0) === 0 && !this.message.contains(range.endContainer);
      return this.message.textContent === '' && isWithin ? 'line' : 'nothing';
    }
    const isWhole = coverOf(range, this.message) === 'all' && !covered.includes('part');
    return isWhole && !this.message.contains(range.endContainer) ? 'line' : 'part';
  }

  /** Marks the row as the one in focus, or as selected with others. */
  mark(isActive: boolean, isSelected: boolean): void {
    this.element.classList.toggle('active', isActive);
    this.element.classList.toggle('selected', isSelected);
    if (isActive) {
      this.element.setAttribute('aria-current', 'true');
    } else {
      this.element.removeAttribute('aria-current');
    }
  }

  #bindPlaceholder(): void {
    this.element.className = 'row placeholder';
    this.element.removeAttribute('data-level');
    this.#bar.className = 'bar';
    this.#bindBar('');
    this.#bindTwistie({});
    setText(this.#time, '');
    setText(this.#source, '');
    setText(this.message, '');
    this.#removeExtras();
  }

  #bindNotice(row: Row, notice: NoticeKind): void {
    this.element.className = `row notice notice-${notice}`;
    this.element.removeAttribute('data-level');
    this.element.title = row.text;
    this.#bar.className = `bar codicon codicon-${NOTICE_ICONS[notice]}`;
    this.#bindBar('');
    this.#bindTwistie(row);
    this.#bindTime(row);
    setText(this.#source, '');
    setText(this.message, row.text);
    this.#removeExtras();
  }

  #bindLine(row: Row, context: RowContext): void {
    const isBookmarked = context.bookmarks.has(row.row);
    const classes = [
      'row',
      row.entryStart ? '' : 'continuation',
      row.context ? 'context' : '',
      isBookmarked ? 'bookmarked' : '',
    ];
    this.element.className = classes.filter((name) => name !== '').join(' ');
    this.#bar.className = isBookmarked ? 'bar codicon codicon-bookmark' : 'bar';
    if (row.level === null) {
      this.element.removeAttribute('data-level');
    } else {
      this.element.dataset.level = row.level;
    }
    this.#bindBar(row.level === null ? '' : texts.viewer.toolbar.levelNames[row.level]);
    this.#bindTwistie(row);
    this.#bindTime(row);
    const source = context.sources[row.source];
    // With one source its name would only repeat itself on every row.
    const name = context.sources.length > 1 ? (source?.name ?? '') : '';
    setText(this.#source, shortenName(name, LONGEST_SOURCE));
    this.#source.title = name === '' || !source?.command ? name : `${name}\n${source.command}`;
    this.#source.dataset.colour = String(row.source % SOURCE_COLOURS);
    this.#removeExtras();
    this.#bindText(row, context);
    this.#bindBadge(row);
    if (row.cutFromBytes !== undefined) {
      setText(this.#rest, texts.viewer.rows.cut(row.cutFromBytes));
      this.element.append(this.#rest);
    }
  }

  #bindText(row: Row, context: RowContext): void {
    const mayBeStructured = row.text.includes('{') || row.text.includes('=') || context.columns.length > 0;
    const shown =
      row.entryStart && mayBeStructured
        ? rowFields(parseLine(row.text, row.receivedAt, context.formats), context.columns)
        : null;
    if (shown === null) {
      const hasTime = context.timeMode === 'absolute' && row.entryStart;
      this.#render(this.message, row.text, context, hasTime ? row : undefined);
      return;
    }
    this.#render(this.message, shown.message, context);
    if (shown.columns.length > 0) {
      this.#columns.replaceChildren(
        ...shown.columns.map((value, index) =>
          element('span', { class: 'column', title: `${context.columns[index]}: ${value}` }, value),
        ),
      );
      this.message.before(this.#columns);
    }
    if (shown.rest.length > 0) {
      this.#render(this.#fields, shown.rest.join('  '), context);
      this.message.after(this.#fields);
    }
  }

  /** `timed`: the row, where a time in front of the text stands in the column of times as well. */
  #render(target: HTMLElement, text: string, context: RowContext, timed?: Row): void {
    const parts = messageParts(text);
    const plain = textOfParts(parts);
    const marks: Mark[] = context.marks.flatMap(({ query, className }) =>
      query.ranges(plain).map((range) => ({ ...range, className })),
    );
    const repeated = timed ? repeatedTimeLength(plain, timed) : 0;
    // A hit in what would be left out is shown.
    const from = marks.some(({ start }) => start < repeated) ? 0 : repeated;
    renderMessage(target, segmentsFrom(decorate(parts, findLinks(plain), marks), from), context);
  }

  /** Of a structured line the level is told by colour only: whoever does not see it gets its name. */
  #bindBar(level: string): void {
    setAttributes(this.#bar, level === '' ? {} : { role: 'img', 'aria-label': level, title: level });
  }

  #bindTwistie({ entryLines, foldedLines }: Pick<Row, 'entryLines' | 'foldedLines'>): void {
    if (entryLines === undefined) {
      this.#twistie.className = 'twistie';
      setAttributes(this.#twistie, {});
      return;
    }
    const isFolded = foldedLines !== undefined;
    const label = texts.viewer.rows.fold(entryLines, isFolded);
    this.#twistie.className = `twistie codicon codicon-chevron-${isFolded ? 'right' : 'down'}`;
    setAttributes(this.#twistie, {
      role: 'button',
      'aria-expanded': String(!isFolded),
      'aria-label': label,
      title: label,
    });
  }

  #bindBadge({ foldedLines, repeats }: Row): void {
    const words = texts.viewer.rows;
    if (repeats) {
      setText(this.#badge, words.repeats(repeats.count));
      this.#badge.title = words.repeatsTitle(formatMoment(repeats.firstTime), formatMoment(repeats.lastTime));
      this.element.append(this.#badge);
    } else if (foldedLines !== undefined) {
      setText(this.#badge, words.folded(foldedLines));
      this.#badge.title = '';
      this.element.append(this.#badge);
    }
  }

  #bindTime({ time, receivedAt, entryStart }: Row): void {
    const { timeMode, now } = this.#context;
    setText(this.#time, entryStart ? formatRowTime(timeMode, time ?? receivedAt, this.#before, now) : '');
    this.#time.classList.toggle('received', time === null);
    const { statedAt, receivedOnly } = texts.viewer.rows;
    this.#time.title =
      time === null ? receivedOnly(formatMoment(receivedAt)) : statedAt(formatMoment(time), formatMoment(receivedAt));
  }

  #removeExtras(): void {
    for (const extra of [this.#columns, this.#fields, this.#badge, this.#rest]) {
      extra.remove();
    }
  }
}

function differsOnlyInTime(one: RowContext, other: RowContext): boolean {
  return (Object.keys(one) as (keyof RowContext)[]).every((key) => key === 'now' || one[key] === other[key]);
}

function coverOf(range: Range, node: Node): 'nothing' | 'part' | 'all' {
  if (!range.intersectsNode(node)) {
    return 'nothing';
  }
  const inside = document.createRange();
  inside.selectNodeContents(node);
  if (range.compareBoundaryPoints(Range.START_TO_START, inside) > 0) {
    inside.setStart(range.startContainer, range.startOffset);
  }
  if (range.compareBoundaryPoints(Range.END_TO_END, inside) < 0) {
    inside.setEnd(range.endContainer, range.endOffset);
  }
  const text = inside.toString();
  return text === '' ? 'nothing' : text === node.textContent ? 'all' : 'part';
}

/** Gives an element these attributes and none of the others that it may have had. */
function setAttributes(
  node: HTMLElement,
  wanted: Partial<Record<'role' | 'aria-label' | 'aria-expanded' | 'title', string>>,
): void {
  for (const name of ['role', 'aria-label', 'aria-expanded', 'title'] as const) {
    const value = wanted[name];
    if (value === undefined) {
      node.removeAttribute(name);
    } else {
      node.setAttribute(name, value);
    }
  }
}
