import assert from 'node:assert/strict';
import fc from 'fast-check';
import { EntryIndex } from '../../../src/store/entryIndex';
import { LogStore } from '../../../src/store/logStore';
import { TimeIndex } from '../../../src/store/timeIndex';

const encoder = new TextEncoder();

describe('the times of a store', () => {
  it('are the same each time, to a tenth of a second, however far apart they lie', () => {
    const time = fc.integer({ min: Date.UTC(1980, 0, 1), max: Date.UTC(2100, 0, 1) });
    fc.assert(
      fc.property(fc.array(time, { minLength: 1, maxLength: 20 }), (times) => {
        const store = new LogStore(1024 * 1024);
        const bytes = encoder.encode(times.map((each) => `${new Date(each).toISOString()} x\n`).join(''));
        store.append({ source: 's', epoch: 'e', seq: 0, count: times.length, receivedAt: 0, cursor: null, bytes }, 0);
        const index = new TimeIndex(store, new EntryIndex(store));
        for (let look = 0; look < 2; look++) {
          times.forEach((each, row) => {
            assert.equal(Math.abs(index.at(row) % 100), 0, 'whichever line stands first');
            assert.ok(Math.abs(index.at(row) - each) <= 50, `${index.at(row)} for ${each}`);
            assert.equal(index.exact(row), each);
          });
        }
      }),
    );
  });
});
