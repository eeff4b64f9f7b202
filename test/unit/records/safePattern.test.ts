import assert from 'node:assert/strict';
import { compilePattern, mayExplode } from '../../../src/records/safePattern';

describe('a pattern that could take forever', () => {
  it('is told by what repeats inside of what repeats, or by too many choices', () => {
    for (const pattern of [
      '(a+)+$',
      '(a|aa)*$',
      '(?:a?){30}a{30}',
      '((a|aa){9}){9}$',
      '(a{1,10}){10}$',
      '((a{0,9}){0,9}){0,9}$',
      `${'a?'.repeat(28)}${'a'.repeat(28)}`,
      '(\\+?){30}\\+{30}',
      '(x+x+){10}y',
      '(a+)\\1',
      '(?<x>a+)\\k<x>',
      '(?:[)]a+)*',
    ]) {
      assert.equal(mayExplode(pattern), true, pattern);
    }
  });

  it('is not what people write to find their lines', () => {
    for (const pattern of [
      'error|warn|fatal',
      'a.*?b.*?c',
      '(\\d{1,3}\\.){3}\\d{1,3}',
      '\\d{1,3}\\.\\d{1,3}\\.\\d{1,3}\\.\\d{1,3}',
      '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}',
      '(?:GET|POST|PUT) /\\S*(?: \\d+)?',
      '^(?<time>\\d{4}-\\d{2}-\\d{2} \\d{2}:\\d{2}:\\d{2}) (?<level>\\w+) (?<message>.*)$',
      '^(\\S+) (\\S+) (\\S+) \\[([^\\]]+)\\] "([^"]*)" (\\d+) (\\d+|-)( "([^"]*)" "([^"]*)")?',
    ]) {
      assert.equal(mayExplode(pattern), false, pattern);
      assert.ok(compilePattern(pattern), pattern);
    }
  });
});
