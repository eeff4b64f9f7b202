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
      ended: null,
    });
    assert.ok(lines[0]?.endsWith('}\n'));
  });

  it('are sentences for people', () => {
    const { lines, status: out } = collect('text');
    out.status(status);
    assert.deepEqual(lines, ['live-log-tail: It broke. Trying again in 1.5 s (attempt 3).\n']);
  });

  it('say how everything has ended, and what to do to run it again', () => {
    const end = { name: 'npm test', exit: { code: 3 } };
    const { attempt, since } = status;
    const ended: ConnectionStatus = {
      ...{ attempt, since, end },
      state: 'live',
      reason: 'It ended.',
      address: 'ws://localhost:8000/ws',
    };
    const json = collect('json');
    json.status.status(ended);
    json.status.status({ ...ended, end: {} });
    assert.deepEqual(
      json.lines.map((line) => JSON.parse(line).ended),
      [{ code: 3 }, {}],
    );
    const { lines, status: out } = collect('text');
    out.status({ ...ended, canRunAgain: true });
    out.status(ended);
    out.status({ ...ended, end: {} });
    assert.deepEqual(lines, [
      'live-log-tail: It ended. To run it again, choose “Run again” at http://localhost:8000/ or in VS Code.\n',
      'live-log-tail: It ended. To run it again, start its server again.\n',
      'live-log-tail: It ended.\n',
    ]);
  });

  it('are one harmless line each, whatever a server says', () => {
    const { lines, status: out } = collect('text');
    const nasty = 'a\u001b]0;owned\u0007\r\nlive-log-tail: b\u009b2J';
    out.status({ ...status, state: 'failed', reason: nasty });
    out.notice(status, 'event', nasty);
    const harmless = 'live-log-tail: a␛]0;owned␇ live-log-tail: b\ufffd2J\n';
    assert.deepEqual(lines, [harmless, harmless]);
  });

  it('as JSON hold no control character either, and lose nothing by it', () => {
    const { lines, status: out } = collect('json');
    const nasty = 'a\u001b]0;owned\u0007\r\nb\u009b2J\u007f';
    out.status({ ...status, reason: nasty });
    assert.equal(lines[0]?.trimEnd().search(/\p{Cc}/u), -1);
    assert.equal(JSON.parse(lines[0] ?? '').reason, nasty);
  });

  it('say nothing twice', () => {
    for (const format of ['text', 'json'] as const) {
      const { lines, status: out } = collect(format);
      out.status(status);
      out.status({ ...status, heartbeatOrigin: 'set by you', retryAt: 7 });
      assert.equal(lines.length, 1);
    }
  });
});
