/** C0 and C1 control characters and DEL (Unicode category Cc). */
const CONTROL = /\p{Cc}/gu;

/** `text` on one line and harmless to a terminal; each control character is shown as a dot. */
export function withoutControlCharacters(text: string): string {
  return text.replace(CONTROL, '·');
}
