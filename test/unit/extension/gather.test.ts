import assert from 'node:assert/strict';
import { gather, joinBytes } from '../../../src/extension/gather';

const turn = async () => undefined;

describe('gathering a log in memory', () => {
  async function* pieces(...lengths: number[]): AsyncGenerator<Uint8Array> {
    for (const length of lengths) {
      yield new Uint8Array(length).fill(length);
    }
  }

  it('gives all pieces as they are wanted', async () => {
    assert.deepEqual(await gather(pieces(1, 2), 3, ({ length }) => length, turn), [1, 2]);
    const whole = joinBytes((await gather(pieces(1, 2), 3, (piece) => piece, turn)) ?? []);
    assert.deepEqual([...whole], [1, 2, 2]);
  });

  it('gives none and asks for no more where the limit is passed', async () => {
    let asked = 0;
    async function* counted(): AsyncGenerator<Uint8Array> {
      for (;;) {
        asked++;
        yield new Uint8Array(10);
      }
    }
    assert.equal(await gather(counted(), 25, (piece) => piece, turn), null);
    assert.equal(asked, 3);
  });

  it('ends when it is given up', async () => {
    await assert.rejects(
      gather(
        pieces(1, 1),
        10,
        (piece) => piece,
        () => Promise.reject(new Error('given up')),
      ),
      /given up/,
    );
  });
});
