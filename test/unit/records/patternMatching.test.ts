import assert from 'node:assert/strict';
import { PatternMatching, PatternScope } from '../../../src/records/patternMatching';
import type { TextMatches, ThreadAnswer, ThreadQuestion } from '../../../src/records/patternThread';
import { FakeClock } from '../../support/fakeClock';

/** Threads that do nothing by themselves: a test answers for them. */
class Threads {
  readonly clock = new FakeClock();
  readonly questions: ThreadQuestion[] = [];
  started = 0;
  ended = 0;
  answer: (answer: ThreadAnswer) => void = () => undefined;
  fail: () => void = () => undefined;
  readonly matching = new PatternMatching((take, failed) => {
    this.started++;
    this.answer = take;
    this.fail = failed;
    return {
      post: (question) => this.questions.push(question),
      dispose: () => {
        this.ended++;
      },
    };
  }, this.clock);

  /** Asks whether an expression matches; what was told so far. */
  ask(expression: RegExp, ...texts: string[]): { readonly told: (readonly TextMatches[] | null)[]; drop(): void } {
    const told: (readonly TextMatches[] | null)[] = [];
    const job = this.matching.ask(expression, texts, 0, (matches) => told.push(matches));
    return { told, drop: () => job.dispose() };
  }

  matches(matches: readonly TextMatches[], isDone = true): void {
    this.answer({ kind: 'matches', job: this.questions.at(-1)?.job as number, matches, isDone });
  }
}

describe('patterns matched in a thread of their own', () => {
  it('are asked one after the other, and answered in parts', () => {
    const threads = new Threads();
    const first = threads.ask(/a/, 'xa', 'b');
    const second = threads.ask(/b/u, 'b');
    threads.answer({ kind: 'ready' });
    assert.deepEqual(threads.questions, [{ job: 1, source: 'a', flags: '', texts: ['xa', 'b'], mostMatches: 0 }]);
    threads.matches([[]], false);
    threads.matches([null]);
    assert.deepEqual(first.told, [[[]], [null]]);
    assert.equal(threads.questions.at(-1)?.flags, 'u');
    threads.matches([[]]);
    assert.deepEqual(second.told, [[[]]]);
    assert.equal(threads.started, 1);
  });

  it('are taken out where nothing comes for a second; the thread is ended, and everything else goes on in another', () => {
    const threads = new Threads();
    const slow = threads.ask(/slow/, 'a', 'b');
    const slowToo = threads.ask(/slow/, 'c');
    const other = threads.ask(/other/, 'd');
    threads.answer({ kind: 'ready' });
    threads.clock.advance(900);
    threads.matches([null], false);
    threads.clock.advance(999);
    assert.equal(threads.matching.faultOf(/slow/), undefined, 'each part of an answer gives it its time anew');
    threads.clock.advance(2);
    assert.equal(threads.matching.faultOf(/slow/), 'slow');
    assert.deepEqual(slow.told, [[null], null]);
    assert.deepEqual(slowToo.told, [null]);
    assert.equal(threads.ended, 1);
    assert.equal(threads.started, 2);
    threads.answer({ kind: 'ready' });
    threads.matches([[]]);
    assert.deepEqual(other.told, [[[]]]);
    assert.equal(threads.matching.faultOf(/other/), undefined);
    // It is not tried again.
    const again = threads.ask(/slow/, 'e');
    threads.clock.advance(1);
    assert.deepEqual(again.told, [null]);
    assert.equal(threads.questions.length, 2);
  });

  it('have the time of a thread that is still beginning for themselves', () => {
    const threads = new Threads();
    threads.ask(/a/, 'a');
    threads.clock.advance(5000);
    threads.answer({ kind: 'ready' });
    threads.clock.advance(900);
    assert.equal(threads.matching.faultOf(/a/), undefined);
  });

  it('are not blamed for a machine that slept', () => {
    const threads = new Threads();
    const asked = threads.ask(/a/, 'a');
    threads.answer({ kind: 'ready' });
    threads.clock.sleepThrough(3_600_000);
    assert.equal(threads.matching.faultOf(/a/), undefined);
    threads.matches([[]]);
    assert.deepEqual(asked.told, [[[]]]);
  });

  it('are not blamed for a program that was held up while their answer waited for it', () => {
    for (const heldMs of [1100, 1300, 700]) {
      const threads = new Threads();
      const asked = threads.ask(/a/, 'a');
      threads.answer({ kind: 'ready' });
      threads.clock.advance(100);
      // Timers that are overdue come before what a thread has sent.
      threads.clock.sleepThrough(heldMs);
      assert.equal(threads.matching.faultOf(/a/), undefined, `${heldMs} ms`);
      threads.matches([[]]);
      assert.deepEqual(asked.told, [[[]]]);
    }
  });

  it('keep nobody waiting whom they concern no more', () => {
    const threads = new Threads();
    const scope = new PatternScope(threads.matching);
    const told: unknown[] = [];
    scope.ask(/slow/, ['a'], 0, (matches) => told.push(matches));
    scope.ask(/slower/, ['a'], 0, (matches) => told.push(matches));
    const exporting = scope.hold();
    const other = threads.ask(/other/, 'b');
    threads.answer({ kind: 'ready' });
    scope.dispose();
    assert.equal(threads.questions.at(-1)?.source, 'slow', 'someone still holds it');
    exporting.dispose();
    assert.equal(threads.ended, 1, 'what was under way is ended');
    threads.answer({ kind: 'ready' });
    assert.equal(threads.questions.at(-1)?.source, 'other');
    threads.matches([[]]);
    assert.deepEqual(other.told, [[[]]]);
    assert.deepEqual(told, []);
    assert.equal(threads.matching.faultOf(/slow/), undefined);
  });

  it('are told to be untried where no thread can be started, and refused where the engine does not take them', () => {
    const threads = new Threads();
    const refused = threads.ask(/big/, 'a');
    threads.answer({ kind: 'ready' });
    threads.answer({ kind: 'refused', job: 1 });
    assert.deepEqual(refused.told, [null]);
    assert.equal(threads.matching.faultOf(/big/), 'refused');

    const without = new Threads();
    const untried = without.ask(/a/, 'a');
    without.fail();
    assert.deepEqual(untried.told, [null]);
    assert.equal(without.matching.faultOf(/a/), 'noThread');
  });

  it('wait in a queue that has an end', () => {
    const threads = new Threads();
    assert.equal(threads.matching.hasRoom, true);
    threads.ask(/a/, 'x'.repeat(1024 * 1024));
    assert.equal(threads.matching.hasRoom, false);
    threads.answer({ kind: 'ready' });
    threads.matches([null]);
    assert.equal(threads.matching.hasRoom, true);
  });

  it('make room when they are dropped, and whoever waits for it hears of that', () => {
    for (const isRunning of [true, false]) {
      const threads = new Threads();
      const first = threads.ask(/a/, 'x');
      const long = threads.ask(/b/, 'x'.repeat(1024 * 1024));
      threads.answer({ kind: 'ready' });
      if (isRunning) {
        threads.matches([null]);
      }
      let heard = 0;
      threads.matching.onDidAnswer(() => heard++);
      long.drop();
      first.drop();
      assert.equal(threads.matching.hasRoom, true);
      threads.clock.advance(1);
      assert.equal(heard, 1);
    }
  });

  it('leave no thread and no timer behind when nothing is asked for a minute', () => {
    const threads = new Threads();
    threads.ask(/a/, 'a');
    threads.answer({ kind: 'ready' });
    threads.matches([[]]);
    threads.clock.advance(60_001);
    assert.equal(threads.ended, 1);
    assert.equal(threads.clock.pendingTimers, 0);
  });
});
