import assert from 'node:assert/strict';
import { Peer } from '../../../../src/server/http/listener';
import { UnprovenPool } from '../../../../src/server/http/unprovenPool';
import { FakeClock } from '../../../support/fakeClock';

describe('the other end of a connection', () => {
  const setUp = (most: number) => {
    const clock = new FakeClock();
    const pool = new UnprovenPool<Peer>(clock, { most, deadlineMs: 1000 }, (peer, why) => peer.end(why));
    const ended: Peer[] = [];
    const enter = () => {
      const peer: Peer = new Peer(pool, () => ended.push(peer));
      pool.enter(peer);
      return peer;
    };
    return { clock, ended, enter };
  };

  it('is proven once it has shown that it may read, and ended by nobody from then on', () => {
    const { clock, ended, enter } = setUp(1);
    const peer = enter();
    assert.equal(peer.isProven, false);
    peer.prove();
    peer.prove();
    enter();
    clock.advance(500);
    assert.equal(peer.isProven, true);
    assert.deepEqual(ended, []);
  });

  it('takes no place of a client where it has lost its own, whatever it shows while it ends', () => {
    const { clock, ended, enter } = setUp(1);
    const [first, second] = [enter(), enter()];
    clock.advance(1000);
    assert.deepEqual(ended, [first, second]);
    first.prove();
    second.prove();
    assert.deepEqual([first.isProven, second.isProven], [false, false]);
  });
});
