import assert from 'node:assert/strict';
import { formatDuration, formatRate, formatSeconds } from '../../../src/extension/format';

describe('formatRate', () => {
  for (const [rate, text] of [
    [0, '0'],
    [0.4, '0'],
    [999, '999'],
    [1000, '1.0k'],
    [9949, '9.9k'],
    [9950, '10k'],
    [999_499, '999k'],
    [999_500, '1.0M'],
    [12_000_000, '12M'],
  ] as const) {
    it(`shows ${rate} as ${text}`, () => assert.equal(formatRate(rate), text));
  }
});

describe('formatDuration', () => {
  for (const [ms, text] of [
    [-5, '0 s'],
    [999, '0 s'],
    [45_000, '45 s'],
    [60_000, '1 min'],
    [83_000, '1 min 23 s'],
    [3_600_000, '1 h'],
    [7_500_000, '2 h 5 min'],
    [7_205_000, '2 h'],
    [273_600_000, '3 d 4 h'],
  ] as const) {
    it(`shows ${ms} ms as ${text}`, () => assert.equal(formatDuration(ms), text));
  }
});

describe('formatSeconds', () => {
  it('shows whole seconds without and others with one decimal', () => {
    assert.equal(formatSeconds(9000), '9');
    assert.equal(formatSeconds(4540), '4.5');
  });
});
