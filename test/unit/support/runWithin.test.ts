import assert from 'node:assert/strict';
import fc from 'fast-check';
import { runWithin, type Task } from '../../support/runWithin';

/** Lets everything that has settled be heard of. */
const settle = () => new Promise<void>((resolve) => setImmediate(resolve));

class Steps {
  readonly running = new Map<string, () => void>();
  readonly begun: string[] = [];

  task(name: string, cost: number, ready?: Promise<unknown>): Task {
    return {
      cost,
      ...(ready ? { ready } : {}),
      run: () =>
        new Promise<void>((resolve) => {
          this.begun.push(name);
          this.running.set(name, () => {
            this.running.delete(name);
            resolve();
          });
        }),
    };
  }

  async end(name: string): Promise<void> {
    this.running.get(name)?.();
    await settle();
  }
}

describe('running tasks beside each other', () => {
  it('keeps what they cost within the capacity', async () => {
    const steps = new Steps();
    const done = runWithin(2, [steps.task('a', 1), steps.task('b', 1), steps.task('c', 1), steps.task('d', 5)]);
    await settle();
    assert.deepEqual(steps.begun, ['a', 'b']);
    await steps.end('b');
    assert.deepEqual([...steps.running.keys()], ['a', 'c']);
    await steps.end('a');
    await steps.end('c');
    assert.deepEqual([...steps.running.keys()], ['d']);
    await steps.end('d');
    await done;
  });

  it('lets small ones overtake a large one that waits for room, as far as they leave it that room', async () => {
    const steps = new Steps();
    const done = runWithin(2, [
      steps.task('large', 1.5),
      steps.task('next', 1.5),
      steps.task('middle', 1),
      steps.task('small', 0.25),
      steps.task('other', 0.25),
      steps.task('third', 0.25),
    ]);
    await settle();
    assert.deepEqual(steps.begun, ['large', 'small', 'other']);
    await steps.end('large');
    assert.deepEqual([...steps.running.keys()], ['small', 'other', 'next']);
    await steps.end('small');
    assert.deepEqual([...steps.running.keys()], ['other', 'next', 'third']);
    for (const name of ['next', 'other', 'third', 'middle']) {
      await steps.end(name);
    }
    await done;
    assert.equal(steps.begun.length, 6);
  });

  it('begins a task only when what it needs is there, and others meanwhile', async () => {
    const steps = new Steps();
    let arrived = () => {};
    const ready = new Promise<void>((resolve) => {
      arrived = resolve;
    });
    const done = runWithin(1, [steps.task('needs', 1, ready), steps.task('other', 1)]);
    await settle();
    assert.deepEqual(steps.begun, ['other']);
    arrived();
    await steps.end('other');
    assert.deepEqual(steps.begun, ['other', 'needs']);
    await steps.end('needs');
    await done;
  });

  it('begins nothing more after a task has failed', async () => {
    const steps = new Steps();
    const broken: Task = { cost: 1, run: () => Promise.reject(new Error('broken')) };
    await assert.rejects(runWithin(1, [broken, steps.task('after', 1)]), /broken/);
    await settle();
    assert.deepEqual(steps.begun, []);
  });

  it('runs every task once, whatever they cost', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.double({ min: 0.1, max: 5, noNaN: true })), async (costs) => {
        const ran = costs.map(() => 0);
        let used = 0;
        await runWithin(
          2,
          costs.map((cost, at) => ({
            cost,
            run: async () => {
              ran[at] = (ran[at] ?? 0) + 1;
              used += cost;
              assert.ok(used <= 2 + 1e-9 || used === cost);
              await settle();
              used = Math.abs(used - cost) < 1e-9 ? 0 : used - cost;
            },
          })),
        );
        assert.ok(ran.every((times) => times === 1));
      }),
      { numRuns: 50 },
    );
  });
});
