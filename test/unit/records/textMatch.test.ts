import assert from 'node:assert/strict';
import fc from 'fast-check';
import { compileTextQuery, type TextQuery } from '../../../src/records/textMatch';

/** What a query marks in a text, or why it marks nothing. */
function marked(query: TextQuery, text: string): readonly string[] | string {
  const compiled = compileTextQuery(query);
  return compiled.kind === 'wrong'
    ? compiled.sentence
    : compiled.ranges(text).map(({ start, end }) => text.slice(start, end));
}

describe('a text that is looked for', () => {
  it('means itself, whatever characters it has', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1, maxLength: 20 }), (text) => {
        assert.equal(marked({ text, caseSensitive: true }, `é${text}`)[0], text);
      }),
    );
    assert.deepEqual(marked({ text: '3f2a-11' }, 'id 3F2A-11.'), ['3F2A-11']);
    assert.deepEqual(marked({ text: 'a-b', wholeWord: true }, 'xa-b a-b a-bé a-b'), ['a-b', 'a-b']);
  });

  it('may be a pattern as people write it, escapes of characters that need none included', () => {
    assert.deepEqual(marked({ text: 'foo\\-(bar|baz)', regularExpression: true }, 'foo-baz'), ['foo-baz']);
    assert.deepEqual(marked({ text: '\\"\\d+\\"', regularExpression: true, wholeWord: true }, '"12"'), ['"12"']);
    assert.deepEqual(marked({ text: '\\p{Lu}+', regularExpression: true, caseSensitive: true }, 'aÉB'), ['ÉB']);
  });

  it('is refused in a sentence where it is no pattern by itself, or may take forever', () => {
    assert.match(String(marked({ text: '(', regularExpression: true }, '')), /is not a regular expression/);
    // Wrapped for whole words this would become one.
    const unbalanced = { text: 'a)|((x+)+$', regularExpression: true, wholeWord: true };
    assert.match(String(marked(unbalanced, '')), /is not a regular expression/);
    assert.match(String(marked({ text: '(a+)+', regularExpression: true }, '')), /can take forever/);
  });

  it('is marked where it has a length, and at most 200 times', () => {
    assert.deepEqual(marked({ text: 'a*', regularExpression: true }, 'baab'), ['aa']);
    assert.equal(marked({ text: 'a' }, 'a'.repeat(1000)).length, 200);
  });
});
