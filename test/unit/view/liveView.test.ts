import assert from 'node:assert/strict';
import fc from 'fast-check';
import { startsEntry } from '../../../src/records/entryStart';
import type { Filter, ViewOptions } from '../../../src/store/filter';
import { LogStore } from '../../../src/store/logStore';
import { compileFilter } from '../../../src/store/rowMatcher';
import { StoreIndexes } from '../../../src/store/storeIndexes';
import { FilteredView } from '../../../src/view/filteredView';
import { SearchView } from '../../../src/view/searchView';

const encoder = new TextEncoder();

function frame(lines: readonly string[], seq: number) {
  const bytes = encoder.encode(lines.map((line) => `${line}\n`).join(''));
  return { source: 's', epoch: 'e', seq, count: lines.length, receivedAt: 0, cursor: null, bytes };
}

const line = fc.constantFrom('INFO hit', 'INFO miss', '  at hit', '  at frame', 'ERROR miss', '  at bad');
const steps = fc.array(
  fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({
        kind: fc.constant('append' as const),
        lines: fc.array(line, { minLength: 1, maxLength: 4 }),
        source: fc.nat(1),
      }),
    },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('notice' as const) }) },
    { weight: 4, arbitrary: fc.record({ kind: fc.constant('look' as const), slices: fc.integer({ min: 0, max: 3 }) }) },
  ),
  { minLength: 1, maxLength: 40 },
);
const context = fc.record({ before: fc.integer({ min: 0, max: 3 }), after: fc.integer({ min: 0, max: 3 }) });

interface Line {
  readonly row: number;
  readonly text: string;
  readonly source: number;
  readonly notice: boolean;
}

/** Which rows are shown, the plain way, everything known at once. */
function naive(all: readonly Line[], filter: Filter, options: ViewOptions): number[] {
  const entries: Line[][] = [];
  for (const each of all) {
    const last = entries.at(-1)?.at(-1);
    const goesOn = last && !each.notice && !last.notice && last.source === each.source && !startsEntry(each.text);
    if (goesOn) {
      (entries.at(-1) as Line[]).push(each);
    } else {
      entries.push([each]);
    }
  }
  const shown = new Set<number>();
  const firstRow = all[0]?.row ?? 0;
  for (const entry of entries) {
    const head = entry[0] as Line;
    const passes =
      head.notice ||
      ((!filter.text || entry.some(({ text }) => text.includes(filter.text as string))) &&
        (!filter.levels ||
          filter.levels.includes(
            head.text.startsWith('ERROR') ? 'error' : head.text.startsWith('INFO') ? 'info' : null,
          )));
    if (passes) {
      // A notice is no hit: nothing is shown around it, and what is shown before a hit begins behind it.
      const { before, after } = (head.notice ? undefined : filter.context) ?? { before: 0, after: 0 };
      const notice = all.findLast((each) => each.notice && each.row < head.row)?.row ?? Number.NEGATIVE_INFINITY;
      for (let row = Math.max(head.row - before, notice + 1); row < head.row + entry.length + after; row++) {
        if (row >= firstRow && row < firstRow + all.length) {
          shown.add(row);
        }
      }
    }
  }
  for (const entry of entries) {
    for (const { row } of entry.slice(1)) {
      const head = (entry[0] as Line).row;
      if ((options.folded === true) !== (options.toggled?.includes(head) === true)) {
        shown.delete(row);
      }
    }
  }
  return [...shown].sort((a, b) => a - b);
}

describe('a view of entries that are still arriving', () => {
  for (const [name, filters] of [
    ['a text', fc.record({ text: fc.constant('hit') })],
    ['a text with context', fc.record({ text: fc.constant('hit'), context })],
    ['levels', fc.record({ levels: fc.constant(['error'] as const), context })],
    ['both', fc.record({ text: fc.constant('hit'), levels: fc.constant(['error'] as const), context })],
  ] as const) {
    it(`shows by ${name} in the end what a view begun only then shows`, () => {
      fc.assert(
        fc.property(
          steps,
          filters as fc.Arbitrary<Filter>,
          fc.boolean(),
          fc.array(fc.nat(20), { maxLength: 3 }),
          fc.nat(10),
          (all, filter, folded, toggled, begin) => {
            const store = new LogStore(2 * 1024 * 1024);
            const indexes = new StoreIndexes(store);
            const options: ViewOptions = { folded, toggled };
            const make = () =>
              new FilteredView(store, compileFilter(filter, options, { store, indexes, sourceIndex: () => 0 }));
            let view: FilteredView | undefined;
            const known = new Map<number, number>();
            const model: Line[] = [];
            const look = () => {
              if (!view) {
                return;
              }
              for (let ordinal = view.first; ordinal < view.end; ordinal++) {
                const row = view.rowAt(ordinal) as number;
                assert.ok((known.get(ordinal) ?? row) === row);
                known.set(ordinal, row);
              }
            };
            all.forEach((step, at) => {
              if (at === begin) {
                view = make();
              }
              if (step.kind === 'append') {
                store.append(frame(step.lines, 0), step.source);
                for (const text of step.lines) {
                  model.push({ row: model.length, text, source: step.source, notice: false });
                }
              } else if (step.kind === 'notice') {
                store.appendNotice('mark', 'n', -1, 0);
                model.push({ row: model.length, text: 'n', source: -1, notice: true });
              } else {
                let { slices } = step;
                view?.advance(() => slices-- > 0);
                look();
              }
            });
            view ??= make();
            while (!view.advance(() => true)) {
              // In as many slices as it takes.
            }
            look();
            const shown = Array.from({ length: view.end - view.first }, (_, at) => view?.rowAt(view.first + at));
            assert.deepEqual(shown, naive(model, filter, options));
          },
        ),
        { numRuns: 2000 },
      );
    });
  }
});

describe('a view by a costly filter', () => {
  it('looks at a line that arrives, not again at hundreds before it', () => {
    const store = new LogStore(2 * 1024 * 1024);
    store.append(
      frame(
        Array.from({ length: 2000 }, (_, at) => `INFO miss ${at}`),
        0,
      ),
      0,
    );
    const compiled = compileFilter(
      { text: 'hit' },
      {},
      { store, indexes: new StoreIndexes(store), sourceIndex: () => 0 },
    );
    assert.ok(compiled.kind === 'some');
    const { matcher } = compiled;
    let looked = 0;
    const counting: typeof matcher = {
      passes: (row, round) => matcher.passes(row, round),
      shows: (row, round) => matcher.shows(row, round),
      problem: null,
      stepRows: 256,
      unsettledFrom: () => matcher.unsettledFrom(),
      match(from, to, into, round) {
        looked += to - from;
        matcher.match(from, to, into, round);
      },
    };
    const view = new FilteredView(store, { kind: 'some', matcher: counting });
    while (!view.advance(() => true)) {
      // In as many slices as it takes.
    }
    looked = 0;
    for (let at = 0; at < 100; at++) {
      store.append(frame([`INFO miss ${at}`], 2000 + at), 0);
      view.advance(() => true);
    }
    assert.ok(looked <= 300, String(looked));
  });

  it('looks at what an entry without end grows by, not again at all of it', () => {
    let looks = 0;
    class CountingStore extends LogStore {
      override slabOf(row: number) {
        looks++;
        return super.slabOf(row);
      }
    }
    const store = new CountingStore(2 * 1024 * 1024);
    const compiled = compileFilter(
      { text: 'h[i]t', regularExpression: true },
      {},
      { store, indexes: new StoreIndexes(store), sourceIndex: () => 0 },
    );
    const view = new FilteredView(store, compiled);
    const lines = 9000;
    for (let at = 0; at < lines; at += 10) {
      store.append(frame(Array(10).fill('  at frame'), at), 0);
      while (!view.advance(() => true)) {
        // In as many slices as it takes.
      }
    }
    assert.equal(view.end - view.first, 0);
    assert.ok(looks < 20 * lines, `${looks / lines} looks a line`);
  });

  it('takes a condition without a text as none', () => {
    const store = new LogStore(2 * 1024 * 1024);
    store.append(frame(['a', 'b'], 0), 0);
    const matched = { store, indexes: new StoreIndexes(store), sourceIndex: () => 0 };
    assert.equal(compileFilter({ terms: [{ kind: 'text', text: '' }] }, {}, matched).kind, 'all');
  });
});

describe('a search while entries arrive', () => {
  it('finds a hit whose entry is shown only because of a later line', () => {
    const store = new LogStore(2 * 1024 * 1024);
    const shown = compileFilter(
      { text: 'boom' },
      {},
      { store, indexes: new StoreIndexes(store), sourceIndex: () => 0 },
    );
    const search = new SearchView({ text: 'needle' }, shown, store);
    store.append(frame(['ERROR needle'], 0), 0);
    search.advance(() => true);
    assert.equal(search.count, 0);
    store.append(frame(['  at boom'], 1), 0);
    search.advance(() => true);
    assert.equal(search.count, 1);
  });
});
