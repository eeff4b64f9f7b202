import assert from 'node:assert/strict';
import fc from 'fast-check';
import { decodeFrame, encodeFrame, type LinesFrame } from '../../../src/protocol/frames';
import { LIMITS } from '../../../src/protocol/limits';

const line = fc
  .uint8Array({ maxLength: 40 })
  .map((bytes) => [...bytes.map((byte) => (byte === 0x0a ? 0x20 : byte)), 0x0a]);
const frames: fc.Arbitrary<LinesFrame> = fc
  .record({
    source: fc.string({ maxLength: 50, unit: 'grapheme' }),
    epoch: fc.string({ maxLength: 20 }),
    seq: fc.maxSafeInteger(),
    receivedAt: fc.double({ noNaN: true, noDefaultInfinity: true }),
    cursor: fc.option(fc.string({ maxLength: 60 }), { nil: null }),
    lines: fc.array(line, { minLength: 1, maxLength: 20 }),
  })
  .map(({ lines, ...header }) => ({ ...header, count: lines.length, bytes: Uint8Array.from(lines.flat()) }));

describe('a lines frame', () => {
  it('comes out as it went in', () => {
    fc.assert(
      fc.property(frames, fc.boolean(), fc.boolean(), (frame, continues, history) => {
        const whole = { ...frame, ...(continues ? { continues } : {}), ...(history ? { history } : {}) };
        const result = decodeFrame(encodeFrame(whole));
        assert.ok(result.kind === 'frame');
        // JSON has no negative zero.
        assert.deepEqual(
          { ...result.frame, bytes: [...result.frame.bytes] },
          { ...whole, seq: whole.seq + 0, receivedAt: whole.receivedAt + 0, bytes: [...whole.bytes] },
        );
      }),
    );
  });

  it('is read from the middle of a larger buffer, and without a copy', () => {
    fc.assert(
      fc.property(frames, fc.nat(20), (frame, before) => {
        const encoded = encodeFrame(frame);
        const buffer = new Uint8Array(before + encoded.length + 5);
        buffer.set(encoded, before);
        const result = decodeFrame(buffer.subarray(before, before + encoded.length));
        assert.ok(result.kind === 'frame');
        assert.equal(result.frame.bytes.buffer, buffer.buffer);
        assert.deepEqual([...result.frame.bytes], [...frame.bytes]);
      }),
    );
  });

  it('that was cut anywhere is malformed, or ends with a whole line', () => {
    fc.assert(
      fc.property(frames, fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }), (frame, share) => {
        const encoded = encodeFrame(frame);
        const result = decodeFrame(encoded.subarray(0, Math.floor(encoded.length * share)));
        assert.ok(result.kind === 'malformed' || result.frame.bytes.at(-1) === 0x0a);
      }),
    );
  });

  it('of arbitrary bytes never throws, and is told to be malformed in one sentence', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        const result = decodeFrame(bytes);
        assert.ok(result.kind === 'frame' || result.reason.length > 0);
      }),
      { numRuns: 2000 },
    );
  });

  for (const [what, header] of [
    ['no source', { epoch: 'e', seq: 0, count: 1, receivedAt: 0, cursor: null }],
    ['a count of none', { source: 's', epoch: 'e', seq: 0, count: 0, receivedAt: 0, cursor: null }],
    ['a fractional number', { source: 's', epoch: 'e', seq: 0.5, count: 1, receivedAt: 0, cursor: null }],
    ['a cursor that is no text', { source: 's', epoch: 'e', seq: 0, count: 1, receivedAt: 0, cursor: 7 }],
    ['a header that is a list', []],
    ['a header that is null', null],
  ] as const) {
    it(`with ${what} is malformed`, () => {
      const json = new TextEncoder().encode(JSON.stringify(header));
      const frame = new Uint8Array(4 + json.length + 2);
      new DataView(frame.buffer).setUint32(0, json.length);
      frame.set(json, 4);
      frame.set([0x61, 0x0a], 4 + json.length);
      assert.equal(decodeFrame(frame).kind, 'malformed');
    });
  }

  it('with a header longer than allowed is malformed', () => {
    const frame = encodeFrame({
      source: 'x'.repeat(LIMITS.frameHeaderBytes),
      epoch: 'e',
      seq: 0,
      count: 1,
      receivedAt: 0,
      cursor: null,
      bytes: Uint8Array.of(0x0a),
    });
    assert.equal(decodeFrame(frame).kind, 'malformed');
  });
});
