import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Adapter } from '../../../src/client/adapters/adapter';
import { createPlainTextAdapter, type PlainTextPolicy } from '../../../src/client/adapters/plainText';
import { defaultPolicy } from '../../../src/client/policy';
import type { LinesFrame } from '../../../src/protocol/frames';
import { LIMITS } from '../../../src/protocol/limits';
import { FakeClock } from '../../support/fakeClock';
import { Simulation } from '../../support/simulatedConnection';

const NEWLINE = 0x0a;

/** A plain server on a fake clock, and what a person gets of it. */
class Plain {
  readonly clock = new FakeClock();
  readonly frames: LinesFrame[] = [];
  readonly partials: string[] = [];
  readonly heartbeats: string[] = [];
  readonly adapter: Adapter;

  constructor(policy: PlainTextPolicy = defaultPolicy) {
    const unexpected = () => assert.fail('no such call is expected');
    this.adapter = createPlainTextAdapter(
      {
        message: unexpected,
        lines: (frame) => this.frames.push(frame),
        partial: (_source, text) => this.partials.push(text),
        plainPing: (id) => this.heartbeats.push(`ping ${id}`),
        plainPong: () => this.heartbeats.push('pong'),
        violation: unexpected,
      },
      this.clock,
      'epoch',
      policy,
    );
  }

  /** Messages this far apart, ms. */
  send(messages: readonly (string | Uint8Array)[], apartMs = 0): this {
    for (const message of messages) {
      if (typeof message === 'string') {
        this.adapter.text(message);
      } else {
        this.adapter.binary(message);
      }
      this.clock.advance(apartMs);
    }
    return this;
  }

  quiet(): this {
    this.clock.advance(defaultPolicy.plainHeldMs);
    return this;
  }

  end(): this {
    this.adapter.end();
    return this;
  }

  /** What a pipe gets: the newline of a piece of a longer line is not the source's. */
  get bytes(): Buffer {
    return Buffer.concat(this.frames.map(({ bytes, continues }) => (continues ? bytes.subarray(0, -1) : bytes)));
  }

  get text(): string {
    return this.bytes.toString('utf8');
  }

  /** Every frame ends in a newline, counts its newlines and has the number behind the last one's. */
  assertFrames(): void {
    let seq = 0;
    for (const frame of this.frames) {
      assert.equal(frame.seq, seq);
      assert.equal(frame.bytes.at(-1), NEWLINE);
      assert.equal(frame.bytes.filter((byte) => byte === NEWLINE).length, frame.count);
      seq += frame.count;
    }
  }
}

function bytes(text: string): Buffer {
  return Buffer.from(text, 'utf8');
}

describe('a plain server that sends a stream of bytes', () => {
  const text = 'first line\nsecond lïne – ok\nthird\n';
  const whole = bytes(text);

  it('may cut lines, and characters, between messages of either kind', () => {
    assert.equal(new Plain().send([whole.subarray(0, 4), whole.subarray(4, 14), whole.subarray(14)], 60).text, text);
    assert.equal(new Plain().send([whole.subarray(0, 20), whole.subarray(20)], 60).text, text);
    assert.equal(new Plain().send(['first li', 'ne\nsecond l', 'ïne – ok\nthi', 'rd\n'], 60).text, text);
    assert.equal(new Plain().send([whole.subarray(0, 4), 't line\nsecond l', whole.subarray(19)], 60).text, text);
  });

  it('may begin with a long line in full buffers', () => {
    const buffer = Buffer.alloc(2048, 'a');
    const rest = bytes(`${'a'.repeat(1904)}\nnext\n`);
    assert.equal(new Plain().send([buffer, buffer, rest], 60).text, `${'a'.repeat(6000)}\nnext\n`);
  });

  it('may cut a line end between its halves, return the carriage alone, and send newlines by themselves', () => {
    assert.equal(new Plain().send(['one\r', '\ntwo\r\n'], 60).text, 'one\r\ntwo\r\n');
    assert.equal(new Plain().send(['10 %\r', '20 %\r', 'done\n'], 60).text, '10 %\r20 %\rdone\n');
    assert.equal(new Plain().send(['one', '\n', 'two', '\n', '\n'], 60).text, 'one\ntwo\n\n');
  });

  it('makes no empty line of the newline of a line that was delivered without it', () => {
    for (const end of [['\n'], ['\r\n'], ['\r', '\n']]) {
      const plain = new Plain().send(['one']).quiet();
      assert.equal(plain.text, 'one\n');
      assert.equal(plain.send([...end, 'two\n\nthree\n']).text, 'one\ntwo\n\nthree\n', JSON.stringify(end));
    }
    const sure = new Plain().send(Array(20).fill('line')).quiet();
    assert.equal(sure.send(['\r', '\n', 'two\n']).text, `${'line\n'.repeat(20)}two\n`);
  });

  it('has its unfinished line shown once it is quiet, and delivered when the connection ends', () => {
    const plain = new Plain().send(['one\ntw']);
    assert.deepEqual(plain.partials, []);
    plain.clock.advance(defaultPolicy.plainQuietMs);
    assert.deepEqual(plain.partials, ['tw']);
    plain.send(['o, not yet ended']).quiet();
    assert.deepEqual(plain.partials, ['tw', 'two, not yet ended']);
    assert.equal(plain.text, 'one\n');
    assert.equal(plain.end().text, 'one\ntwo, not yet ended\n');
    assert.equal(plain.clock.pendingTimers, 0);
    assert.equal(plain.end().text, 'one\ntwo, not yet ended\n');
  });

  it('has a line that goes on coming shown now and then, and no more of it than is good', () => {
    const plain = new Plain().send(['one\n']).send(Array(30).fill(Buffer.alloc(1000, 'x')), 100);
    const shown = plain.partials.map((text) => text.length);
    assert.deepEqual(shown, [10_000, LIMITS.partialBytes, LIMITS.partialBytes]);
  });

  it('may send lines without end: they come in pieces as long as those of a server of ours', () => {
    const line = Buffer.alloc(3 * LIMITS.lineBytes + 5, 'y');
    const pieces = [1, 1, 1, 0].map((more, at) => [more === 1, at < 3 ? LIMITS.lineBytes + 1 : 6]);
    for (const size of [line.length, 100_000, LIMITS.lineBytes]) {
      const plain = new Plain().send(['one\n']);
      for (let from = 0; from < line.length; from += size) {
        plain.send([line.subarray(from, from + size)]);
      }
      plain.send(['\nend\n']);
      const cut = plain.frames.filter((frame) => frame.bytes[0] === 0x79);
      assert.deepEqual(
        cut.map((frame) => [frame.continues === true, frame.bytes.indexOf(NEWLINE) + 1]),
        pieces,
        `messages of ${size}`,
      );
      plain.assertFrames();
      assert.ok(plain.bytes.equals(Buffer.concat([bytes('one\n'), line, bytes('\nend\n')])));
    }
  });

  it('ends a line of exactly the longest length with its newline, whenever that comes', () => {
    const line = Buffer.alloc(LIMITS.lineBytes, 'y');
    for (const messages of [[line, '\n'], [Buffer.concat([line, bytes('\n')])], [line.subarray(1), 'y\n']]) {
      const plain = new Plain().send(['one\n', ...messages]);
      assert.deepEqual(
        plain.frames.map((frame) => [frame.count, frame.continues === true]),
        [
          [1, false],
          [1, false],
        ],
      );
    }
  });

  it('has its large messages passed on without a copy', () => {
    const large = Buffer.alloc(1_000_000, 'some line\n');
    const plain = new Plain().send(['begins here, ', large]);
    assert.deepEqual(
      plain.frames.map((frame) => [frame.count, frame.bytes.buffer === large.buffer]),
      [
        [1, false],
        [99_999, true],
      ],
    );
  });

  it('may use JSON heartbeats between the parts of a line', () => {
    const plain = new Plain().send(['fir', '{"type":"ping","id":7}', 'st\nsec', '{"type":"pong"}\n', 'ond\n'], 60);
    assert.equal(plain.text, 'first\nsecond\n');
    assert.deepEqual(plain.heartbeats, ['ping 7', 'pong']);
  });

  it('gets back every byte, however it is cut: only a newline at the very end may be added', () => {
    const line = fc.oneof(
      { weight: 4, arbitrary: fc.uint8Array({ maxLength: 30 }).map((some) => Buffer.from(some)) },
      { weight: 2, arbitrary: fc.string({ unit: 'grapheme', maxLength: 20 }).map((some) => bytes(some)) },
      { weight: 1, arbitrary: fc.constantFrom('\r', '\r\n', '\n', '\n\n', '10 %\r').map((some) => bytes(some)) },
    );
    const cut = fc.record({ size: fc.integer({ min: 0, max: 12 }), waitMs: fc.constantFrom(0, 1, 60, 249, 251, 3000) });
    fc.assert(
      fc.property(fc.array(line, { maxLength: 8 }), fc.array(cut, { minLength: 1, maxLength: 60 }), (lines, cuts) => {
        const given = Buffer.concat(lines.flatMap((each) => [each, bytes('\n')])).subarray(0, -1);
        // A newline that comes first proves it: from then on nothing else matters.
        const plain = new Plain().send([bytes('\n')]);
        let from = 0;
        for (let at = 0; from < given.length; at++) {
          const { size, waitMs } = cuts[at % cuts.length] ?? { size: 1, waitMs: 0 };
          const part = given.subarray(from, from + Math.max(size, at % 7 === 0 ? 1 : 0));
          from += part.length;
          const asText = part.toString('utf8');
          plain.send([at % 2 === 0 && bytes(asText).equals(part) ? asText : part], waitMs);
          plain.assertFrames();
          const soFar = Buffer.concat([bytes('\n'), given.subarray(0, from)]);
          assert.ok(plain.bytes.equals(soFar.subarray(0, soFar.lastIndexOf(NEWLINE) + 1)));
        }
        plain.end().assertFrames();
        const got = plain.bytes.subarray(1);
        const unended = given.length > 0 && given.at(-1) !== NEWLINE;
        assert.deepEqual(got, unended ? Buffer.concat([given, bytes('\n')]) : given);
        assert.equal(plain.clock.pendingTimers, 0);
      }),
    );
  });

  it('loses nothing of what came before its first newline: what became lines by then has newlines more, and no less', () => {
    const message = fc.oneof(fc.constantFrom('\n', '\r\n', '\r', 'a\nb', 'ab\n'), fc.string({ maxLength: 6 }));
    const sent = fc.array(fc.record({ message, waitMs: fc.constantFrom(0, 60, 300, 2000) }), { maxLength: 40 });
    fc.assert(
      fc.property(sent, fc.integer({ min: 1, max: 10 }), (messages, sure) => {
        const plain = new Plain({ ...defaultPolicy, plainSureMessages: sure });
        for (const { message, waitMs } of messages) {
          plain.send([message], waitMs);
        }
        plain.end().assertFrames();
        const without = (text: string) => text.replace(/[\r\n]/g, '');
        assert.equal(without(plain.text), without(messages.map(({ message }) => message).join('')));
        assert.equal(plain.clock.pendingTimers, 0);
      }),
    );
  });

  it('costs work in proportion to what comes, in messages however small', () => {
    const plain = new Plain().send(['one\n']);
    const part = bytes('tiny line');
    for (let sent = 0; sent < 100_000; sent++) {
      plain.adapter.binary(part);
    }
    // Quadratic work would copy 45 GB here, and exceed the time that a test may take.
    assert.equal(plain.end().bytes.length, 4 + 900_000 + 1);
  });
});

describe('a plain server that sends a line per message', () => {
  it('has each shown after a moment, and at once when there is no doubt any more', () => {
    const plain = new Plain().send(['line 1']);
    assert.equal(plain.text, '');
    plain.clock.advance(defaultPolicy.plainQuietMs);
    assert.equal(plain.text, 'line 1\n');
    for (let line = 2; line <= defaultPolicy.plainSureMessages; line++) {
      plain.send([`line ${line}`]).quiet();
    }
    assert.equal(plain.frames.length, defaultPolicy.plainSureMessages);
    plain.send(['and one more']);
    assert.equal(plain.frames.length, defaultPolicy.plainSureMessages + 1);
    assert.deepEqual(Buffer.from(plain.frames.at(-1)?.bytes ?? []), bytes('and one more\n'));
    assert.deepEqual(plain.partials, []);
    plain.assertFrames();
  });

  it('is not kept waiting by lines that go on coming', () => {
    const plain = new Plain().send(Array(9).fill('line'), 100);
    assert.equal(plain.text, '');
    plain.clock.advance(100);
    assert.equal(plain.text, 'line\n'.repeat(9));
  });

  it('is still waited for where a message looks cut off', () => {
    const lines = 'line\n'.repeat(20);
    const cut = ['x'.repeat(2048), 'carriage\r', bytes('é').subarray(0, 1), bytes('– ').subarray(0, 2)];
    for (const message of cut) {
      const plain = new Plain().send(Array(20).fill('line')).quiet();
      const size = Buffer.from(message).length;
      assert.equal(plain.send([message]).bytes.length, lines.length, `${size} bytes`);
      assert.equal(
        plain.send(['rest']).bytes.length,
        lines.length + size + 1 + 5,
        'the next one is a line, so was this',
      );
      const joined = new Plain().send(Array(20).fill('line')).quiet().send([message, 'rest\n']);
      assert.equal(joined.bytes.length, lines.length + size + 5, 'a newline shows that it was a part');
    }
  });

  it('may send several lines in one, if it does not end that in a newline either', () => {
    const plain = new Plain().send(Array(20).fill('line')).quiet();
    plain.send(['error\n  at x\n  at y', 'line']);
    assert.equal(plain.text, `${'line\n'.repeat(20)}error\n  at x\n  at y\nline\n`);
    plain.assertFrames();
  });

  it('has empty messages taken for nothing', () => {
    assert.equal(
      new Plain()
        .send(['one', '', Buffer.alloc(0), 'two'])
        .quiet()
        .send([''])
        .end().text,
      'one\ntwo\n',
    );
  });

  it('loses no line that is held when the connection ends', () => {
    const plain = new Plain().send(['one', 'two']).end();
    assert.equal(plain.text, 'one\ntwo\n');
    assert.equal(plain.clock.pendingTimers, 0);
  });

  it('may send lines longer than a server of ours would: they come in pieces', () => {
    const long = 'y'.repeat(LIMITS.lineBytes + 3);
    const plain = new Plain().send(['one', long, 'two']).quiet();
    assert.equal(plain.text, `one\n${long}\ntwo\n`);
    assert.deepEqual(
      plain.frames.map((frame) => frame.continues === true),
      [false, true, false, false],
    );
    plain.assertFrames();
  });

  it('has no more held than one line may be long', () => {
    const half = 'y'.repeat(LIMITS.lineBytes / 2 + 1);
    assert.equal(new Plain().send([half, half]).text, `${half}\n`);
  });

  it('is not judged by a timer that is late: what has arrived meanwhile is read first', () => {
    const plain = new Plain().send(['firs']);
    plain.clock.sleepThrough(5000);
    assert.equal(plain.text, '');
    plain.clock.advance(1);
    assert.equal(plain.send(['t line\n']).text, 'first line\n');
    const alone = new Plain().send(['line']);
    alone.clock.sleepThrough(5000);
    alone.clock.advance(defaultPolicy.drainMs + defaultPolicy.plainQuietMs);
    assert.equal(alone.text, 'line\n');
  });
});

describe('a connection to a plain server', () => {
  const plain = () => {
    const simulation = new Simulation({ server: { ours: false }, connection: { format: 'text' } });
    return simulation.goLive();
  };

  it('delivers an unfinished line before it says that the connection is lost', () => {
    const simulation = plain();
    const order: string[] = [];
    simulation.connection.onLines((frame) => order.push(new TextDecoder().decode(frame.bytes)));
    simulation.connection.onDidEnterState(({ state }) => order.push(state));
    simulation.server.socket.text('one\ntwo');
    simulation.server.socket.serverClose(1006);
    simulation.clock.advance(100);
    assert.deepEqual(order, ['one\n', 'two\n', 'waiting']);
  });

  it('begins with a new line after a reconnect', () => {
    const simulation = plain();
    simulation.server.socket.text('one\ntw');
    simulation.server.socket.serverClose(1006);
    simulation.clock.advance(10_000);
    simulation.server.socket.text('three\n');
    simulation.clock.advance(10);
    assert.deepEqual(simulation.lines, ['one', 'tw', 'three']);
  });

  it('delivers what had come when a person ended it, and nothing that comes then', () => {
    const simulation = plain();
    simulation.server.socket.text('one\ntwo');
    simulation.clock.advance(10);
    // On its way when the person ends it.
    simulation.server.socket.text(' and more\n');
    simulation.connection.disconnect();
    simulation.clock.advance(5000);
    assert.equal(simulation.state, 'closed');
    assert.deepEqual(simulation.lines, ['one', 'two']);
  });

  it('shows the line that is still being written', () => {
    const simulation = plain();
    const events: string[] = [];
    simulation.connection.onSourceEvent(({ source, kind, text }) => events.push(`${source} ${kind} ${text}`));
    simulation.server.socket.text('one\ntw');
    simulation.clock.advance(1000);
    assert.deepEqual(events, ['stream partial tw']);
  });

  it('leaves no timer behind, and tells nothing, once it is disposed of', () => {
    const simulation = plain();
    simulation.server.socket.text('held');
    simulation.clock.advance(10);
    simulation.connection.dispose();
    assert.equal(simulation.pendingClientTimers, 0);
    assert.deepEqual(simulation.lines, []);
  });
});
