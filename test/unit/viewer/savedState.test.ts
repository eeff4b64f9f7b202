import assert from 'node:assert/strict';
import { SavedState } from '../../../src/viewer/savedState';
import { INITIAL_STATE, type ViewerState } from '../../../src/viewer/viewerState';
import { FakeClock } from '../../support/fakeClock';

describe('saving what the viewer keeps', () => {
  function start(stored?: unknown) {
    const clock = new FakeClock();
    const written: unknown[] = [];
    const reader = { topRow: null as number | null };
    const host = { loadState: () => stored, saveState: (state: unknown) => void written.push(state) };
    return { clock, written, reader, saved: new SavedState(host, clock, () => reader.topRow) };
  }

  it('begins with what was stored', () => {
    const stored: ViewerState = { ...INITIAL_STATE, wraps: true, columns: ['user'] };
    assert.deepEqual(start(stored).saved.current, stored);
  });

  it('writes many changes at once, when they have rested, with the place the reader is at by then', () => {
    const { clock, written, reader, saved } = start();
    saved.change({ wraps: true });
    clock.advance(200);
    saved.change({ histogram: true });
    reader.topRow = 4;
    clock.advance(200);
    assert.deepEqual(written, []);
    reader.topRow = 5;
    clock.advance(200);
    assert.deepEqual(written, [{ ...INITIAL_STATE, wraps: true, histogram: true, topRow: 5 }]);
  });

  it('leaves no timer behind', () => {
    const { clock, saved } = start();
    saved.saveSoon();
    saved.dispose();
    assert.equal(clock.pendingTimers, 0);
  });
});
