import assert from 'node:assert/strict';
import fc from 'fast-check';
import { PatternMatching } from '../../../src/records/patternMatching';
import type { OpenPatternThread } from '../../../src/records/patternThread';
import type { Filter } from '../../../src/store/filter';
import { compileFilter } from '../../../src/store/rowMatcher';
import { FilteredView } from '../../../src/view/filteredView';
import { LogIntake } from '../../../src/view/logIntake';
import type { HolderMessage } from '../../../src/view/messages';
import { SearchView } from '../../../src/view/searchView';
import { StoreHolder } from '../../../src/view/storeHolder';
import { FakeClock } from '../../support/fakeClock';

const encoder = new TextEncoder();
/** Of so high a degree that no line is short enough to be matched at once; for these lines it takes a moment. */
const SLOW = 'h.*.*.*.*.*.*t';
/** What a stuck engine does: no answer. */
const STUCK = 'stuck.*.*.*.*.*.*x';

function frame(lines: readonly string[], seq: number) {
  const bytes = encoder.encode(lines.map((line) => `${line}\n`).join(''));
  return { source: 's', epoch: 'e', seq, count: lines.length, receivedAt: 0, cursor: null, bytes };
}

/** A thread in this one: answers when it is its turn, in two parts, and never for what is stuck. */
const openThread =
  (turn: (run: () => void) => void): OpenPatternThread =>
  (take) => {
    let isOver = false;
    const answer = (run: () => void) => turn(() => (isOver ? undefined : run()));
    answer(() => take({ kind: 'ready' }));
    return {
      post({ job, source, flags, texts }) {
        if (!source.startsWith('stuck')) {
          const matches = texts.map((text) => (new RegExp(source, flags).test(text) ? [] : null));
          answer(() => take({ kind: 'matches', job, matches: matches.splice(0, 1), isDone: false }));
          answer(() => take({ kind: 'matches', job, matches, isDone: true }));
        }
      },
      dispose() {
        isOver = true;
      },
    };
  };

describe('a filter with a pattern that may take long', () => {
  const lines = fc.array(fc.constantFrom('hit', 'miss', 'a hat here', '  at stack', 'keep', 'h'), {
    minLength: 1,
    maxLength: 40,
  });
  const pattern = { text: SLOW, regularExpression: true } as const;
  const filters = fc.constantFrom<Filter>(
    pattern,
    { ...pattern, context: { before: 2, after: 1 } },
    { terms: [{ kind: 'text', ...pattern, exclude: true }] },
    { text: 'a', terms: [{ kind: 'text', ...pattern }] },
    {
      terms: [
        { kind: 'text', ...pattern },
        { kind: 'text', text: '[k].*.*.*.*.*e', regularExpression: true, exclude: true },
      ],
    },
  );

  it('shows exactly what the same filter shows without a thread, in whatever order time and answers come', async () => {
    await fc.assert(
      fc.asyncProperty(
        filters,
        fc.array(lines, { minLength: 1, maxLength: 4 }),
        fc.infiniteStream(fc.nat(3)),
        async (filter, parts, numbers) => {
          const clock = new FakeClock();
          const turns: (() => void)[] = [];
          const patterns = new PatternMatching(
            openThread((run) => turns.push(run)),
            clock,
          );
          const { store, indexes } = new LogIntake(1024 * 1024, clock);
          const matched = { store, indexes, sourceIndex: () => 0, patterns };
          const compiled = compileFilter(filter, {}, matched);
          const view = new FilteredView(store, compiled);
          const search = new SearchView(pattern, compiled, store, patterns);
          let seq = 0;
          const settle = async () => {
            for (let left = 10_000; left > 0; left--) {
              let slices = numbers.next().value as number;
              const hasTime = () => slices-- > 0;
              const isDone = view.advance(hasTime) && search.advance(hasTime);
              await Promise.resolve();
              if (isDone) {
                return;
              }
              turns.shift()?.();
            }
            assert.fail('it never ends');
          };
          for (const part of parts) {
            store.append(frame(part, seq), 0);
            seq += part.length;
            await settle();
          }
          // The same, where everything is matched at once.
          const plain = new PatternMatching(
            openThread((run) => run()),
            clock,
          );
          const wanted = new FilteredView(store, compileFilter(filter, {}, { ...matched, patterns: plain }));
          while (!wanted.advance(() => true)) {
            await Promise.resolve();
          }
          const rowsOf = (each: FilteredView) =>
            Array.from({ length: each.end - each.first }, (_, at) => each.rowAt(each.first + at));
          assert.deepEqual(rowsOf(view), rowsOf(wanted));
          const hits = rowsOf(view).filter((row) =>
            new RegExp(SLOW).test(new TextDecoder().decode(store.row(row as number)?.bytes)),
          );
          assert.equal(search.count, hits.length);
          assert.equal(view.problem, null);
        },
      ),
      { numRuns: 150 },
    );
  });
});

describe('a pattern that reaches its deadline', () => {
  it('is named once to the viewer, and what else passes goes on, while the holder only waits', async () => {
    const clock = new FakeClock();
    const intake = new LogIntake(1024 * 1024, clock);
    const told: HolderMessage[] = [];
    const holder = new StoreHolder({
      intake,
      clock,
      post: (message) => told.push(message),
      connection: { tone: 'live', label: '', sentence: '', address: '', name: null, retryAt: null, actions: [] },
      onAction: () => undefined,
      onHistory: () => undefined,
      patterns: new PatternMatching(
        openThread((run) => queueMicrotask(run)),
        clock,
      ),
    });
    const extents = () => told.flatMap((message) => (message.type === 'extent' ? [message] : []));
    const pass = async (ms: number) => {
      for (let at = 0; at < ms; at += 10) {
        clock.advance(10);
        await new Promise((resolve) => setImmediate(resolve));
      }
    };
    intake.takeLines(frame(['one', 'two'], 0));
    holder.receive({ type: 'ready' });
    holder.receive({ type: 'filter', generation: 1, filter: { text: STUCK, regularExpression: true } });
    holder.receive({ type: 'search', search: 1, query: { text: SLOW, regularExpression: true } });
    await pass(500);
    assert.equal(extents().at(-1)?.filterError, null);
    const working = extents().length;
    await pass(400);
    assert.ok(extents().length - working < 5, 'it does not ask again and again');
    await pass(600);
    assert.match(extents().at(-1)?.filterError ?? '', /^"stuck.* was stopped .* longer than a second/);
    assert.equal(extents().at(-1)?.scanned, 1);
    // It is known by now, and nothing is tried.
    holder.receive({ type: 'filter', generation: 2, filter: { text: STUCK, regularExpression: true } });
    await pass(100);
    assert.match(extents().at(-1)?.filterError ?? '', /was stopped/);
    holder.receive({ type: 'filter', generation: 3, filter: { text: 't.*.*.*.*.*.*w', regularExpression: true } });
    await pass(300);
    assert.equal(extents().at(-1)?.filterError, null);
    assert.equal(extents().at(-1)?.matchedLines, 1);
    holder.dispose();
  });
});
