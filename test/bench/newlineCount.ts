const NEWLINE = 0x0a;

/** Counts newlines the plain way every contender is measured with. */
export function countNewlines(bytes: Uint8Array): number {
  let count = 0;
  for (let at = bytes.indexOf(NEWLINE); at !== -1; at = bytes.indexOf(NEWLINE, at + 1)) {
    count++;
  }
  return count;
}
