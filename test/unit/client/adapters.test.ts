import assert from 'node:assert/strict';
import fc from 'fast-check';
import { readJsonHeartbeat } from '../../../src/client/adapters/jsonHeartbeat';
import { createLogstreamAdapter } from '../../../src/client/adapters/logstream';
import { createPlainTextAdapter } from '../../../src/client/adapters/plainText';
import { encodeFrame, type LinesFrame } from '../../../src/protocol/frames';
import { countLines } from '../../../src/store/lineCount';
import { FakeClock } from '../../support/fakeClock';

function collect() {
  const frames: LinesFrame[] = [];
  const unexpected = () => assert.fail('no such call is expected');
  const adapter = createPlainTextAdapter(
    {
      message: unexpected,
      lines: (frame) => frames.push(frame),
      plainPing: () => {},
      plainPong: () => {},
      violation: unexpected,
    },
    new FakeClock(),
    'epoch',
  );
  return { adapter, frames };
}

describe('a server of our contract', () => {
  const receive = (count: number, countLines?: (bytes: Uint8Array) => number) => {
    const told: string[] = [];
    const adapter = createLogstreamAdapter(
      {
        message: () => assert.fail(),
        lines: (frame) => told.push(`${frame.count} lines`),
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
  it('may send one or several lines per message, as text or bytes, with or without the last newline', () => {
    const { adapter, frames } = collect();
    adapter.text('one');
    adapter.text('two\n');
    adapter.text('three\nfour');
    adapter.binary(new TextEncoder().encode('five\nsix\n'));
    adapter.binary(new TextEncoder().encode('seven'));
    adapter.text('');
    assert.deepEqual(
      frames.map((frame) => [frame.seq, frame.count, new TextDecoder().decode(frame.bytes)]),
      [
        [0, 1, 'one\n'],
        [1, 1, 'two\n'],
        [2, 2, 'three\nfour\n'],
        [4, 2, 'five\nsix\n'],
        [6, 1, 'seven\n'],
        [7, 1, '\n'],
      ],
    );
  });

  it('sends any bytes: every frame ends in a newline, counts them and keeps what was sent', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ minLength: 1, maxLength: 50 }), { maxLength: 20 }), (messages) => {
        const { adapter, frames } = collect();
        for (const message of messages) {
          adapter.binary(message);
        }
        let seq = 0;
        frames.forEach((frame, at) => {
          const message = messages[at] ?? new Uint8Array();
          assert.equal(frame.seq, seq);
          assert.equal(frame.bytes.at(-1), 0x0a);
          assert.equal(frame.bytes.filter((byte) => byte === 0x0a).length, frame.count);
          assert.deepEqual([...frame.bytes.subarray(0, message.length)], [...message]);
          seq += frame.count;
        });
      }),
    );
  });

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
