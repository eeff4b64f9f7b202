import assert from 'node:assert/strict';
import { Retry } from '../../../src/server/retry';
import { FakeClock } from '../../support/fakeClock';

describe('trying again', () => {
  it('waits twice as long after each failure in a row, from 1 s to 30 s, and 1 s again after a success', () => {
    const clock = new FakeClock();
    const retry = new Retry(clock);
    const attempts: number[] = [];
    const attempt = () => {
      attempts.push(clock.now());
      retry.failed(attempt);
    };
    retry.failed(attempt);
    clock.advance(100_000);
    assert.deepEqual(attempts, [1000, 3000, 7000, 15_000, 31_000, 61_000, 91_000]);
    retry.succeeded();
    assert.equal(clock.pendingTimers, 0);
    retry.failed(attempt);
    assert.equal(clock.nextDue, clock.now() + 1000);
  });

  it('ends when it is disposed, also for a failure that comes after that', () => {
    const clock = new FakeClock();
    const retry = new Retry(clock);
    retry.failed(() => assert.fail('no attempt'));
    retry.dispose();
    retry.failed(() => assert.fail('no attempt'));
    assert.equal(clock.pendingTimers, 0);
  });
});
