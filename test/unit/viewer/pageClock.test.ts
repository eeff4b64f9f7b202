import assert from 'node:assert/strict';
import { pageClock } from '../../../src/viewer/pageClock';

describe("the page's clock", () => {
  it('runs what is due at once in order, after what runs now, and before any timer', async () => {
    const ran: string[] = [];
    await new Promise<void>((resolve) => {
      setTimeout(() => ran.push('timer'), 20);
      pageClock.schedule(0, () => ran.push('first'));
      pageClock.schedule(0, () => ran.push('second'));
      pageClock.schedule(30, resolve);
      ran.push('now');
    });
    assert.deepEqual(ran, ['now', 'first', 'second', 'timer']);
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
