const escapeCharacter = '\u001b';
/** Colours and styles (ECMA-48 SGR) are all that a line may do to a terminal. */
const colour = new RegExp(`${escapeCharacter}\\[[0-9;:]*m`, 'g');
/** C0, DEL and C1 (Unicode category Cc) but newline and tab. */
const control = /(?![\n\t])\p{Cc}/gu;

/** Control characters as the pictures Unicode has for them; those it has none for as a replacement character. */
function picture(character: string): string {
  const code = character.charCodeAt(0);
  if (code < 0x20) {
    return String.fromCharCode(0x2400 + code);
  }
  return code === 0x7f ? '\u2421' : '\ufffd';
}

function visible(text: string): string {
  return text.replace(control, picture);
}

/**
 * A line, without its newline, as it may be written to a terminal: colours stay and end with the
 * line, every other control character is made visible. A log can hold whatever an attacker put
 * into a request; written raw it could change the title, the keyboard or what was printed before.
 */
export function harmlessLine(line: string): string {
  const text = line.endsWith('\r') ? line.slice(0, -1) : line;
  if (text.search(control) === -1) {
    return text;
  }
  let written = '';
  let coloured = false;
  let from = 0;
  for (const match of text.matchAll(colour)) {
    written += visible(text.slice(from, match.index)) + match[0];
    from = match.index + match[0].length;
    coloured = true;
  }
  written += visible(text.slice(from));
  return coloured ? `${written}${escapeCharacter}[0m` : written;
}
