const decoder = new TextDecoder('utf-8', { fatal: false, ignoreBOM: true });
const CARRIAGE_RETURN = 0x0d;

/** Most bytes of one line that are shown; the whole line stays in the store. */
export const SHOWN_BYTES = 16 * 1024;

export interface DecodedLine {
  readonly text: string;
  /** Length of the whole line in bytes, if `text` holds only its beginning. */
  readonly cutFromBytes?: number;
}

/** A stored line as text: invalid UTF-8 becomes U+FFFD, a carriage return at the end is left out. */
export function decodeLine(bytes: Uint8Array, mostBytes = SHOWN_BYTES): DecodedLine {
  let end = bytes.length;
  if (end > 0 && bytes[end - 1] === CARRIAGE_RETURN) {
    end--;
  }
  if (end <= mostBytes) {
    return { text: decoder.decode(bytes.subarray(0, end)) };
  }
  // Not inside a character: continuation bytes are 10xxxxxx.
  let cut = mostBytes;
  while (cut > mostBytes - 4 && ((bytes[cut] as number) & 0xc0) === 0x80) {
    cut--;
  }
  return { text: decoder.decode(bytes.subarray(0, cut)), cutFromBytes: bytes.length };
}
