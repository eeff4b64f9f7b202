import type { HistogramMessage } from '../../view/messages';

/** A histogram's buckets: `from` and `width` in ms, per bucket the lines by level and then those without. */
export type Buckets = Pick<HistogramMessage, 'from' | 'width' | 'buckets'>;

/** A rectangle of one level in one bucket, px. */
export interface Bar {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  /** Index into LEVELS; one more: without a level. */
  readonly level: number;
}

/** A bucket with a line in it is always seen, px. */
const LEAST_BAR_PX = 2;
/** Few buckets are not stretched over the whole width, px. */
const WIDEST_BUCKET_PX = 24;

export function totalOf(bucket: readonly number[]): number {
  return bucket.reduce((sum, count) => sum + count, 0);
}

/** Width of a bucket on screen, px. */
export function bucketPx(buckets: number, width: number): number {
  return buckets === 0 ? 0 : Math.min(WIDEST_BUCKET_PX, width / buckets);
}

/** The bucket at a place, or the nearest. */
export function bucketAt(x: number, buckets: number, width: number): number {
  const each = bucketPx(buckets, width);
  return Math.max(0, Math.min(buckets - 1, Math.floor(x / each)));
}

/** The bars, stacked from the worst level at the bottom up: errors stand on the base line, where they compare best. */
export function layOutBars({ buckets }: Buckets, width: number, height: number): Bar[] {
  const each = bucketPx(buckets.length, width);
  const gap = each >= 4 ? 1 : 0;
  const most = Math.max(1, ...buckets.map(totalOf));
  return buckets.flatMap((counts, index) => {
    const total = totalOf(counts);
    if (total === 0) {
      return [];
    }
    const whole = Math.max(LEAST_BAR_PX, (total / most) * height);
    const bars: Bar[] = [];
    let below = 0;
    for (const level of stackOrder(counts.length)) {
      const count = counts[level] ?? 0;
      if (count > 0) {
        const share = (count / total) * whole;
        bars.push({ x: index * each, y: height - below - share, width: Math.max(1, each - gap), height: share, level });
        below += share;
      }
    }
    return bars;
  });
}

/** Worst level first; those without one last. */
function stackOrder(length: number): number[] {
  const levels = Array.from({ length: Math.max(0, length - 1) }, (_, at) => length - 2 - at);
  return length > 0 ? [...levels, length - 1] : [];
}

/** The time that buckets cover, both included: from, and until (not included), ms. */
export function rangeOf({ from, width }: Buckets, a: number, b: number): { since: number; until: number } {
  const [first, last] = a < b ? [a, b] : [b, a];
  return { since: from + first * width, until: from + (last + 1) * width };
}
