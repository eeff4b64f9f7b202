import assert from 'node:assert/strict';
import fc from 'fast-check';
import { WrittenPositions } from '../../../src/cli/writtenPositions';
import type { LinesFrame } from '../../../src/protocol/frames';

const LINE_BYTES = 5;

/** Lines `from` to `to - 1`, five bytes each. */
function frame(from: number, to: number, epoch = 'e', first = from): LinesFrame {
  const text = Array.from({ length: to - from }, (_, at) => `${String(from + at).padStart(4, '0')}\n`).join('');
  const count = to - from;
  return { source: 's', epoch, seq: first, count, receivedAt: 0, cursor: `c${to}`, bytes: Buffer.from(text) };
}

const textOf = (each: LinesFrame | null) => (each === null ? '' : Buffer.from(each.bytes).toString());
const gap = (count: number | null) =>
  ({ type: 'gap', source: 's', epoch: 'e', from: 0, to: count ?? 0, count, reason: '' }) as const;

describe('what has been written out', () => {
  it('is known to the line inside a frame, with the position where the frame begins', () => {
    const written = new WrittenPositions();
    written.written(frame(0, 10), 10 * LINE_BYTES);
    written.written(frame(10, 30), 7 * LINE_BYTES);
    assert.deepEqual(written.positions, [{ source: 's', epoch: 'e', nextSeq: 10, cursor: 'c10', linesAhead: 7 }]);
    written.written(frame(10, 30), 20 * LINE_BYTES);
    assert.deepEqual(written.positions, [{ source: 's', epoch: 'e', nextSeq: 30, cursor: 'c30', linesAhead: 0 }]);
  });

  it('is left out by a later run, across frames and a new numbering', () => {
    const written = new WrittenPositions([{ source: 's', epoch: 'e', nextSeq: 10, cursor: 'c10', linesAhead: 7 }]);
    assert.equal(written.fresh(frame(10, 15, 'new', 0)), null);
    assert.deepEqual(written.positions, [{ source: 's', epoch: 'new', nextSeq: 5, cursor: 'c15', linesAhead: 2 }]);
    const fresh = written.fresh(frame(15, 20, 'new', 5));
    assert.equal(textOf(fresh), '0017\n0018\n0019\n');
    assert.equal(fresh?.seq, 7);
    assert.equal(textOf(written.fresh(frame(20, 21, 'new', 10))), '0020\n', 'once');
  });

  it('is not looked for among lines that are missing now', () => {
    const begin = () => new WrittenPositions([{ source: 's', epoch: 'e', nextSeq: 10, cursor: 'c10', linesAhead: 7 }]);
    const some = begin();
    some.gap(gap(5));
    assert.equal(textOf(some.fresh(frame(15, 18))), '0017\n');
    const more = begin();
    more.gap(gap(9));
    assert.equal(textOf(more.fresh(frame(19, 20))), '0019\n');
    const unknown = begin();
    unknown.gap(gap(null));
    assert.equal(textOf(unknown.fresh(frame(50, 51))), '0050\n');
  });

  it('is what the connection says once nothing waits, but for what is still to be left out', () => {
    const written = new WrittenPositions([{ source: 's', epoch: 'e', nextSeq: 10, cursor: 'c10', linesAhead: 7 }]);
    const position = { source: 's', epoch: 'e', nextSeq: 10, cursor: 'marked' };
    written.adopt([position]);
    assert.deepEqual(written.positions, [{ ...position, linesAhead: 7 }]);
    written.fresh(frame(10, 17));
    written.adopt([{ ...position, nextSeq: 17 }]);
    assert.deepEqual(written.positions, [{ ...position, nextSeq: 17, linesAhead: 0 }]);
  });

  it('adds up to every line once, however often and wherever a run is interrupted', () => {
    const run = fc.record({
      frames: fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 6 }),
      /** How much of the last frame is written, of 1. */
      share: fc.double({ min: 0, max: 1, noNaN: true }),
      newEpoch: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(run, { maxLength: 8 }), (runs) => {
        let stored = new WrittenPositions([{ source: 's', epoch: 'e', nextSeq: 0, cursor: 'c0', linesAhead: 0 }])
          .positions;
        let output = '';
        for (const [ordinal, { frames, share, newEpoch }] of runs.entries()) {
          const [position] = stored;
          assert.ok(position);
          const written = new WrittenPositions(stored);
          let line = Number(position.cursor?.slice(1));
          const epoch = newEpoch ? `epoch ${ordinal}` : position.epoch;
          const shift = newEpoch ? 0 : position.nextSeq - line;
          for (const [at, count] of frames.entries()) {
            const fresh = written.fresh(frame(line, line + count, epoch, line + shift));
            line += count;
            if (fresh !== null) {
              const lines = at === frames.length - 1 ? Math.floor(fresh.count * share) : fresh.count;
              output += textOf(fresh).slice(0, lines * LINE_BYTES);
              written.written(fresh, lines * LINE_BYTES);
            }
          }
          stored = written.positions;
        }
        const lines = output.length / LINE_BYTES;
        assert.equal(output, lines === 0 ? '' : textOf(frame(0, lines)));
      }),
    );
  });
});
