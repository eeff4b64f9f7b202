import { LEVELS, type Level } from '../records/level';

/** Buckets shown at most. */
const MOST_BUCKETS = 240;
/** Width of a bucket before it is doubled, ms. */
const NARROWEST_MS = 100;
const COLUMNS = LEVELS.length + 1;

export interface HistogramBuckets {
  /** Start of the first bucket, ms since the Unix epoch, and width of each, ms. */
  readonly from: number;
  readonly width: number;
  /** Per bucket the lines by level, in the order of LEVELS and then those without one. */
  readonly buckets: readonly (readonly number[])[];
}

/** Lines over time by level. The buckets grow wider, by doubling, as the lines spread. */
export class Histogram {
  #width = NARROWEST_MS;
  #counts = new Map<number, number[]>();
  #lowest = Number.POSITIVE_INFINITY;
  #highest = Number.NEGATIVE_INFINITY;

  /** Counts a line; in any order of time. */
  add(time: number, level: Level | null): void {
    const bucket = Math.floor(time / this.#width);
    let counts = this.#counts.get(bucket);
    if (!counts) {
      counts = new Array<number>(COLUMNS).fill(0);
      this.#counts.set(bucket, counts);
      this.#lowest = Math.min(this.#lowest, bucket);
      this.#highest = Math.max(this.#highest, bucket);
      while (this.#highest - this.#lowest >= MOST_BUCKETS) {
        this.#double();
      }
      counts = this.#counts.get(Math.floor(time / this.#width)) as number[];
    }
    const column = level === null ? COLUMNS - 1 : LEVELS.indexOf(level);
    counts[column] = (counts[column] as number) + 1;
  }

  /** Forgets what lies before a time, to a bucket: those lines have left. */
  dropBefore(time: number): void {
    const first = Math.floor(time / this.#width);
    while (this.#lowest < first && this.#counts.size > 0) {
      this.#counts.delete(this.#lowest);
      this.#lowest++;
    }
    if (this.#counts.size === 0) {
      this.#lowest = Number.POSITIVE_INFINITY;
      this.#highest = Number.NEGATIVE_INFINITY;
    }
  }

  read(): HistogramBuckets {
    if (this.#counts.size === 0) {
      return { from: 0, width: this.#width, buckets: [] };
    }
    const none = new Array<number>(COLUMNS).fill(0);
    const buckets: (readonly number[])[] = [];
    for (let bucket = this.#lowest; bucket <= this.#highest; bucket++) {
      buckets.push(this.#counts.get(bucket) ?? none);
    }
    return { from: this.#lowest * this.#width, width: this.#width, buckets };
  }

  #double(): void {
    const doubled = new Map<number, number[]>();
    for (const [bucket, counts] of this.#counts) {
      const half = Math.floor(bucket / 2);
      const there = doubled.get(half);
      doubled.set(half, there ? there.map((count, column) => count + (counts[column] as number)) : counts);
    }
    this.#counts = doubled;
    this.#width *= 2;
    this.#lowest = Math.floor(this.#lowest / 2);
    this.#highest = Math.floor(this.#highest / 2);
  }
}
