/**
 * Bytes that arrive in pieces, all of them readable at any moment. A list that is joined at each
 * look copies everything again with every piece: 10 MB in pieces of 64 KiB made 800 MB, and a test
 * that looks at each piece came too late on a busy machine.
 */
export class GrowingBuffer {
  #memory = Buffer.allocUnsafe(64 * 1024);
  #length = 0;

  append(bytes: Uint8Array): void {
    if (this.#length + bytes.length > this.#memory.length) {
      const larger = Buffer.allocUnsafe(Math.max(2 * this.#memory.length, this.#length + bytes.length));
      larger.set(this.bytes);
      this.#memory = larger;
    }
    this.#memory.set(bytes, this.#length);
    this.#length += bytes.length;
  }

  /** What has arrived, without a copy; it stays as it is when more comes. */
  get bytes(): Buffer {
    return this.#memory.subarray(0, this.#length);
  }
}
