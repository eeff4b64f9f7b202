import assert from 'node:assert/strict';
import { FOLLOWING, type FollowEvent, followReducer } from '../../../src/viewer/follow';

const stateAfter = (...events: readonly FollowEvent[]) => events.reduce(followReducer, FOLLOWING);
const up: FollowEvent = { type: 'scrolled', direction: 'up', moved: true, atEnd: false, end: 100 };

describe('following', () => {
  it('stops with the first scroll upwards', () => {
    assert.equal(stateAfter(up).mode, 'paused');
  });

  it('goes on when there is nothing to scroll', () => {
    assert.equal(stateAfter({ ...up, moved: false }).mode, 'following');
    assert.equal(stateAfter({ ...up, atEnd: true }).mode, 'following');
  });

  it('is never changed by what arrives', () => {
    assert.deepEqual(stateAfter({ type: 'grown', end: 500 }), FOLLOWING);
    assert.equal(stateAfter(up, { type: 'grown', end: 500 }).mode, 'paused');
  });

  it('resumes at the end, or when asked', () => {
    const down: FollowEvent = { type: 'scrolled', direction: 'down', moved: true, atEnd: false, end: 100 };
    assert.equal(stateAfter(up, down).mode, 'paused');
    assert.equal(stateAfter(up, { ...down, atEnd: true }).mode, 'following');
    assert.equal(stateAfter(up, { type: 'resumed' }).mode, 'following');
    assert.equal(stateAfter(up, { type: 'cleared' }).mode, 'following');
  });

  it('counts what came while it was paused, over another filter too', () => {
    const state = stateAfter(
      up,
      { type: 'grown', end: 130 },
      { type: 'refiltered' },
      { type: 'grown', end: 7 },
      { type: 'grown', end: 9 },
    );
    assert.deepEqual(state, { mode: 'paused', newRows: 32, countedTo: 9 });
  });
});
