import assert from 'node:assert/strict';
import { readJsonHeartbeat } from '../../../src/client/adapters/jsonHeartbeat';
import { createLogstreamAdapter } from '../../../src/client/adapters/logstream';
import { encodeFrame } from '../../../src/protocol/frames';
import { countLines } from '../../../src/store/lineCount';

describe('a server of our contract', () => {
  const receive = (count: number, countLines?: (bytes: Uint8Array) => number) => {
    const told: string[] = [];
    const adapter = createLogstreamAdapter(
      {
        message: () => assert.fail(),
        lines: (frame) => told.push(`${frame.count} lines`),
        partial: () => assert.fail(),
        plainPing: () => {},
        plainPong: () => {},
        violation: (reason) => told.push(reason),
      },
      countLines,
    );
    const bytes = new TextEncoder().encode('a\nb\nc\n');
    adapter.binary(encodeFrame({ source: 's', epoch: 'e', seq: 0, count, receivedAt: 0, cursor: null, bytes }));
    return told;
  };

  it('breaks it with a frame that holds another number of lines than it says, where they are counted', () => {
    assert.deepEqual(receive(3, countLines), ['3 lines']);
    assert.deepEqual(receive(5, countLines), ['a lines frame holds 3 lines although its header says 5']);
    assert.deepEqual(receive(2, countLines), ['a lines frame holds 3 lines although its header says 2']);
    assert.deepEqual(receive(5), ['5 lines']);
  });
});

describe('a plain server', () => {
  it('may use JSON heartbeats; a log line that merely looks like one stays a line', () => {
    assert.deepEqual(readJsonHeartbeat('{"type":"ping"}'), { type: 'ping', id: undefined });
    assert.deepEqual(readJsonHeartbeat(' {"type":"pong","id":3}\n'), { type: 'pong', id: 3 });
    assert.deepEqual(readJsonHeartbeat('{"type":"ping","timestamp":123}')?.type, 'ping');
    for (const line of [
      '{"type":"ping","msg":"hello"}',
      '"type"',
      '{"type":"pin',
      '{"type":"error"}',
      'ping',
      '{}',
      '["type"]',
    ]) {
      assert.equal(readJsonHeartbeat(line), null, line);
    }
  });
});
