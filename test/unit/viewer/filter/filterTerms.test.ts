import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Term } from '../../../../src/store/filter';
import {
  appliesWhileTyped,
  LEVEL_CHOICES,
  termOf,
  turnedRound,
  typedTerm,
  withLevelAtLeast,
  withLevels,
  withTerm,
  withTerms,
} from '../../../../src/viewer/filter/filterTerms';

describe('conditions as they are typed', () => {
  it('are text, an exclusion or a condition on a field', () => {
    assert.deepEqual(termOf('time out', {}), { kind: 'text', text: 'time out' });
    assert.deepEqual(termOf('-time out', { caseSensitive: true }), {
      kind: 'text',
      text: 'time out',
      caseSensitive: true,
      exclude: true,
    });
    const status = { kind: 'field', field: 'status', operator: '>=', value: '500' };
    assert.deepEqual(termOf('status>=500', {}), status);
    assert.deepEqual(termOf('-status>=500', {}), { ...status, exclude: true });
    assert.deepEqual(termOf('status>=500', {}, true), { ...status, exclude: true });
    assert.deepEqual([termOf('', {}), termOf('  ', {})], [null, null]);
    assert.equal(termOf('-', {})?.exclude, undefined);
  });

  it('are text where a regular expression is wanted', () => {
    assert.deepEqual(termOf('a=b', { regularExpression: true }), {
      kind: 'text',
      text: 'a=b',
      regularExpression: true,
    });
  });

  it('that hide everything while half typed wait for Enter', () => {
    assert.deepEqual(
      ['time', 'user=a', '-time', 'status>=5', ''].map((typed) => appliesWhileTyped(typed, {})),
      [true, true, false, false, true],
    );
  });

  it('can be edited without becoming others', () => {
    fc.assert(
      fc.property(fc.string(), fc.boolean(), (typed, exclude) => {
        const term = termOf(typed, {}, exclude);
        if (term && !(term.kind === 'text' && term.text.startsWith('-') && !term.exclude)) {
          assert.deepEqual(termOf(typedTerm(term), {}), term);
        }
      }),
    );
  });
});

describe('a filter being edited', () => {
  const term: Term = { kind: 'text', text: 'a' };

  it('has each condition once, and none left after the last was removed', () => {
    const filter = withTerm(withTerm({ text: 'b' }, term), { ...term });
    assert.deepEqual(filter, { text: 'b', terms: [term] });
    assert.deepEqual(
      withTerms(filter, () => []),
      { text: 'b' },
    );
    assert.deepEqual(turnedRound(turnedRound(term)), term);
  });

  it('restricts no level when all or none are chosen', () => {
    assert.deepEqual(withLevels({ levels: ['info'] }, new Set(LEVEL_CHOICES)), {});
    assert.deepEqual(withLevels({ levels: ['info'] }, new Set()), {});
    assert.deepEqual(withLevelAtLeast({}, 'error').levels, ['fatal', 'error']);
  });
});
