import assert from 'node:assert/strict';
import { setImmediate as turn } from 'node:timers/promises';
import { LookQueue } from '../../../../src/server/file/lookQueue';

describe('looks at a file', () => {
  /** Ends the looks under way, the first first. */
  let ends: (() => void)[];
  let looks: number;
  let underWay: number;
  let queue: LookQueue;

  beforeEach(() => {
    ends = [];
    looks = 0;
    underWay = 0;
    queue = new LookQueue(
      () => {
        looks++;
        underWay++;
        assert.equal(underWay, 1);
        return new Promise((resolve) => ends.push(resolve));
      },
      () => underWay--,
    );
  });

  const endOne = async () => {
    ends.shift()?.();
    await turn();
  };

  it('are made one after the other, and one more for all who ask meanwhile', async () => {
    const ended: string[] = [];
    const ask = (name: string) => void queue.ask().then(() => ended.push(name));
    ask('first');
    ask('second');
    ask('third');
    await endOne();
    assert.deepEqual([looks, ended], [2, ['first']]);
    ask('fourth');
    await endOne();
    assert.deepEqual([looks, ended], [3, ['first', 'second', 'third']]);
    await endOne();
    assert.deepEqual([looks, ended], [3, ['first', 'second', 'third', 'fourth']]);
    assert.equal(queue.isLooking, false);
  });

  it('go on where one ends in that another is needed', async () => {
    let more = 2;
    let made = 0;
    const searching = new LookQueue(
      async () => void made++,
      () => {
        if (more-- > 0) {
          void searching.ask();
        }
      },
    );
    await searching.ask();
    await turn();
    assert.equal(made, 3);
    assert.equal(searching.isLooking, false);
  });

  it('are waited for, the one to come too', async () => {
    let isDone = false;
    void queue.ask();
    void queue.ask();
    void queue.done().then(() => {
      isDone = true;
    });
    await endOne();
    assert.equal(isDone, false);
    await endOne();
    assert.equal(isDone, true);
  });
});
