import assert from 'node:assert/strict';
import fc from 'fast-check';
import { bucketAt, bucketPx, layOutBars, rangeOf } from '../../../../src/viewer/histogram/histogramBars';

const WIDTH = 600;
const HEIGHT = 44;
const counts = fc.array(fc.nat({ max: 100_000 }), { minLength: 7, maxLength: 7 });

describe('the bars of the histogram', () => {
  it('stay within the plot, stacked without a hole, and show every bucket that has a line', () => {
    fc.assert(
      fc.property(fc.array(counts, { maxLength: 240 }), (buckets) => {
        const bars = layOutBars({ from: 0, width: 1000, buckets }, WIDTH, HEIGHT);
        const each = bucketPx(buckets.length, WIDTH);
        for (const bar of bars) {
          assert.ok(bar.x >= 0 && bar.x + bar.width <= WIDTH + 1, `${bar.x} + ${bar.width}`);
          assert.ok(bar.y >= -0.01 && bar.y + bar.height <= HEIGHT + 0.01, `${bar.y} + ${bar.height}`);
        }
        buckets.forEach((bucket, index) => {
          const own = bars.filter(({ x }) => Math.abs(x - index * each) < 0.001);
          assert.equal(own.length, bucket.filter((count) => count > 0).length);
          let bottom = HEIGHT;
          for (const { y, height } of own) {
            assert.ok(Math.abs(y + height - bottom) < 0.01);
            bottom = y;
          }
          assert.ok(own.length === 0 || HEIGHT - bottom >= 1.99);
        });
      }),
    );
  });

  it('have the worst level on the base line, and lines without one on top', () => {
    const levels = layOutBars({ from: 0, width: 1, buckets: [[1, 1, 1, 1, 1, 1, 1]] }, WIDTH, HEIGHT).map(
      ({ level }) => level,
    );
    assert.deepEqual(levels, [5, 4, 3, 2, 1, 0, 6]);
  });

  it('are found by a place in them, and by the nearest outside', () => {
    assert.deepEqual(
      [-5, 0, 299, 301, 900].map((x) => bucketAt(x, 100, WIDTH)),
      [0, 0, 49, 50, 99],
    );
  });

  it('cover a time whichever way a range was dragged', () => {
    const buckets = { from: 1000, width: 10, buckets: [] };
    assert.deepEqual(rangeOf(buckets, 3, 1), { since: 1010, until: 1040 });
    assert.deepEqual(rangeOf(buckets, 1, 3), { since: 1010, until: 1040 });
  });
});
