import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { ProcessTree } from '../../../../src/server/command/processTree';
import { FakeClock } from '../../../support/fakeClock';

describe('a process tree', () => {
  const systemKill = process.kill;
  let signals: (string | number | undefined)[];

  before(function () {
    if (process.platform === 'win32') {
      // Windows has no process groups: a tree is ended by taskkill there.
      this.skip();
    }
  });
  beforeEach(() => {
    signals = [];
  });
  afterEach(() => {
    process.kill = systemKill;
  });

  /** A tree whose process has exited; `remains`: whether its group seems to be there after that. */
  const exited = async (clock: FakeClock, remains: { value: boolean }) => {
    process.kill = (_pid: number, signal?: string | number) => {
      signals.push(signal);
      if (!remains.value) {
        throw Object.assign(new Error('no such process'), { code: 'ESRCH' });
      }
      return true;
    };
    const child = spawn(process.execPath, ['-e', ''], { detached: true, stdio: 'ignore' });
    const tree = new ProcessTree(child, clock);
    await once(child, 'exit');
    return tree;
  };

  it('that has ended is never signalled again: its number may be that of another group by then', async () => {
    const remains = { value: true };
    const clock = new FakeClock();
    const tree = await exited(clock, remains);
    clock.advance(5_000);
    assert.ok(
      signals.every((signal) => signal === 0),
      'it is only looked at',
    );
    remains.value = false;
    clock.advance(1_000);
    remains.value = true;
    signals = [];
    await tree.end();
    tree.kill();
    assert.deepEqual(signals, []);
    assert.equal(clock.pendingTimers, 0);
  });

  it('is asked to end, given 1.5 s, and then killed', async () => {
    const clock = new FakeClock();
    const tree = await exited(clock, { value: true });
    signals = [];
    let done = false;
    const ending = tree.end().then(() => {
      done = true;
    });
    assert.equal(signals[0], 'SIGTERM');
    await clock.advanceAsync(1_400);
    assert.equal(done, false);
    assert.equal(signals.includes('SIGKILL'), false);
    await clock.advanceAsync(200);
    await ending;
    assert.equal(signals.at(-1), 'SIGKILL');
  });
});
