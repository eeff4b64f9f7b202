/** Finds a text in bytes. */
export interface ByteSearch {
  /** Offset of the first occurrence in `bytes` at or after `from` and before `end`, or -1. */
  find(bytes: Uint8Array, from: number, end: number): number;
  readonly length: number;
}

function fold(byte: number): number {
  return byte >= 0x41 && byte <= 0x5a ? byte | 0x20 : byte;
}

/** Whether a text is all ASCII, so that its bytes can be compared regardless of case. */
export function isAscii(text: string): boolean {
  for (let at = 0; at < text.length; at++) {
    if (text.charCodeAt(at) > 0x7f) {
      return false;
    }
  }
  return true;
}

/**
 * Boyer–Moore–Horspool over raw bytes. Most bytes are skipped, none is decoded; without regard to
 * case the table maps both cases of a letter to the same step. Only ASCII letters are folded.
 */
export function createByteSearch(needle: Uint8Array, caseSensitive: boolean): ByteSearch {
  const { length } = needle;
  const wanted = caseSensitive ? needle : needle.map(fold);
  const folded = new Uint8Array(256);
  for (let byte = 0; byte < 256; byte++) {
    folded[byte] = caseSensitive ? byte : fold(byte);
  }
  const skip = new Int32Array(256).fill(length);
  for (let at = 0; at < length - 1; at++) {
    const byte = wanted[at] as number;
    skip[byte] = length - 1 - at;
    if (!caseSensitive && byte >= 0x61 && byte <= 0x7a) {
      skip[byte & ~0x20] = length - 1 - at;
    }
  }
  const last = wanted[length - 1] as number;
  return {
    length,
    find(bytes, from, end) {
      for (let at = from + length - 1; at < end; ) {
        const byte = bytes[at] as number;
        if (folded[byte] === last) {
          let back = 1;
          while (back < length && folded[bytes[at - back] as number] === wanted[length - 1 - back]) {
            back++;
          }
          if (back === length) {
            return at - length + 1;
          }
        }
        at += skip[byte] as number;
      }
      return -1;
    },
  };
}

/** Whether a byte is part of a word: ASCII letters, digits and underscore, and all of UTF-8's longer characters. */
export function isWordByte(byte: number | undefined): boolean {
  return (
    byte !== undefined &&
    ((byte >= 0x30 && byte <= 0x39) ||
      (byte >= 0x41 && byte <= 0x5a) ||
      (byte >= 0x61 && byte <= 0x7a) ||
      byte === 0x5f ||
      byte >= 0x80)
  );
}
