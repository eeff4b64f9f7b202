import assert from 'node:assert/strict';
import { ClearedRows } from '../../../../src/viewer/filter/clearedRows';

describe('clear from here', () => {
  it('is undone step by step, and leaves what else filters alone', () => {
    const cleared = new ClearedRows();
    const first = cleared.clearTo({ text: 'a' }, -3);
    const second = cleared.clearTo({ ...first, levels: ['error'] }, 12);
    assert.deepEqual(second, { text: 'a', levels: ['error'], fromRow: 12 });
    const third = cleared.undo({ ...second, text: 'b' });
    assert.deepEqual(third, { text: 'b', levels: ['error'], fromRow: -3 });
    assert.deepEqual(cleared.undo(third), { text: 'b', levels: ['error'] });
  });

  it('undone without having been done shows everything from the first row', () => {
    assert.deepEqual(new ClearedRows().undo({ text: 'a', fromRow: 7 }), { text: 'a' });
  });

  it('forgets its steps with the rows they began at', () => {
    const cleared = new ClearedRows();
    const filter = cleared.clearTo(cleared.clearTo({}, 1), 2);
    cleared.forget();
    assert.deepEqual(cleared.undo(filter), {});
  });
});
