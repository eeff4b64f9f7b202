/** C0, DEL and C1 (Unicode category Cc) but newline and tab. */
const control = /(?![\n\t])\p{Cc}/gu;

/** The picture Unicode has for a control character, or a replacement character where it has none. */
function picture(character: string): string {
  const code = character.charCodeAt(0);
  if (code < 0x20) {
    return String.fromCharCode(0x2400 + code);
  }
  return code === 0x7f ? '\u2421' : '\ufffd';
}

/** What is put together at a time: one string grown character by character costs the collector more than its length. */
const PIECE = 4096;
const anyControl = /\p{Cc}/gu;

/** A text on one line: every control character is seen, newline and tab too. */
export function onOneLine(text: string): string {
  return text.replace(anyControl, picture);
}

/** Whether a text holds a control character other than newline and tab. */
export function hasControls(text: string): boolean {
  return text.search(control) !== -1;
}

/** A text whose control characters, newline and tab apart, are seen instead of obeyed by what shows it. */
export function showControls(text: string): string {
  const pieces: string[] = [];
  for (let from = 0; from < text.length; from += PIECE) {
    pieces.push(text.slice(from, from + PIECE).replace(control, picture));
  }
  return pieces.join('');
}
