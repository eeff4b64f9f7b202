import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  FIELD_OPERATORS,
  formatFieldCondition,
  meetsFieldCondition,
  parseFieldCondition,
} from '../../../src/records/fieldCondition';
import { fieldAt, flattenFields, formatValue } from '../../../src/records/fieldPath';
import type { Fields } from '../../../src/records/parsedLine';

const fields: Fields = {
  status: 503,
  user: 'Alice',
  'http.method': 'GET',
  http: { path: '/api/x', ms: '12' },
  tags: ['a'],
  none: null,
};

describe('a field condition', () => {
  it('is read from what a person types', () => {
    assert.deepEqual(parseFieldCondition('status>=500'), { field: 'status', operator: '>=', value: '500' });
    assert.deepEqual(parseFieldCondition('user=alice'), { field: 'user', operator: '=', value: 'alice' });
    assert.deepEqual(parseFieldCondition('http.path~"/api x"'), { field: 'http.path', operator: '~', value: '/api x' });
    for (const text of ['hello', 'a = b c', '=5', '5=5', 'https://x', 'a=']) {
      assert.equal(parseFieldCondition(text), null, text);
    }
  });

  it('is written so that it is read back', () => {
    const value = fc.string({ unit: fc.constantFrom('a', ' ', '=', '1'), minLength: 1 });
    fc.assert(
      fc.property(fc.constantFrom(...FIELD_OPERATORS), value, (operator, text) => {
        const condition = { field: 'a.b', operator, value: text };
        assert.deepEqual(parseFieldCondition(formatFieldCondition(condition)), condition);
      }),
    );
  });

  it('compares numbers as numbers, text without regard to case, and wants the field to be there', () => {
    const meets = (text: string) => meetsFieldCondition(fields, parseFieldCondition(text) as never);
    for (const text of [
      'status>=500',
      'status<504',
      'user=alice',
      'user~lic',
      'http.method=get',
      'http.path~/API',
      'http.ms>9',
      'gone!=1',
      'user!=bob',
      'none=null',
      'tags~a',
    ]) {
      assert.equal(meets(text), true, text);
    }
    for (const text of ['status<500', 'user=bob', 'gone=1', 'gone~x', 'gone>0', 'user>5x', 'toString~f']) {
      assert.equal(meets(text), text === 'user>5x', text);
    }
    assert.equal(meetsFieldCondition(null, { field: 'a', operator: '!=', value: '1' }), true);
  });
});

describe('fields', () => {
  it('are listed by paths that lead back to them', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom('a', 'b', 'c'), fc.jsonValue({ maxDepth: 3 })), (object) => {
        for (const [path, value] of flattenFields(object as Fields)) {
          assert.notEqual(fieldAt(object as Fields, path), undefined, path);
          assert.equal(typeof formatValue(value), 'string');
        }
      }),
    );
  });
});
