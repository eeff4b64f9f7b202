import { type ByteScanner, byteScanner, longestScannedText, type ScannedText } from './byteScanner';

/** Finds a text in bytes. */
export interface ByteSearch {
  /** Offset of the first occurrence in `bytes` at or after `from` and before `end`, or -1. */
  find(bytes: Uint8Array, from: number, end: number): number;
  readonly length: number;
}

function fold(byte: number): number {
  return byte >= 0x41 && byte <= 0x5a ? byte | 0x20 : byte;
}

function isLetter(byte: number): boolean {
  return fold(byte) >= 0x61 && fold(byte) <= 0x7a;
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

/** Below so many bytes, copying them to the scanner costs more than it saves. */
const SCANNED_BYTES = 1024;

/** Bytes of a text that are told apart by the bits of a number. */
const MOST_WINDOW = 31;

/**
 * Prepares the search for a text, which is not empty. Bytes are compared as they are; without regard
 * to case, only ASCII letters are folded. Bytes that were searched once must not change any more.
 */
export function createByteSearch(
  needle: Uint8Array,
  caseSensitive: boolean,
  scanner: ByteScanner | undefined = byteScanner(),
): ByteSearch {
  const steps = searchInSteps(needle, caseSensitive);
  if (!scanner || needle.length > longestScannedText) {
    return steps;
  }
  const text: ScannedText = {
    bytes: needle,
    otherCase: caseSensitive ? needle : needle.map((byte) => (isLetter(byte) ? byte ^ 0x20 : byte)),
  };
  return {
    length: needle.length,
    find: (bytes, from, end) =>
      end - from < SCANNED_BYTES ? steps.find(bytes, from, end) : scanner.find(text, bytes, from, end),
  };
}

/**
 * Looks at every n-th byte only, n being the text's length: each occurrence covers exactly one of
 * those. A byte's mask has a bit for each place it has in the text, so 0 means that nothing is
 * there. Unlike Boyer–Moore–Horspool, where each step waits for the byte before, steps are the same
 * and known beforehand: twice as fast for short texts. No byte is decoded; without regard to case
 * both cases of a letter have the same mask.
 */
function searchInSteps(needle: Uint8Array, caseSensitive: boolean): ByteSearch {
  const { length } = needle;
  const wanted = caseSensitive ? needle : needle.map(fold);
  const folded = new Uint8Array(256);
  const masks = new Int32Array(256);
  // Of a longer text, its beginning is looked for and then the rest compared.
  const window = Math.min(length, MOST_WINDOW);
  for (let byte = 0; byte < 256; byte++) {
    folded[byte] = caseSensitive ? byte : fold(byte);
    for (let at = 0; at < window; at++) {
      if (wanted[at] === folded[byte]) {
        masks[byte] = (masks[byte] as number) | (1 << at);
      }
    }
  }
  const lastPlace = 1 << (window - 1);
  /** Places that a byte can have in the text, as the one before it goes: behind that one's, or the first. */
  const placesBehind = (bytes: Uint8Array, at: number, from: number): number =>
    ((at > from ? (masks[bytes[at - 1] as number] as number) : 0) << 1) | 1;
  /** Offset of the first occurrence that covers the byte at `at` within its window, or -1. */
  const covering = (bytes: Uint8Array, at: number, from: number, end: number): number => {
    let places = (masks[bytes[at] as number] as number) & placesBehind(bytes, at, from);
    places &= ((at + 1 < end ? (masks[bytes[at + 1] as number] as number) : 0) >> 1) | lastPlace;
    while (places !== 0) {
      const place = 31 - Math.clz32(places); // The last place in the text is the first occurrence.
      places &= ~(1 << place);
      const start = at - place;
      if (start >= from && start + length <= end) {
        let matched = 0;
        while (matched < length && folded[bytes[start + matched] as number] === wanted[matched]) {
          matched++;
        }
        if (matched === length) {
          return start;
        }
      }
    }
    return -1;
  };
  return {
    length,
    find(bytes, from, end) {
      let at = from + window - 1;
      while (at < end) {
        const unrolledEnd = end - 3 * window;
        while (
          at < unrolledEnd &&
          ((masks[bytes[at] as number] as number) |
            (masks[bytes[at + window] as number] as number) |
            (masks[bytes[at + 2 * window] as number] as number) |
            (masks[bytes[at + 3 * window] as number] as number)) ===
            0
        ) {
          at += 4 * window;
        }
        for (const stop = Math.min(end, at + 4 * window); at < stop; at += window) {
          if (((masks[bytes[at] as number] as number) & placesBehind(bytes, at, from)) !== 0) {
            const found = covering(bytes, at, from, end);
            if (found !== -1) {
              return found;
            }
          }
        }
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
