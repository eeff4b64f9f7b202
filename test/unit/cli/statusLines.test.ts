import assert from 'node:assert/strict';
import { StatusLines } from '../../../src/cli/statusLines';
import type { ConnectionStatus } from '../../../src/client/status';

const status: ConnectionStatus = {
  state: 'waiting',
  reason: 'It broke.',
  code: 1006,
  since: 0,
  attempt: 2,
  delayMs: 1500,
  address: 'ws://x/ws',
  linesReceived: 0,
  bytesReceived: 0,
};

function collect(format: 'text' | 'json') {
  const lines: string[] = [];
  return {
    lines,
    status: new StatusLines(
      format,
      () => 42,
      (line) => lines.push(line),
    ),
  };
}

describe('the status lines of live-log-tail', () => {
  it('are JSON objects with exactly the fields of the contract, null where there is nothing', () => {
    const { lines, status: out } = collect('json');
    out.status(status);
    assert.deepEqual(JSON.parse(lines[0] ?? ''), {
      at: 42,
      state: 'waiting',
      reason: 'It broke.',
      code: 1006,
      attempt: 2,
      delayMs: 1500,
      heartbeatMs: null,
    });
    assert.ok(lines[0]?.endsWith('}\n'));
  });

  it('are sentences for people', () => {
    const { lines, status: out } = collect('text');
    out.status(status);
    assert.deepEqual(lines, ['live-log-tail: It broke. Trying again in 1.5 s (attempt 3).\n']);
  });

  it('say nothing twice', () => {
    for (const format of ['text', 'json'] as const) {
      const { lines, status: out } = collect(format);
      out.status(status);
      out.status({ ...status, roundTripMs: 3, linesReceived: 7 });
      assert.equal(lines.length, 1);
    }
  });
});
