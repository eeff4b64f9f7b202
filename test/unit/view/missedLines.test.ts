import assert from 'node:assert/strict';
import fc from 'fast-check';
import { LogStore } from '../../../src/store/logStore';
import { compileFilter } from '../../../src/store/rowMatcher';
import { StoreIndexes } from '../../../src/store/storeIndexes';
import { FilteredView } from '../../../src/view/filteredView';
import { MissedLines } from '../../../src/view/missedLines';

const encoder = new TextEncoder();

function frame(lines: readonly string[], seq: number) {
  const bytes = encoder.encode(lines.map((line) => `${line}\n`).join(''));
  return { source: 's', epoch: 'e', seq, count: lines.length, receivedAt: 0, cursor: null, bytes };
}

const lines = fc.array(fc.constantFrom('a hit', 'a miss', 'other'), { minLength: 1, maxLength: 30 });
const filters = fc.constantFrom({}, { text: 'hit' }, { text: 'miss' }, { text: 'never' }, 'fromHere' as const);
const steps = fc.array(
  fc.oneof(
    { weight: 5, arbitrary: fc.record({ kind: fc.constant('append' as const), lines }) },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('notice' as const) }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('history' as const), lines }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('flood' as const) }) },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('filter' as const), filter: filters }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('pause' as const) }) },
  ),
  { minLength: 1, maxLength: 30 },
);

describe('what a reader missed', () => {
  it('is every line since the pause, and those that pass the filter of now; no mark, no history', () => {
    fc.assert(
      fc.property(steps, (all) => {
        const store = new LogStore(4 * 1024 * 1024);
        const indexes = new StoreIndexes(store);
        const makeView = (filter: object) =>
          new FilteredView(store, compileFilter(filter, {}, { store, indexes, sourceIndex: () => 0 }));
        let passes = (_line: string, _row: number) => true;
        let view = makeView({});
        let missed = new MissedLines(store, store.endRow);
        view.countFrom(missed.from);
        /** Lines since the pause, each with its row. */
        let since: [line: string, row: number][] = [];
        let seq = 0;
        const append = (added: readonly string[]) => {
          since.push(...added.map((line, at): [string, number] => [line, store.endRow + at]));
          store.append(frame(added, seq), 0);
          seq += added.length;
        };
        for (const step of all) {
          switch (step.kind) {
            case 'append':
              append(step.lines);
              break;
            case 'notice':
              store.appendNotice('mark', 'a hit, marked', -1, 0);
              break;
            case 'history':
              store.prepend([frame(step.lines, -1000)], 0);
              break;
            case 'flood':
              // Pushes rows out, none of which a later filter could look through.
              view.advance(() => true);
              append(Array.from({ length: 3000 }, () => `other ${'x'.repeat(400)}`));
              break;
            case 'filter': {
              const { filter } = step;
              const fromRow = store.endRow;
              view = makeView(filter === 'fromHere' ? { fromRow } : filter);
              view.countFrom(missed.from);
              const { firstRow } = store;
              if (filter === 'fromHere') {
                passes = (_line, row) => row >= fromRow;
              } else if ('text' in filter) {
                // What had left the store before the filter was set, it cannot have seen.
                passes = (line, row) => line.includes(filter.text) && row >= firstRow;
              } else {
                passes = () => true;
              }
              break;
            }
            case 'pause':
              missed = new MissedLines(store, store.endRow);
              view.countFrom(missed.from);
              since = [];
          }
          view.advance(() => true);
          const passed = since.filter(([line, row]) => passes(line, row)).length;
          assert.deepEqual(missed.read(view), { arrived: since.length, passed });
        }
      }),
      { numRuns: 60 },
    );
  });

  it('begins where the reader stood, though more has come by the time that it is told', () => {
    const store = new LogStore(1024 * 1024);
    store.append(frame(['seen'], 0), 0);
    const shown = store.endRow;
    store.appendNotice('mark', 'marked', -1, 0);
    store.append(frame(['a', 'b'], 1), 0);
    const indexes = new StoreIndexes(store);
    const view = new FilteredView(store, compileFilter({ text: 'b' }, {}, { store, indexes, sourceIndex: () => 0 }));
    view.advance(() => true);
    const missed = new MissedLines(store, shown);
    view.countFrom(missed.from);
    assert.deepEqual(missed.read(view), { arrived: 2, passed: 1 });
  });
});
