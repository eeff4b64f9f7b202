import { parseAnsi, type TextStyle } from '../../records/ansi';
import type { NoticeKind } from '../../store/notice';
import { texts } from '../../text/texts';
import type { Row, SourceInfo } from '../../view/messages';
import { element, icon } from '../dom';
import { dateAndTime, timeOfDay } from './timeFormat';

/** What rows show besides their text. */
export interface RowSettings {
  readonly times: boolean;
  readonly sources: readonly SourceInfo[];
}

const NOTICE_ICONS: Readonly<Record<NoticeKind, string>> = {
  connected: 'pass',
  reconnected: 'pass',
  disconnected: 'debug-disconnect',
  gap: 'warning',
  rotated: 'history',
  truncated: 'warning',
  source: 'info',
  ended: 'circle-slash',
  adapted: 'lightbulb',
  cleared: 'clear-all',
  mark: 'bookmark',
  dropped: 'warning',
};

const COLOUR_NAMES = ['black', 'red', 'green', 'yellow', 'blue', 'magenta', 'cyan', 'white'] as const;

/** The colour cube and the greys of 256-colour terminals (xterm). */
function paletteColour(index: number): string {
  if (index >= 232) {
    const grey = 8 + (index - 232) * 10;
    return `rgb(${grey},${grey},${grey})`;
  }
  const step = (level: number) => (level === 0 ? 0 : 55 + level * 40);
  const cube = index - 16;
  return `rgb(${step(Math.floor(cube / 36))},${step(Math.floor(cube / 6) % 6)},${step(cube % 6)})`;
}

/** The theme's own terminal colours for the first sixteen; the others are what they are. */
function cssColour(colour: number | string): string {
  if (typeof colour === 'string') {
    return colour;
  }
  if (colour >= 16) {
    return paletteColour(colour);
  }
  const name = COLOUR_NAMES[colour % 8] as string;
  const capital = name.charAt(0).toUpperCase() + name.slice(1);
  return `var(--vscode-terminal-ansi${colour >= 8 ? 'Bright' : ''}${capital})`;
}

function styled(text: string, style: TextStyle): Node {
  if (Object.keys(style).length === 0) {
    return document.createTextNode(text);
  }
  const span = element('span', {}, text);
  const background = style.inverse ? (style.foreground ?? 'var(--vscode-editor-foreground)') : style.background;
  const foreground = style.inverse ? (style.background ?? 'var(--vscode-editor-background)') : style.foreground;
  if (foreground !== undefined) {
    span.style.color = cssColour(foreground);
  }
  if (background !== undefined) {
    span.style.backgroundColor = cssColour(background);
  }
  const classes = [
    style.bold ? 'bold' : '',
    style.dim ? 'dim' : '',
    style.italic ? 'italic' : '',
    style.underline ? 'underline' : '',
    style.strikethrough ? 'strikethrough' : '',
  ].filter(Boolean);
  if (classes.length > 0) {
    span.className = classes.join(' ');
  }
  return span;
}

/** A row that has not come yet: keeps its place. */
export function placeholderElement(): HTMLElement {
  return element('div', { class: 'row placeholder', 'aria-hidden': 'true' }, '\u00a0');
}

/** Draws one row. Whatever the line holds, it becomes text nodes and colours. */
export function rowElement(row: Row, settings: RowSettings): HTMLElement {
  const at = row.time ?? row.receivedAt;
  const time = settings.times
    ? [
        element(
          'span',
          {
            class: row.time === null ? 'time received' : 'time',
            title: row.time === null ? texts.viewer.rows.receivedAt(dateAndTime(at)) : dateAndTime(at),
          },
          timeOfDay(at),
        ),
      ]
    : [];
  if (row.notice) {
    return element(
      'div',
      { class: `row notice notice-${row.notice}`, role: 'listitem' },
      element('span', { class: 'level', 'aria-hidden': 'true' }),
      ...time,
      icon(NOTICE_ICONS[row.notice]),
      element('span', { class: 'message' }, row.text),
    );
  }
  const source = settings.sources.length > 1 ? settings.sources[row.source] : undefined;
  const message = element('span', { class: 'message' });
  for (const part of parseAnsi(row.text)) {
    message.append(styled(part.text, part.style));
  }
  if (row.cutFromBytes !== undefined) {
    message.append(element('span', { class: 'cut' }, texts.viewer.rows.cut(row.cutFromBytes)));
  }
  const classes = ['row', row.level ? `level-${row.level}` : 'level-none', row.entryStart ? 'entry' : 'continuation'];
  return element(
    'div',
    { class: classes.join(' '), role: 'listitem' },
    element('span', { class: 'level', title: row.level ?? undefined, 'aria-hidden': 'true' }),
    ...time,
    ...(source ? [element('span', { class: `source source-${row.source % 6}`, title: source.id }, source.name)] : []),
    message,
  );
}
