/** How a stretch of text looks. Colours: 0–255 as in terminals, or 24-bit as "#rrggbb". */
export interface TextStyle {
  readonly foreground?: number | string;
  readonly background?: number | string;
  readonly bold?: boolean;
  readonly dim?: boolean;
  readonly italic?: boolean;
  readonly underline?: boolean;
  readonly strikethrough?: boolean;
  readonly inverse?: boolean;
}

export interface StyledText {
  readonly text: string;
  readonly style: TextStyle;
}

/**
 * Escape sequences (ECMA-48): CSI; OSC, DCS, SOS, PM and APC up to their end; other two-character
 * ones. Their one-byte forms (C1) too. What is cut off at the end of a line counts as well, so that
 * no remainder of a sequence is shown.
 */
const SEQUENCE = new RegExp(
  [
    '(?:\\u001b\\[|\\u009b)([0-?]*)[ -/]*([@-~]?)',
    '(?:\\u001b[\\]PX^_]|[\\u009d\\u0090\\u0098\\u009e\\u009f])[^\\u0007\\u001b\\u009c]*(?:\\u0007|\\u001b\\\\|\\u009c)?',
    '\\u001b[ -/]*[0-~]?',
  ].join('|'),
  'g',
);
/** Everything that moves a cursor or rings a bell; a tab is text. */
const CONTROLS = /[\u0000-\u0008\u000a-\u001f\u007f-\u009f]/g;
const ANY_CONTROL = /[\u0000-\u0008\u000a-\u001f\u007f-\u009f]/;

/** The text alone: no escape sequence and no control character but the tab is left. */
export function stripAnsi(text: string): string {
  return ANY_CONTROL.test(text) ? text.replace(SEQUENCE, '').replace(CONTROLS, '') : text;
}

type MutableStyle = { -readonly [Key in keyof TextStyle]: TextStyle[Key] };

function byte(value: number | undefined): string {
  return Math.min(255, Math.max(0, value ?? 0))
    .toString(16)
    .padStart(2, '0');
}

/** Reads 38/48 with what follows; returns the colour and how many numbers it took. */
function extendedColour(codes: readonly number[], at: number): { colour: number | string | undefined; used: number } {
  if (codes[at + 1] === 5) {
    const index = codes[at + 2];
    return { colour: index !== undefined && index >= 0 && index <= 255 ? index : undefined, used: 2 };
  }
  if (codes[at + 1] === 2) {
    return { colour: `#${byte(codes[at + 2])}${byte(codes[at + 3])}${byte(codes[at + 4])}`, used: 4 };
  }
  return { colour: undefined, used: 0 };
}

/** Applies one SGR sequence ("Select Graphic Rendition"). Unknown numbers change nothing. */
function applySgr(parameters: string, style: MutableStyle): MutableStyle {
  const codes = parameters.split(/[;:]/).map((part) => (part === '' ? 0 : Number(part)));
  let next: MutableStyle = { ...style };
  for (let at = 0; at < codes.length; at++) {
    const code = codes[at] as number;
    if (code === 0) {
      next = {};
    } else if (code === 1) {
      next.bold = true;
    } else if (code === 2) {
      next.dim = true;
    } else if (code === 3) {
      next.italic = true;
    } else if (code === 4) {
      next.underline = true;
    } else if (code === 7) {
      next.inverse = true;
    } else if (code === 9) {
      next.strikethrough = true;
    } else if (code === 22) {
      delete next.bold;
      delete next.dim;
    } else if (code === 23) {
      delete next.italic;
    } else if (code === 24) {
      delete next.underline;
    } else if (code === 27) {
      delete next.inverse;
    } else if (code === 29) {
      delete next.strikethrough;
    } else if (code >= 30 && code <= 37) {
      next.foreground = code - 30;
    } else if (code === 39) {
      delete next.foreground;
    } else if (code >= 40 && code <= 47) {
      next.background = code - 40;
    } else if (code === 49) {
      delete next.background;
    } else if (code >= 90 && code <= 97) {
      next.foreground = code - 90 + 8;
    } else if (code >= 100 && code <= 107) {
      next.background = code - 100 + 8;
    } else if (code === 38 || code === 48) {
      const { colour, used } = extendedColour(codes, at);
      at += used;
      if (colour !== undefined) {
        next[code === 38 ? 'foreground' : 'background'] = colour;
      }
    }
  }
  return next;
}

/**
 * The text of a line with its colours. Joined together, the parts are exactly what
 * {@link stripAnsi} gives. Styles do not reach beyond the line.
 */
export function parseAnsi(text: string): StyledText[] {
  if (!ANY_CONTROL.test(text)) {
    return text === '' ? [] : [{ text, style: {} }];
  }
  const parts: StyledText[] = [];
  let style: MutableStyle = {};
  let from = 0;
  const push = (piece: string) => {
    const clean = piece.replace(CONTROLS, '');
    if (clean !== '') {
      parts.push({ text: clean, style });
    }
  };
  for (const match of text.matchAll(SEQUENCE)) {
    push(text.slice(from, match.index));
    from = match.index + match[0].length;
    if (match[2] === 'm' && !/[<=>?]/.test(match[1] ?? '')) {
      style = applySgr(match[1] ?? '', style);
    }
  }
  push(text.slice(from));
  return parts;
}
