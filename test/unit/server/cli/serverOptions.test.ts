import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describeOptions, type OptionDefinition, SERVER_OPTIONS } from '../../../../src/server/cli/serverOptions';
import { repositoryRoot } from '../../../support/testCache';

const readme = readFileSync(join(repositoryRoot, 'README.md'), 'utf8');

describe('the table of server options', () => {
  for (const option of SERVER_OPTIONS as readonly OptionDefinition[]) {
    it(`agrees with the README on --${option.name}: value, default, unit and range`, () => {
      const value = option.value === undefined ? '' : ` ${option.value.replace('|', '\\|')}`;
      const row = readme
        .split('\n')
        .find((line) => line.startsWith(`| \`--${option.name}${value}\` | ${option.default ?? ''}`));
      assert.ok(row, `the README has a row for --${option.name} with its default`);
      assert.ok(row.includes(option.unit ?? ''), `it names the unit ${option.unit}`);
      assert.ok(option.from === undefined || row.includes(`${option.from} to ${option.to}`), 'it names the range');
      assert.ok(row.includes(option.description), 'it says what the option is for');
    });
  }

  it('has defaults within their limits', () => {
    for (const { name, from, to, default: preset } of SERVER_OPTIONS as readonly OptionDefinition[]) {
      if (typeof preset === 'number' && from !== undefined && to !== undefined) {
        assert.ok(preset >= from && preset <= to, name);
      }
    }
  });

  it('is shown whole by --help, one option a line', () => {
    const lines = describeOptions(SERVER_OPTIONS).split('\n');
    assert.equal(lines.length, SERVER_OPTIONS.length);
  });
});
