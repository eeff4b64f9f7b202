import { hasControls, showControls } from '../base/controlCharacters';

const escapeCharacter = '\u001b';
/** Colours and styles (ECMA-48 SGR) are all that a line may do to a terminal. */
const colour = new RegExp(`${escapeCharacter}\\[[0-9;:]*m`, 'g');

/**
 * A line, without its newline, as it may be written to a terminal: colours stay and end with the
 * line, every other control character is made visible. A log can hold whatever an attacker put
 * into a request; written raw it could change the title, the keyboard or what was printed before.
 */
export function harmlessLine(line: string): string {
  const text = line.endsWith('\r') ? line.slice(0, -1) : line;
  if (!hasControls(text)) {
    return text;
  }
  let written = '';
  let coloured = false;
  let from = 0;
  for (const match of text.matchAll(colour)) {
    written += showControls(text.slice(from, match.index)) + match[0];
    from = match.index + match[0].length;
    coloured = true;
  }
  written += showControls(text.slice(from));
  return coloured ? `${written}${escapeCharacter}[0m` : written;
}
