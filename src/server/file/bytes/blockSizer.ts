import { LIMITS } from '../../../protocol/limits';

/**
 * More than what the buffers of a connection hold (a kernel's and a tunnel's: some 10 MiB), so
 * that they cannot pass a slow way off as a fast one. Bytes.
 */
const PROOF_BYTES = 16 * 1024 * 1024;
/** Within so long, ms. */
const PROOF_MS = 1000;

/**
 * How much a reader that catches up takes at a time. Each block costs a trip to another thread and
 * back, so large ones are a quarter faster; but a large frame on a slow way stands in front of
 * heartbeats for longer than a client waits for them. So only a way that has just taken 16 MiB
 * within a second gets large ones.
 */
export class BlockSizer {
  #since = Number.NEGATIVE_INFINITY;
  #bytes = 0;
  #isFast = false;

  /** Bytes to take next. `now`: monotonic ms. */
  next(now: number): number {
    if (now - this.#since > PROOF_MS) {
      this.#begin(now, false);
    } else if (this.#bytes >= PROOF_BYTES) {
      this.#begin(now, true);
    }
    return this.#isFast ? LIMITS.fastFramePayloadBytes : LIMITS.framePayloadBytes;
  }

  /** So many bytes went on their way. */
  took(bytes: number): void {
    this.#bytes += bytes;
  }

  #begin(now: number, isFast: boolean): void {
    this.#since = now;
    this.#bytes = 0;
    this.#isFast = isFast;
  }
}
