import assert from 'node:assert/strict';
import fc from 'fast-check';
import { readViewerMessage } from '../../../src/extension/viewerMessages';
import type { ViewerMessage } from '../../../src/view/messages';

describe('readViewerMessage', () => {
  const messages: ViewerMessage[] = [
    { type: 'ready' },
    { type: 'visible', visible: false },
    { type: 'action', action: 'reconnectNow' },
    { type: 'history', lines: 500 },
    { type: 'pause', paused: true, endRow: 1200 },
    { type: 'pause', paused: true },
    { type: 'pause', paused: false },
    { type: 'rows', request: 1, generation: 2, from: -10, to: 90 },
    { type: 'filter', generation: 1, filter: {}, options: {} },
    {
      type: 'filter',
      generation: 2,
      near: -4,
      filter: {
        text: 'a',
        caseSensitive: true,
        wholeWord: true,
        levels: ['error', null],
        sources: ['f1'],
        terms: [
          { kind: 'text', text: 'b', exclude: true },
          { kind: 'field', field: 'status', operator: '>=', value: '500' },
        ],
        since: 1,
        until: 2.5,
        fromRow: -7,
        context: { before: 1, after: 2 },
      },
      options: { folded: true, toggled: [1, -2], collapseRepeats: true },
    },
    { type: 'search', search: 1, query: { text: 'a', wholeWord: true } },
    { type: 'search', search: 2, query: null },
    { type: 'seek', request: 1, generation: 1, target: { kind: 'hit', direction: 'next', from: -1 } },
    {
      type: 'seek',
      request: 1,
      generation: 1,
      target: { kind: 'level', direction: 'previous', from: 9, levels: ['error'] },
    },
    { type: 'seek', request: 1, generation: 1, target: { kind: 'row', row: 4 } },
    { type: 'seek', request: 1, generation: 1, target: { kind: 'time', time: 1.5 } },
    { type: 'entry', request: 1, row: 3 },
    { type: 'histogram', shown: true },
    { type: 'bookmark', row: 1, set: false },
    { type: 'mark' },
    { type: 'export', what: 'shown', format: 'jsonLines', target: 'editor' },
    { type: 'openFile', path: '/app/x.ts', line: 3, column: 1 },
    { type: 'stoppedHighlight', name: 'slow one', fault: 'slow' },
    { type: 'saveFilter', name: 'errors', filter: { levels: ['error'] } },
  ];
  for (const message of messages) {
    it(`accepts ${JSON.stringify(message)}`, () => assert.deepEqual(readViewerMessage(message), message));
  }

  for (const data of [
    null,
    'ready',
    [],
    { type: 'constructor' },
    { type: 'action', action: 'toString' },
    { type: 'history', lines: -1 },
    { type: 'rows', request: 1, generation: 1, from: 10, to: 0 },
    { type: 'rows', request: 1, generation: 1, from: 0.5, to: 2 },
    { type: 'filter', generation: 1 },
    { type: 'search', search: 1, query: {} },
    { type: 'seek', request: 1, generation: 1, target: { kind: 'hit', direction: 'up', from: 1 } },
    { type: 'export', what: 'shown', format: 'exe', target: 'file' },
    { type: 'openFile', path: 'x'.repeat(5000) },
    { type: 'openFile', path: 'x', line: 0 },
    { type: 'saveFilter', name: ' ', filter: {} },
    { type: 'filter', generation: 1, filter: {}, near: 'here' },
  ]) {
    it(`refuses ${JSON.stringify(data)}`, () => assert.equal(readViewerMessage(data), null));
  }

  it('never passes on more rows than a window needs', () => {
    const read = readViewerMessage({ type: 'rows', request: 1, generation: 1, from: 0, to: 1e9 });
    assert.deepEqual(read, { type: 'rows', request: 1, generation: 1, from: 0, to: 1000 });
  });

  it('leaves out of a filter what is none', () => {
    const read = readViewerMessage({
      type: 'filter',
      generation: 1,
      filter: { text: 7, levels: ['loud', 'warn'], terms: [{ kind: 'text' }, 5], context: { before: 1e9 } },
    });
    assert.deepEqual(read, {
      type: 'filter',
      generation: 1,
      filter: { levels: ['warn'], context: { before: 50, after: 0 } },
      options: {},
    });
  });

  it('never throws', () => {
    fc.assert(fc.property(fc.anything({ withBigInt: true }), (data) => void readViewerMessage(data)));
  });
});
