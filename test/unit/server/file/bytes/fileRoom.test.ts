import assert from 'node:assert/strict';
import { truncateSync, writeFileSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import fc from 'fast-check';
import { endOfTextIn } from '../../../../../src/server/file/bytes/fileRoom';
import { FollowedFiles } from '../../../../support/followedFiles';

const MEBIBYTE = 1024 * 1024;
const TEBIBYTE = 1024 ** 4;

describe('the end of the text in a file that ends in room', () => {
  let files: FollowedFiles;
  beforeEach(async () => {
    files = await FollowedFiles.create();
  });
  afterEach(() => files.remove());

  /** A file that holds so many bytes of text at a place, and NULs else, and which bytes of it were read. */
  const made = async (size: number, at: number, text: number) => {
    writeFileSync(files.path(), '');
    truncateSync(files.path(), size);
    const handle = await open(files.path(), 'r+');
    await handle.write(Buffer.alloc(text, 'x'), 0, text, at);
    let read = 0;
    const counting = {
      read: async (...args: Parameters<FileHandle['read']>) => {
        const result = await handle.read(...args);
        read += result.bytesRead;
        return result;
      },
    } as unknown as FileHandle;
    return { handle: counting, close: () => handle.close(), read: () => read };
  };

  it('is found wherever it is, with room of any length behind it', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 0, max: MEBIBYTE }),
        // Many pieces, and yet soon read where it has to be read whole.
        fc.integer({ min: 0, max: 6 * MEBIBYTE }),
        fc.constantFrom(1, 2, MEBIBYTE, 64 * MEBIBYTE),
        async (text, room, searched) => {
          const file = await made(text + room, 0, text);
          assert.equal(await endOfTextIn(file.handle, text + room, 1, searched), text);
          await file.close();
        },
      ),
      { numRuns: 60 },
    );
  });

  it('is found in a file of a terabyte with few reads, where the text is in front', async () => {
    for (const text of [0, 1, 5 * MEBIBYTE]) {
      const file = await made(TEBIBYTE, 0, text);
      assert.equal(await endOfTextIn(file.handle, TEBIBYTE, 1, MEBIBYTE), text);
      assert.ok(file.read() < 20 * MEBIBYTE, `${file.read()} bytes were read`);
      await file.close();
    }
  });

  it('is found at once where the text is at the end', async () => {
    const file = await made(TEBIBYTE, TEBIBYTE - 10, 10);
    assert.equal(await endOfTextIn(file.handle, TEBIBYTE, 1), TEBIBYTE);
    assert.ok(file.read() <= MEBIBYTE);
    await file.close();
  });
});
