import assert from 'node:assert/strict';
import fc from 'fast-check';
import { PositionTracker } from '../../../src/client/resume';
import type { LinesFrame } from '../../../src/protocol/frames';

function frame(seq: number, count: number, epoch = 'e', cursor: string | null = null): LinesFrame {
  const bytes = new TextEncoder().encode(Array.from({ length: count }, (_, at) => `line ${seq + at}\n`).join(''));
  return { source: 's', epoch, seq, count, receivedAt: 0, cursor, bytes };
}

const numbers = (each: LinesFrame) =>
  new TextDecoder()
    .decode(each.bytes)
    .trimEnd()
    .split('\n')
    .map((line) => Number(line.slice(5)));

describe('the positions of a connection', () => {
  it('deliver every line once, in order, or announce it as missing, whatever is repeated or lost', () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ seq: fc.integer({ min: -20, max: 60 }), count: fc.integer({ min: 1, max: 20 }) }), {
          maxLength: 40,
        }),
        (batches) => {
          const tracker = new PositionTracker();
          let next: number | null = null;
          for (const { seq, count } of batches) {
            const { gap, frame: fresh } = tracker.accept(frame(seq, count));
            if (gap) {
              assert.equal(gap.from, next);
              assert.equal(gap.to - gap.from, gap.count);
              next = gap.to;
            }
            if (fresh) {
              assert.equal(fresh.count, numbers(fresh).length);
              assert.equal(fresh.seq, numbers(fresh)[0]);
              next ??= fresh.seq;
              for (const number of numbers(fresh)) {
                assert.equal(number, next++);
              }
            } else {
              assert.ok(next !== null && seq + count <= next);
            }
            assert.equal(tracker.positions[0]?.nextSeq, next);
          }
        },
      ),
    );
  });

  it('begin anew in a new epoch, and the change is no loss', () => {
    const tracker = new PositionTracker([{ source: 's', epoch: 'old', nextSeq: 100, cursor: 'c' }]);
    const { gap, frame: fresh } = tracker.accept(frame(3, 2, 'new'));
    assert.equal(gap, null);
    assert.equal(fresh?.count, 2);
    assert.deepEqual(tracker.positions, [{ source: 's', epoch: 'new', nextSeq: 5, cursor: null }]);
  });

  it('take a mark for what it says, and a jump in it for a gap', () => {
    const tracker = new PositionTracker();
    const mark = { type: 'mark', source: 's', epoch: 'e', nextSeq: 5, cursor: 'c5', reconnectWindowMs: 0 } as const;
    assert.equal(tracker.mark(mark), null);
    assert.deepEqual(tracker.positions, [{ source: 's', epoch: 'e', nextSeq: 5, cursor: 'c5' }]);
    assert.equal(tracker.mark({ ...mark, nextSeq: 8 })?.count, 3);
    assert.equal(tracker.mark({ ...mark, nextSeq: 6 }), null, 'an older mark says nothing');
    assert.equal(tracker.positions[0]?.nextSeq, 8);
  });

  it('announce a gap once, and whole', () => {
    const tracker = new PositionTracker();
    tracker.accept(frame(0, 10));
    const gap = { type: 'gap', source: 's', epoch: 'e', from: 12, to: 20, count: 8, reason: 'overtaken' } as const;
    assert.deepEqual(tracker.gap(gap), { ...gap, from: 10, count: 10 });
    assert.equal(tracker.gap(gap), null);
    assert.equal(tracker.accept(frame(20, 1)).gap, null);
    const unknown = { ...gap, from: 21, to: 21, count: null };
    assert.deepEqual(tracker.gap(unknown), unknown);
    assert.equal(tracker.positions[0]?.nextSeq, 21);
  });

  it('know the earliest line for history', () => {
    const tracker = new PositionTracker();
    tracker.accept(frame(10, 5, 'e', 'c10'));
    tracker.accept(frame(15, 5, 'e', 'c15'));
    assert.deepEqual(tracker.earliest('s'), { beforeSeq: 10, cursor: 'c10' });
    tracker.acceptHistory(frame(2, 4, 'e', 'c2'));
    tracker.acceptHistory(frame(6, 4, 'e', 'c6'));
    assert.deepEqual(tracker.earliest('s'), { beforeSeq: 2, cursor: 'c2' });
    assert.deepEqual(tracker.positions[0]?.nextSeq, 20, 'history moves no position');
  });
});
