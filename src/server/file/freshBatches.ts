import type { LogFileHandle } from './bytes/logFileHandle';
import type { FreshLines } from './bytes/tipReader';

/** Bytes of fresh batches kept for sessions that stand right before them. */
const MOST_BYTES = 2 * 1024 * 1024;
/** A session that is more batches behind takes one block from the file: fewer frames, less work. */
const MOST_BATCHES = 32;

/** What was just read, for the sessions at the tip: they share it instead of reading it again. */
export class FreshBatches {
  #kept: { readonly generation: LogFileHandle; readonly lines: FreshLines }[] = [];
  #bytes = 0;

  add(generation: LogFileHandle, lines: FreshLines): void {
    this.#kept.push({ generation, lines });
    this.#bytes += lines.bytes.length;
    while (this.#bytes > MOST_BYTES && this.#kept.length > 1) {
      this.#bytes -= this.#kept.shift()?.lines.bytes.length ?? 0;
    }
  }

  /** The batch that begins at `offset`, if it is one of the newest. */
  at(generation: LogFileHandle, offset: number): FreshLines | undefined {
    const oldest = Math.max(0, this.#kept.length - MOST_BATCHES);
    for (let index = this.#kept.length - 1; index >= oldest; index--) {
      const kept = this.#kept[index];
      if (kept?.generation === generation && kept.lines.start <= offset) {
        return kept.lines.start === offset ? kept.lines : undefined;
      }
    }
    return undefined;
  }
}
