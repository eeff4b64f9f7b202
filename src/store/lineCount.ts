import { byteScanner } from './byteScanner';

const NEWLINE = 0x0a;
/** From so many bytes on, copying them to the scanner pays. */
const SCANNED_BYTES = 1024;

/** How many newlines there are in `bytes`. */
export function countLines(bytes: Uint8Array): number {
  let count = 0;
  const scanner = bytes.length >= SCANNED_BYTES ? byteScanner() : undefined;
  if (scanner) {
    scanner.newlines(bytes, 0, (ends) => {
      count += ends.length;
    });
    return count;
  }
  for (let at = bytes.indexOf(NEWLINE); at !== -1; at = bytes.indexOf(NEWLINE, at + 1)) {
    count++;
  }
  return count;
}
