import { byteScannerCode } from './byteScannerCode';

/** What `byteScanner.wat` exports. */
interface Exports {
  readonly memory: { readonly buffer: ArrayBuffer };
  newlines(length: number, base: number): number;
  find(from: number, end: number, length: number): number;
}

/** As much of the runtime's WebAssembly as is used here; TypeScript knows it only beside the DOM. */
interface WebAssemblyApi {
  readonly Module: new (code: Uint8Array) => object;
  readonly Instance: new (module: object) => { readonly exports: object };
}

/** A text as the scanner compares it: each byte, and the same letter in the other case. */
export interface ScannedText {
  readonly bytes: Uint8Array;
  /** As long as `bytes`, and equal where a byte has no other case or the case matters. */
  readonly otherCase: Uint8Array;
}

// The layout of the memory, as in byteScanner.wat.
const OTHER_CASE_AT = 128;
const INPUT_AT = 256;
const INPUT_BYTES = 64 * 1024;
const PLACES_AT = 66_048;

/** Bytes of the longest text it looks for. */
export const longestScannedText = 128;

/**
 * Looks through bytes 16 at a time, by WebAssembly. What is looked at is copied into its memory
 * first, 64 KiB a time: that costs little beside reading it, and nothing has to live there.
 */
export class ByteScanner {
  readonly #newlines: Exports['newlines'];
  readonly #find: Exports['find'];
  readonly #texts: Uint8Array;
  readonly #input: Uint8Array;
  readonly #places: Uint32Array;
  #text: ScannedText | undefined;
  /** Which bytes the input holds: those of `#buffer` from `#from` to `#end`. */
  #buffer: ArrayBufferLike | undefined;
  #from = 0;
  #end = 0;

  /** Throws where the runtime has no WebAssembly with vectors of 128 bits, or a policy forbids it. */
  constructor() {
    const { WebAssembly } = globalThis as unknown as { readonly WebAssembly: WebAssemblyApi };
    const code = Uint8Array.from(atob(byteScannerCode), (character) => character.charCodeAt(0));
    const { memory, newlines, find } = new WebAssembly.Instance(new WebAssembly.Module(code)).exports as Exports;
    this.#newlines = newlines;
    this.#find = find;
    this.#texts = new Uint8Array(memory.buffer, 0, INPUT_AT);
    this.#input = new Uint8Array(memory.buffer, INPUT_AT, INPUT_BYTES);
    this.#places = new Uint32Array(memory.buffer, PLACES_AT, INPUT_BYTES);
  }

  /**
   * Gives `take` the offsets behind all newlines in `bytes`, each plus `base`, ascending, in parts.
   * A part is valid until `take` returns.
   */
  newlines(bytes: Uint8Array, base: number, take: (offsets: Uint32Array) => void): void {
    this.#buffer = undefined;
    for (let from = 0; from < bytes.length; from += INPUT_BYTES) {
      const part = bytes.subarray(from, from + INPUT_BYTES);
      this.#input.set(part);
      const count = this.#newlines(part.length, base + from);
      if (count > 0) {
        take(this.#places.subarray(0, count));
      }
    }
  }

  /**
   * Offset of the first occurrence of a text in `bytes` at or after `from` and before `end`, or -1.
   * What it copied is used again for the next search behind it: bytes that were searched once must
   * not change any more.
   */
  find(text: ScannedText, bytes: Uint8Array, from: number, end: number): number {
    const { length } = text.bytes;
    if (this.#text !== text) {
      this.#texts.set(text.bytes);
      this.#texts.set(text.otherCase, OTHER_CASE_AT);
      this.#text = text;
    }
    const { buffer, byteOffset } = bytes;
    let at = byteOffset + from;
    const stop = byteOffset + end;
    while (stop - at >= length) {
      if (this.#buffer !== buffer || at < this.#from || Math.min(stop, at + length) > this.#end) {
        this.#buffer = buffer;
        this.#from = at;
        this.#end = Math.min(stop, at + INPUT_BYTES);
        this.#input.set(new Uint8Array(buffer, at, this.#end - at));
      }
      const partEnd = Math.min(stop, this.#end);
      const found = this.#find(at - this.#from, partEnd - this.#from, length);
      if (found !== -1) {
        return this.#from + found - byteOffset;
      }
      at = partEnd - length + 1;
    }
    return -1;
  }
}

/** A scanner, or undefined where the runtime has no WebAssembly with vectors or a host forbids it. */
export function createByteScanner(): ByteScanner | undefined {
  try {
    return new ByteScanner();
  } catch {
    return undefined;
  }
}

let shared: ByteScanner | undefined;

/**
 * From here on the stores of this process scan with it. The start of a process in which nothing
 * forbids WebAssembly says so; the page does not: its policy has no `wasm-unsafe-eval`, and a refused
 * attempt would stand in its console. Without a scanner everything works, more slowly.
 */
export function useByteScanner(scanner: ByteScanner | undefined): void {
  shared = scanner;
}

/** The scanner of this process, if it has one. */
export function byteScanner(): ByteScanner | undefined {
  return shared;
}
