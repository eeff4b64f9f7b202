import assert from 'node:assert/strict';
import { SourceOpening } from '../../../../src/server/sessions/sourceOpening';
import { FakeClock } from '../../../support/fakeClock';
import { ScriptedSource } from '../../../support/scriptedSource';

function opening(source: ScriptedSource) {
  const clock = new FakeClock();
  const told: string[] = [];
  const parts = new SourceOpening(source, { kind: 'last', lines: 10 }, clock, {
    opened: () => told.push('opened'),
    failed: () => told.push('failed'),
  });
  return { clock, told, opening: parts };
}

describe('opening a source', () => {
  it('goes on after failures until it succeeds, and tells the first of them only', async () => {
    const source = new ScriptedSource('app.log');
    source.failingOpens = 3;
    const { clock, told, opening: parts } = opening(source);
    await parts.attempt();
    assert.deepEqual(told, ['failed']);
    await clock.advanceAsync(6999);
    assert.equal(source.opened.length, 3);
    await clock.advanceAsync(1);
    assert.deepEqual(told, ['failed', 'opened']);
    assert.equal(clock.pendingTimers, 0);
  });

  it('leaves no timer behind when it is given up between two attempts', async () => {
    const source = new ScriptedSource('app.log');
    source.failingOpens = 1;
    const { clock, opening: parts } = opening(source);
    await parts.attempt();
    parts.dispose();
    assert.equal(clock.pendingTimers, 0);
  });

  it('lets a reader go that comes after it was given up', async () => {
    const source = new ScriptedSource('app.log');
    const { told, opening: parts } = opening(source);
    const attempt = parts.attempt();
    parts.dispose();
    await attempt;
    assert.deepEqual(told, []);
    assert.equal(source.readersDisposed, 1);
  });

  it('has the source end its work when it is given up', async () => {
    const source = new ScriptedSource('app.log');
    const release = source.holdOpening();
    const { told, opening: parts } = opening(source);
    const attempt = parts.attempt();
    assert.equal(source.left?.aborted, false);
    parts.dispose();
    assert.equal(source.left?.aborted, true);
    source.failingOpens = 1;
    release();
    await attempt;
    assert.deepEqual(told, []);
  });
});
