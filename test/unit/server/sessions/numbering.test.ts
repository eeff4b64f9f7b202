import assert from 'node:assert/strict';
import fc from 'fast-check';
import { firstBefore, Numbering } from '../../../../src/server/sessions/numbering';

describe('the numbers of a delivery', () => {
  it('are contiguous from the first on, whatever batches and gaps come', () => {
    fc.assert(
      fc.property(fc.nat(1e9), fc.array(fc.nat(1e6)), (first, counts) => {
        const numbering = new Numbering('e', first);
        let expected = first;
        for (const count of counts) {
          assert.equal(numbering.take(count), expected);
          expected += count;
          assert.equal(numbering.next, expected);
        }
      }),
    );
  });

  it('of earlier lines end right before those that were delivered, below zero too', () => {
    assert.equal(firstBefore(3, 10), -7);
  });
});
