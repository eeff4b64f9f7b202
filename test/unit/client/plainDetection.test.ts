import assert from 'node:assert/strict';
import { createMemoryStorage } from '../../../src/client/learned';
import { Simulation } from '../../support/simulatedConnection';

/** A server that echoes our subprotocol without speaking it, as Node's `ws` does by default. */
function echoing(options: ConstructorParameters<typeof Simulation>[0] = {}): Simulation {
  return new Simulation({ ...options, server: { ours: false, echoes: true, ...options.server } });
}

const firstMessages: readonly [string, string | Uint8Array, string[]][] = [
  ['a line', 'line 1\n', ['line 1']],
  ['a line as JSON', '{"level":"info","msg":"line 1"}\n', ['{"level":"info","msg":"line 1"}']],
  ['JSON with a type that is none of ours', '{"type":"log","data":"x"}\n', ['{"type":"log","data":"x"}']],
  ['JSON with a type of ours and other fields', '{"type":"mark","of":"x"}\n', ['{"type":"mark","of":"x"}']],
  [
    'a greeting that is no welcome of ours',
    '{"type":"welcome","message":"Hello!","clientId":"7"}\n',
    ['{"type":"welcome","message":"Hello!","clientId":"7"}'],
  ],
  ['bytes that are no frame', new TextEncoder().encode('line 1\n'), ['line 1']],
];

describe('a server that echoes our subprotocol', () => {
  for (const [what, message, lines] of firstMessages) {
    it(`is read as plain text from its first message on, without another dial: ${what}`, () => {
      const run = echoing();
      run.connection.connect();
      run.clock.advance(10);
      assert.equal(run.state, 'opening');
      if (typeof message === 'string') {
        run.server.socket.text(message);
      } else {
        run.server.socket.deliver((listener) => listener.binary(message));
      }
      run.clock.advance(1000);
      assert.equal(run.state, 'live');
      assert.ok(run.connection.isPlain);
      assert.deepEqual(run.lines, lines);
      assert.equal(run.server.dials, 1);
    });
  }

  it('loses nothing of what came before it was known, in its order', () => {
    const run = echoing();
    run.connection.connect();
    run.clock.advance(10);
    // One that is of our contract, though no server of ours sends it here.
    run.server.socket.text('{"type":"event","source":"a","kind":"b","text":"c"}\n');
    run.server.socket.text('second\n');
    run.server.socket.text('third\n');
    run.clock.advance(1000);
    assert.deepEqual(run.lines, ['{"type":"event","source":"a","kind":"b","text":"c"}', 'second', 'third']);
  });

  it('is not kept in memory at any length while it is not known', () => {
    const run = echoing();
    run.connection.connect();
    run.clock.advance(10);
    const megabyte = 'x'.repeat(1_000_000);
    // Frames of our contract, which a plain server sends by chance or by intent.
    run.server.socket.lines([megabyte], { seq: 0 });
    run.clock.advance(10);
    assert.equal(run.state, 'opening');
    run.server.socket.lines([megabyte], { seq: 1 });
    run.clock.advance(10);
    assert.ok(run.connection.isPlain);
    assert.notEqual(run.state, 'opening');
  });

  it('leaves no timer behind where a listener ends it with the first state, or the first line', () => {
    for (const listen of [
      ({ connection }: Simulation) => connection.onDidEnterState(() => connection.dispose()),
      ({ connection }: Simulation) => connection.onLines(() => connection.dispose()),
    ]) {
      const run = echoing();
      run.connection.connect();
      run.clock.advance(10);
      listen(run);
      run.server.socket.text('a line\nno newline');
      run.clock.advance(10);
      assert.equal(run.pendingClientTimers, 0);
    }
  });

  it('and sends a welcome of ours that is broken is told what is wrong with it', () => {
    const run = echoing();
    run.connection.connect();
    run.clock.advance(10);
    run.server.socket.text('{"type":"welcome","version":1,"clientId":7}');
    run.clock.advance(10);
    assert.equal(run.state, 'failed');
    assert.match(run.connection.status.reason, /clientId/);
  });

  it('is dialled without it next time, in a later run too', () => {
    const memory = createMemoryStorage();
    const run = echoing({ memory });
    run.connection.connect();
    run.clock.advance(10);
    run.server.socket.text('line\n');
    run.clock.advance(10);
    run.server.socket.serverClose(1006);
    run.clock.advance(2000);
    assert.equal(run.server.socket.request.subprotocol, null);
    const later = echoing({ memory });
    later.connection.connect();
    later.clock.advance(10);
    assert.equal(later.server.socket.request.subprotocol, null);
  });

  it('and says nothing for 10 s is read as plain text on this connection, and asked again on the next', () => {
    const run = echoing();
    run.connection.connect();
    run.clock.advance(9_900);
    assert.equal(run.state, 'opening');
    run.clock.advance(1_000);
    assert.equal(run.state, 'live');
    run.server.socket.text('late line\n');
    run.clock.advance(10);
    assert.deepEqual(run.lines, ['late line']);
    assert.equal(run.server.dials, 1);
    run.server.socket.serverClose(1006);
    run.clock.advance(2000);
    assert.notEqual(run.server.socket.request.subprotocol, null);
  });

  it('is pinged once it is known to speak plain text, and only then', () => {
    const run = echoing();
    run.connection.connect();
    run.clock.advance(5000);
    assert.deepEqual(
      run.server.socket.sent.filter((text) => !text.includes('hello')),
      [],
    );
    run.server.socket.text('line\n');
    run.clock.advance(2000);
    assert.deepEqual(
      run.server.socket.sent.filter((text) => !text.includes('hello')),
      ['PING 1'],
    );
  });

  it('and closes in place of a welcome, with a code that is none of ours, is dialled without it at once', () => {
    const run = echoing();
    run.server.onOpen = (socket) => {
      if (socket.request.subprotocol !== null) {
        socket.serverClose(1002, 'unknown subprotocol');
      }
    };
    run.connection.connect();
    run.clock.advance(1000);
    assert.equal(run.state, 'live');
    assert.deepEqual(
      run.server.sockets.map(({ request }) => request.subprotocol !== null),
      [true, false],
    );
  });

  it('is read as plain text by no one who insists on our contract', () => {
    const run = echoing({ connection: { format: 'logstream' } });
    run.connection.connect();
    run.clock.advance(10);
    run.server.socket.text('line\n');
    run.clock.advance(10);
    assert.equal(run.state, 'failed');
  });
});

/** A welcome that comes when nobody awaits it any more. */
const lateWelcome = {
  type: 'welcome',
  version: 1,
  clientId: 'c',
  takeoverKey: 'geheim',
  pingMs: 9000,
  receiveTimeoutMs: 70_000,
  heartbeatTimeoutMs: 180_000,
  reconnectWindowMs: 0,
};

/** Taken for plain text by its silence. */
function assumedPlain(options: ConstructorParameters<typeof Simulation>[0] = {}): Simulation {
  const run = new Simulation({ ...options, server: { welcome: null, markEveryMs: 0, ...options.server } });
  run.connection.connect();
  run.clock.advance(11_000);
  assert.ok(run.connection.isPlain);
  return run;
}

describe('plain text that was concluded from what may have had another cause', () => {
  const causes: readonly [string, (run: Simulation) => void][] = [
    [
      'a reset of the way to it',
      (run) => {
        run.server.behaviour.dial = { kind: 'network', detail: 'ECONNRESET' };
      },
    ],
    [
      'a gateway that had no server behind it',
      (run) => {
        run.server.behaviour.dial = { kind: 'http', status: 404 };
      },
    ],
    [
      'a gateway that closed',
      (run) => {
        run.server.onOpen = (socket) => socket.serverClose(1001);
      },
    ],
  ];
  for (const [cause, begin] of causes) {
    it(`holds for one connection, so that a server of ours is spoken to in the end: ${cause}`, () => {
      const run = new Simulation();
      begin(run);
      const { transport } = run.server;
      const { dial } = transport;
      transport.dial = (request, listener) => {
        if (run.server.dials > 0) {
          run.server.behaviour.dial = 'open';
          run.server.onOpen = () => {};
        }
        return dial(request, listener);
      };
      run.connection.connect();
      run.clock.advance(1000);
      assert.ok(run.connection.isPlain);
      assert.equal(run.server.dials, 2);
      run.server.socket.serverClose(1006);
      run.clock.advance(5000);
      assert.equal(run.state, 'live');
      assert.ok(!run.connection.isPlain);
      assert.equal(run.server.dials, 3);
    });
  }

  it('is not given up for a line that looks like a welcome, once another line has come', () => {
    const run = assumedPlain();
    run.server.socket.text('a line\n');
    run.server.socket.text(`${JSON.stringify(lateWelcome)}\n`);
    run.clock.advance(5000);
    assert.deepEqual(run.lines, ['a line', JSON.stringify(lateWelcome)]);
    assert.equal(run.server.dials, 1);
    assert.doesNotMatch(run.memory.load() ?? '', /welcomedSince/);
  });

  it('does not stand against what a person sets meanwhile', () => {
    const run = assumedPlain();
    run.connection.update({ format: 'text' });
    run.clock.advance(3000);
    assert.equal(run.server.socket.request.subprotocol, null);
    assert.equal(run.state, 'live');
  });

  it('is plain text until nothing of it is left to deliver', () => {
    const run = assumedPlain();
    const plain: boolean[] = [];
    run.connection.onLines(() => plain.push(run.connection.isPlain));
    run.server.socket.text('no newline');
    run.server.socket.serverClose(1006);
    run.clock.advance(100);
    run.connection.reconnectNow();
    run.clock.advance(10_000);
    assert.deepEqual(run.lines, ['no newline']);
    assert.deepEqual(plain, [true]);
  });
});

describe('what is none of our contract, behind an end', () => {
  const opening = () => {
    const run = echoing();
    run.connection.connect();
    run.clock.advance(10);
    assert.equal(run.state, 'opening');
    run.server.socket.text('a line\n');
    return run;
  };

  it('does not turn a disconnect into a failure', () => {
    const run = opening();
    run.connection.disconnect();
    run.clock.advance(5000);
    assert.equal(run.state, 'closed');
  });

  it('does not keep a connection from the address that it moves to', () => {
    const run = opening();
    run.connection.moveTo({ url: 'ws://other.example/ws', token: undefined });
    run.clock.advance(5000);
    assert.equal(run.server.socket.request.url, 'ws://other.example/ws');
    assert.equal(run.state, 'opening');
  });
});

describe('a welcome behind an end', () => {
  it('does not bring a connection back that a person has ended', () => {
    const run = assumedPlain();
    run.server.socket.say(lateWelcome);
    run.connection.disconnect();
    run.clock.advance(5000);
    assert.equal(run.state, 'closed');
    assert.equal(run.server.dials, 1);
  });

  it('is not taken for one of the address that it moves to, nor is its key shown there', () => {
    for (const run of [assumedPlain(), new Simulation({ server: { welcome: null } })]) {
      run.connection.connect();
      run.clock.advance(100);
      // Nothing that is begun is answered: what was on its way arrives first.
      run.server.behaviour.delayMs = 100;
      run.server.socket.say(lateWelcome);
      run.connection.update({ url: 'ws://other.example/ws' });
      run.clock.advance(1000);
      assert.equal(run.server.socket.request.url, 'ws://other.example/ws');
      assert.equal(run.connection.takeoverKey, undefined);
      assert.doesNotMatch(run.memory.load() ?? '', /welcomedSince/);
    }
  });
});

describe('a server that has sent a welcome', () => {
  const memory = createMemoryStorage();
  before(() => new Simulation({ memory }).goLive());

  it('is never taken for plain text, by its silence or by what it sends: no welcome is a failure', () => {
    const silent = new Simulation({ memory, server: { welcome: null } });
    silent.connection.connect();
    silent.clock.advance(5100);
    assert.equal(silent.state, 'waiting');
    assert.match(silent.connection.status.reason, /no welcome within 5 s/);
    const noisy = echoing({ memory });
    noisy.connection.connect();
    noisy.clock.advance(10);
    noisy.server.socket.text('<html>');
    noisy.clock.advance(10);
    assert.equal(noisy.state, 'waiting');
    assert.match(noisy.connection.status.reason, /not of the Live Log Stream protocol/);
    assert.deepEqual(noisy.lines, []);
  });

  it('is spoken to again once it is back behind a gateway that let every client in meanwhile', () => {
    const run = new Simulation().goLive();
    run.server.behaviour.ours = false;
    run.server.socket.serverClose(1006);
    run.clock.advance(3000);
    assert.ok(run.connection.isPlain);
    run.server.behaviour.ours = true;
    run.server.socket.serverClose(1006);
    run.clock.advance(10_000);
    assert.equal(run.state, 'live');
    assert.ok(!run.connection.isPlain);
  });

  it('is found out anew once a person has what was learned forgotten', () => {
    const noisy = echoing({ memory: createMemoryStorage(memory.load()) });
    noisy.server.onOpen = (socket) => socket.text('a line\n');
    noisy.connection.connect();
    noisy.clock.advance(10_000);
    assert.equal(noisy.state, 'waiting');
    noisy.connection.forgetLearned();
    noisy.connection.reconnectNow();
    noisy.clock.advance(10_000);
    assert.equal(noisy.state, 'live');
    assert.deepEqual(noisy.lines, ['a line']);
    // And what was plain text may be a server of ours by now.
    noisy.server.behaviour.ours = true;
    noisy.server.onOpen = () => {};
    noisy.connection.forgetLearned();
    noisy.connection.reconnectNow();
    noisy.clock.advance(10_000);
    assert.ok(!noisy.connection.isPlain);
    assert.equal(noisy.state, 'live');
  });

  it('too late is asked once more, and then spoken to as it speaks', () => {
    const run = new Simulation({ server: { welcome: null, markEveryMs: 0 } });
    run.connection.connect();
    run.clock.advance(11_000);
    assert.ok(run.connection.isPlain);
    run.server.behaviour.welcome = {};
    const { sockets } = run.server;
    sockets[0]?.say(lateWelcome);
    run.clock.advance(3000);
    assert.equal(run.state, 'live');
    assert.ok(!run.connection.isPlain);
    assert.deepEqual(run.lines, []);
  });
});

describe('a server that refuses an unknown subprotocol', () => {
  for (const failure of [
    { kind: 'http', status: 400 },
    { kind: 'http', status: 403 },
    { kind: 'http', status: 501 },
    { kind: 'network', detail: 'ECONNRESET' },
  ] as const) {
    it(`by ${JSON.stringify(failure)} is dialled without it, at once`, () => {
      const run = new Simulation({ server: { ours: false, echoes: true } });
      const { transport } = run.server;
      const { dial } = transport;
      transport.dial = (request, listener) => {
        run.server.behaviour.dial = request.subprotocol === null ? 'open' : failure;
        return dial(request, listener);
      };
      run.connection.connect();
      run.clock.advance(1000);
      assert.equal(run.state, 'live');
      assert.equal(run.server.dials, 2);
    });
  }

  /** It opens with our subprotocol and closes at once, and refuses to open without one. */
  function turningAway(connection: { giveUpAfter?: number } = {}): Simulation {
    const run = new Simulation({ server: { ours: false, echoes: true }, connection });
    const { transport } = run.server;
    const { dial } = transport;
    transport.dial = (request, listener) => {
      run.server.behaviour.dial = request.subprotocol === null ? { kind: 'http', status: 400 } : 'open';
      return dial(request, listener);
    };
    run.server.onOpen = (socket) => socket.serverClose(1008, 'token expired');
    run.connection.connect();
    return run;
  }

  it('or closes, and answers neither dial, is tried ever more slowly', () => {
    const run = turningAway();
    run.clock.advance(120_000);
    assert.equal(run.state, 'waiting');
    assert.ok(run.server.dials < 24, String(run.server.dials));
  });

  it('or closes, and answers neither dial, is given up after as many attempts as are allowed', () => {
    const run = turningAway({ giveUpAfter: 3 });
    run.clock.advance(120_000);
    assert.equal(run.state, 'failed');
    assert.equal(run.connection.status.attempt, 3);
    assert.equal(run.server.dials, 6);
  });

  it('and without it answers otherwise is told by its first answer, and costs one attempt', () => {
    const run = new Simulation();
    const { transport } = run.server;
    const { dial } = transport;
    transport.dial = (request, listener) => {
      run.server.behaviour.dial =
        request.subprotocol === null
          ? { kind: 'network', detail: 'ECONNREFUSED' }
          : { kind: 'network', detail: 'ECONNRESET' };
      return dial(request, listener);
    };
    run.connection.connect();
    run.clock.advance(10);
    assert.equal(run.state, 'waiting');
    assert.equal(run.connection.status.attempt, 1);
    assert.match(run.connection.status.reason, /ECONNRESET/);
    run.clock.advance(2000);
    assert.notEqual(run.server.sockets[2]?.request.subprotocol, null);
  });
});
