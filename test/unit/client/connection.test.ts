import assert from 'node:assert/strict';
import type { HelloMessage } from '../../../src/protocol/messages';
import { constantRandom, Simulation } from '../../support/simulatedConnection';

describe('a connection', () => {
  it('goes through connecting, opening and replaying to live', () => {
    const run = new Simulation().goLive();
    assert.deepEqual(run.path, ['connecting', 'opening', 'replaying', 'live']);
    assert.match(run.connection.status.reason, /new lines appear as they are written/);
  });

  describe('is live only when what existed has arrived', () => {
    const begin = (sources: readonly (readonly [string, 'live' | 'waiting' | 'failed' | 'ended'])[]) => {
      const run = new Simulation({ server: { markEveryMs: 0 } });
      run.server.onHello = (socket) => {
        for (const [source, state] of sources) {
          socket.say({ type: 'source', source, name: source, kind: 'file', state, epoch: 'e1' });
        }
      };
      run.connection.connect();
      run.clock.advance(100);
      assert.equal(run.state, 'replaying');
      const mark = (source: string, nextSeq = 0) =>
        run.server.socket.say({ type: 'mark', source, epoch: 'e1', nextSeq, cursor: null, reconnectWindowMs: 0 });
      let seq = 0;
      /** A full frame of one source every 100 ms. */
      const replay = (source: string, frames: number) => {
        for (let frame = 0; frame < frames; frame++) {
          run.server.socket.lines(['x'.repeat(300_000)], { source, seq: seq++ });
          run.clock.advance(100);
        }
      };
      return { run, mark, replay };
    };

    it('from every source, whichever says first that it has nothing more', () => {
      const { run, mark, replay } = begin([
        ['a', 'live'],
        ['b', 'live'],
      ]);
      replay('b', 5);
      mark('a');
      run.server.socket.lines(['short'], { source: 'a', seq: 0 });
      replay('b', 5);
      assert.equal(run.state, 'replaying');
      mark('b', 10);
      run.clock.advance(5);
      assert.equal(run.state, 'live');
    });

    it('and does not wait for sources that are not there or cannot be read', () => {
      const { run, mark, replay } = begin([
        ['a', 'live'],
        ['b', 'waiting'],
        ['c', 'failed'],
        ['d', 'ended'],
      ]);
      replay('d', 5);
      mark('a');
      replay('d', 1);
      assert.equal(run.state, 'replaying', 'an ended source has lines to send');
      mark('d', 6);
      run.clock.advance(5);
      assert.equal(run.state, 'live');
    });

    it('or has stopped arriving, for a server that sends no marks, but not because we do not read', () => {
      const { run, replay } = begin([
        ['a', 'live'],
        ['b', 'live'],
      ]);
      replay('a', 5);
      run.connection.pause();
      run.clock.advance(5000);
      assert.equal(run.state, 'replaying');
      run.connection.resume();
      run.clock.advance(1000);
      assert.equal(run.state, 'live');
    });

    it('and is not kept from it for long by a source that announced itself and says nothing', () => {
      const { run } = begin([
        ['a', 'live'],
        ['b', 'live'],
      ]);
      for (let seq = 0; seq < 65; seq++) {
        run.server.socket.lines(['new'], { source: 'a', seq });
        run.clock.advance(100);
      }
      assert.equal(run.state, 'live');
    });

    it('and is never kept from it by a source that goes on writing, though it sends no marks', () => {
      const { run } = begin([
        ['a', 'live'],
        ['b', 'live'],
      ]);
      for (let seq = 0; seq < 10; seq++) {
        run.server.socket.lines(['new'], { source: 'a', seq });
        run.server.socket.lines(['new'], { source: 'b', seq });
        run.clock.advance(100);
      }
      assert.equal(run.state, 'live');
    });
  });

  it('leaves no timer and no socket behind after it was closed or disposed', () => {
    for (const end of ['disconnect', 'dispose'] as const) {
      const run = new Simulation({ server: { markEveryMs: 0 } }).goLive();
      run.connection[end]();
      run.clock.advance(5000);
      assert.equal(run.pendingClientTimers, 0, end);
      assert.equal(run.server.socket.ended, true, end);
    }
  });

  it('leaves no timer behind when it is disposed while waiting, connecting or suspecting', () => {
    const waiting = new Simulation({ server: { dial: { kind: 'network', detail: 'ECONNREFUSED' } } });
    waiting.connection.connect();
    waiting.clock.advance(2);
    assert.equal(waiting.state, 'waiting');
    waiting.connection.dispose();
    assert.equal(waiting.pendingClientTimers, 0);
    const connecting = new Simulation({ server: { dial: null } });
    connecting.connection.connect();
    connecting.clock.advance(2);
    connecting.connection.dispose();
    assert.equal(connecting.pendingClientTimers, 0);
  });

  it('ignores callbacks of an earlier socket', () => {
    const run = new Simulation().goLive();
    const first = run.server.socket;
    first.serverClose(1006);
    run.clock.advance(3000);
    assert.equal(run.state, 'live');
    const before = run.connection.status;
    first.listener.closed(1006, 'late');
    first.listener.opened('logstream.v1');
    first.listener.text('{"type":"goaway","reason":"late","reconnectWindowMs":0}');
    first.listener.failed({ kind: 'network', detail: 'late' });
    first.listener.binary(new Uint8Array([1, 2, 3]));
    assert.deepEqual({ ...run.connection.status, since: 0 }, { ...before, since: 0 });
    assert.equal(run.server.dials, 2);
  });

  describe('the key to take an older connection over', () => {
    const keyOf = (run: Simulation) => (run.server.socket.messages('hello') as HelloMessage[])[0]?.takeoverKey;
    const reconnected = (run: Simulation) => {
      run.server.socket.serverClose(1006);
      run.clock.advance(5000);
      return keyOf(run);
    };

    it('is given back to the server that gave it, as it gave it last, and stands in no report', () => {
      const run = new Simulation({ server: { welcome: { takeoverKey: 'key-1234' } } }).goLive();
      assert.equal(keyOf(run), undefined);
      assert.equal(run.connection.takeoverKey, 'key-1234');
      run.server.behaviour.welcome = { takeoverKey: 'key-5678' };
      assert.equal(reconnected(run), 'key-1234');
      assert.equal(reconnected(run), 'key-5678');
      assert.ok(!/key-\d/.test(run.connection.report()));
    });

    it('is shown to no server that gives none, and to none at another address', () => {
      const earlier = new Simulation({ connection: { takeoverKey: 'of an earlier run' } }).goLive();
      assert.equal(keyOf(earlier), 'of an earlier run');
      assert.equal(reconnected(earlier), undefined);
      for (const move of ['update', 'moveTo'] as const) {
        const run = new Simulation({ server: { welcome: { takeoverKey: 'secret' } } }).goLive();
        run.connection[move]({ url: 'ws://other.example/ws' });
        run.clock.advance(5000);
        assert.equal(run.server.dials, 2);
        assert.equal(keyOf(run), undefined, move);
      }
    });
  });

  describe('heartbeat', () => {
    it('comes first 1 s after opening', () => {
      const run = new Simulation().goLive();
      run.clock.advance(10);
      const { sent, sentAt, dialedAt } = run.server.socket;
      const ping = sent.findIndex((text) => text.includes('"ping"'));
      assert.ok(ping > 0);
      assert.equal((sentAt[ping] ?? 0) - dialedAt, 1001);
    });

    it('uses the interval the server states, counted from the last outgoing message', () => {
      const run = new Simulation({ server: { welcome: { pingMs: 8000 } } }).goLive();
      assert.equal(run.connection.status.heartbeatMs, 8000);
      run.clock.advance(5000);
      run.server.socket.say({ type: 'ping', id: 7 });
      run.clock.advance(7900);
      const { socket } = run.server;
      assert.equal(socket.messages('ping').length, 1, 'the pong counts as outgoing');
      assert.deepEqual(socket.messages('pong'), [{ type: 'pong', id: 7 }]);
      run.clock.advance(200);
      assert.equal(socket.messages('ping').length, 2);
    });

    it('is 12 s by RFC 6455 pings for a peer that states nothing', () => {
      const run = new Simulation({ server: { ours: false } }).goLive();
      assert.equal(run.connection.status.heartbeatMs, 12_000);
      run.clock.advance(13_000);
      assert.deepEqual(run.server.socket.sent, ['PING 1', 'PING 2']);
    });

    it('is JSON from the start for the format json', () => {
      const run = new Simulation({
        server: { ours: false, answersJson: true },
        connection: { format: 'json' },
      }).goLive();
      run.clock.advance(13_000);
      assert.deepEqual(run.server.socket.messages('ping'), [{ type: 'ping' }, { type: 'ping' }]);
      assert.deepEqual(run.lines, [], 'pongs are no log lines');
    });

    it('that does not fit the stated receive timeout is corrected, and that is told once', () => {
      const run = new Simulation({ server: { welcome: { pingMs: 60_000, receiveTimeoutMs: 30_000 } } }).goLive();
      assert.equal(run.connection.status.heartbeatMs, 12_000);
      run.connection.reconnectNow();
      run.clock.advance(10_000);
      assert.equal(run.noticesOf('corrected').length, 1);
      assert.match(run.noticesOf('corrected')[0] ?? '', /must be under 15 s/);
    });

    it('changes at once, without reconnecting, when the person changes it', () => {
      const run = new Simulation({ server: { ours: false } }).goLive();
      run.clock.advance(500);
      run.connection.update({ heartbeatIntervalMs: 3000 });
      run.clock.advance(3100);
      assert.equal(run.server.dials, 2, 'one with our subprotocol, one without');
      assert.deepEqual(run.server.socket.sent, ['PING 1', 'PING 2']);
      assert.equal(run.connection.status.heartbeatOrigin, 'set by you');
    });

    it('is told as sent and as answered, with the round trip', () => {
      const run = new Simulation({ server: { delayMs: 40 } });
      const notes: string[] = [];
      run.connection.onHeartbeat(({ kind, id, roundTripMs }) => notes.push(`${kind} ${id} ${roundTripMs ?? ''}`));
      run.goLive();
      run.clock.advance(1000);
      assert.deepEqual(notes, ['sent 1 ', 'answered 1 80']);
      assert.equal(run.connection.metrics.roundTripMs, 80);
    });
  });

  describe('a half-open connection', () => {
    it('is doubted, then given up 20 s after the last frame of a server of ours', () => {
      const run = new Simulation().goLive();
      run.clock.advance(4500);
      const cutAt = run.clock.now();
      run.server.behaviour.cut = true;
      while (run.state !== 'waiting') {
        run.clock.advance(100);
        assert.ok(run.clock.now() - cutAt < 25_000, 'never noticed');
      }
      assert.ok(run.clock.now() - cutAt <= 20_100, `after ${run.clock.now() - cutAt} ms`);
      assert.ok(run.path.includes('suspect'));
      assert.equal(run.server.sockets[0]?.terminated, true, 'a dead peer is not awaited');
      assert.match(run.connection.status.reason, /Nothing has arrived .* for 20 s/);
    });

    it('is given up after 30 s for a peer that states nothing, once it has answered a ping', () => {
      const run = new Simulation({ server: { ours: false } }).goLive();
      run.clock.advance(1000);
      run.server.behaviour.cut = true;
      run.clock.advance(27_000);
      assert.equal(run.state, 'suspect');
      run.clock.advance(5000);
      assert.match(run.connection.status.lastDisconnect?.reason ?? '', /for 30 s/);
    });

    it('is never assumed of a peer that has answered no ping', () => {
      const run = new Simulation({ server: { ours: false, answersPings: false } }).goLive();
      run.clock.advance(10 * 60_000);
      assert.equal(run.state, 'live');
      assert.equal(run.server.dials, 2);
    });

    for (const first of ['the welcome', 'a ping of the library'] as const) {
      it(`is not assumed of a server whose welcome waited while the machine slept, and ${first} is read first`, () => {
        const run = new Simulation();
        run.server.onHello = (socket) => {
          socket.lines(['one'], { seq: 0 });
        };
        run.connection.connect();
        run.clock.advance(1);
        if (first !== 'the welcome') {
          run.server.socket.deliver((listener) => listener.pingFrame());
        }
        run.clock.advance(1);
        run.clock.sleepThrough(35_000);
        run.clock.advance(2000);
        assert.equal(run.state, 'live');
        assert.equal(run.server.dials, 1);
        assert.deepEqual(run.lines, ['one']);
      });
    }

    it('is assumed of a peer that was cut off right behind its handshake and never showed anything', () => {
      const run = new Simulation();
      run.connection.connect();
      run.clock.advance(2);
      run.server.socket.halfOpen = true;
      run.clock.advance(60_000);
      assert.equal(run.state, 'live');
      assert.equal(run.server.dials, 2);
      run.server.socket.lines(['x'], { seq: 0 });
      run.clock.advance(10);
      assert.deepEqual(run.lines, ['x']);
    });

    it('is assumed twice of a peer that never shows anything, and then taken for its way: it may have nothing to say', () => {
      const run = new Simulation({ server: { ours: false, echoes: true, answersPings: false } });
      run.connection.connect();
      run.clock.advance(60 * 60_000);
      assert.equal(run.state, 'live');
      assert.equal(run.server.dials, 3);
      run.server.socket.deliver((listener) => listener.text('at last\n'));
      run.clock.advance(1000);
      assert.deepEqual(run.lines, ['at last']);
    });

    it('is not assumed of a peer that a browser, which cannot ping, takes for plain text by its silence', () => {
      const run = new Simulation({ browser: true, server: { ours: false, answersPings: false } }).goLive();
      run.clock.advance(10 * 60_000);
      assert.equal(run.state, 'live');
    });

    it('that shows any frame again while doubted is live again', () => {
      const run = new Simulation({ server: { markEveryMs: 0, answersPings: false } }).goLive();
      run.clock.advance(17_500);
      assert.equal(run.state, 'suspect');
      run.server.socket.lines(['x'], { seq: 0 });
      run.clock.advance(10);
      assert.equal(run.state, 'live');
    });

    it('is not assumed while we have stopped reading ourselves', () => {
      const run = new Simulation().goLive();
      run.connection.pause();
      run.server.behaviour.markEveryMs = 0;
      run.server.behaviour.answersPings = false;
      run.clock.advance(5 * 60_000);
      assert.equal(run.state, 'live');
      assert.equal(run.server.socket.paused, true);
      assert.ok(run.server.socket.messages('ping').length > 30, 'our own heartbeats go on');
    });
  });

  describe('after a late timer', () => {
    it('survives a sleep of an hour when the link is healthy', () => {
      const run = new Simulation().goLive();
      run.clock.sleepThrough(3_600_000);
      run.clock.advance(5000);
      assert.equal(run.state, 'live');
      assert.equal(run.server.dials, 1);
    });

    it('notices within 3.5 s of waking that the link died during the sleep', () => {
      const run = new Simulation().goLive();
      run.server.behaviour.cut = true;
      run.clock.sleepThrough(3_600_000);
      const wokeAt = run.clock.now();
      while (run.state !== 'waiting') {
        run.clock.advance(50);
        assert.ok(run.clock.now() - wokeAt <= 3500);
      }
    });

    it('notices a sleep that the monotonic clock does not count', () => {
      const run = new Simulation().goLive();
      const { clock } = run;
      const wall = clock.wallTime.bind(clock);
      clock.wallTime = () => wall() + 3_600_000;
      run.server.behaviour.cut = true;
      clock.advance(3500);
      assert.equal(run.state, 'waiting');
    });

    it('survives stalls of its own of up to 30 s at any moment', () => {
      const run = new Simulation().goLive();
      for (let stall = 1000; stall <= 30_000; stall += 700) {
        run.stall(stall);
        run.clock.advance(1700);
      }
      run.clock.advance(5000);
      assert.equal(run.server.dials, 1);
      assert.equal(run.state, 'live');
    });
  });

  describe('timeouts', () => {
    it('gives a dial 10 s', () => {
      const run = new Simulation({ server: { dial: null } });
      run.connection.connect();
      run.clock.advance(9999);
      assert.equal(run.state, 'connecting');
      run.clock.advance(1);
      assert.equal(run.state, 'waiting');
      assert.equal(run.server.socket.terminated, true);
    });

    it('gives a welcome 5 s where the contract is all that is spoken', () => {
      const run = new Simulation({ server: { welcome: null }, connection: { format: 'logstream' } });
      run.connection.connect();
      run.clock.advance(5000);
      assert.equal(run.state, 'opening');
      run.clock.advance(10);
      assert.equal(run.state, 'waiting');
      assert.match(run.connection.status.reason, /no welcome within 5 s/);
    });

    it('gives a close 1 s, then terminates', () => {
      const run = new Simulation().goLive();
      run.server.behaviour.cut = true;
      run.connection.disconnect();
      assert.equal(run.state, 'draining');
      run.clock.advance(1000);
      assert.equal(run.state, 'closed');
      assert.equal(run.server.socket.terminated, true);
      assert.equal(run.server.socket.closedBy?.code, 1000);
    });
  });

  describe('dials that are refused', () => {
    const refusing = { dial: { kind: 'network', detail: 'ECONNREFUSED' } } as const;

    it('go on for 15 minutes, then it is dormant with a slow retry', () => {
      const run = new Simulation({ server: refusing });
      run.connection.connect();
      run.clock.advance(14 * 60_000);
      assert.equal(run.state, 'waiting');
      run.clock.advance(2 * 60_000);
      assert.equal(run.state, 'dormant');
      assert.equal(run.connection.status.delayMs, 5 * 60_000);
      const { dials } = run.server;
      run.clock.advance(5 * 60_000);
      assert.equal(run.server.dials, dials + 1);
    });

    it('never lead to dormant on the loopback, and stay within 5 s there', () => {
      const run = new Simulation({ server: refusing, connection: { url: 'ws://localhost:8000' } });
      run.connection.connect();
      run.clock.advance(3_600_000);
      assert.equal(run.state, 'waiting');
      assert.ok((run.connection.status.delayMs ?? Number.POSITIVE_INFINITY) <= 5000);
    });

    it('are hurried by focus, by a changed network and by a click, at most every 5 s', () => {
      const run = new Simulation({ server: refusing });
      run.connection.connect();
      run.clock.advance(14 * 60_000);
      const hurry = (how: () => void) => {
        run.clock.advance(5000 - ((run.clock.now() - (run.server.dialTimes.at(-1) ?? 0)) % 5000));
        const { dials } = run.server;
        const last = run.server.dialTimes.at(-1) ?? 0;
        how();
        run.clock.advance(5001);
        const next = run.server.dialTimes.at(dials) ?? Number.NaN;
        assert.ok(next - last >= 5000, `${next} follows ${last}`);
        return run.server.dials - dials;
      };
      assert.ok(hurry(() => run.connection.setFocused(true)) >= 1);
      assert.ok(hurry(() => run.connection.networkChanged()) >= 1);
      const clicks = hurry(() => {
        for (let click = 0; click < 50; click++) {
          run.connection.reconnectNow();
        }
      });
      assert.ok(clicks <= 2, `${clicks} dials for 50 clicks`);
    });

    it('notice a changed network by themselves while waiting', () => {
      const run = new Simulation({ server: refusing });
      run.connection.connect();
      run.clock.advance(16 * 60_000);
      assert.equal(run.state, 'dormant');
      run.clock.advance(10_000);
      const { dials } = run.server;
      run.server.network = 'train';
      run.clock.advance(2100);
      assert.equal(run.server.dials, dials + 1);
    });

    it('wait at least as long as Retry-After says', () => {
      const run = new Simulation({ server: { dial: { kind: 'http', status: 429, retryAfterMs: 90_000 } } });
      run.connection.connect();
      run.clock.advance(89_000);
      assert.equal(run.server.dials, 1);
      run.clock.advance(3000);
      assert.equal(run.server.dials, 2);
    });

    for (const status of [401, 403, 404, 426]) {
      it(`stop for good at HTTP ${status}`, () => {
        const run = new Simulation({ server: { dial: { kind: 'http', status } } });
        run.connection.connect();
        run.clock.advance(3_600_000);
        assert.equal(run.state, 'failed');
        assert.equal(run.connection.status.code, status);
        // Once more without the subprotocol, where that may have been what was refused.
        assert.equal(run.server.dials, status === 401 ? 1 : 2);
      });
    }

    for (const status of [500, 502, 503]) {
      it(`go on at HTTP ${status}`, () => {
        const run = new Simulation({ server: { dial: { kind: 'http', status } } });
        run.connection.connect();
        run.clock.advance(60_000);
        assert.ok(run.server.dials > 3);
      });
    }
  });

  describe('connections that are lost', () => {
    it('make it dormant after 20 in a row that were not stable', () => {
      const run = new Simulation();
      run.server.onHello = (socket) => socket.serverClose(1011);
      run.connection.connect();
      run.clock.advance(3_600_000 / 2);
      assert.equal(run.state, 'dormant');
      run.clock.advance(1000);
      assert.ok(run.server.dials >= 20 && run.server.dials < 32, `${run.server.dials}`);
    });

    it('keep their count until one has been stable for 60 s with a heartbeat answered', () => {
      const run = new Simulation().goLive();
      for (let loss = 1; loss <= 3; loss++) {
        run.server.socket.serverClose(1006);
        run.clock.advance(10);
        assert.equal(run.connection.status.attempt, loss);
        run.clock.advance(8000);
        assert.equal(run.state, 'live');
      }
      assert.equal(run.connection.status.attempt, 3);
      run.clock.advance(60_000);
      assert.equal(run.connection.status.attempt, 0);
    });

    it('are no failed attempt where they were stable: the first is the dial that follows', () => {
      const run = new Simulation({ connection: { giveUpAfter: 1 } }).goLive();
      run.clock.advance(120_000);
      run.server.socket.serverClose(1006);
      run.clock.advance(10);
      assert.equal(run.state, 'waiting');
      assert.equal(run.connection.status.attempt, 0);
      assert.equal(run.connection.status.delayMs, 500, 'not at once');
      run.clock.advance(2000);
      assert.equal(run.state, 'live');
      run.server.behaviour.dial = { kind: 'network', detail: 'ECONNREFUSED' };
      run.clock.advance(120_000);
      run.server.socket.serverClose(1006);
      run.clock.advance(2000);
      assert.equal(run.state, 'failed');
      assert.equal(run.connection.status.attempt, 1);
    });

    it('end it for good after as many in a row as were allowed, refused dials included, and the report says so', () => {
      const run = new Simulation({ connection: { giveUpAfter: 3 } });
      run.server.onHello = (socket) => {
        socket.serverClose(4100, 'full');
        run.server.behaviour.dial = { kind: 'network', detail: 'ECONNREFUSED' };
      };
      run.connection.connect();
      run.clock.advance(600_000);
      const { state, reason, attempt, delayMs } = run.connection.status;
      assert.equal(run.server.dials, 3);
      assert.deepEqual({ state, attempt, delayMs }, { state: 'failed', attempt: 3, delayMs: undefined });
      assert.match(reason, /^Gave up after 3 failed attempts in a row: .*nothing listens there/);
      const report = run.connection.report();
      assert.match(report, /State: \*\*failed\*\*/);
      assert.match(report, /Why: Gave up after 3/);
      assert.match(report, /\*\*failed\*\* Gave up after 3/);
      assert.equal(run.pendingClientTimers, 0);
    });

    it('make it dormant after 20 however many attempts are allowed: 25 dials in ten minutes at most', () => {
      const run = new Simulation({ random: constantRandom(0), connection: { giveUpAfter: 100 } });
      run.server.onHello = (socket) => run.clock.schedule(200, () => socket.serverClose(1000));
      run.connection.connect();
      run.clock.advance(600_000);
      assert.ok(run.server.dials <= 25, `${run.server.dials}`);
      assert.equal(run.state, 'dormant');
    });

    it('are not stable while no heartbeat was answered and nothing arrived', () => {
      const run = new Simulation({ server: { ours: false, answersPings: false } }).goLive();
      run.server.socket.serverClose(1006);
      run.clock.advance(200_000);
      assert.equal(run.connection.status.attempt, 1);
    });

    for (const code of [1000, 1001, 1005, 1006, 1011, 3000, 4100, 4101, 4102, 4103, 4104]) {
      it(`with code ${code} are reconnected`, () => {
        const run = new Simulation().goLive();
        run.server.socket.serverClose(code);
        run.clock.advance(3000);
        assert.equal(run.state, 'live');
        assert.equal(run.connection.status.attempt, 1);
        assert.equal(run.connection.status.lastDisconnect?.code, code);
      });
    }

    for (const code of [4000, 4001, 4004]) {
      it(`with code ${code} are lost for good`, () => {
        const run = new Simulation().goLive();
        run.server.socket.serverClose(code, 'because');
        run.clock.advance(3_600_000);
        assert.equal(run.state, 'failed');
        assert.match(run.connection.status.reason, /because/);
        assert.equal(run.server.dials, 1);
        assert.equal(run.pendingClientTimers, 0);
      });
    }

    it('with 4300 are a normal end, and with 4202 another connection has taken over', () => {
      for (const code of [4300, 4202]) {
        const run = new Simulation().goLive();
        run.server.socket.serverClose(code);
        run.clock.advance(3_600_000);
        assert.equal(run.state, 'closed');
        assert.equal(run.server.dials, 1);
      }
    });
  });

  describe('planned reconnects', () => {
    it('cost no attempt and are spread over the window the server states', () => {
      const run = new Simulation().goLive();
      run.server.socket.say({ type: 'goaway', reason: 'restart', reconnectWindowMs: 20_000 });
      run.clock.advance(5);
      assert.equal(run.state, 'draining');
      run.server.socket.serverClose(4200);
      run.clock.advance(5);
      assert.equal(run.state, 'waiting');
      assert.equal(run.connection.status.attempt, 0);
      assert.equal(run.connection.status.delayMs, 10_000, 'half of the window at a draw of 0.5');
    });

    it('deliver what comes between goodbye and close', () => {
      const run = new Simulation().goLive();
      run.server.socket.say({ type: 'goaway', reason: 'restart', reconnectWindowMs: 0 });
      run.server.socket.lines(['last'], { seq: 0 });
      run.server.socket.serverClose(4200);
      run.clock.advance(10);
      assert.deepEqual(run.lines, ['last']);
    });

    for (const [code, state] of [
      [4000, 'failed'],
      [4001, 'failed'],
      [4004, 'failed'],
      [4202, 'closed'],
      [4300, 'closed'],
    ] as const) {
      it(`are not made where the close after the goodbye says to stay away: ${code}`, () => {
        const run = new Simulation().goLive();
        run.server.socket.say({ type: 'goaway', reason: 'bye', reconnectWindowMs: 0 });
        run.server.socket.serverClose(code, 'why');
        run.clock.advance(600_000);
        assert.equal(run.state, state);
        assert.equal(run.connection.status.code, code);
        assert.equal(run.server.dials, 1);
      });
    }

    it('are made by us when the server says goodbye but does not close', () => {
      const run = new Simulation().goLive();
      run.server.socket.say({ type: 'goaway', reason: 'restart', reconnectWindowMs: 0 });
      run.clock.advance(6000);
      assert.equal(run.state, 'live');
      assert.equal(run.server.dials, 2);
    });

    it('are honoured as free once a minute; a server that asks more often is backed off from', () => {
      const run = new Simulation();
      run.server.onHello = (socket) => socket.serverClose(4200);
      run.connection.connect();
      run.clock.advance(60_000);
      assert.ok(run.server.dials <= 12, `${run.server.dials} dials in a minute`);
      assert.ok(run.connection.status.attempt > 3);
    });

    it('are free only once for connections that are never stable, however long each lasts', () => {
      const run = new Simulation({ server: { ours: false, answersPings: false } }).goLive();
      const attempts = [1, 2, 3].map(() => {
        run.clock.advance(70_000);
        run.server.socket.serverClose(4200);
        run.clock.advance(5);
        return run.connection.status.attempt;
      });
      assert.deepEqual(attempts, [0, 1, 2]);
    });

    for (const draw of [0, 0.5]) {
      for (const goodbye of [false, true]) {
        const how = goodbye ? 'says goodbye first' : 'closes with 4201';
        it(`do not help a failing server that ${how}: 25 dials in ten minutes at most, at a draw of ${draw}`, () => {
          const run = new Simulation({ random: constantRandom(draw) });
          run.server.onHello = (socket) => {
            run.clock.schedule(200, () => {
              if (goodbye) {
                socket.say({ type: 'goaway', reason: 'restart', reconnectWindowMs: 0 });
              }
              socket.serverClose(goodbye ? 4200 : 4201);
            });
          };
          run.connection.connect();
          run.clock.advance(600_000);
          assert.ok(run.server.dials <= 25, `${run.server.dials}`);
        });
      }
    }

    it('use the window known from marks when the server just vanishes', () => {
      const run = new Simulation().goLive();
      run.server.socket.say({
        type: 'mark',
        source: 'q',
        epoch: 'e',
        nextSeq: 0,
        cursor: null,
        reconnectWindowMs: 40_000,
      });
      run.clock.advance(5);
      run.server.socket.serverClose(1006);
      run.clock.advance(5);
      assert.equal(run.connection.status.delayMs, 20_000);
    });
  });

  describe('dialects', () => {
    it('dials a server that does not echo our subprotocol again without it, at once', () => {
      const run = new Simulation({ server: { ours: false } }).goLive();
      assert.deepEqual(
        run.server.sockets.map((socket) => socket.request.subprotocol),
        ['logstream.v1', null],
      );
      assert.equal(run.connection.status.attempt, 0);
    });

    it('remembers that per address', () => {
      const first = new Simulation({ server: { ours: false } }).goLive();
      first.connection.dispose();
      const second = new Simulation({ server: { ours: false }, memory: first.memory }).goLive();
      assert.equal(second.server.dials, 1);
      second.connection.forgetLearned();
      const third = new Simulation({ server: { ours: false }, memory: first.memory }).goLive();
      assert.equal(third.server.dials, 2);
    });

    it('fails with one sentence when the person insists on our protocol', () => {
      const run = new Simulation({ server: { ours: false }, connection: { format: 'logstream' } });
      run.connection.connect();
      run.clock.advance(10);
      assert.equal(run.state, 'failed');
      assert.match(run.connection.status.reason, /set the format to "text" or "json"/);
    });

    it('answers the JSON pings of a plain server and hides them', () => {
      const run = new Simulation({ server: { ours: false } }).goLive();
      run.server.socket.text('{"type":"ping"}');
      run.server.socket.text('{"type":"ping","id":5}');
      run.server.socket.text('{"type":"ping","level":"info","msg":"a log line"}\n');
      run.server.socket.text('one\ntwo\n');
      run.clock.advance(10);
      assert.deepEqual(run.server.socket.messages('pong'), [{ type: 'pong' }, { type: 'pong', id: 5 }]);
      assert.deepEqual(run.lines, ['{"type":"ping","level":"info","msg":"a log line"}', 'one', 'two']);
    });

    it('says honestly after a reconnect to a plain server that lines may be missing', () => {
      const run = new Simulation({ server: { ours: false } }).goLive();
      run.server.socket.serverClose(1006);
      run.clock.advance(3000);
      assert.equal(run.gaps.length, 1);
      assert.equal(run.gaps[0]?.count, null);
    });
  });

  describe('the contract', () => {
    it('is broken by a malformed message: 4000 with what was wrong, then no more', () => {
      const run = new Simulation().goLive();
      const { socket } = run.server;
      socket.text('{"type":"mark"}');
      run.clock.advance(3000);
      assert.equal(run.state, 'failed');
      assert.equal(socket.closedBy?.code, 4000);
      assert.match(socket.closedBy?.reason ?? '', /"source" must be a string/);
      assert.equal(run.pendingClientTimers, 0);
    });

    it('ignores messages of unknown types', () => {
      const run = new Simulation().goLive();
      run.server.socket.say({ type: 'weather', sun: true });
      run.clock.advance(10);
      assert.equal(run.state, 'live');
    });

    it('ends with 4001 when the welcome is of another version', () => {
      const run = new Simulation({ server: { welcome: { version: 2 } } });
      run.connection.connect();
      run.clock.advance(5000);
      assert.equal(run.state, 'failed');
      assert.equal(run.server.socket.closedBy?.code, 4001);
    });

    it('sends the token in hello only where no header can carry it', () => {
      const inHeader = new Simulation({ connection: { token: 'secret' } }).goLive();
      assert.equal(inHeader.server.socket.request.token, 'secret');
      assert.ok(!inHeader.server.socket.sent.join().includes('secret'));
      const inHello = new Simulation({ connection: { token: 'secret' }, browser: true }).goLive();
      assert.equal(inHello.server.socket.request.token, undefined);
      assert.ok(inHello.server.socket.sent[0]?.includes('"token":"secret"'));
    });
  });

  it('resumes where it stopped, without loss or doubles', () => {
    const run = new Simulation();
    const hellos: unknown[] = [];
    run.server.onHello = (socket, hello) => {
      hellos.push(hello.resume);
      const from = hello.resume?.[0]?.nextSeq ?? 0;
      socket.lines(['a', 'b', 'c', 'd'].slice(Math.max(0, from - 1)), {
        seq: Math.max(0, from - 1),
        cursor: `c${from}`,
      });
    };
    run.goLive();
    run.server.socket.serverClose(1006);
    run.clock.advance(3000);
    assert.deepEqual(run.lines, ['a', 'b', 'c', 'd']);
    assert.deepEqual(hellos, [undefined, [{ source: 'log', epoch: 'e1', nextSeq: 4, cursor: 'c0' }]]);
  });

  it('delivers nothing after it was disconnected', () => {
    const run = new Simulation().goLive();
    run.connection.disconnect();
    run.server.socket.lines(['late'], { seq: 0 });
    run.clock.advance(10);
    assert.deepEqual(run.lines, []);
  });

  it('connects again at once when asked while it is still saying goodbye', () => {
    const run = new Simulation().goLive();
    run.connection.disconnect();
    run.connection.connect();
    run.clock.advance(1000);
    assert.equal(run.state, 'live');
    assert.equal(run.server.dials, 2);
  });

  it('moves to another address at once', () => {
    const run = new Simulation().goLive();
    run.connection.update({ url: 'ws://other.example/ws' });
    run.clock.advance(1000);
    assert.equal(run.server.socket.request.url, 'ws://other.example/ws');
    assert.equal(run.state, 'live');
  });

  it('goes on where it stood when the same stream is to be had at another address', () => {
    const run = new Simulation({ connection: { url: 'ws+unix:/tmp/a/s:/ws', token: 'first' } }).goLive();
    run.server.socket.lines(['x'], { seq: 10, cursor: 'c10' });
    run.clock.advance(10);
    const { positions } = run.connection;
    run.server.behaviour.dial = { kind: 'network', detail: 'ENOENT' };
    run.server.socket.end(1006, '');
    run.clock.advance(100);
    assert.equal(run.state, 'waiting');
    run.server.behaviour.dial = 'open';
    run.connection.moveTo({ url: 'ws+unix:/tmp/b/s:/ws', token: 'second' });
    run.clock.advance(1000);
    const { request } = run.server.socket;
    assert.deepEqual([request.url, request.token], ['ws+unix:/tmp/b/s:/ws', 'second']);
    const [hello] = run.server.socket.messages('hello') as HelloMessage[];
    assert.deepEqual(hello?.resume, positions);
    assert.equal(run.state, 'live');
  });

  it('says a name in place of the address, where it has one, and remembers nothing under the address', () => {
    const shownAs = 'the server of this test';
    const run = new Simulation({ connection: { url: 'ws+unix:/tmp/random/s:/ws', shownAs, token: 'hidden' } });
    run.goLive();
    assert.equal(run.connection.status.address, shownAs);
    run.server.socket.end(4200, 'bye');
    run.clock.advance(5000);
    assert.equal(run.state, 'live');
    const said = [run.connection.report(), ...run.statuses.map(({ reason }) => reason), run.memory.load() ?? ''];
    assert.doesNotMatch(said.join('\n'), /random|hidden/);
    assert.match(said.join('\n'), /\nThe server of this test is restarting: bye\.\n/);
    assert.match(run.connection.report(), /Address: the server of this test/);
  });

  it('changes its sources without reconnecting', () => {
    const run = new Simulation().goLive();
    run.connection.update({ sources: ['a'] });
    run.clock.advance(10);
    assert.deepEqual(run.server.socket.messages('subscribe'), [{ type: 'subscribe', sources: ['a'] }]);
    assert.equal(run.server.dials, 1);
  });

  describe('history', () => {
    it('collects the frames of the answer and ends with its event', async () => {
      const run = new Simulation().goLive();
      const { socket } = run.server;
      socket.lines(['x'], { seq: 10, cursor: 'c10' });
      run.clock.advance(10);
      const answer = run.connection.requestHistory('log', 5);
      run.clock.advance(10);
      assert.deepEqual(socket.messages('history'), [
        { type: 'history', source: 'log', beforeSeq: 10, cursor: 'c10', lines: 5 },
      ]);
      socket.lines(['v', 'w'], { seq: 8, cursor: 'c8', history: true });
      socket.say({ type: 'event', source: 'log', kind: 'history', text: '' });
      run.clock.advance(10);
      const { frames, text } = await answer;
      assert.equal(text, '');
      assert.deepEqual(
        frames.map((frame) => [frame.seq, frame.count]),
        [[8, 2]],
      );
      assert.deepEqual(run.lines, ['x'], 'history is no new line');
      void run.connection.requestHistory('log', 5);
      run.clock.advance(10);
      assert.deepEqual(socket.messages('history').at(-1), {
        type: 'history',
        source: 'log',
        beforeSeq: 8,
        cursor: 'c8',
        lines: 5,
      });
      run.connection.dispose();
    });

    it('may be asked for again after the server could not read it, and switched off only when it says why', async () => {
      const run = new Simulation().goLive();
      const { socket } = run.server;
      socket.lines(['x'], { seq: 10, cursor: 'c10' });
      run.clock.advance(10);
      const failed = run.connection.requestHistory('log', 5);
      run.clock.advance(10);
      socket.say({ type: 'error', code: 'history-failed', message: 'EIO' });
      socket.say({ type: 'event', source: 'log', kind: 'history', text: '' });
      run.clock.advance(10);
      const { frames, complete, text } = await failed;
      assert.deepEqual([frames, complete], [[], false]);
      assert.match(text, /try again/);
      const ended = run.connection.requestHistory('log', 5);
      run.clock.advance(10);
      socket.say({ type: 'event', source: 'log', kind: 'history', text: 'This is the beginning.' });
      run.clock.advance(10);
      assert.deepEqual(await ended, { frames: [], complete: true, text: 'This is the beginning.' });
      run.connection.dispose();
    });

    it('is not switched off for a source that has no line yet', async () => {
      const run = new Simulation().goLive();
      assert.equal((await run.connection.requestHistory('log', 5)).complete, false);
      const plain = new Simulation({ server: { ours: false } }).goLive();
      assert.equal((await plain.connection.requestHistory('log', 5)).complete, true);
      run.connection.dispose();
      plain.connection.dispose();
    });

    it('that breaks off leaves no hole: what came of it is dropped, and the same lines are asked for again', async () => {
      const run = new Simulation().goLive();
      const { socket } = run.server;
      socket.lines(['x'], { seq: 10, cursor: 'c10' });
      run.clock.advance(10);
      const broken = run.connection.requestHistory('log', 5);
      run.clock.advance(10);
      socket.lines(['u', 'v'], { seq: 6, cursor: 'c6', history: true });
      socket.say({ type: 'event', source: 'log', kind: 'history', text: '' });
      run.clock.advance(10);
      assert.deepEqual((await broken).frames, []);
      const again = run.connection.requestHistory('log', 5);
      run.clock.advance(10);
      assert.deepEqual(socket.messages('history').at(-1), {
        type: 'history',
        source: 'log',
        beforeSeq: 10,
        cursor: 'c10',
        lines: 5,
      });
      socket.lines(['u', 'v'], { seq: 6, cursor: 'c6', history: true });
      socket.lines(['w', 'x'], { seq: 8, cursor: 'c8', history: true });
      socket.say({ type: 'event', source: 'log', kind: 'history', text: '' });
      run.clock.advance(10);
      assert.deepEqual(
        (await again).frames.map(({ seq }) => seq),
        [6, 8],
      );
      run.connection.dispose();
    });

    it('always settles: on a loss, on silence, and where there is none', async () => {
      const run = new Simulation().goLive();
      assert.match((await run.connection.requestHistory('log', 5)).text, /does not offer/);
      run.server.socket.lines(['x'], { seq: 10 });
      run.clock.advance(10);
      const lost = run.connection.requestHistory('log', 5);
      assert.match((await run.connection.requestHistory('log', 5)).text, /already being fetched/);
      run.server.socket.serverClose(1006);
      run.clock.advance(3000);
      assert.match((await lost).text, /connection was lost/);
      const silent = run.connection.requestHistory('log', 5);
      run.clock.advance(30_000);
      assert.match((await silent).text, /did not answer/);
    });
  });
});
