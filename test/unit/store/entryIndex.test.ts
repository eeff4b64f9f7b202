import assert from 'node:assert/strict';
import fc from 'fast-check';
import { startsEntry } from '../../../src/records/entryStart';
import { CUT_LINES, EntryIndex } from '../../../src/store/entryIndex';
import { LogStore } from '../../../src/store/logStore';
import { wholeRound } from '../../../src/store/matchRound';
import { compileFilter, createSearchMatcher } from '../../../src/store/rowMatcher';
import { Slab } from '../../../src/store/slab';
import { StoreIndexes } from '../../../src/store/storeIndexes';

const encoder = new TextEncoder();

function frame(lines: readonly string[], seq: number) {
  const bytes = encoder.encode(lines.map((line) => `${line}\n`).join(''));
  return { source: 's', epoch: 'e', seq, count: lines.length, receivedAt: 0, cursor: null, bytes };
}

function storeOf(lines: readonly string[]): LogStore {
  const store = new LogStore(64 * 1024 * 1024);
  store.append(frame(lines, 0), 0);
  return store;
}

const TRACEBACK = [
  'INFO before',
  'Traceback (most recent call last):',
  '  File "/app/pay.py", line 31, in pay',
  '    charge(card)',
  '    ~~~~~~^^^^^^',
  'myapp.errors.PaymentDeclined: no funds',
];
const PANIC = ["thread 'main' panicked at src/main.rs:3:5:", 'index out of bounds'];
const TIME = '2026-11-23T08:00:00.123456789Z';
const LINES = [
  ...TRACEBACK,
  ...PANIC,
  `${TIME} stdout P part`,
  `${TIME} stdout F the rest`,
  `${TIME}     at foo (a.js:1:2)`,
  '2026-11-23 08:00:00 INFO one',
  '',
];

describe('the entries of a store', () => {
  it('are those that the lines have, in whatever order rows are asked for and history comes', () => {
    const part = fc.array(
      fc.oneof(
        fc.constantFrom(...LINES).map((line) => [line]),
        fc.nat(TRACEBACK.length).map((from) => TRACEBACK.slice(from)),
        fc.constant(PANIC),
      ),
      { minLength: 1, maxLength: 4 },
    );
    const steps = fc.array(
      fc.record({ lines: part.map((parts) => parts.flat()), history: fc.boolean(), asked: fc.array(fc.nat(40)) }),
      { minLength: 1, maxLength: 8 },
    );
    fc.assert(
      fc.property(steps, (all) => {
        const store = new LogStore(64 * 1024 * 1024);
        const index = new EntryIndex(store);
        let texts: string[] = [];
        for (const { lines, history, asked } of all) {
          if (history && store.endRow > 0) {
            assert.ok(store.prepend([frame(lines, 0)], 0));
            texts = [...lines, ...texts];
          } else {
            store.append(frame(lines, 0), 0);
            texts.push(...lines);
          }
          for (const at of asked) {
            index.entryAt(store.firstRow + (at % texts.length));
          }
        }
        const expected = texts.map(
          (text, at) =>
            at === 0 || startsEntry(text, (distance) => (distance <= at ? texts[at - distance] : undefined)),
        );
        assert.deepEqual(
          texts.map((_, at) => index.startsAt(store.firstRow + at)),
          expected,
        );
        const starts = [...expected.keys()].filter((at) => expected[at]);
        for (let at = 0; at < texts.length; at++) {
          assert.deepEqual(index.entryAt(store.firstRow + at), {
            first: store.firstRow + (starts.findLast((start) => start <= at) as number),
            end: store.firstRow + (starts.find((start) => start > at) ?? texts.length),
          });
        }
        const fresh = new EntryIndex(storeOf(texts));
        assert.deepEqual(
          texts.map((_, at) => fresh.startsAt(at)),
          expected,
        );
      }),
      { numRuns: 1000 },
    );
  });

  it('of which only the end is held are found anew when history brings the rest', () => {
    for (const [lines, held] of [
      [TRACEBACK, 1],
      [TRACEBACK, 2],
      [TRACEBACK, 3],
      [PANIC, 1],
      [[`${TIME} stdout P part`, `${TIME} stdout F the rest`], 1],
    ] as const) {
      const store = storeOf(lines.slice(-held));
      const index = new EntryIndex(store);
      assert.equal(index.startsAt(store.endRow - 1), true, lines.at(-1));
      assert.ok(store.prepend([frame(lines.slice(0, -held), 0)], 0));
      assert.deepEqual(index.entryAt(store.endRow - 1), { first: store.firstRow, end: store.endRow });
    }
  });

  it('are not told by lines of another source, nor by a notice', () => {
    for (const between of [
      (store: LogStore) => store.append(frame(['    charge(card)'], 0), 1),
      (store: LogStore) => store.appendNotice('mark', '    charge(card)', 0, 0),
    ]) {
      const store = storeOf(TRACEBACK.slice(0, 3));
      between(store);
      store.append(frame(['myapp.errors.PaymentDeclined: no funds'], 3), 0);
      assert.equal(new EntryIndex(store).startsAt(store.endRow - 1), true);
    }
    const store = storeOf(PANIC.slice(0, 1));
    store.append(frame(PANIC.slice(1), 0), 1);
    assert.equal(new EntryIndex(store).startsAt(1), true);
  });
});

/** A store that counts how often a row is asked for. */
class CountingStore extends LogStore {
  looks = 0;

  override slabOf(row: number): Slab | undefined {
    this.looks++;
    return super.slabOf(row);
  }
}

/** Counts the lines that are read while something runs. */
function linesRead(run: () => void): number {
  const { line } = Slab.prototype;
  let count = 0;
  Slab.prototype.line = function (this: Slab, index: number) {
    count++;
    return line.call(this, index);
  };
  try {
    run();
  } finally {
    Slab.prototype.line = line;
  }
  return count;
}

const FRAMES = 60_000;

function framesOf(count: number): string[] {
  return Array.from({ length: count }, (_, at) => `\tat com.shop.Cart.add(Cart.java:${at})`);
}

describe('an entry without end', () => {
  it('is whole up to thousands of lines, and then cut where its lines alone tell', () => {
    const lines = ['INFO before', 'ERROR no stock', ...framesOf(CUT_LINES - 3), 'INFO behind', ...framesOf(FRAMES)];
    const store = storeOf(lines);
    const index = new EntryIndex(store);
    assert.deepEqual(index.entryAt(CUT_LINES / 2), { first: 1, end: CUT_LINES - 1 });
    const long = { first: CUT_LINES - 1, end: 2 * CUT_LINES };
    assert.deepEqual(index.entryAt(CUT_LINES), long);
    const cuts = [3, 4, 5, 6].map((each) => ({ first: (each - 1) * CUT_LINES, end: each * CUT_LINES }));
    for (const rows of [[...cuts.keys()], [...cuts.keys()].reverse()]) {
      const fresh = new EntryIndex(storeOf(lines));
      for (const at of rows) {
        for (const row of [cuts[at]?.first, (cuts[at]?.end ?? 0) - 1, (cuts[at]?.first ?? 0) + 17] as number[]) {
          assert.deepEqual(fresh.entryAt(row), cuts[at]);
        }
      }
    }
  });

  it('is the same when history comes above it, and while it grows', () => {
    const store = storeOf(framesOf(CUT_LINES + 2));
    const index = new EntryIndex(store);
    assert.deepEqual(index.entryAt(5), { first: 0, end: CUT_LINES });
    assert.deepEqual(index.entryAt(CUT_LINES + 1), { first: CUT_LINES, end: CUT_LINES + 2 });
    store.append(frame(framesOf(10), 0), 0);
    assert.deepEqual(index.entryAt(CUT_LINES + 11), { first: CUT_LINES, end: CUT_LINES + 12 });
    assert.ok(store.prepend([frame(['ERROR no stock', ...framesOf(3)], 0)], 0));
    assert.deepEqual(index.entryAt(5), { first: -4, end: CUT_LINES });
    assert.deepEqual(index.entryAt(CUT_LINES), { first: CUT_LINES, end: CUT_LINES + 12 });
    assert.deepEqual(index.entryAt(CUT_LINES + 12), { first: CUT_LINES + 12, end: CUT_LINES + 13 });
    store.append(frame(['\tat one.more(A.java:1)', 'INFO next'], 0), 0);
    assert.deepEqual(index.entryAt(CUT_LINES + 12), { first: CUT_LINES, end: CUT_LINES + 13 });
  });

  for (const [name, filter, options] of [
    ['a text that no line holds', { text: 'absent' }, {}],
    ['a text that every line holds', { text: 'Cart' }, { folded: true }],
    ['a pattern that no line holds', { text: 'abs[e]nt', regularExpression: true }, {}],
    [
      'an excluded pattern',
      { terms: [{ kind: 'text', text: 'abs[e]nt', regularExpression: true, exclude: true }] },
      {},
    ],
    ['a level and times', { levels: [null], since: 0 }, { collapseRepeats: true }],
  ] as const) {
    it(`is filtered and searched by ${name} in time by its length, not by the square of it`, () => {
      const store = new CountingStore(64 * 1024 * 1024);
      store.append(frame(framesOf(FRAMES), 0), 0);
      const indexes = new StoreIndexes(store);
      const compiled = compileFilter(filter, options, { store, indexes, sourceIndex: () => 0 });
      assert.ok(compiled.kind === 'some');
      const search = createSearchMatcher({ text: 'Cart.java' }, compiled, store);
      assert.ok('match' in search);
      const read = linesRead(() => {
        for (const matcher of [compiled.matcher, search]) {
          for (let to = FRAMES; to > 0; to -= 256) {
            matcher.match(Math.max(0, to - 256), to, [], wholeRound());
          }
        }
      });
      assert.ok(read < 20 * FRAMES, `${read / FRAMES} lines read for each`);
      assert.ok(store.looks < 20 * FRAMES, `${store.looks / FRAMES} looks a line`);
    });
  }
});
