import assert from 'node:assert/strict';
import { hasFilter, withFilter } from '../../../src/extension/filterList';

describe('the list of saved filters', () => {
  it('gets a new filter at its end, and keeps what it does not understand', () => {
    assert.deepEqual(withFilter([{ name: 'a', filter: {} }, 7], 'b', { text: 'x' }), [
      { name: 'a', filter: {} },
      7,
      { name: 'b', filter: { text: 'x' } },
    ]);
    assert.deepEqual(withFilter(undefined, 'b', {}), [{ name: 'b', filter: {} }]);
  });

  it('keeps the place of a filter that is replaced', () => {
    const list = [
      { name: 'a', filter: {} },
      { name: ' b ', filter: {} },
      { name: 'c', filter: {} },
    ];
    assert.equal(hasFilter(list, 'b'), true);
    assert.deepEqual(withFilter(list, 'b', { text: 'x' }), [
      { name: 'a', filter: {} },
      { name: 'b', filter: { text: 'x' } },
      { name: 'c', filter: {} },
    ]);
  });

  it('does not keep a row, which means nothing in another store', () => {
    assert.deepEqual(withFilter([], 'a', { fromRow: 7, levels: ['error'] }), [
      { name: 'a', filter: { levels: ['error'] } },
    ]);
  });
});
