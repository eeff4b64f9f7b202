import assert from 'node:assert/strict';
import { descriptorLimit, descriptorsForFiles } from '../../../../src/server/cli/descriptors';

describe('the descriptors of a server', () => {
  it('are kept in part for clients and rotations, whatever the limit', () => {
    assert.equal(descriptorsForFiles(100, 20), 55);
    assert.equal(descriptorsForFiles(1024, 24), 744);
    assert.equal(descriptorsForFiles(1_048_576, 24), 1_048_296);
    assert.equal(descriptorsForFiles(Number.POSITIVE_INFINITY, 24), Number.POSITIVE_INFINITY);
    assert.equal(descriptorsForFiles(20, 24), 1);
  });

  it('are limited by the system, or by nothing', () => {
    assert.ok(descriptorLimit() > 0);
  });
});
