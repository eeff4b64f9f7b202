import assert from 'node:assert/strict';
import { LogStore } from '../../../src/store/logStore';
import { StoreIndexes } from '../../../src/store/storeIndexes';
import { FilteredView } from '../../../src/view/filteredView';
import { ViewHistogram } from '../../../src/view/viewHistogram';

const encoder = new TextEncoder();
const BEGIN = Date.UTC(2026, 10, 24);

describe('the histogram of a view', () => {
  it('keeps its buckets when a line that states an odd time comes to stand first', () => {
    const store = new LogStore(1.5 * 1024 * 1024);
    const view = new FilteredView(store, { kind: 'all', fromRow: Number.NEGATIVE_INFINITY });
    const histogram = new ViewHistogram(store, new StoreIndexes(store), view);
    let seq = 0;
    const add = (lines: readonly string[]) => {
      const bytes = encoder.encode(lines.map((line) => `${line}\n`).join(''));
      store.append({ source: 's', epoch: 'e', seq, count: lines.length, receivedAt: BEGIN, cursor: null, bytes }, 0);
      seq += lines.length;
    };
    const batch = (from: number) =>
      Array.from({ length: 6000 }, (_, at) => `${new Date(BEGIN + (from + at) * 10).toISOString()} ${'x'.repeat(80)}`);
    add(batch(0));
    histogram.countOn(() => true);
    // A frame of its own, so that it stands first in the store once the one before has left.
    add([`2035-01-01T00:00:00Z ${'x'.repeat(80)}`, ...batch(6000)]);
    histogram.countOn(() => true);
    add(batch(12_000));
    histogram.countOn(() => true);
    assert.ok(store.firstRow > 0);
    assert.match(new TextDecoder().decode(store.row(store.firstRow)?.bytes), /^2035/);
    const counted = histogram
      .read()
      .buckets.flat()
      .reduce((sum, count) => sum + count, 0);
    assert.ok(counted >= store.lineCount, `${counted} of ${store.lineCount}`);
  });
});
