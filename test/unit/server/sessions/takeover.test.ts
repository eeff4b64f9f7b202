import assert from 'node:assert/strict';
import fc from 'fast-check';
import { drawSecret } from '../../../../src/server/secret';
import { shownClient, Takeover } from '../../../../src/server/sessions/takeover';

describe('a client that comes back', () => {
  it('takes the place of its older connection by the key that it was given, and keeps that key', () => {
    const takeover = new Takeover<string>();
    const { takeoverKey } = takeover.register('first', 'id', undefined);
    assert.deepEqual(takeover.register('second', 'id', takeoverKey), { takeoverKey, older: 'first' });
    assert.deepEqual([...takeover.sessions()], ['second']);
    takeover.remove('first', 'id');
    assert.deepEqual([...takeover.sessions()], ['second']);
  });

  it('is one more client without the key, whatever it calls itself, and is not told that of the other', () => {
    const takeover = new Takeover<string>();
    const first = takeover.register('first', 'id', undefined);
    const keys = [first.takeoverKey];
    for (const [at, shown] of [undefined, '', 'wrong', `${first.takeoverKey}x`, first.takeoverKey.slice(1)].entries()) {
      const { takeoverKey, older } = takeover.register(`other ${at}`, 'id', shown);
      assert.equal(older, undefined);
      keys.push(takeoverKey);
    }
    assert.equal(new Set(keys).size, 6);
    assert.equal(takeover.register('under another id', 'another', first.takeoverKey).older, undefined);
    assert.equal(takeover.register('again', 'id', first.takeoverKey).older, 'first');
  });

  it('finds nobody when its older connection has ended, and is given another key', () => {
    const takeover = new Takeover<string>();
    const { takeoverKey } = takeover.register('first', 'id', undefined);
    takeover.remove('first', 'id');
    const second = takeover.register('second', 'id', takeoverKey);
    assert.equal(second.older, undefined);
    assert.notEqual(second.takeoverKey, takeoverKey);
  });

  it('ends exactly the session that has its id and its key, in any order of coming and going', () => {
    const step = fc.record({ id: fc.constantFrom('a', 'b'), from: fc.nat(9), leaves: fc.boolean() });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const takeover = new Takeover<number>();
        const open = new Map<number, { readonly id: string; readonly key: string }>();
        const given: string[] = [];
        steps.forEach(({ id, from, leaves }, session) => {
          const leaver = leaves ? [...open.keys()][from] : undefined;
          if (leaver !== undefined) {
            takeover.remove(leaver, open.get(leaver)?.id ?? '');
            open.delete(leaver);
          }
          const shown = given[from];
          const expected = [...open].find(([, other]) => other.id === id && other.key === shown)?.[0];
          const { takeoverKey, older } = takeover.register(session, id, shown);
          assert.equal(older, expected);
          if (older !== undefined) {
            open.delete(older);
          }
          open.set(session, { id, key: takeoverKey });
          given.push(takeoverKey);
          assert.deepEqual(new Set(takeover.sessions()), new Set(open.keys()));
        });
      }),
    );
  });

  it('has a key that nobody can guess', () => {
    assert.ok(Buffer.from(drawSecret(), 'base64url').length * 8 >= 128);
  });
});

describe("a client's name in a log", () => {
  it('tells clients apart, and is not what they call themselves', () => {
    assert.match(shownClient('id'), /^[0-9a-f]{8}$/);
    assert.equal(shownClient('id'), shownClient('id'));
    assert.notEqual(shownClient('id'), shownClient('ie'));
  });
});
