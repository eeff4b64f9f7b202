import assert from 'node:assert/strict';
import fc from 'fast-check';
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

function frame(lines: readonly string[]) {
  const bytes = encoder.encode(lines.map((line) => `${line}\n`).join(''));
  return { source: 's', epoch: 'e', seq: 0, count: lines.length, receivedAt: BEGIN, cursor: null, bytes };
}

function lineAt(time: number): string {
  return `${new Date(time).toISOString()} INFO up`;
}

/** The histogram of a log that came in these parts; those before `live` as history, the latest part first. */
function read(parts: readonly (readonly number[])[], live = 0, looks = false) {
  const store = new LogStore(64 * 1024 * 1024);
  const indexes = new StoreIndexes(store);
  const view = new FilteredView(store, { kind: 'all', fromRow: Number.NEGATIVE_INFINITY });
  const histogram = new ViewHistogram(store, indexes, view);
  const look = () => {
    histogram.countOn(() => true);
    histogram.read();
  };
  for (const times of parts.slice(live)) {
    store.append(frame(times.map(lineAt)), 0);
    if (looks) {
      look();
    }
  }
  for (const times of parts.slice(0, live).reverse()) {
    assert.ok(store.prepend([frame(times.map(lineAt))], 0));
    if (looks) {
      look();
    }
  }
  look();
  return histogram.read();
}

function sumOf({ buckets }: { readonly buckets: readonly (readonly number[])[] }): number {
  return buckets.flat().reduce((sum, count) => sum + count, 0);
}

const TEN = Date.UTC(2026, 10, 24, 10);
const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

/** So many times, some time apart. */
function timesFrom(from: number, count: number, apart: number): number[] {
  return Array.from({ length: count }, (_, at) => from + at * apart);
}

describe('the time axis of a histogram', () => {
  it('begins at a whole multiple of its buckets, told by the times alone', () => {
    const times = timesFrom(TEN, 2000, 70);
    for (const parts of [
      [times],
      [times.slice(0, 1), times.slice(1)],
      [times.slice(0, 5), times.slice(5, 1333), times.slice(1333)],
    ]) {
      for (const live of [0, parts.length - 1]) {
        const { from, width, buckets } = read(parts, live, true);
        assert.deepEqual([from, width, buckets.length], [TEN, 1000, 140]);
      }
    }
  });

  it('is the same in whatever parts and order the lines came', () => {
    const time = fc.oneof(
      fc.integer({ min: TEN, max: TEN + 60 * MINUTE }),
      fc.integer({ min: TEN, max: TEN + 1000 }),
      fc.integer({ min: 0, max: TEN * 2 }),
    );
    const parts = fc.array(fc.array(time, { minLength: 1, maxLength: 40 }), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(parts, fc.nat(5), fc.boolean(), (all, live, looks) => {
        const whole = read([all.flat()]);
        assert.deepEqual(read(all, Math.min(live, all.length - 1), looks), whole);
        assert.equal(whole.from % whole.width, 0);
        assert.ok(whole.buckets.length <= 240);
        assert.equal(sumOf(whole) + whole.leftOut, all.flat().length);
      }),
      { numRuns: 300 },
    );
  });

  it('divides time as a person does', () => {
    for (const [span, width] of [
      [10 * 1000, 100],
      [MINUTE, 500],
      [10 * MINUTE, 5000],
      [60 * MINUTE, 15_000],
      [DAY, 10 * MINUTE],
      [30 * DAY, 6 * 60 * MINUTE],
    ] as const) {
      assert.equal(read([timesFrom(TEN, 1000, span / 1000)]).width, width);
    }
  });

  it('leaves out lines whose times are years off, and says how many', () => {
    const times = timesFrom(TEN, 3000, 1000);
    const odd = [0, 17, Date.UTC(2035, 0, 1), Date.UTC(2099, 0, 1)];
    const { from, width, buckets, leftOut } = read([[...odd, ...times]]);
    assert.deepEqual([from, width, buckets.length, leftOut], [TEN, 15_000, 200, 4]);
    const plain = read([times]);
    for (const at of [5, 1500, 2990]) {
      assert.deepEqual(read([[...times.slice(0, at), ...odd, ...times.slice(at)]]), { ...plain, leftOut: 4 });
    }
  });

  it('shows the newest lines of a log whose time has moved on, however far', () => {
    const before = timesFrom(TEN, 3000, 1000);
    const [past, ahead] = [0, Date.UTC(2035, 0, 1)];
    const now = TEN + 400 * DAY;
    for (const newest of [[now], [now, now + 1000], [now, now + 1000, now + 2000, past], [now, now, now, ahead, now]]) {
      const { from, width, buckets } = read([before, newest]);
      assert.ok(from <= TEN && from + width * buckets.length > now, newest.join());
    }
    // An odd line ahead may be the new time while it is the newest, and no longer.
    assert.equal(read([before, [ahead]]).leftOut, 0);
    assert.equal(read([before, [ahead, TEN + 3_000_000, TEN + 3_001_000]]).leftOut, 1);
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 2 * TEN }), { minLength: 1, maxLength: 200 }), (times) => {
        const sorted = times.toSorted((one, other) => one - other);
        const newest = sorted.at(-1) as number;
        const { from, width, buckets } = read([sorted]);
        assert.ok(from + width * buckets.length > newest);
      }),
      { numRuns: 200 },
    );
  });

  it('leaves nothing out of a few lines, nor what is only some time apart', () => {
    const today = timesFrom(TEN, 3000, 100);
    for (const times of [
      [0, ...timesFrom(TEN, 15, 100)],
      // Friday's last lines on a Monday, and the hundreds of a month ago.
      [...timesFrom(TEN - 3 * DAY, 5, 1000), ...today],
      [...timesFrom(TEN - 30 * DAY, 300, 1000), ...today],
      // A burst, and then a line a minute.
      [...timesFrom(TEN, 3000, 1), ...timesFrom(TEN + MINUTE, 20, MINUTE), TEN + 3000],
    ]) {
      const { leftOut, ...rest } = read([times]);
      assert.deepEqual([leftOut, sumOf(rest)], [0, times.length]);
    }
  });
});
