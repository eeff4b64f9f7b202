import assert from 'node:assert/strict';
import { addTallies, noTests, tallyLine } from '../../support/tally';

describe('the total of a test run', () => {
  it('names skipped tests only where there are any', () => {
    assert.equal(tallyLine({ ...noTests, passed: 3 }, false), '3 passed, 0 failed');
    assert.equal(tallyLine({ ...noTests, passed: 3, failed: 1, skipped: 2 }, false), '3 passed, 1 failed, 2 skipped');
  });

  it('counts a skipped test as a failed one in continuous integration', () => {
    assert.equal(tallyLine({ ...noTests, passed: 3, failed: 1, skipped: 2 }, true), '3 passed, 3 failed');
  });

  it('adds up the stages and names what was skipped in each', () => {
    assert.deepEqual(
      addTallies([
        { passed: 1, failed: 2, skipped: 1, skippedTests: ['one'], failures: ['x: wrong'] },
        { passed: 10, failed: 20, skipped: 2, skippedTests: ['two', 'three'], failures: [] },
      ]),
      { passed: 11, failed: 22, skipped: 3, skippedTests: ['one', 'two', 'three'], failures: ['x: wrong'] },
    );
  });
});
