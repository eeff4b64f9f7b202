import assert from 'node:assert/strict';
import { exportName } from '../../../src/extension/exportName';

describe('the name of an exported file', () => {
  const now = Date.UTC(2026, 0, 31, 12, 0, 5);

  it('says which stream, when, and in which format', () => {
    assert.equal(exportName('web', { format: 'text' }, now), 'web-2026-01-31T12-00-05.log');
    assert.equal(exportName('web', { format: 'jsonLines' }, now), 'web-2026-01-31T12-00-05.jsonl');
  });

  it('holds nothing that leads elsewhere or that a file system refuses', () => {
    assert.equal(
      exportName('ws://localhost:8000/ws', { format: 'text' }, 0),
      'ws-localhost-8000-ws-1970-01-01T00-00-00.log',
    );
    assert.equal(exportName('../../etc', { format: 'text' }, 0), 'etc-1970-01-01T00-00-00.log');
    assert.equal(exportName('  ', { format: 'text' }, 0), 'log-1970-01-01T00-00-00.log');
  });
});
