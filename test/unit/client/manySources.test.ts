import assert from 'node:assert/strict';
import { LIMITS } from '../../../src/protocol/limits';
import { FEATURES, type HelloMessage, type ResumeMessage, type ResumePosition } from '../../../src/protocol/messages';
import { FakeClock } from '../../support/fakeClock';
import { Simulation } from '../../support/simulatedConnection';
import type { SimulatedSocket } from '../../support/simulatedServer';

const positions = (count: number): ResumePosition[] =>
  Array.from({ length: count }, (_, at) => ({
    source: `${at}.log`,
    epoch: 'e1',
    nextSeq: 5,
    cursor: 'c'.repeat(200),
  }));

/** Where the client said that it stands, in `hello` and behind it. */
function told(socket: SimulatedSocket) {
  const [hello] = socket.messages('hello') as HelloMessage[];
  const parts = socket.messages('resume') as ResumeMessage[];
  return { hello, parts, sources: [...(hello?.resume ?? []), ...parts.flatMap((part) => part.positions)] };
}

describe('a client of so many sources that its hello has no room for all', () => {
  it('says the rest behind it to a server that waits for that', () => {
    const stands = positions(1000);
    const run = new Simulation({
      connection: { resume: stands },
      server: { welcome: { features: [FEATURES.resumeParts] } },
    });
    run.connection.connect();
    run.clock.advance(100);
    const { hello, parts, sources } = told(run.server.socket);
    assert.deepEqual(sources, stands);
    assert.equal(hello?.resumeParts, parts.length);
    assert.ok(run.server.socket.sent.every((message) => message.length <= LIMITS.controlMessageBytes));
    // The announced parts and nothing else come first.
    assert.deepEqual(
      run.server.socket.sent.slice(1, 1 + parts.length).map((message) => (JSON.parse(message) as ResumeMessage).type),
      parts.map(() => 'resume'),
    );
    assert.deepEqual(run.gaps, []);
  });

  it('says a gap of those that a server without parts was not told of, once, and goes on with the others', () => {
    const stands = positions(1000);
    const run = new Simulation({ connection: { resume: stands } });
    run.connection.connect();
    run.clock.advance(100);
    const { hello, parts } = told(run.server.socket);
    assert.deepEqual(parts, []);
    const inHello = hello?.resume?.length ?? 0;
    assert.ok(inHello > 100 && inHello < 1000);
    for (const { source } of stands) {
      run.server.socket.lines(['a'], { source, epoch: source === '0.log' ? 'e1' : 'e2', seq: 5 });
      run.server.socket.lines(['b'], { source, epoch: source === '0.log' ? 'e1' : 'e2', seq: 6 });
    }
    run.clock.advance(100);
    assert.deepEqual(
      run.gaps.map(({ source, count }) => [source, count]),
      stands.slice(inHello).map(({ source }) => [source, null]),
    );
    assert.equal(run.lines.length, 2000);
  });

  it('says it of a quiet source, too, and no second gap beside one of the server', () => {
    const run = new Simulation({ connection: { resume: positions(1000) } });
    run.connection.connect();
    run.clock.advance(100);
    const at = { epoch: 'e2', nextSeq: 9, cursor: null, reconnectWindowMs: 0 };
    run.server.socket.say({ type: 'mark', source: '999.log', ...at });
    run.server.socket.say({ type: 'mark', source: '999.log', ...at });
    const gap = { type: 'gap', source: '998.log', epoch: 'e2', from: 3, to: 3, count: null, reason: 'Cut.' } as const;
    run.server.socket.say(gap);
    run.server.socket.lines(['a'], { source: '998.log', epoch: 'e2', seq: 3 });
    run.clock.advance(100);
    assert.deepEqual(
      run.gaps.map(({ source, from, to }) => [source, from, to]),
      [
        ['999.log', 9, 9],
        ['998.log', 3, 3],
      ],
    );
  });
});

describe('a client whose messages are too long for what answers', () => {
  const closing = (mostBytes: number, count: number) => {
    const run = new Simulation({ connection: { resume: positions(count), format: 'logstream' } });
    const { server } = run;
    server.behaviour.welcome = null;
    server.onOpen = () => {};
    const receive = server.receive.bind(server);
    server.receive = (socket, text) => {
      if (text.length > mostBytes) {
        socket.serverClose(1009);
      } else {
        server.behaviour.welcome = { features: [FEATURES.resumeParts] };
        receive(socket, text);
      }
    };
    run.connection.connect();
    return run;
  };

  it('never says the same again: it sends less each time, until that is taken, and leaves no source out', () => {
    const run = closing(5000, 500);
    run.clock.advance(300_000);
    const hellos = run.server.sockets.map((socket) => socket.sent[0]?.length ?? 0);
    assert.ok(hellos.length >= 2 && hellos.length <= 4, `${hellos}`);
    assert.deepEqual(
      hellos,
      [...hellos].sort((a, b) => b - a),
    );
    assert.equal(new Set(hellos).size, hellos.length);
    assert.equal(run.state, 'live');
    assert.equal(told(run.server.socket).sources.length, 500);
    assert.ok(run.statuses.some(({ reason }) => /too long for it \(code 1009\); it is told less/.test(reason)));
  });

  it('is told to stop where even the shortest hello is too long on first contact', () => {
    const run = closing(10, 500);
    run.clock.advance(300_000);
    assert.equal(run.state, 'failed');
    assert.match(run.connection.status.reason, /the shortest greeting there is was too long/);
    const hellos = run.server.sockets.map((socket) => socket.sent[0]);
    assert.equal(new Set(hellos).size, hellos.length);
  });

  it('does not forget where it stands where nothing that it sent can have been too long', () => {
    const run = new Simulation({ server: { markEveryMs: 5000 } }).goLive();
    run.server.socket.lines(['a', 'b'], { source: 's', seq: 10 });
    run.clock.advance(15_000);
    // As a gateway does for a frame of the server's.
    run.server.socket.serverClose(1009);
    run.clock.advance(30_000);
    assert.equal(run.state, 'live');
    const hello = JSON.parse(run.server.socket.sent[0] ?? '{}') as HelloMessage;
    assert.ok(hello.resume?.some(({ source, nextSeq }) => source === 's' && nextSeq === 12));
    assert.deepEqual(run.gaps, []);
  });

  it('begins with all of it again when a person connects anew', () => {
    const run = closing(5000, 500);
    run.clock.advance(300_000);
    run.connection.disconnect();
    run.clock.advance(5000);
    run.connection.connect();
    run.clock.advance(10);
    assert.ok((run.server.socket.sent[0]?.length ?? 0) > 50_000);
  });
});

describe('a list of sources', () => {
  it('that no message has room for is refused in words, before anything is dialled', () => {
    const sources = Array.from({ length: 10_000 }, (_, at) => `${at}.log`);
    assert.throws(() => new Simulation({ connection: { sources } }), /choose fewer/);
    const run = new Simulation({ connection: { sources: ['a'] } }).goLive();
    assert.throws(() => run.connection.update({ sources }), /choose fewer/);
    assert.equal(run.state, 'live');
  });
});

describe('earlier lines of many sources', () => {
  it('are asked for no faster than a server takes, and each request is answered or settles', async () => {
    const run = new Simulation({ server: { markEveryMs: 5000 } });
    const ids = Array.from({ length: 400 }, (_, at) => `${at}.log`);
    run.goLive();
    const { socket } = run.server;
    for (const source of ids) {
      socket.lines(['a'], { source, seq: 10 });
    }
    run.clock.advance(100);
    const receive = run.server.receive.bind(run.server);
    run.server.receive = (to, text) => {
      const { type, source } = JSON.parse(text) as { readonly type: string; readonly source: string };
      // The last one is never answered.
      if (type === 'history' && source !== ids.at(-1)) {
        to.say({ type: 'event', source, kind: 'history', text: 'This is the beginning.' });
      } else {
        receive(to, text);
      }
    };
    const begun = run.clock.now();
    const answers = ids.map((source) => run.connection.requestHistory(source, 10));
    let most = 0;
    const settled: string[] = [];
    answers.forEach((answer) => void answer.then(({ text }) => settled.push(text)));
    for (let second = 0; second < 60; second++) {
      await run.clock.advanceAsync(1000);
      const asked = socket.messages('history').length;
      most = Math.max(most, asked - 25 * (second + 1));
    }
    const times = socket.sentAt.filter((_at, index) => socket.sent[index]?.includes('"history"'));
    assert.equal(times.length, 400);
    assert.ok(most <= 50, `${most}`);
    assert.ok((times.at(-1) ?? 0) - begun < 20_000);
    assert.equal(settled.filter((text) => text === 'This is the beginning.').length, 399);
    assert.equal(settled.filter((text) => /did not answer/.test(text)).length, 1);
  });

  it('are not asked for behind a loss', async () => {
    const run = new Simulation().goLive();
    for (let at = 0; at < 100; at++) {
      run.server.socket.lines(['a'], { source: `${at}.log`, seq: 10 });
    }
    run.clock.advance(100);
    const answers = Array.from({ length: 100 }, (_, at) => run.connection.requestHistory(`${at}.log`, 10));
    const { socket } = run.server;
    await run.clock.advanceAsync(100);
    assert.equal(socket.messages('history').length, 16);
    socket.serverClose(1006);
    await run.clock.advanceAsync(10_000);
    const texts = (await Promise.all(answers)).map(({ text }) => text);
    assert.ok(texts.every((text) => /connection was lost/.test(text)));
    assert.ok(run.server.sockets.slice(1).every((other) => other.messages('history').length === 0));
  });
});

describe('what a server tells of thousands of sources', () => {
  it('is taken in turns, so that nobody else in the process waits for all of it', () => {
    /** Each look at the time takes a while, as work does. */
    class WorkingClock extends FakeClock {
      worked = 0;
      override now(): number {
        this.worked += this.isAtWork ? 0.05 : 0;
        return super.now() + this.worked;
      }
      isAtWork = false;
    }
    const clock = new WorkingClock();
    const run = new Simulation({ clock }).goLive();
    const { socket } = run.server;
    let pauses = 0;
    const pause = socket.pause.bind(socket);
    socket.pause = () => {
      pauses++;
      pause();
    };
    let told = 0;
    run.connection.onSource(() => {
      told++;
    });
    clock.isAtWork = true;
    for (let at = 0; at < 1000; at++) {
      socket.say({ type: 'source', source: `${at}.log`, name: 'x', kind: 'file', state: 'live', epoch: 'e' });
    }
    clock.advance(2);
    clock.isAtWork = false;
    assert.equal(told, 1000);
    assert.ok(pauses > 0);
    clock.advance(1);
    assert.equal(socket.paused, false);
  });
});

describe('a connection that is told of its sources for a while', () => {
  it('is not live before the lines of the last of them are there', () => {
    const run = new Simulation({ server: { markEveryMs: 0 } });
    run.connection.connect();
    run.clock.advance(100);
    const { socket } = run.server;
    for (let at = 0; at < 10; at++) {
      socket.say({ type: 'source', source: `${at}.log`, name: 'x', kind: 'file', state: 'live', epoch: 'e1' });
      run.clock.advance(200);
      assert.equal(run.state, 'replaying');
    }
    for (let at = 0; at < 10; at++) {
      socket.lines(['a'], { source: `${at}.log`, seq: 0 });
      socket.say({ type: 'mark', source: `${at}.log`, epoch: 'e1', nextSeq: 1, cursor: null, reconnectWindowMs: 0 });
    }
    run.clock.advance(2);
    assert.equal(run.state, 'live');
    assert.equal(run.lines.length, 10);
  });
});
