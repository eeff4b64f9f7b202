import { stripAnsi } from '../records/ansi';

// Everything that moves a cursor, colours or rings; tab and newline are text.
const ANY_CONTROL = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/;

const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/**
 * Lines as text for the output channel: colours and every other escape sequence removed, control
 * characters but tab and newline removed, bytes that are no UTF-8 as replacement characters. What
 * remains cannot move a cursor, retitle a window or hide part of itself.
 */
export function plainText(lines: Uint8Array): string {
  const text = decoder.decode(lines);
  // Most pieces have no colours: those are done after one look.
  return ANY_CONTROL.test(text) ? text.split('\n').map(stripAnsi).join('\n') : text;
}
