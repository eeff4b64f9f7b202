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
        terms: [
          { kind: 'text' as const, text: 'b', exclude: true },
          { kind: 'field' as const, field: 'status', operator: '>=' as const, value: '500' },
        ],
        sources: ['app'],
        since: 1000,
        until: 2000,
        fromRow: -3,
        context: { before: 2, after: 0 },
      },
      options: { folded: true, toggled: [4], collapseRepeats: true },
      wraps: true,
      timeMode: 'delta' as const,
      histogram: true,
      search: { text: 'c', regularExpression: true },
      detailHeight: 240,
      columns: ['user.name'],
      topRow: -17,
    };
    assert.deepEqual(readViewerState(JSON.parse(JSON.stringify(state))), state);
  });

  it('of a version that only knew times on and off is understood', () => {
    assert.equal(readViewerState({ times: false }).timeMode, 'off');
    assert.equal(readViewerState({ times: true }).timeMode, 'absolute');
  });

  it('never does harm, whatever was stored', () => {
    fc.assert(
      fc.property(fc.oneof(fc.jsonValue(), fc.record({ filter: fc.jsonValue(), topRow: fc.jsonValue() })), (saved) => {
        const { filter, wraps, timeMode, topRow } = readViewerState(saved);
        assert.ok(filter.text === undefined || typeof filter.text === 'string');
        assert.ok(topRow === null || Number.isSafeInteger(topRow));
        assert.deepEqual([typeof wraps, typeof timeMode], ['boolean', 'string']);
      }),
    );
    assert.deepEqual(readViewerState(undefined), INITIAL_STATE);
  });
});
