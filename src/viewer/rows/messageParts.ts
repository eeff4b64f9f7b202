import { parseAnsi, type TextStyle } from '../../records/ansi';

/** A stretch of a message as it is rendered. */
export type MessagePart =
  | { readonly kind: 'text'; readonly text: string; readonly style: TextStyle }
  /** A character that would reorder or hide what stands around it; its code is shown instead. */
  | { readonly kind: 'hidden'; readonly character: string; readonly code: string };

/**
 * Characters that change the order of what is read or take no room: bidirectional controls
 * (Unicode Standard Annex 9; "Trojan Source", CVE-2021-42574), zero-width ones that stand alone,
 * line and paragraph separators, and the byte order mark. The zero-width joiner is left: emoji and
 * several scripts need it.
 */
const HIDDEN = /[\u061c\u200b\u200e\u200f\u2028\u2029\u202a-\u202e\u2060\u2066-\u2069\ufeff]/g;
const ANY_HIDDEN = /[\u061c\u200b\u200e\u200f\u2028\u2029\u202a-\u202e\u2060\u2066-\u2069\ufeff]/;

function codeOf(character: string): string {
  return `U+${character.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`;
}

/** The parts of a line: its colours taken from escape sequences, its dangerous characters named. */
export function messageParts(text: string): MessagePart[] {
  const parts: MessagePart[] = [];
  for (const { text: piece, style } of parseAnsi(text)) {
    if (!ANY_HIDDEN.test(piece)) {
      parts.push({ kind: 'text', text: piece, style });
      continue;
    }
    let from = 0;
    for (const match of piece.matchAll(HIDDEN)) {
      if (match.index > from) {
        parts.push({ kind: 'text', text: piece.slice(from, match.index), style });
      }
      parts.push({ kind: 'hidden', character: match[0], code: codeOf(match[0]) });
      from = match.index + match[0].length;
    }
    if (from < piece.length) {
      parts.push({ kind: 'text', text: piece.slice(from), style });
    }
  }
  return parts;
}

/** How a style is put on an element: classes for what the theme decides, colours for the rest. */
export interface StyleOnScreen {
  readonly classes: readonly string[];
  readonly color?: string;
  readonly backgroundColor?: string;
}

/** The six steps of the 6 × 6 × 6 cube of xterm's 256 colours. */
const CUBE = [0, 95, 135, 175, 215, 255] as const;

/** A colour of xterm's table from 16 on: the cube, then 24 greys. */
function tableColour(index: number): string {
  if (index >= 232) {
    const grey = 8 + (index - 232) * 10;
    return `rgb(${grey}, ${grey}, ${grey})`;
  }
  const at = index - 16;
  return `rgb(${CUBE[Math.floor(at / 36)]}, ${CUBE[Math.floor(at / 6) % 6]}, ${CUBE[at % 6]})`;
}

/**
 * Maps a terminal style. The sixteen named colours become classes, which take the theme's terminal
 * colours; bold does not brighten, as in VS Code's terminal with its colours as they are.
 */
export function styleOnScreen(style: TextStyle): StyleOnScreen {
  const classes: string[] = [];
  for (const name of ['bold', 'dim', 'italic', 'underline', 'strikethrough'] as const) {
    if (style[name]) {
      classes.push(`ansi-${name}`);
    }
  }
  let { foreground, background } = style;
  if (style.inverse) {
    [foreground, background] = [background, foreground];
    if (foreground === undefined) {
      classes.push('ansi-foreground-base');
    }
    if (background === undefined) {
      classes.push('ansi-background-base');
    }
  }
  const place = (colour: number | string | undefined, layer: 'foreground' | 'background') => {
    if (typeof colour === 'number' && colour < 16) {
      classes.push(`ansi-${layer}-${colour}`);
      return undefined;
    }
    return typeof colour === 'number' ? tableColour(colour) : colour;
  };
  const color = place(foreground, 'foreground');
  const backgroundColor = place(background, 'background');
  return {
    classes,
    ...(color === undefined ? {} : { color }),
    ...(backgroundColor === undefined ? {} : { backgroundColor }),
  };
}
