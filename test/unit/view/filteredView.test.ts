import assert from 'node:assert/strict';
import fc from 'fast-check';
import { LogStore } from '../../../src/store/logStore';
import { compileFilter } from '../../../src/store/rowMatcher';
import { StoreIndexes } from '../../../src/store/storeIndexes';
import { FilteredView } from '../../../src/view/filteredView';

const encoder = new TextEncoder();
const decoder = new TextDecoder();

function frame(lines: readonly string[], seq: number) {
  const bytes = encoder.encode(lines.map((line) => `${line}\n`).join(''));
  return { source: 's', epoch: 'e', seq, count: lines.length, receivedAt: 0, cursor: null, bytes };
}

const lines = fc.array(fc.constantFrom('hit', 'miss', 'a hit here', 'other'), { minLength: 1, maxLength: 60 });
const steps = fc.array(
  fc.oneof(
    { weight: 5, arbitrary: fc.record({ kind: fc.constant('append' as const), lines }) },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('prepend' as const), lines }) },
    {
      weight: 1,
      arbitrary: fc.record({ kind: fc.constant('evict' as const), lines: fc.integer({ min: 9000, max: 15_000 }) }),
    },
    { weight: 3, arbitrary: fc.record({ kind: fc.constant('look' as const), slices: fc.integer({ min: 0, max: 3 }) }) },
  ),
  { minLength: 1, maxLength: 25 },
);

for (const text of ['hit', '']) {
  describe(text === '' ? 'a view of everything' : 'a filtered view', () => {
    it('gives each row one ordinal for good, and in the end has exactly the rows that pass', () => {
      fc.assert(
        fc.property(steps, (all) => {
          const store = new LogStore(2 * 1024 * 1024);
          const compiled = compileFilter(
            { text },
            {},
            { store, indexes: new StoreIndexes(store), sourceIndex: () => 0 },
          );
          const view = new FilteredView(store, compiled);
          const known = new Map<number, number>();
          const look = () => {
            for (let ordinal = view.first; ordinal < view.end; ordinal++) {
              const row = view.rowAt(ordinal);
              assert.ok(row !== undefined);
              const before = known.get(ordinal);
              assert.ok(before === undefined || before === row, `ordinal ${ordinal} was row ${before}, is ${row}`);
              known.set(ordinal, row);
            }
          };
          let seq = 0;
          for (const step of all) {
            if (step.kind === 'append') {
              store.append(frame(step.lines, seq), 0);
              seq += step.lines.length;
            } else if (step.kind === 'prepend') {
              store.prepend([frame(step.lines, -1000)], 0);
            } else if (step.kind === 'evict') {
              store.append(
                frame(
                  Array.from({ length: step.lines }, (_, at) => `${at % 9 === 0 ? 'hit' : 'row'} ${'x'.repeat(90)}`),
                  seq,
                ),
                0,
              );
              seq += step.lines;
            } else {
              let slices = step.slices;
              view.advance(() => slices-- > 0);
              look();
            }
          }
          while (!view.advance(() => true)) {
            // In as many slices as it takes.
          }
          look();
          const wanted: number[] = [];
          for (let row = store.firstRow; row < store.endRow; row++) {
            if (decoder.decode(store.row(row)?.bytes).includes(text)) {
              wanted.push(row);
            }
          }
          const shown = Array.from({ length: view.end - view.first }, (_, at) => view.rowAt(view.first + at));
          assert.deepEqual(shown, wanted);
          assert.equal(view.matchedLines, wanted.length);
          assert.equal(view.scanned, 1);
          for (const row of [store.firstRow, Math.floor((store.firstRow + store.endRow) / 2), store.endRow]) {
            const ordinal = view.ordinalAtOrAfter(row) ?? Number.NaN;
            const next = wanted.find((each) => each >= row);
            assert.equal(view.rowAt(ordinal), next);
          }
        }),
        { numRuns: 60 },
      );
    });
  });
}
