import assert from 'node:assert/strict';
import { parseLine } from '../../../../src/records/parseLine';
import { rowFields } from '../../../../src/viewer/rows/rowFields';

const shown = (text: string, columns: readonly string[] = []) => rowFields(parseLine(text, 0), columns);

describe('a structured line', () => {
  it('shows its message, the chosen fields as columns, and the others in short', () => {
    const line = '{"level":"info","time":1764000000000,"msg":"done","http":{"status":200},"user":"bob"}';
    assert.deepEqual(shown(line, ['http.status', 'missing']), {
      columns: ['200', ''],
      message: 'done',
      rest: ['user=bob'],
    });
  });

  it('is cut where a value or their number is without measure', () => {
    const many = Object.fromEntries(Array.from({ length: 100 }, (_, at) => [`f${at}`, 'x'.repeat(500)]));
    const fields = shown(JSON.stringify({ level: 'info', msg: 'm', ...many }));
    assert.equal(fields?.rest.length, 16);
    assert.ok(fields?.rest.every((text) => text.length < 130));
  });

  it('that is none shows as it is', () => {
    assert.equal(shown('2026-11-24 08:00:00 INFO nothing to take apart'), null);
  });
});
