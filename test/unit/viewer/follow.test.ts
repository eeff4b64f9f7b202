import assert from 'node:assert/strict';
import { FOLLOWING, type FollowEvent, type FollowState, followReducer } from '../../../src/viewer/follow';

const stateAfter = (...events: readonly FollowEvent[]) => events.reduce(followReducer, FOLLOWING);
const up: FollowEvent = { type: 'scrolled', direction: 'up', moved: true, atEnd: false };

describe('following', () => {
  it('stops with the first scroll upwards', () => {
    assert.equal(stateAfter(up).mode, 'paused');
  });

  it('goes on when there is nothing to scroll', () => {
    assert.equal(stateAfter({ ...up, moved: false }).mode, 'following');
    assert.equal(stateAfter({ ...up, atEnd: true }).mode, 'following');
  });

  it('is never changed by what arrives', () => {
    assert.deepEqual(stateAfter({ type: 'grown', missed: { arrived: 500, passed: 500 } }), FOLLOWING);
    assert.equal(stateAfter(up, { type: 'grown', missed: { arrived: 500, passed: 500 } }).mode, 'paused');
  });

  it('resumes at the end, or when asked', () => {
    const down: FollowEvent = { type: 'scrolled', direction: 'down', moved: true, atEnd: false };
    assert.equal(stateAfter(up, down).mode, 'paused');
    assert.equal(stateAfter(up, { ...down, atEnd: true }).mode, 'following');
    assert.equal(stateAfter(up, { type: 'resumed' }).mode, 'following');
    assert.equal(stateAfter(up, { type: 'cleared' }).mode, 'following');
  });

  it('says what came while it was paused as the holder counts it, until it is resumed', () => {
    const missed = { arrived: 30, passed: 2 };
    const paused = stateAfter(up, { type: 'grown', missed });
    assert.deepEqual(paused, { mode: 'paused', missed });
    assert.deepEqual(followReducer(paused, { type: 'grown', missed: null }), paused, 'not known just now');
    assert.deepEqual(followReducer(paused, up), paused, 'scrolling further up begins no other pause');
    const again = [{ type: 'resumed' }, { type: 'paused' }].reduce<FollowState>(
      (state, event) => followReducer(state, event as FollowEvent),
      paused,
    );
    assert.deepEqual(again, { mode: 'paused', missed: { arrived: 0, passed: 0 } });
  });
});
