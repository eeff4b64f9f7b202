import assert from 'node:assert/strict';
import fc from 'fast-check';
import { encodeFrameHead } from '../../../src/protocol/frames';
import { LIMITS } from '../../../src/protocol/limits';
import { SESSION_LIMITS } from '../../../src/server/sessions/sessionLimits';
import { SOURCE_ID_BYTES, SourceNames, sourceIdOf } from '../../../src/server/sourceId';

describe('the id of a source', () => {
  const path = fc.string({ unit: fc.oneof(fc.constantFrom('\u0001', '/', '"', '\\', 'ä', '…', 'a'), fc.string()) });

  it('is the text that names it where that is short and clean', () => {
    for (const text of [
      'app.log',
      '/var/log/app.log',
      'Bücher/ä.log',
      'C:\\log\\app.log',
      'x'.repeat(SOURCE_ID_BYTES),
    ]) {
      assert.equal(sourceIdOf(text), text);
    }
  });

  it('is short, clean, and its own id, whatever the name', () => {
    fc.assert(
      fc.property(path, (text) => {
        const id = sourceIdOf(text);
        assert.ok(Buffer.byteLength(id) <= SOURCE_ID_BYTES);
        assert.doesNotMatch(id, /\p{Cc}/u);
        assert.equal(sourceIdOf(id), id);
      }),
    );
  });

  it('tells long names apart that differ only in their middle', () => {
    const ids = ['a', 'b'].map((middle) => sourceIdOf(`${'x'.repeat(200)}${middle}${'y'.repeat(200)}`));
    assert.notEqual(ids[0], ids[1]);
  });

  it('leaves room for everything else in the head of a frame', () => {
    for (const character of ['\u0001', '"', '…', '𝄞']) {
      const head = encodeFrameHead({
        source: sourceIdOf(character.repeat(750)),
        epoch: character.repeat(SESSION_LIMITS.epochLength).slice(0, SESSION_LIMITS.epochLength),
        seq: Number.MIN_SAFE_INTEGER,
        count: Number.MAX_SAFE_INTEGER,
        receivedAt: Number.MAX_SAFE_INTEGER,
        cursor: '"'.repeat(512),
        continues: true,
        history: true,
      });
      assert.ok(head.length <= LIMITS.frameHeaderBytes, `${character}: ${head.length}`);
    }
  });
});

describe('what a client calls a source', () => {
  const long = `/logs/${'x'.repeat(300)}/app.log`;
  const sources = [
    { id: sourceIdOf(long), name: 'app.log' },
    { id: 'a/same.log', name: 'same.log' },
    { id: 'b/same.log', name: 'same.log' },
    { id: 'stdin', name: 'n'.repeat(1000) },
  ] as const;
  const names = new SourceNames(sources);

  it('is its id, the long path that an id stands for, or a name that only one has, as told or whole', () => {
    const [app, first, second, input] = sources;
    assert.equal(names.find(app.id), app);
    assert.equal(names.find(long), app);
    assert.equal(names.find('app.log'), app);
    assert.equal(names.find('a/same.log'), first);
    assert.equal(names.find('b/same.log'), second);
    assert.equal(names.find('same.log'), undefined);
    assert.equal(names.find('n'.repeat(1000)), input);
    assert.equal(names.find(`${'n'.repeat(199)}…`), input);
    assert.equal(names.find('other.log'), undefined);
  });
});
