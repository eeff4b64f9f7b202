import assert from 'node:assert/strict';
import type { Row } from '../../../../src/view/messages';
import { joinedLines, linesOf, RowCopier } from '../../../../src/viewer/list/copyRows';

function row(ordinal: number, change: Partial<Row> = {}): Row {
  const text = `line ${ordinal}`;
  return {
    ordinal,
    row: ordinal,
    source: 0,
    seq: ordinal,
    text,
    level: null,
    time: null,
    receivedAt: 0,
    entryStart: true,
    ...change,
  };
}

function setUp() {
  const asked: { readonly from: number; readonly to: number }[] = [];
  const entries: number[] = [];
  const copier = new RowCopier(
    (from, to) => asked.push({ from, to }),
    (of) => 1000 + entries.push(of),
  );
  return { asked, entries, copier };
}

/** Lets what waits for an answer go on. */
const turn = () => new Promise((resolve) => setImmediate(resolve));

describe('copying rows', () => {
  it('asks for a thousand at a time and has every line once, without the notices', async () => {
    const { asked, copier } = setUp();
    const copied = copier.textOf(0, 2500);
    for (const at of [0, 1, 2]) {
      const { from, to } = asked[at] as { from: number; to: number };
      const rows = Array.from({ length: to - from }, (_, index) =>
        row(from + index, from + index === 7 ? { notice: 'gap' } : {}),
      );
      assert.ok(copier.accept(at + 1, rows));
      await turn();
    }
    const result = await copied;
    assert.equal(result?.count, 2499);
    const wanted = Array.from({ length: 2500 }, (_, at) => `line ${at}\n`).filter((_, at) => at !== 7);
    assert.equal(result?.text, wanted.join(''));
  });

  it('fetches lines that were cut for display, and counts those that cannot be had', async () => {
    const { entries, copier } = setUp();
    const copied = copier.textOf(0, 3);
    copier.accept(1, [row(0), row(1, { text: 'lo', cutFromBytes: 4 }), row(2, { text: 'ev', cutFromBytes: 9 })]);
    await turn();
    assert.ok(copier.acceptEntry(1001, [row(0), row(1, { text: 'long' })]));
    await turn();
    assert.ok(copier.acceptEntry(1002, [row(2, { text: 'ever', cutFromBytes: 9 })]));
    assert.deepEqual(entries, [1, 2]);
    assert.deepEqual(await copied, { text: 'line 0\nlong\never\n', count: 3, cut: 1 });
  });

  it('ends when the view changes, rather than mix lines of two', async () => {
    const { asked, copier } = setUp();
    const copied = copier.textOf(0, 2500);
    copier.accept(1, [row(0)]);
    await turn();
    copier.cancel();
    assert.equal(await copied, undefined);
    assert.equal(asked.length, 2);
    assert.equal(copier.accept(2, [row(1000)]), false);
  });

  it('gives way to a later one', async () => {
    const { copier } = setUp();
    const first = copier.textOf(0, 1);
    const second = copier.textOf(1, 2);
    assert.equal(await first, undefined);
    copier.accept(2, [row(1)]);
    assert.equal((await second)?.text, 'line 1');
  });

  it('ends each of several lines, and leaves a single one as it is', () => {
    assert.equal(joinedLines(linesOf([row(1)])), 'line 1');
    assert.equal(joinedLines(linesOf([row(1), row(2)])), 'line 1\nline 2\n');
  });
});
