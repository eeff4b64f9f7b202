import assert from 'node:assert/strict';
import { pageClock } from '../../../src/viewer/pageClock';

describe("the page's clock", () => {
  it('runs what is due at once in order, after what runs now, and by no timer, which browsers hold back', async () => {
    const ran: string[] = [];
    const { setTimeout } = globalThis;
    let timers = 0;
    globalThis.setTimeout = ((...args: Parameters<typeof setTimeout>) => {
      timers++;
      return setTimeout(...args);
    }) as typeof setTimeout;
    try {
      await new Promise<void>((resolve) => {
        pageClock.schedule(0, () => ran.push('first'));
        pageClock.schedule(0, () => {
          ran.push('second');
          resolve();
        });
        ran.push('now');
      });
    } finally {
      globalThis.setTimeout = setTimeout;
    }
    assert.deepEqual(ran, ['now', 'first', 'second']);
    assert.equal(timers, 0);
  });

  it('runs nothing that was called off, late or at once', async () => {
    const ran: string[] = [];
    pageClock.schedule(0, () => ran.push('at once')).dispose();
    pageClock.schedule(5, () => ran.push('late')).dispose();
    await new Promise<void>((resolve) => {
      pageClock.schedule(15, resolve);
    });
    assert.deepEqual(ran, []);
  });
});
