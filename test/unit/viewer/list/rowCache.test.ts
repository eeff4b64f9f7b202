import assert from 'node:assert/strict';
import type { Row } from '../../../../src/view/messages';
import { RowCache } from '../../../../src/viewer/list/rowCache';
import { FakeClock } from '../../../support/fakeClock';

function row(ordinal: number, change: Partial<Row> = {}): Row {
  return {
    ordinal,
    row: ordinal,
    source: 0,
    seq: ordinal,
    text: `line ${ordinal}`,
    level: null,
    time: null,
    receivedAt: 0,
    entryStart: true,
    ...change,
  };
}

function setUp() {
  const asked: (readonly [from: number, to: number])[] = [];
  const cache = new RowCache((from, to) => asked.push([from, to]), new FakeClock());
  const want = (end: number) => cache.want({ first: 0, end }, { first: 0, end }, 0);
  const range = { first: 0, end: 10 };
  return { asked, cache, want, range };
}

describe('the rows a viewer knows', () => {
  it('are asked for once', () => {
    const { asked, cache, want, range } = setUp();
    want(3);
    want(3);
    cache.accept(1, [row(0), row(1), row(2)], range);
    cache.grown();
    want(3);
    assert.deepEqual(asked, [[0, 3]]);
  });

  it('are asked for anew when lines arrive that may belong to them', () => {
    const { asked, cache, want, range } = setUp();
    want(2);
    cache.accept(1, [row(0), row(1, { isGrowing: true })], range);
    want(2);
    cache.grown();
    want(3);
    cache.accept(2, [row(1, { entryLines: 1 }), row(2, { entryStart: false })], range);
    assert.equal(cache.get(1)?.entryLines, 1);
    cache.grown();
    want(3);
    assert.deepEqual(asked, [
      [0, 2],
      [1, 3],
    ]);
  });

  it('stay the same where nothing of them changed, so that nothing is drawn anew', () => {
    const { cache, want, range } = setUp();
    want(1);
    cache.accept(1, [row(0, { isGrowing: true })], range);
    const before = cache.get(0);
    cache.grown();
    want(1);
    cache.accept(2, [row(0)], range);
    assert.equal(cache.get(0), before);
  });
});
