const NEWLINE = 0x0a;

/** Collects, per line, the time from its stamp (µs since the Unix epoch, at its start) to now. */
export class LatencyMeter {
  readonly #milliseconds: number[] = [];
  #unfinished: Buffer = Buffer.alloc(0);

  get lines(): number {
    return this.#milliseconds.length;
  }

  /** Takes a piece of the stream as it arrived; lines may be cut at its ends. */
  take(piece: Uint8Array): void {
    const now = (performance.timeOrigin + performance.now()) * 1000;
    const bytes =
      this.#unfinished.length === 0
        ? Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength)
        : Buffer.concat([this.#unfinished, piece]);
    let start = 0;
    for (let end = bytes.indexOf(NEWLINE); end !== -1; end = bytes.indexOf(NEWLINE, start)) {
      this.#milliseconds.push((now - Number.parseInt(bytes.toString('latin1', start, start + 16), 10)) / 1000);
      start = end + 1;
    }
    this.#unfinished = Buffer.from(bytes.subarray(start));
  }

  /** The value below which `share` (0 to 1) of the latencies lie, in ms. */
  percentile(share: number): number {
    const sorted = Float64Array.from(this.#milliseconds).sort();
    return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
  }
}
