import assert from 'node:assert/strict';
import type { SourceInfo } from '../../../src/view/messages';
import { ToldSources } from '../../../src/view/toldSources';

const source = (id: string, state: SourceInfo['state'] = 'live'): SourceInfo => ({ id, name: id, kind: 'file', state });

describe('the list of sources as a viewer was told it', () => {
  it('is another one after each message, so that rows which show their names are drawn anew', () => {
    const told = new ToldSources();
    told.take({ type: 'sources', from: 0, sources: [source('a')], total: 1 });
    const before = told.all;
    told.take({ type: 'sources', from: 1, sources: [source('b')], total: 2 });
    assert.notEqual(told.all, before);
    assert.deepEqual(before, [source('a')]);
    assert.deepEqual(told.all, [source('a'), source('b')]);
  });

  it('changes in stretches, and is as long as the stream that is shown has sources', () => {
    const told = new ToldSources();
    told.take({ type: 'sources', from: 0, sources: [source('a'), source('b'), source('c')], total: 3 });
    told.take({ type: 'sources', from: 1, sources: [source('b', 'ended')], total: 3 });
    assert.deepEqual(told.all, [source('a'), source('b', 'ended'), source('c')]);
    told.take({ type: 'sources', from: 0, sources: [source('x')], total: 1 });
    assert.deepEqual(told.all, [source('x')]);
  });
});
