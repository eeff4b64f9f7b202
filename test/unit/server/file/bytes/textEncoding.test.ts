import assert from 'node:assert/strict';
import fc from 'fast-check';
import { encodingOf, evenOffset } from '../../../../../src/server/file/bytes/textEncoding';

const text = fc.string({ unit: fc.constantFrom('a', '\n', 'Ċ', 'ü', '🚀', ' ', '日'), maxLength: 200 });
const marks = { little: Buffer.from([0xff, 0xfe]), big: Buffer.from([0xfe, 0xff]), bytes: Buffer.from('no') };

function encode(kind: keyof typeof marks, value: string): Buffer {
  if (kind === 'bytes') {
    return Buffer.from(value);
  }
  const encoded = Buffer.from(`\ufeff${value}`, 'utf16le');
  return kind === 'little' ? encoded : encoded.swap16();
}

for (const kind of ['little', 'big', 'bytes'] as const) {
  const encoding = encodingOf(marks[kind]);
  describe(`lines of a file in ${kind === 'bytes' ? 'bytes' : `UTF-16, ${kind}-endian`}`, () => {
    it('are cut from its front, whole and in order, whatever the limit', () => {
      fc.assert(
        fc.property(text, fc.integer({ min: 16, max: 60 }), (value, maxLineBytes) => {
          const file = encode(kind, value);
          const received: Buffer[] = [];
          let at = 0;
          for (;;) {
            const leading = encoding.leading(file.subarray(at), at, maxLineBytes);
            if (!leading) {
              break;
            }
            assert.ok(leading.length > 0);
            assert.equal(leading.bytes.at(-1), 0x0a);
            assert.equal(leading.bytes.filter((byte) => byte === 0x0a).length, leading.count);
            received.push(leading.continues ? leading.bytes.subarray(0, -1) : leading.bytes);
            at += leading.length;
          }
          const rest = at < file.length ? encoding.piece(file.subarray(at), at).subarray(0, -1) : Buffer.alloc(0);
          assert.equal(Buffer.concat([...received, rest]).toString(), value);
        }),
        { numRuns: 500 },
      );
    });

    it('are found from behind, each once', () => {
      fc.assert(
        fc.property(text, fc.nat(30), (value, skipped) => {
          const file = encode(kind, value);
          const start = Math.min(file.length, skipped) & ~1;
          const block = file.subarray(start);
          const found: number[] = [];
          for (
            let behind = encoding.behindLastNewline(block, start, block.length);
            behind !== -1;
            behind = encoding.behindLastNewline(block, start, behind - 1)
          ) {
            found.push(behind + start);
          }
          const wanted: number[] = [];
          for (let at = value.indexOf('\n'); at !== -1; at = value.indexOf('\n', at + 1)) {
            const behind = encode(kind, value.slice(0, at + 1)).length;
            if (behind > start + (kind === 'bytes' ? 0 : 1)) {
              wanted.unshift(behind);
            }
          }
          assert.deepEqual(found, wanted);
        }),
        { numRuns: 500 },
      );
    });
  });
}

describe('blocks that are read backwards', () => {
  it('begin at even offsets of files larger than 4 GiB too', () => {
    fc.assert(
      fc.property(fc.maxSafeNat(), (offset) => {
        const even = evenOffset(offset);
        assert.equal(even % 2, 0);
        assert.ok(even === offset || even === offset - 1);
      }),
    );
  });
});
