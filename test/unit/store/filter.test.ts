import assert from 'node:assert/strict';
import fc from 'fast-check';
import { detectLevel } from '../../../src/records/detectLevel';
import { startsEntry } from '../../../src/records/entryStart';
import type { Filter, ViewOptions } from '../../../src/store/filter';
import { LevelIndex } from '../../../src/store/levelIndex';
import { LogStore } from '../../../src/store/logStore';
import { wholeRound } from '../../../src/store/matchRound';
import { type CompiledFilter, compileFilter } from '../../../src/store/rowMatcher';
import { StoreIndexes } from '../../../src/store/storeIndexes';

const encoder = new TextEncoder();

function storeOf(lines: readonly string[]): LogStore {
  const store = new LogStore(64 * 1024 * 1024);
  const bytes = encoder.encode(lines.map((line) => `${line}\n`).join(''));
  if (lines.length > 0) {
    store.append({ source: 's', epoch: 'e', seq: 0, count: lines.length, receivedAt: 0, cursor: null, bytes }, 0);
  }
  return store;
}

function compile(store: LogStore, filter: Filter, options: ViewOptions = {}): CompiledFilter {
  return compileFilter(filter, options, { store, indexes: new StoreIndexes(store), sourceIndex: () => 0 });
}

/** The lines that pass, found by the product. */
function found(lines: readonly string[], filter: Filter, options: ViewOptions = {}): string[] {
  const store = storeOf(lines);
  const compiled = compile(store, filter, options);
  if (compiled.kind === 'all') {
    return [...lines];
  }
  assert.ok(compiled.kind === 'some');
  const rows: number[] = [];
  // In uneven pieces, as slices of time cut it.
  for (let from = 0; from < store.endRow; from += 7) {
    compiled.matcher.match(from, Math.min(store.endRow, from + 7), rows, wholeRound());
  }
  assert.deepEqual(
    rows,
    [...new Set(rows)].sort((one, other) => one - other),
    'ascending, each once',
  );
  const { matcher } = compiled;
  assert.deepEqual(
    lines.map((_, row) => row).filter((row) => matcher.shows(row, wholeRound())),
    rows,
    'asked row by row',
  );
  return rows.map((row) => lines[row] as string);
}

/** Entries: a line with what goes on with it. */
function entriesOf(lines: readonly string[]): string[][] {
  const entries: string[][] = [];
  for (const line of lines) {
    const last = entries.at(-1);
    if (last && !startsEntry(line)) {
      last.push(line);
    } else {
      entries.push([line]);
    }
  }
  return entries;
}

const word = /[\p{L}\p{N}_]/u;

/** The same, the plain way. */
function naive(lines: readonly string[], { text = '', caseSensitive = false, wholeWord = false }: Filter): string[] {
  const fold = (value: string) => (caseSensitive ? value : value.toLowerCase());
  const holds = (line: string) => {
    const [where, what] = [fold(line), fold(text)];
    for (let at = where.indexOf(what); at !== -1; at = where.indexOf(what, at + 1)) {
      const [before, after] = [where[at - 1] ?? ' ', where[at + what.length] ?? ' '];
      if (!wholeWord || (!word.test(before) && !word.test(after))) {
        return true;
      }
    }
    return false;
  };
  return entriesOf(lines)
    .filter((entry) => entry.some(holds))
    .flat();
}

const ascii = fc.string({ unit: fc.constantFrom(...'aAbB_ .1'), maxLength: 30 });
const mixed = fc.string({ unit: fc.constantFrom('a', 'A', 'ä', 'Ä', 'ß', ' ', '日', '🚀', '.', 'é'), maxLength: 20 });
const flags = fc.record({ caseSensitive: fc.boolean(), wholeWord: fc.boolean() });

describe('a text filter', () => {
  for (const [kind, lines] of [
    ['ASCII', ascii],
    ['any', mixed],
  ] as const) {
    it(`finds what a plain search finds, in ${kind} text`, () => {
      fc.assert(
        fc.property(fc.array(lines, { maxLength: 40 }), lines, flags, (all, text, options) => {
          fc.pre(text !== '');
          // A whole word beside letters beyond ASCII is told from a part by its bytes only.
          fc.pre(kind === 'ASCII' || !options.wholeWord);
          assert.deepEqual(found(all, { text, ...options }), naive(all, { text, ...options }));
        }),
        { numRuns: 300 },
      );
    });
  }

  it('finds what the runtime finds with a regular expression', () => {
    const patterns = ['a+b', '^a', 'b$', '[ab]{2}', 'a|1', '\\d', '(a)(b)', 'A', '\\.', 'a.b'];
    fc.assert(
      fc.property(
        fc.array(ascii, { maxLength: 40 }),
        fc.constantFrom(...patterns),
        fc.boolean(),
        (all, text, caseSensitive) => {
          const pattern = new RegExp(text, caseSensitive ? 'u' : 'iu');
          assert.deepEqual(
            found(all, { text, caseSensitive, regularExpression: true }),
            entriesOf(all)
              .filter((entry) => entry.some((line) => pattern.test(line)))
              .flat(),
          );
        },
      ),
      { numRuns: 200 },
    );
  });

  for (const pattern of ['(a+)+$', '(a|aa)+', '(.*)*x', '((ab)*)*', '(a)\\1', '(x+x+)+y']) {
    it(`refuses ${pattern}, which can take exponential time`, () => {
      const store = storeOf([]);
      const compiled = compile(store, { text: pattern, regularExpression: true });
      assert.equal(compiled.kind, 'wrong');
    });
  }

  it('says in one sentence that something is no regular expression', () => {
    const store = storeOf([]);
    const compiled = compile(store, { text: '[', regularExpression: true });
    assert.ok(compiled.kind === 'wrong');
    assert.match(compiled.sentence, /"\[" is not a regular expression/);
  });
});

describe('a level filter', () => {
  it('shows the lines of the levels chosen, those without one included when chosen', () => {
    const line = fc.constantFrom('INFO a', 'ERROR b', 'plain', 'WARN c', 'DEBUG d', '{"level":50,"msg":"e"}');
    const level = fc.constantFrom('info', 'error', 'warn', 'debug', 'fatal', null);
    fc.assert(
      fc.property(fc.array(line, { maxLength: 50 }), fc.array(level), (all, levels) => {
        assert.deepEqual(
          found(all, { levels }),
          all.filter((each) => (levels as readonly unknown[]).includes(detectLevel(each))),
        );
      }),
    );
  });

  it('and its counts agree with looking at each line', () => {
    const all = Array.from({ length: 3000 }, (_, at) =>
      at % 3 === 0 ? `ERROR ${at}` : at % 5 === 0 ? `INFO ${at}` : `x ${at}`,
    );
    const levels = new LevelIndex(storeOf(all));
    while (!levels.countOn(() => true)) {
      // In as many slices as it takes.
    }
    const counts = levels.counts();
    assert.deepEqual([counts.error, counts.info, counts.none], [1000, 400, 1600]);
  });
});

describe('a filter of several conditions', () => {
  const line = fc.constantFrom(
    'INFO a b status=200 x=1',
    'level=error msg="a c" status=503',
    '{"level":30,"msg":"b","status":404}',
    'ERROR c',
    '  at frame (a.js:1:2)',
    '\tat b.c(D.java:3)',
    'Caused by: c',
    'plain b',
  );
  const term = fc.constantFrom(
    { kind: 'text', text: 'a' } as const,
    { kind: 'text', text: 'b', exclude: true } as const,
    { kind: 'text', text: 'C', caseSensitive: true } as const,
    { kind: 'text', text: '^\\s+at', regularExpression: true } as const,
    { kind: 'field', field: 'status', operator: '>=', value: '400' } as const,
    { kind: 'field', field: 'status', operator: '=', value: '503', exclude: true } as const,
  );
  type AnyTerm = NonNullable<Filter['terms']>[number];

  /** Whether an entry meets a condition, the plain way. */
  const meets = (entry: readonly string[], each: AnyTerm): boolean => {
    if (each.kind === 'field') {
      const status = Number(/status"?[=:](\d+)/.exec(entry[0] as string)?.[1] ?? Number.NaN);
      // Plain text has no fields, although a pair stands in it.
      const has = (entry[0] as string).startsWith('{') || (entry[0] as string).startsWith('level=');
      return (
        (has && (each.operator === '=' ? status === Number(each.value) : status >= Number(each.value))) !==
        (each.exclude === true)
      );
    }
    const holds = entry.some((each_) =>
      each.regularExpression
        ? new RegExp(each.text).test(each_)
        : each.caseSensitive
          ? each_.includes(each.text)
          : each_.toLowerCase().includes(each.text.toLowerCase()),
    );
    return holds !== (each.exclude === true);
  };

  it('shows the entries that meet all of them, whole, and the lines around them', () => {
    const context = fc.option(
      fc.record({ before: fc.integer({ min: 0, max: 3 }), after: fc.integer({ min: 0, max: 3 }) }),
    );
    fc.assert(
      fc.property(
        fc.array(line, { maxLength: 60 }),
        fc.array(term, { maxLength: 3 }),
        context,
        (all, terms, around) => {
          const lines = all.map((each, at) => (startsEntry(each) ? `${each}` : each) + ' '.repeat(at % 2));
          const shown = new Set<number>();
          let row = 0;
          for (const entry of entriesOf(lines)) {
            if (terms.every((each) => meets(entry, each))) {
              for (let at = row - (around?.before ?? 0); at < row + entry.length + (around?.after ?? 0); at++) {
                shown.add(at);
              }
            }
            row += entry.length;
          }
          assert.deepEqual(
            found(lines, { terms, ...(around ? { context: around } : {}) }),
            lines.filter((_, at) => shown.has(at)),
          );
        },
      ),
      { numRuns: 500 },
    );
  });

  it('goes by the time a line states', () => {
    const all = ['2026-11-23T12:00:00Z a', '2026-11-23T12:00:05Z b', '  more', '2026-11-23T12:00:10Z c'];
    const [since, until] = [Date.UTC(2026, 10, 23, 12, 0, 5), Date.UTC(2026, 10, 23, 12, 0, 10)];
    assert.deepEqual(found(all, { since, until }), all.slice(1, 3));
  });

  it('shows no lines around a notice, which is there whatever is looked for', () => {
    const store = storeOf(['a', 'b']);
    store.appendNotice('connected', 'Connected.', -1, 0);
    for (const text of ['c', 'hit', 'd', 'e']) {
      store.append(
        { source: 's', epoch: 'e', seq: 9, count: 1, receivedAt: 0, cursor: null, bytes: encoder.encode(`${text}\n`) },
        0,
      );
    }
    const compiled = compile(store, { text: 'hit', context: { before: 0, after: 1 } });
    assert.ok(compiled.kind === 'some');
    const rows: number[] = [];
    compiled.matcher.match(0, store.endRow, rows, wholeRound());
    assert.deepEqual(rows, [2, 4, 5]);
  });

  it('shows nothing from before the row it was cleared at, not even as context', () => {
    const all = ['a1', 'a2', 'b', 'a3'];
    assert.deepEqual(found(all, { text: 'a', fromRow: 2, context: { before: 3, after: 0 } }), ['b', 'a3']);
  });
});

describe('the shape of a view', () => {
  const trace = ['ERROR boom', '  at a', '  at b', 'INFO fine', 'WARN w', '\tat c'];

  it('folds entries to their first lines, but for those that were opened', () => {
    assert.deepEqual(found(trace, {}, { folded: true }), ['ERROR boom', 'INFO fine', 'WARN w']);
    assert.deepEqual(found(trace, {}, { folded: true, toggled: [4] }), ['ERROR boom', 'INFO fine', 'WARN w', '\tat c']);
    assert.deepEqual(found(trace, {}, { toggled: [0] }), ['ERROR boom', 'INFO fine', 'WARN w', '\tat c']);
  });

  it('finds a text in a folded line, and shows the line it belongs to', () => {
    assert.deepEqual(found(trace, { text: 'at b' }, { folded: true }), ['ERROR boom']);
  });

  it('shows consecutive lines that say the same once, whatever their times', () => {
    const all = ['12:00:01 retry', '12:00:02 retry', '12:00:03 other', '12:00:04 retry', '12:00:05 retry', '  at x'];
    assert.deepEqual(found(all, {}, { collapseRepeats: true }), [
      '12:00:01 retry',
      '12:00:03 other',
      '12:00:04 retry',
      '12:00:05 retry',
      '  at x',
    ]);
  });
});
