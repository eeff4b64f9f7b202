import assert from 'node:assert/strict';
import { systemClock } from '../../../src/base/clock';
import { openNodeThread } from '../../../src/extension/nodePatternThread';
import { PatternMatching } from '../../../src/records/patternMatching';
import { compileFilter } from '../../../src/store/rowMatcher';
import { FilteredView } from '../../../src/view/filteredView';
import { LogIntake } from '../../../src/view/logIntake';

const SLICE_MS = 6;
/** A slice, and room for a busy machine; a pattern that held this program would hold it for seconds. */
const MOST_HELD_MS = 300;
const encoder = new TextEncoder();

/** Patterns as people write them, and a line each on which they take the engine far more than a second. */
const HOSTILE = [
  ['^.*,.*,.*,.*,.*,.*,.*,z', ','.repeat(2048)],
  ['\\d+.*\\d+.*\\d+ms$', '1'.repeat(2048)],
  ['user.*id=.*status.*5\\d\\d', 'user id= status '.repeat(3000)],
  ['.*foo.*bar.*baz', 'foobar'.repeat(350)],
] as const;

describe('a pattern in a thread of the extension host', function () {
  this.timeout(60_000);
  const patterns = new PatternMatching(openNodeThread, systemClock);
  after(() => patterns.dispose());

  /** Looks through lines as a holder does; the rows found and the longest time without a turn for others. */
  async function filter(text: string, lines: readonly string[]) {
    const { store, indexes } = new LogIntake(64 * 1024 * 1024, systemClock);
    const bytes = encoder.encode(lines.map((line) => `${line}\n`).join(''));
    store.append({ source: 's', epoch: 'e', seq: 0, count: lines.length, receivedAt: 0, cursor: null, bytes }, 0);
    const query = { text, regularExpression: true };
    const view = new FilteredView(store, compileFilter(query, {}, { store, indexes, sourceIndex: () => 0, patterns }));
    let held = 0;
    let before = performance.now();
    for (;;) {
      const deadline = performance.now() + SLICE_MS;
      const isDone = view.advance(() => performance.now() < deadline);
      held = Math.max(held, performance.now() - before);
      if (isDone) {
        return { found: view.end - view.first, problem: view.problem, held };
      }
      if (view.isWaiting) {
        await new Promise<void>((resolve) => {
          const listening = patterns.onDidAnswer(() => {
            listening.dispose();
            resolve();
          });
        });
      } else {
        await new Promise((resolve) => setImmediate(resolve));
      }
      before = performance.now();
    }
  }

  for (const [pattern, line] of HOSTILE) {
    it(`${pattern} is ended by its deadline and named, and holds the host no longer than a slice`, async () => {
      const began = performance.now();
      const { problem, held } = await filter(pattern, ['a first line', line, 'a last line']);
      assert.ok(problem?.startsWith(`"${pattern}" was stopped`), `${problem}`);
      assert.ok(held < MOST_HELD_MS, `held for ${held} ms`);
      assert.ok(performance.now() - began < 15_000);
    });
  }

  it('finds what it finds elsewhere, on ordinary lines, after others were ended', async () => {
    const lines = Array.from({ length: 5000 }, (_, at) => `user ann id=${at} status ${at % 7 === 0 ? 503 : 200} ok é`);
    const { found, problem, held } = await filter('user.*id=.*status.*5\\d\\d.*é', lines);
    assert.equal(problem, null);
    assert.equal(found, lines.filter((line) => /user.*id=.*status.*5\d\d.*é/.test(line)).length);
    assert.ok(held < MOST_HELD_MS, `held for ${held} ms`);
  });

  it('holds the host no longer where it is the engine that takes long to prepare it', async () => {
    const { held } = await filter('\\p{L}x'.repeat(1600), ['ax'.repeat(2000), 'another line']);
    assert.ok(held < MOST_HELD_MS, `held for ${held} ms`);
  });
});
