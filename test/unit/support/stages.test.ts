import assert from 'node:assert/strict';
import { stages, testFilesOf } from '../../support/stages';

describe('the stages of the test run', () => {
  for (const stage of stages) {
    it(`have tests to run: ${stage.name}`, () => {
      assert.ok(testFilesOf(stage).length > 0, `test/${stage.directory}`);
    });
  }
});
