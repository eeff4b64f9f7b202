import assert from 'node:assert/strict';
import { Delivery, type DeliverySink } from '../../../../src/server/sessions/delivery';
import { FakeClock } from '../../../support/fakeClock';
import { linesItem, ScriptedSource } from '../../../support/scriptedSource';

async function begin(source: ScriptedSource, change: Partial<DeliverySink> = {}) {
  const clock = new FakeClock();
  const told: string[] = [];
  const sink: DeliverySink = {
    hasRoom: () => true,
    lines: (_delivery, item) => told.push(item.bytes.toString().trim()),
    gap: () => told.push('gap'),
    event: () => told.push('event'),
    caughtUp: () => told.push('caught up'),
    ended: () => told.push('ended'),
    sourceChanged: () => {},
    failed: () => told.push('failed'),
    ...change,
  };
  const delivery = new Delivery(source, await source.open({ kind: 'last', lines: 'all' }), sink, clock);
  return { clock, told, delivery };
}

describe('a delivery', () => {
  it('goes on after a read that failed, although the file is quiet, and tells the failure once', async () => {
    const source = new ScriptedSource('app.log');
    source.failingReads = 2;
    source.items.push(linesItem('one\n'), linesItem('two\n'));
    const { clock, told, delivery } = await begin(source);
    delivery.pump();
    await clock.advanceAsync(2999);
    assert.deepEqual(told, ['failed']);
    assert.equal(delivery.isCaughtUp, false);
    await clock.advanceAsync(1);
    assert.deepEqual(told, ['failed', 'one', 'two', 'caught up']);
    assert.equal(delivery.isFailing, false);
    assert.equal(clock.pendingTimers, 0);
  });

  it('tells a failure anew after it had recovered, and waits 1 s again', async () => {
    const source = new ScriptedSource('app.log');
    source.failingReads = 2;
    const { clock, told, delivery } = await begin(source);
    delivery.pump();
    await clock.advanceAsync(3000);
    source.failingReads = 1;
    source.give(linesItem('one\n'));
    await clock.advanceAsync(1000);
    assert.deepEqual(told, ['failed', 'caught up', 'failed', 'one', 'caught up']);
  });

  it('does not read a failing file more often because much is written to it', async () => {
    const source = new ScriptedSource('app.log');
    source.failingReads = 100;
    const { clock, delivery } = await begin(source);
    delivery.pump();
    for (let change = 0; change < 50; change++) {
      source.give(linesItem(`${change}\n`));
      await clock.advanceAsync(10);
    }
    assert.equal(source.reads, 1);
  });

  it('takes no error on the way to the client for the end of the server', async () => {
    const source = new ScriptedSource('app.log');
    source.items.push(linesItem('one\n'));
    let failures = 0;
    const { clock, delivery } = await begin(source, {
      lines: () => {
        throw new Error('unexpected');
      },
      failed: () => failures++,
    });
    // Mocha fails a test during which a rejection stays unhandled.
    delivery.pump();
    await clock.advanceAsync(1);
    assert.equal(failures, 1);
  });

  it('leaves no timer behind when it is disposed while it fails', async () => {
    const source = new ScriptedSource('app.log');
    source.failingReads = 1;
    const { clock, delivery } = await begin(source);
    delivery.pump();
    await clock.advanceAsync(1);
    delivery.dispose();
    assert.equal(clock.pendingTimers, 0);
  });
});
