import assert from 'node:assert/strict';
import { appendFileSync, closeSync, openSync, writeFileSync, writeSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import fc from 'fast-check';
import { endOfNulsIn, findHole, withoutLastNuls } from '../../../../../src/server/file/bytes/holes';
import { LogFileHandle } from '../../../../../src/server/file/bytes/logFileHandle';
import type { Growth } from '../../../../../src/server/file/bytes/tipReader';
import { FollowedFiles } from '../../../../support/followedFiles';

/** Pieces that a log with holes is made of, long runs of NULs among them. */
const piece = fc.oneof(
  fc.constantFrom('a', 'line', '\n', '\n\n', '\0', '\0'.repeat(15)),
  fc.integer({ min: 16, max: 9000 }).map((length) => '\0'.repeat(length)),
);
const block = fc.array(piece, { maxLength: 12 }).map((pieces) => Buffer.from(pieces.join(''), 'latin1'));

describe('holes in a log', () => {
  it('begin where a line does and have at least 16 NULs', () => {
    fc.assert(
      fc.property(block, (bytes) => {
        const text = bytes.toString('latin1');
        const match = /(?<=^|\n)\0{16,}/.exec(text);
        assert.deepEqual(
          findHole(bytes, 1),
          match ? { start: match.index, end: match.index + match[0].length } : undefined,
        );
      }),
    );
  });

  it('at the end of a file are room for what is not written yet', () => {
    fc.assert(
      fc.property(block, (bytes) => {
        assert.equal(withoutLastNuls(bytes, 1), bytes.findLastIndex((byte) => byte !== 0) + 1);
      }),
    );
  });

  it('of UTF-16 are made of whole characters: no NUL byte of a letter belongs to them', () => {
    for (const name of ['utf16le', 'utf16be'] as const) {
      const encode = (text: string) => {
        const bytes = Buffer.from(text, 'utf16le');
        return name === 'utf16le' ? bytes : bytes.swap16();
      };
      const [before, hole, after] = ['line\n', '\0'.repeat(40), 'more\n'].map(encode) as [Buffer, Buffer, Buffer];
      const found = findHole(Buffer.concat([before, hole, after]), 2);
      assert.deepEqual(found, { start: before.length, end: before.length + hole.length }, name);
      assert.equal(findHole(Buffer.concat([before, after]), 2), undefined);
      assert.equal(withoutLastNuls(Buffer.concat([before, hole]), 2), before.length);
    }
  });

  it('end where something stands, also where nothing did when they were searched', async () => {
    const files = await FollowedFiles.create();
    writeFileSync(files.path(), Buffer.alloc(1_000_000));
    const generation = await LogFileHandle.open(files.path(), 1024 * 1024);
    const found: string[] = [];
    const follow = async () => {
      let growth: Growth;
      do {
        growth = await generation.grow(() => 0);
        found.push(growth.kind === 'lines' ? String(growth.lines.bytes) : growth.kind);
      } while (growth.kind !== 'none');
    };
    try {
      await generation.skipExisting();
      await follow();
      const descriptor = openSync(files.path(), 'r+');
      writeSync(descriptor, 'in the midst\n', 100);
      closeSync(descriptor);
      appendFileSync(files.path(), 'behind it\n');
      const following = follow();
      following.catch(() => undefined);
      await Promise.race([following, pause(1000)]);
      assert.deepEqual(found, ['none', 'hole', 'in the midst\n', 'hole', 'behind it\n', 'none']);
    } finally {
      generation.release();
      await files.remove();
    }
  });

  it('are followed to their end, however long', async () => {
    const files = await FollowedFiles.create();
    try {
      writeFileSync(files.path(), Buffer.concat([Buffer.alloc(700_001), Buffer.from('x')]));
      const handle = await open(files.path());
      assert.equal(await endOfNulsIn(handle, 5, 700_002, 1), 700_001);
      assert.equal(await endOfNulsIn(handle, 5, 700_000, 1), 700_000);
      await handle.close();
    } finally {
      await files.remove();
    }
  });
});
