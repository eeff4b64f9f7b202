import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { LinesFrame } from '../../../src/protocol/frames';
import { ByteScanner, useByteScanner } from '../../../src/store/byteScanner';
import { LogStore } from '../../../src/store/logStore';

const encoder = new TextEncoder();
const decoder = new TextDecoder();

function frame(lines: readonly string[], seq: number, extra: Partial<LinesFrame> = {}): LinesFrame {
  const bytes = encoder.encode(lines.map((line) => `${line}\n`).join(''));
  return { source: 's', epoch: 'e', seq, count: lines.length, receivedAt: 1000, cursor: null, ...extra, bytes };
}

interface ModelRow {
  readonly text: string;
  readonly source: number;
  /** 0 for a notice. */
  readonly seq: number;
  readonly notice: boolean;
}

type Step =
  | { readonly kind: 'append'; readonly lines: readonly string[]; readonly source: number; readonly skip: number }
  | { readonly kind: 'big'; readonly lines: number; readonly width: number }
  | { readonly kind: 'prepend'; readonly lines: readonly string[] }
  | { readonly kind: 'notice'; readonly text: string }
  | { readonly kind: 'clear' };

const text = fc.string({ maxLength: 60, unit: 'grapheme' }).map((line) => line.replaceAll('\n', ' '));
const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({
        kind: fc.constant('append' as const),
        lines: fc.array(text, { minLength: 1, maxLength: 80 }),
        source: fc.nat(3),
        skip: fc.nat(2),
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({
        kind: fc.constant('big' as const),
        lines: fc.integer({ min: 700, max: 3000 }),
        width: fc.integer({ min: 90, max: 200 }),
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({
        kind: fc.constant('prepend' as const),
        lines: fc.array(text, { minLength: 1, maxLength: 80 }),
      }),
    },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('notice' as const), text }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('clear' as const) }) },
  ),
  { maxLength: 40 },
);

for (const [how, scanner] of [
  ['in JavaScript', undefined],
  ['in WebAssembly', new ByteScanner()],
] as const) {
  describe(`the store, finding lines ${how}`, () => {
    before(() => useByteScanner(scanner));
    after(() => useByteScanner(undefined));

    it('holds what a plain list would, whatever comes in which order', () => {
      fc.assert(
        fc.property(steps, (all) => {
          const store = new LogStore(64 * 1024 * 1024);
          let rows: ModelRow[] = [];
          let first = 0;
          let next = 0;
          let seq = 0;
          let earlier = 0;
          for (const step of all) {
            switch (step.kind) {
              case 'append':
              case 'big': {
                const lines =
                  step.kind === 'append'
                    ? step.lines
                    : Array.from({ length: step.lines }, (_, at) => String(at).padStart(step.width, '.'));
                const source = step.kind === 'append' ? step.source : 0;
                seq += step.kind === 'append' ? step.skip : 0;
                store.append(frame(lines, seq), source);
                for (const line of lines) {
                  rows.push({ text: line, source, seq: seq++, notice: false });
                }
                next += lines.length;
                break;
              }
              case 'prepend': {
                earlier -= step.lines.length;
                assert.equal(store.prepend([frame(step.lines, earlier)], 0), true);
                const added = step.lines.map((line, at) => ({
                  text: line,
                  source: 0,
                  seq: earlier + at,
                  notice: false,
                }));
                rows = [...added, ...rows];
                first -= step.lines.length;
                break;
              }
              case 'notice':
                store.appendNotice('mark', step.text, -1, 2000);
                rows.push({ text: step.text, source: -1, seq: 0, notice: true });
                next++;
                break;
              case 'clear':
                store.clear();
                rows = [];
                first = next;
                break;
            }
            if (step.kind === 'prepend' && rows.length === step.lines.length) {
              // Into an empty store it still counts down from the next row's number.
              first = store.firstRow;
            }
          }
          assert.equal(store.endRow, next);
          assert.equal(store.firstRow, rows.length === 0 ? next : next - rows.length);
          assert.equal(store.lineCount, rows.filter(({ notice }) => !notice).length);
          assert.equal(store.droppedLines, 0);
          void first;
          rows.forEach((row, index) => {
            const stored = store.row(next - rows.length + index);
            assert.ok(stored);
            assert.deepEqual(
              [decoder.decode(stored.bytes), stored.source, stored.seq, stored.notice !== undefined],
              [row.text, row.source, row.seq, row.notice],
            );
          });
          assert.equal(store.row(next), undefined);
          assert.equal(store.row(store.firstRow - 1), undefined);
        }),
        { numRuns: 60 },
      );
    });

    it('drops its oldest rows when it is full, counts them, and keeps the numbers of the others', () => {
      fc.assert(
        fc.property(fc.array(fc.integer({ min: 1, max: 4000 }), { minLength: 5, maxLength: 40 }), (batches) => {
          const capacity = 2 * 1024 * 1024;
          const store = new LogStore(capacity);
          let seq = 0;
          for (const lines of batches) {
            const batch = Array.from({ length: lines }, (_, at) => `line ${seq + at} ${'x'.repeat(80)}`);
            store.append(frame(batch, seq), 0);
            seq += lines;
            assert.ok(store.byteLength <= capacity + 1024 * 1024);
          }
          assert.equal(store.endRow, seq);
          assert.equal(store.droppedLines, store.firstRow);
          assert.equal(store.lineCount, seq - store.firstRow);
          for (const row of [store.firstRow, Math.floor((store.firstRow + seq) / 2), seq - 1]) {
            const stored = store.row(row);
            assert.equal(stored?.seq, row);
            assert.ok(decoder.decode(stored?.bytes).startsWith(`line ${row} `));
          }
        }),
        { numRuns: 30 },
      );
    });

    it('takes a large frame over without a copy, and gathers small ones', () => {
      const store = new LogStore(64 * 1024 * 1024);
      const large = frame(
        Array.from({ length: 2000 }, (_, at) => `line ${at} ${'x'.repeat(100)}`),
        0,
      );
      store.append(large, 0);
      assert.equal(store.row(5)?.bytes.buffer, large.bytes.buffer);
      const small = frame(['small'], 2000);
      store.append(small, 0);
      assert.notEqual(store.row(2000)?.bytes.buffer, small.bytes.buffer);
    });

    it('does not keep a receive buffer alive for a few lines of it', () => {
      const store = new LogStore(64 * 1024 * 1024);
      const buffer = new Uint8Array(1024 * 1024).fill(0x61);
      buffer[100_000] = 0x0a;
      store.append({ ...frame([''], 0), count: 1, bytes: buffer.subarray(0, 100_001) }, 0);
      assert.notEqual(store.row(0)?.bytes.buffer, buffer.buffer);
    });

    it('costs at most the bytes of the lines × 1.15 and 12 bytes a line', () => {
      const store = new LogStore(256 * 1024 * 1024);
      let bytes = 0;
      for (let batch = 0; batch < 400; batch++) {
        const lines = frame(
          Array.from({ length: 250 }, (_, at) => `${batch} ${at} ${'x'.repeat(at % 120)}`),
          batch * 250,
        );
        bytes += lines.bytes.length;
        store.append(lines, 0);
      }
      assert.ok(store.heldBytes <= bytes * 1.15 + 12 * 100_000, `${store.heldBytes} for ${bytes}`);
    });

    it('corrects a count that is wrong by the newlines there are', () => {
      for (const count of [1, 3, 4000]) {
        const store = new LogStore(64 * 1024 * 1024);
        const lines = Array.from({ length: 1000 }, (_, at) => `line ${at} ${'x'.repeat(100)}`);
        store.append({ ...frame(lines, 0), count }, 0);
        assert.equal(store.lineCount, 1000);
        assert.equal(decoder.decode(store.row(999)?.bytes), lines[999]);
      }
    });

    it('marks the pieces of a line that was too long for one', () => {
      const store = new LogStore(64 * 1024 * 1024);
      store.append(frame(['whole', 'begin'], 0, { continues: true }), 0);
      store.append(frame(['end', 'next'], 2), 0);
      assert.deepEqual(
        [0, 1, 2, 3].map((row) => store.row(row)?.continues),
        [false, true, false, false],
      );
    });

    it('does not let history push out what is live', () => {
      const store = new LogStore(1024 * 1024);
      store.append(
        frame(
          Array.from({ length: 9000 }, () => 'x'.repeat(100)),
          0,
        ),
        0,
      );
      assert.equal(
        store.prepend(
          [
            frame(
              Array.from({ length: 9000 }, () => 'y'.repeat(100)),
              -9000,
            ),
          ],
          0,
        ),
        false,
      );
      assert.equal(store.firstRow >= 0, true);
    });
  });
}
