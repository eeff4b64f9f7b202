/** Lines that came together. Their numbers are `seq … seq + count − 1`. */
export interface RingBatch {
  readonly seq: number;
  readonly count: number;
  readonly bytes: Buffer;
  readonly receivedAt: number;
  readonly continues: boolean;
}

/** What every batch costs besides its bytes, so that a flood of tiny ones is bounded too. */
const BATCH_OVERHEAD_BYTES = 200;

/**
 * The last lines of a source that lies in no file, bounded in bytes. One for all clients: a client
 * that is behind reads here, and one that was overtaken learns how many lines it missed.
 */
export class Ring {
  readonly #capacityBytes: number;
  #batches: RingBatch[] = [];
  #head = 0;
  #bytes = 0;
  #nextSeq = 0;

  constructor(capacityBytes: number) {
    this.#capacityBytes = capacityBytes;
  }

  /** Number of the oldest line held; equals {@link nextSeq} when empty. */
  get firstSeq(): number {
    return this.#batches[this.#head]?.seq ?? this.#nextSeq;
  }

  /** Number the next line gets. */
  get nextSeq(): number {
    return this.#nextSeq;
  }

  /** Bytes held, lines and bookkeeping. At most the capacity, or one batch. */
  get sizeBytes(): number {
    return this.#bytes;
  }

  /** Whether a batch of this size can come in without another one leaving. */
  hasRoomFor(bytes: number): boolean {
    return this.#bytes + bytes + BATCH_OVERHEAD_BYTES <= this.#capacityBytes;
  }

  append(batch: Omit<RingBatch, 'seq'>): void {
    this.#batches.push({ ...batch, seq: this.#nextSeq });
    this.#nextSeq += batch.count;
    this.#bytes += batch.bytes.length + BATCH_OVERHEAD_BYTES;
    while (this.#bytes > this.#capacityBytes && this.#head < this.#batches.length - 1) {
      this.dropFirst();
    }
  }

  /** Lets the oldest batch go. */
  dropFirst(): void {
    const first = this.#batches[this.#head];
    if (first) {
      this.#bytes -= first.bytes.length + BATCH_OVERHEAD_BYTES;
      this.#head++;
      // Moving the rest up only when half is gone keeps the cost per batch constant.
      if (this.#head > 64 && this.#head * 2 > this.#batches.length) {
        this.#batches = this.#batches.slice(this.#head);
        this.#head = 0;
      }
    }
  }

  /** The batch that holds line `seq`, or undefined if it is not held. */
  batchAt(seq: number): RingBatch | undefined {
    let low = this.#head;
    let high = this.#batches.length - 1;
    while (low <= high) {
      const middle = (low + high) >>> 1;
      const batch = this.#batches[middle];
      if (!batch || batch.seq > seq) {
        high = middle - 1;
      } else if (batch.seq + batch.count <= seq) {
        low = middle + 1;
      } else {
        return batch;
      }
    }
    return undefined;
  }
}

const NEWLINE = 0x0a;

/** The lines of a batch from number `seq` on. */
export function batchFrom(batch: RingBatch, seq: number): RingBatch {
  let at = 0;
  for (let skipped = batch.seq; skipped < seq; skipped++) {
    at = batch.bytes.indexOf(NEWLINE, at) + 1;
  }
  return at === 0 ? batch : { ...batch, seq, count: batch.count - (seq - batch.seq), bytes: batch.bytes.subarray(at) };
}

/** The lines of a batch before number `seq`. */
export function batchBefore(batch: RingBatch, seq: number): RingBatch {
  if (seq >= batch.seq + batch.count) {
    return batch;
  }
  let at = 0;
  for (let number = batch.seq; number < seq; number++) {
    at = batch.bytes.indexOf(NEWLINE, at) + 1;
  }
  return { ...batch, count: seq - batch.seq, bytes: batch.bytes.subarray(0, at), continues: false };
}
