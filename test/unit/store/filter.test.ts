import assert from 'node:assert/strict';
import fc from 'fast-check';
import { detectLevel } from '../../../src/records/detectLevel';
import { compileFilter, type Filter } from '../../../src/store/filter';
import { LevelIndex } from '../../../src/store/levelIndex';
import { LogStore } from '../../../src/store/logStore';

const encoder = new TextEncoder();

function storeOf(lines: readonly string[]): LogStore {
  const store = new LogStore(64 * 1024 * 1024);
  const bytes = encoder.encode(lines.map((line) => `${line}\n`).join(''));
  if (lines.length > 0) {
    store.append({ source: 's', epoch: 'e', seq: 0, count: lines.length, receivedAt: 0, cursor: null, bytes }, 0);
  }
  return store;
}

/** The lines that pass, found by the product. */
function found(lines: readonly string[], filter: Filter): string[] {
  const store = storeOf(lines);
  const compiled = compileFilter(filter, new LevelIndex(store), () => 0);
  if (compiled.kind === 'all') {
    return [...lines];
  }
  assert.ok(compiled.kind === 'some');
  const indexes: number[] = [];
  for (const slab of store.slabs) {
    const here: number[] = [];
    // In uneven pieces, as slices of time cut it.
    for (let from = 0; from < slab.rowCount; from += 7) {
      compiled.matcher.match(slab, from, Math.min(slab.rowCount, from + 7), here);
    }
    indexes.push(...here.map((index) => slab.firstRow + index));
  }
  assert.deepEqual(
    indexes,
    [...new Set(indexes)].sort((one, other) => one - other),
    'ascending, each once',
  );
  return indexes.map((index) => lines[index] as string);
}

const word = /[\p{L}\p{N}_]/u;

/** The same, the plain way. */
function naive(lines: readonly string[], { text = '', caseSensitive = false, wholeWord = false }: Filter): string[] {
  const fold = (value: string) => (caseSensitive ? value : value.toLowerCase());
  return lines.filter((line) => {
    const [where, what] = [fold(line), fold(text)];
    for (let at = where.indexOf(what); at !== -1; at = where.indexOf(what, at + 1)) {
      const [before, after] = [where[at - 1] ?? ' ', where[at + what.length] ?? ' '];
      if (!wholeWord || (!word.test(before) && !word.test(after))) {
        return true;
      }
    }
    return false;
  });
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
            all.filter((line) => pattern.test(line)),
          );
        },
      ),
      { numRuns: 200 },
    );
  });

  for (const pattern of ['(a+)+$', '(a|aa)+', '(.*)*x', '((ab)*)*', '(a)\\1', '(x+x+)+y']) {
    it(`refuses ${pattern}, which can take exponential time`, () => {
      const store = storeOf([]);
      const compiled = compileFilter({ text: pattern, regularExpression: true }, new LevelIndex(store), () => 0);
      assert.equal(compiled.kind, 'wrong');
    });
  }

  it('says in one sentence that something is no regular expression', () => {
    const store = storeOf([]);
    const compiled = compileFilter({ text: '[', regularExpression: true }, new LevelIndex(store), () => 0);
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
