import assert from 'node:assert/strict';
import fc from 'fast-check';
import { OUTPUT_LIMITS, OutputBudget } from '../../../src/extension/outputBudget';
import { FakeClock } from '../../support/fakeClock';

const encoder = new TextEncoder();
const decoder = new TextDecoder();

function setUp(limits = OUTPUT_LIMITS) {
  const clock = new FakeClock();
  const appended: { at: number; text: string }[] = [];
  const events: string[] = [];
  let leftOut = 0;
  const budget = new OutputBudget(
    {
      append: (text) => {
        appended.push({ at: clock.now(), text });
        events.push(text);
      },
      leftOut: (lines) => {
        leftOut += lines;
        events.push(`-${lines}`);
      },
    },
    (bytes) => decoder.decode(bytes),
    clock,
    limits,
  );
  return {
    clock,
    budget,
    appended,
    events,
    leftOut: () => leftOut,
    text: () => appended.map((entry) => entry.text).join(''),
    add: (text: string) => budget.addLines(encoder.encode(text), text.split('\n').length - 1),
  };
}

describe('OutputBudget', () => {
  it('hands single lines over together after 50 ms', () => {
    const { budget, add, appended, clock } = setUp();
    add('a\n');
    clock.advance(30);
    add('b\n');
    assert.equal(appended.length, 0);
    clock.advance(20);
    assert.deepEqual(appended, [{ at: 50, text: 'a\nb\n' }]);
    budget.dispose();
  });

  it('hands a batch over at once when 64 KiB have come together', () => {
    const { add, appended, clock } = setUp();
    add(`${'x'.repeat(40_000)}\n`);
    add(`${'y'.repeat(40_000)}\n`);
    assert.equal(appended.length, 1);
    assert.equal(clock.now(), 0);
  });

  it('passes no more than the budget and says how many lines it left out, in their place', () => {
    const limits = { batchBytes: 100, batchDelayMs: 50, bytesPerSecond: 1000 };
    const { add, clock, events, leftOut, text } = setUp(limits);
    add('123456789\n'.repeat(250));
    clock.advance(1000);
    assert.equal(text().length, 1000);
    assert.equal(leftOut(), 150);
    add('later\n');
    clock.advance(50);
    assert.deepEqual(events.slice(-2), ['-150', 'later\n']);
  });

  it('says what is missing within a second although nothing follows', () => {
    const { add, clock, events } = setUp({ batchBytes: 100, batchDelayMs: 50, bytesPerSecond: 10 });
    add('123456789\n'.repeat(3));
    clock.advance(1000);
    assert.deepEqual(events, ['123456789\n', '-2']);
  });

  it('does not alternate single lines and holes while lines keep coming too fast', () => {
    const { add, clock, events } = setUp({ batchBytes: 100, batchDelayMs: 50, bytesPerSecond: 1000 });
    for (let at = 0; at < 10_000; at += 10) {
      add('123456789\n'.repeat(10));
      clock.advance(10);
    }
    const holes = events.filter((event) => event.startsWith('-')).length;
    assert.ok(holes <= 25, `${holes} holes were told in ten seconds`);
  });

  it('shows a line longer than a batch, and one longer than the budget not', () => {
    const { add, clock, events, leftOut } = setUp({ batchBytes: 10, batchDelayMs: 50, bytesPerSecond: 100 });
    add(`${'x'.repeat(50)}\nshort\n`);
    clock.advance(1000);
    assert.deepEqual(events, [`${'x'.repeat(50)}\n`, 'short\n']);
    add(`${'x'.repeat(200)}\n`);
    clock.advance(1000);
    assert.equal(leftOut(), 1);
  });

  it('shows notices even over budget', () => {
    const { add, budget, clock, events } = setUp({ batchBytes: 10, batchDelayMs: 50, bytesPerSecond: 10 });
    add('123456789\n123456789\n');
    budget.addNotice('disconnected');
    clock.advance(50);
    assert.deepEqual(events, ['123456789\n', '-1', 'disconnected\n']);
  });

  it('leaves no timer behind when disposed', () => {
    const { add, budget, clock } = setUp();
    add('a\n');
    budget.dispose();
    assert.equal(clock.pendingTimers, 0);
    add('b\n');
    assert.equal(clock.pendingTimers, 0);
  });

  it('accounts for every line, shown in order or left out, whatever the sizes and times', () => {
    const step = fc.record({
      lines: fc.array(fc.nat({ max: 40 }), { minLength: 1, maxLength: 20 }),
      pauseMs: fc.nat({ max: 400 }),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
        const { add, clock, leftOut, text } = setUp({ batchBytes: 64, batchDelayMs: 50, bytesPerSecond: 200 });
        let number = 0;
        for (const { lines, pauseMs } of steps) {
          add(lines.map((length) => `${number++}:${'x'.repeat(length)}\n`).join(''));
          clock.advance(pauseMs);
        }
        clock.advance(2000);
        const shown = text()
          .split('\n')
          .slice(0, -1)
          .map((line) => Number(line.split(':')[0]));
        assert.equal(shown.length + leftOut(), number);
        assert.deepEqual(
          shown,
          [...shown].sort((a, b) => a - b),
        );
        assert.equal(clock.pendingTimers, 0);
      }),
    );
  });
});
