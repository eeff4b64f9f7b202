import assert from 'node:assert/strict';
import fc from 'fast-check';
import { INITIAL_STATE, readViewerState } from '../../../src/viewer/viewerState';

describe('what a viewer kept', () => {
  it('comes back as it was', () => {
    const state = {
      filter: {
        text: 'a',
        caseSensitive: true,
        wholeWord: true,
        regularExpression: true,
        levels: ['error' as const, null],
      },
      wraps: true,
      times: false,
      topRow: -17,
    };
    assert.deepEqual(readViewerState(JSON.parse(JSON.stringify(state))), state);
  });

  it('never does harm, whatever was stored', () => {
    fc.assert(
      fc.property(fc.oneof(fc.jsonValue(), fc.record({ filter: fc.jsonValue(), topRow: fc.jsonValue() })), (saved) => {
        const { filter, wraps, times, topRow } = readViewerState(saved);
        assert.ok(filter.text === undefined || typeof filter.text === 'string');
        assert.ok(topRow === null || Number.isSafeInteger(topRow));
        assert.deepEqual([typeof wraps, typeof times], ['boolean', 'boolean']);
      }),
    );
    assert.deepEqual(readViewerState(undefined), INITIAL_STATE);
  });
});
