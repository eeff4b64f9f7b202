import assert from 'node:assert/strict';
import fc from 'fast-check';
import { startsEntry } from '../../../src/records/entryStart';
import { EntryIndex } from '../../../src/store/entryIndex';
import { LogStore } from '../../../src/store/logStore';

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
            index.startsAt(store.firstRow + (at % texts.length));
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
