import assert from 'node:assert/strict';
import { wholeWrites } from '../../../src/cli/standardOutput';

describe('standard output into a file', () => {
  it('goes on where the system took only a part, and fails where it then takes no more', async () => {
    let room = 10;
    let file = '';
    const stream = wholeWrites((bytes, from) => {
      if (room === 0) {
        throw new Error('ENOSPC');
      }
      const taken = Math.min(room, 3, bytes.length - from);
      room -= taken;
      file += Buffer.from(bytes.subarray(from, from + taken)).toString();
      return taken;
    });
    stream.on('error', () => {});
    const write = (text: string) =>
      new Promise<string>((resolve) => stream.write(text, (e) => resolve(e?.message ?? '')));
    assert.equal(await write('12345678'), '');
    assert.equal(await write('abcdefgh'), 'ENOSPC', 'a part of it is written, so it counts as not written');
    assert.equal(file, '12345678ab');
  });
});
