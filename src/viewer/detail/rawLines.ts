import { findLinks } from '../../records/links';
import { texts } from '../../text/viewerTexts';
import type { Row } from '../../view/messages';
import { element } from '../dom';
import { decorate, textOfParts } from '../rows/decorate';
import { type LinkOpener, renderMessage } from '../rows/messageContent';
import { messageParts } from '../rows/messageParts';

/** Shown of an entry; an entry may have a million lines, and each is an element to lay out. */
const MOST_LINES = 1000;
const MOST_CHARACTERS = 100_000;

/** The lines of an entry as far as they are shown, and how much is left out behind them. */
export interface ShownLines {
  readonly lines: readonly string[];
  readonly leftLines: number;
  readonly leftCharacters: number;
  /** There is more of the entry than what was given. */
  readonly isPart: boolean;
}

/** Decides what is shown of an entry's lines; `count`: how many it has, given or not. */
export function shownLines(rows: readonly Pick<Row, 'text' | 'cutFromBytes'>[], count: number): ShownLines {
  const lines: string[] = [];
  const all = rows.reduce((sum, { text }) => sum + text.length, 0);
  let left = MOST_CHARACTERS;
  for (const { text } of rows) {
    if (lines.length === MOST_LINES || left <= 0) {
      break;
    }
    lines.push(text.slice(0, left));
    left -= text.length;
  }
  return {
    lines,
    leftLines: rows.length - lines.length,
    leftCharacters: all - lines.reduce((sum, line) => sum + line.length, 0),
    isPart: rows.length < count || rows.some(({ cutFromBytes }) => cutFromBytes !== undefined),
  };
}

/** The lines of an entry as they came, with a sentence about what is left out. */
export function rawLines(rows: readonly Row[], count: number, opener: LinkOpener): HTMLElement[] {
  const words = texts.viewer.detail;
  const { lines, leftLines, leftCharacters, isPart } = shownLines(rows, count);
  // It can have the focus, so that keys scroll it.
  const raw = element('pre', { class: 'detail-raw', tabindex: '0', role: 'group', 'aria-label': words.raw });
  for (const text of lines) {
    const parts = messageParts(text);
    const line = element('div', {});
    renderMessage(line, decorate(parts, findLinks(textOfParts(parts)), []), { ...opener, isInTabOrder: true });
    raw.append(line);
  }
  const sentences = [
    ...(leftLines > 0 || leftCharacters > 0 ? [words.leftOut(leftLines, leftCharacters)] : []),
    ...(isPart ? [words.onlyPart] : []),
  ];
  return [raw, ...sentences.map((sentence) => element('p', { class: 'detail-left' }, sentence))];
}
