import assert from 'node:assert/strict';
import fc from 'fast-check';
import { createMemoryStorage, forget, readLearned, recall, remember } from '../../../src/client/learned';
import { defaultPolicy } from '../../../src/client/policy';

const limits = { silence: { limitMs: 30_000, needs: 'messages' as const } };

describe('what is learned', () => {
  it('is kept by address over runs, and can be looked at and forgotten', () => {
    const storage = createMemoryStorage();
    remember(storage, 'ws://a/ws', { plainSince: 1 });
    remember(storage, 'ws://a/ws', { limits, limitsSince: 2 });
    remember(storage, 'ws://b/ws', { limits: { lifetimeMs: 9 }, limitsSince: 2 });
    const again = createMemoryStorage(storage.load());
    assert.deepEqual(recall(again, 'ws://a/ws', 3, defaultPolicy), { plainSince: 1, limits, limitsSince: 2 });
    assert.deepEqual([...readLearned(again).keys()], ['ws://a/ws', 'ws://b/ws']);
    forget(again, 'ws://a/ws');
    assert.deepEqual([...readLearned(again).keys()], ['ws://b/ws']);
    forget(again);
    assert.equal(readLearned(again).size, 0);
  });

  it('wears off: the dialect after a day, limits after a month', () => {
    const storage = createMemoryStorage();
    remember(storage, 'a', { plainSince: 1, limits, limitsSince: 1 });
    const day = 24 * 3_600_000;
    assert.deepEqual(recall(storage, 'a', 2 * day, defaultPolicy), { limits, limitsSince: 1 });
    assert.deepEqual(recall(storage, 'a', 31 * day, defaultPolicy), {});
  });

  it('that is damaged counts as nothing', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.json(),
          fc.json().map((json) => `{"a":${json}}`),
        ),
        (text) => {
          const entry = recall(createMemoryStorage(text), 'a', 0, defaultPolicy);
          assert.ok(entry.limits?.lifetimeMs === undefined || entry.limits.lifetimeMs > 0);
        },
      ),
    );
  });
});
