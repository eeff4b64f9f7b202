import { decodeLine } from '../records/decodeLine';
import { detectTime } from '../records/detectTime';
import type { EntryIndex } from './entryIndex';
import type { LogStore } from './logStore';
import type { Slab } from './slab';

/** Bytes of a line that its time stands in. */
const LOOKED_AT = 400;
/** What a kept time is exact to, ms. */
const STEP_MS = 100;
const UNKNOWN = 0;
/** The earliest time of a slab's lines lies so far from its first line's at most, in steps: some 6 years. */
const OFFSET = 2 ** 31;

/**
 * The times of a store's lines: what a line states, or else when it was received; a line that goes on
 * with an entry has the entry's. Kept, to a tenth of a second, in four bytes a row, and only for slabs
 * that were asked about.
 */
export class TimeIndex {
  readonly #store: LogStore;
  readonly #entries: EntryIndex;
  readonly #kept = new WeakMap<Slab, { readonly base: number; steps: Uint32Array }>();

  constructor(store: LogStore, entries: EntryIndex) {
    this.#store = store;
    this.#entries = entries;
  }

  /** Exact time of a row, ms since the Unix epoch; 0 for a row that is not held. */
  exact(row: number): number {
    const slab = this.#store.slabOf(row);
    return slab ? this.#read(row, slab) : 0;
  }

  /** The same to the nearest whole 100 ms, whichever lines stand beside it, and fast. */
  at(row: number): number {
    const slab = this.#store.slabOf(row);
    if (!slab) {
      return 0;
    }
    const index = row - slab.firstRow;
    let kept = this.#kept.get(slab);
    if (!kept) {
      kept = {
        base: Math.round(this.#read(slab.firstRow, slab) / STEP_MS) * STEP_MS,
        steps: new Uint32Array(slab.rowCount),
      };
      this.#kept.set(slab, kept);
    }
    if (index >= kept.steps.length) {
      const grown = new Uint32Array(Math.ceil(slab.rowCount * 1.25));
      grown.set(kept.steps);
      kept.steps = grown;
    }
    const step = kept.steps[index] as number;
    if (step !== UNKNOWN) {
      return kept.base + (step - OFFSET) * STEP_MS;
    }
    const steps = Math.round((this.#read(row, slab) - kept.base) / STEP_MS);
    const code = steps + OFFSET;
    // What is too far from the slab's first line is read anew each time rather than kept wrong.
    if (code > UNKNOWN && code < 2 ** 32) {
      kept.steps[index] = code;
    }
    return kept.base + steps * STEP_MS;
  }

  #read(row: number, slab: Slab): number {
    const index = row - slab.firstRow;
    const { receivedAt, notice } = slab.run(index);
    if (notice) {
      return receivedAt;
    }
    const { first } = this.#entries.entryAt(row);
    const head = first === row ? slab : this.#store.slabOf(first);
    const line = head?.line(first - head.firstRow) ?? slab.line(index);
    return detectTime(decodeLine(line, LOOKED_AT).text, receivedAt) ?? receivedAt;
  }
}
