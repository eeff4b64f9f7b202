import assert from 'node:assert/strict';
import { formatRowTime, formatSpan } from '../../../../src/viewer/rows/rowTime';

describe('the time of a row', () => {
  it('never reads 1000 ms, 60 s, 60 min or 24 h', () => {
    const units = { ms: 999, s: 59, min: 59, h: 23 };
    for (const [unit, most] of Object.entries(units)) {
      for (const near of [1000, 10_000, 60_000, 3_600_000, 86_400_000]) {
        for (const ms of [near - 501, near - 500, near - 1, near - 0.6, near - 0.4, near, near + 1]) {
          const [value, named] = formatSpan(ms).split(' ');
          assert.ok(named !== unit || Number(value) <= most, `${ms} reads ${formatSpan(ms)}`);
        }
      }
    }
    assert.equal(formatSpan(12), '12 ms');
    assert.equal(formatSpan(9960), '10 s');
  });

  it('is since the row above, which may be later', () => {
    assert.equal(formatRowTime('delta', 1012, 1000, 0), '+12 ms');
    assert.equal(formatRowTime('delta', 988, 1000, 0), '-12 ms');
    assert.equal(formatRowTime('delta', 1000, null, 0), '');
  });

  it('is not in the future where clocks differ', () => {
    assert.equal(formatRowTime('relative', 5000, null, 2000), '-0 ms');
  });
});
