import { LEVELS, type Level } from '../records/level';

/** Buckets shown at most. */
const MOST_BUCKETS = 240;
/** Buckets kept at most, those without a line not counted. Many more than are shown: which are shown is decided when they are read. */
const MOST_KEPT = 4096;
const COLUMNS = LEVELS.length + 1;

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** Widths that buckets are kept by, ms: each is a multiple of the one before, so that they can be joined. Then doubled. */
const KEPT_WIDTHS = [
  100,
  SECOND / 2,
  SECOND,
  5 * SECOND,
  10 * SECOND,
  30 * SECOND,
  MINUTE,
  5 * MINUTE,
  10 * MINUTE,
  30 * MINUTE,
  HOUR,
  6 * HOUR,
  DAY,
  7 * DAY,
  28 * DAY,
] as const;
/** Widths that buckets are shown by, ms, as a person divides time. Then doubled. */
const SHOWN_WIDTHS = [
  ...[100, 200, 500],
  ...[1, 2, 5, 10, 15, 30].map((each) => each * SECOND),
  ...[1, 2, 5, 10, 15, 30].map((each) => each * MINUTE),
  ...[1, 2, 3, 6, 12].map((each) => each * HOUR),
  ...[1, 2, 7, 14, 28].map((each) => each * DAY),
] as const;

/** With fewer lines, none of them is odd. */
const FEWEST_LINES = 20;
/** One line of so many, at either end, may be left out. */
const ONE_OF = 100;
/** A gap so many times as long as what nearly all lines span leaves them 2 or 3 of the 240 buckets. */
const FAR = 100;
/** Whatever nearly all lines span, what is not a week off is not odd: a service may have been silent over a holiday. */
const LEAST_GAP_MS = 7 * DAY;

export interface HistogramBuckets {
  /** Start of the first bucket, ms since the Unix epoch, and width of each, ms. */
  readonly from: number;
  readonly width: number;
  /** Per bucket the lines by level, in the order of LEVELS and then those without one. */
  readonly buckets: readonly (readonly number[])[];
  /** Lines left out because their times lie far from those of nearly all others. */
  readonly leftOut: number;
}

interface Kept {
  readonly bucket: number;
  readonly counts: readonly number[];
}

/**
 * Lines over time by level. Buckets begin at whole multiples of their width since the Unix epoch, and
 * the width comes from the times alone: the same lines give the same buckets in whatever order they came.
 *
 * **What is left out.** One line that states an odd time (a clock that begins in 1970, a date years
 * ahead in a message) must not press all others into one bar. Of 20 lines or more, the hundredth
 * part at either end of time, one line at least, is looked at: going outward from the others, what lies
 * behind a gap of more than a week and of more than 100 times the time that those others span is left
 * out, and counted. Lines at the later end stay if the newest lines of the log are among them: then time
 * has really moved on.
 */
export class Histogram {
  #step = 0;
  #counts = new Map<number, number[]>();

  /** Counts a line; in any order of time. */
  add(time: number, level: Level | null): void {
    if (!Number.isFinite(time)) {
      return; // No date is that far, and no axis.
    }
    const bucket = Math.floor(time / this.#width);
    let counts = this.#counts.get(bucket);
    if (!counts) {
      counts = new Array<number>(COLUMNS).fill(0);
      this.#counts.set(bucket, counts);
    }
    const column = level === null ? COLUMNS - 1 : LEVELS.indexOf(level);
    counts[column] = (counts[column] as number) + 1;
    while (this.#counts.size > MOST_KEPT) {
      this.#widen();
    }
  }

  /** Forgets what lies before a time, to a bucket: those lines have left. */
  dropBefore(time: number): void {
    const first = Math.floor(time / this.#width);
    for (const bucket of this.#counts.keys()) {
      if (bucket < first) {
        this.#counts.delete(bucket);
      }
    }
  }

  /** @param newest times of the newest lines, the newest first. */
  read(newest: readonly number[] = []): HistogramBuckets {
    const all = [...this.#counts].map(([bucket, counts]): Kept => ({ bucket, counts }));
    if (all.length === 0) {
      return { from: 0, width: this.#width, buckets: [], leftOut: 0 };
    }
    all.sort((one, other) => one.bucket - other.bucket);
    const [first, end] = this.#shown(all, newest);
    const shown = all.slice(first, end);
    const [lowest, highest] = [all[first] as Kept, all[end - 1] as Kept].map(({ bucket }) => bucket * this.#width) as [
      number,
      number,
    ];
    const width = shownWidth(lowest, highest, this.#width);
    const from = Math.floor(lowest / width);
    const buckets = Array.from({ length: Math.floor(highest / width) - from + 1 }, () =>
      new Array<number>(COLUMNS).fill(0),
    );
    for (const { bucket, counts } of shown) {
      addTo(buckets[Math.floor((bucket * this.#width) / width) - from] as number[], counts);
    }
    return { from: from * width, width, buckets, leftOut: totalOf(all) - totalOf(shown) };
  }

  get #width(): number {
    return widthAt(KEPT_WIDTHS, this.#step);
  }

  /** Which of the buckets are shown, [first, end); see the class for the rule. */
  #shown(all: readonly Kept[], newest: readonly number[]): readonly [number, number] {
    const total = totalOf(all);
    if (total < FEWEST_LINES) {
      return [0, all.length];
    }
    const few = Math.ceil(total / ONE_OF);
    let low = 0;
    for (let lines = linesOf(all[0] as Kept); lines <= few; lines += linesOf(all[low] as Kept)) {
      low++;
    }
    let high = all.length - 1;
    for (let lines = linesOf(all[high] as Kept); lines <= few; lines += linesOf(all[high] as Kept)) {
      high--;
    }
    const start = (index: number) => (all[index] as Kept).bucket * this.#width;
    const longest = Math.max(LEAST_GAP_MS, FAR * (start(high) - start(low)));
    let first = low;
    while (first > 0 && start(first) - start(first - 1) <= longest) {
      first--;
    }
    let end = high + 1;
    while (
      end < all.length &&
      (start(end) - start(end - 1) <= longest || hasMovedOn(newest, start(first), start(end)))
    ) {
      end++;
    }
    return [first, end];
  }

  #widen(): void {
    const before = this.#width;
    this.#step++;
    const width = this.#width;
    const joined = new Map<number, number[]>();
    for (const [bucket, counts] of this.#counts) {
      const wide = Math.floor((bucket * before) / width);
      const there = joined.get(wide);
      if (there) {
        addTo(there, counts);
      } else {
        joined.set(wide, counts);
      }
    }
    this.#counts = joined;
  }
}

/**
 * Whether the newest lines say that the log's time is past `to`: most of some of the newest, one that
 * is the very newest included. A single odd line counts as long as it is the newest. Lines before
 * `from` say nothing: time does not move back.
 */
function hasMovedOn(newest: readonly number[], from: number, to: number): boolean {
  let past = 0;
  let looked = 0;
  for (const time of newest) {
    looked += time >= from ? 1 : 0;
    past += time >= to ? 1 : 0;
    if (past * 2 > looked) {
      return true;
    }
  }
  return false;
}

/** The narrowest width that shows all within the buckets there are, and joins whole ones of those kept. */
function shownWidth(lowest: number, highest: number, kept: number): number {
  let step = 0;
  for (;;) {
    const width = widthAt(SHOWN_WIDTHS, step++);
    if (width % kept === 0 && Math.floor(highest / width) - Math.floor(lowest / width) < MOST_BUCKETS) {
      return width;
    }
  }
}

/** A width of a list, or the last one doubled as often as it takes. */
function widthAt(widths: readonly number[], step: number): number {
  const last = widths.length - 1;
  return (widths[Math.min(step, last)] as number) * 2 ** Math.max(0, step - last);
}

function addTo(sums: number[], counts: readonly number[]): void {
  counts.forEach((count, column) => {
    sums[column] = (sums[column] as number) + count;
  });
}

function linesOf({ counts }: Kept): number {
  return counts.reduce((sum, count) => sum + count, 0);
}

function totalOf(buckets: readonly Kept[]): number {
  return buckets.reduce((sum, bucket) => sum + linesOf(bucket), 0);
}
