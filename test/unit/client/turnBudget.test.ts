import assert from 'node:assert/strict';
import type { Clock } from '../../../src/base/clock';
import { TurnBudget } from '../../../src/client/turnBudget';

/** A clock that work moves on, with timers that fire only when the event loop comes round. */
function setUp() {
  let now = 0;
  let timers: (() => void)[] = [];
  const clock: Clock = {
    now: () => now,
    wallTime: () => now,
    schedule(_delayMs, callback) {
      timers.push(callback);
      return {
        dispose() {
          timers = timers.filter((other) => other !== callback);
        },
      };
    },
  };
  const events: string[] = [];
  const budget = new TurnBudget(clock, { pause: () => events.push('pause'), resume: () => events.push('resume') }, 8);
  return {
    events,
    budget,
    work(ms: number) {
      budget.run(() => {
        now += ms;
      });
    },
    nextTurn() {
      const due = timers;
      timers = [];
      for (const timer of due) {
        timer();
      }
    },
    timers: () => timers.length,
  };
}

describe('TurnBudget', () => {
  it('lets work through that fits a turn', () => {
    const { work, nextTurn, events } = setUp();
    for (let turn = 0; turn < 10; turn++) {
      work(3);
      work(3);
      nextTurn();
    }
    assert.deepEqual(events, []);
  });

  it('pauses the origin once when a turn is used up, and resumes it with the next', () => {
    const { work, nextTurn, events } = setUp();
    work(5);
    work(5);
    work(5);
    assert.deepEqual(events, ['pause']);
    nextTurn();
    assert.deepEqual(events, ['pause', 'resume']);
    work(5);
    assert.equal(events.length, 2);
  });

  it('leaves no timer when nothing comes, nor when disposed', () => {
    const { work, nextTurn, budget, timers } = setUp();
    work(1);
    nextTurn();
    assert.equal(timers(), 0);
    work(20);
    budget.dispose();
    assert.equal(timers(), 0);
  });
});
