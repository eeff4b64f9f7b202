import { fstatSync, writeSync } from 'node:fs';
import { Writable } from 'node:stream';

const STDOUT = 1;

/**
 * A stream over a function that writes what it can of `bytes`, from an offset on, and returns how
 * much that was. The disk that becomes full takes a part and fails only at the next attempt.
 */
export function wholeWrites(write: (bytes: Uint8Array, from: number) => number): Writable {
  return new Writable({
    write(chunk: Uint8Array, _encoding, done) {
      try {
        for (let from = 0; from < chunk.length; ) {
          from += write(chunk, from);
        }
      } catch (error) {
        done(error as Error);
        return;
      }
      done();
    },
  });
}

/** Standard output. Node's own stream for a file takes a write of a part for one of the whole, and loses the rest. */
export function standardOutput(): Writable & { readonly isTTY?: boolean } {
  return isFile() ? wholeWrites((bytes, from) => writeSync(STDOUT, bytes, from)) : process.stdout;
}

function isFile(): boolean {
  try {
    return fstatSync(STDOUT).isFile();
  } catch {
    return false;
  }
}
