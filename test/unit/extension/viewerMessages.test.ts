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
    { type: 'rows', request: 1, generation: 2, from: -10, to: 90 },
    { type: 'filter', generation: 1, filter: {} },
    {
      type: 'filter',
      generation: 2,
      near: -4,
      filter: {
        text: 'a',
        caseSensitive: true,
        regularExpression: false,
        wholeWord: true,
        levels: ['error', null],
        sources: ['f1'],
      },
    },
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
    { type: 'filter', generation: 1, filter: { text: 7 } },
    { type: 'filter', generation: 1, filter: { levels: ['loud'] } },
    { type: 'filter', generation: 1, filter: {}, near: 'here' },
  ]) {
    it(`refuses ${JSON.stringify(data)}`, () => assert.equal(readViewerMessage(data), null));
  }

  it('never passes on more rows than a window needs', () => {
    const read = readViewerMessage({ type: 'rows', request: 1, generation: 1, from: 0, to: 1e9 });
    assert.deepEqual(read, { type: 'rows', request: 1, generation: 1, from: 0, to: 1000 });
  });

  it('never throws', () => {
    fc.assert(fc.property(fc.anything({ withBigInt: true }), (data) => void readViewerMessage(data)));
  });
});
