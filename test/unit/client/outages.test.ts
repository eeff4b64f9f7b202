import assert from 'node:assert/strict';
import type { TokenReading } from '../../../src/client/credentials';
import type { DialFailure } from '../../../src/client/transport';
import { Simulation } from '../../support/simulatedConnection';

const answers: readonly DialFailure[] = [
  { kind: 'http', status: 404 },
  { kind: 'http', status: 302, location: 'wss://login.example/start' },
  { kind: 'http', status: 403 },
  { kind: 'http', status: 200 },
  { kind: 'http', status: 401 },
  { kind: 'notWebSocket', detail: 'SSH-2.0-OpenSSH_9.2' },
  { kind: 'certificate', detail: 'ERR_TLS_CERT_ALTNAME_INVALID' },
];

/** Lets the promises that a token is asked for by settle. */
async function settle(): Promise<void> {
  for (let round = 0; round < 5; round++) {
    await Promise.resolve();
  }
}

describe('a stream that was live', () => {
  for (const answer of answers) {
    it(`comes back after an outage that answered ${JSON.stringify(answer)}`, () => {
      const run = new Simulation().goLive();
      run.server.behaviour.dial = answer;
      run.server.socket.serverClose(1006);
      run.clock.advance(60_000);
      assert.equal(run.state, 'waiting');
      assert.match(run.connection.status.reason, /It was live before, so it is tried again, ever more slowly\.$/);
      run.server.behaviour.dial = 'open';
      run.clock.advance(130_000);
      assert.equal(run.state, 'live');
    });
  }

  it('is tried ever more slowly, and no faster because somebody looks or the server is on this machine', () => {
    const run = new Simulation({ connection: { url: 'ws://localhost:8000/ws' } }).goLive();
    run.server.behaviour.dial = { kind: 'http', status: 404 };
    run.connection.setFocused(true);
    run.server.socket.serverClose(1006);
    run.clock.advance(600_000);
    const { dialTimes } = run.server;
    const waits = dialTimes.slice(2).map((at, index) => at - (dialTimes[index + 1] ?? 0));
    assert.deepEqual(
      waits.map((ms) => Math.round(ms / 100) / 10),
      [0.5, 1, 2, 4, 8, 16, 32, 60, 60, 60, 60, 60, 60, 60, 60, 60].slice(0, waits.length),
    );
    assert.ok(dialTimes.length < 20, String(dialTimes.length));
  });

  it('comes back where its token was refused by a close for a while, as a page learns of it', () => {
    const run = new Simulation({ browser: true }).goLive();
    run.server.behaviour.welcome = null;
    run.server.onOpen = (socket) => socket.serverClose(4003, 'wrong token');
    run.server.socket.serverClose(1006);
    run.clock.advance(120_000);
    assert.equal(run.state, 'waiting');
    assert.match(run.connection.status.reason, /forbids access.*It was live before/);
    const during = run.server.dials;
    assert.ok(during > 4 && during < 12, String(during));
    run.server.behaviour.welcome = {};
    run.server.onOpen = () => {};
    run.clock.advance(130_000);
    assert.equal(run.state, 'live');
  });

  it('is given up all the same where only so many attempts are allowed', () => {
    const run = new Simulation({ connection: { giveUpAfter: 3 } }).goLive();
    run.clock.advance(70_000);
    run.server.behaviour.dial = { kind: 'http', status: 404 };
    run.server.socket.serverClose(1006);
    run.clock.advance(60_000);
    assert.equal(run.state, 'failed');
    assert.equal(run.server.dials, 4);
  });

  it('does not make another address one that was live, nor the same one for a person who asks anew', () => {
    for (const ask of [
      (run: Simulation) => {
        run.connection.reconnectNow();
        run.connection.update({ url: 'ws://other.example/ws' });
      },
      (run: Simulation) => {
        run.connection.disconnect();
        run.connection.connect();
      },
    ]) {
      const run = new Simulation().goLive();
      run.server.behaviour.dial = { kind: 'http', status: 404 };
      ask(run);
      run.clock.advance(60_000);
      assert.equal(run.state, 'failed');
    }
  });

  it('is refused for good once a person asks for it anew', () => {
    const run = new Simulation().goLive();
    run.connection.disconnect();
    run.clock.advance(1000);
    run.server.behaviour.dial = { kind: 'http', status: 404 };
    run.connection.connect();
    run.clock.advance(60_000);
    assert.equal(run.state, 'failed');
  });
});

describe('a token that is asked for before each dial', () => {
  function asked(readings: (TokenReading | 'never')[]) {
    const run = new Simulation({
      connection: {
        token: () => {
          const reading = readings.shift() ?? 'never';
          return reading === 'never' ? new Promise(() => {}) : Promise.resolve(reading);
        },
      },
    });
    return run;
  }

  it('is the one of that time', async () => {
    const run = asked([
      { kind: 'token', token: 'first' },
      { kind: 'token', token: 'second' },
    ]);
    run.connection.connect();
    await settle();
    run.clock.advance(1000);
    assert.equal(run.state, 'live');
    run.server.socket.serverClose(1006);
    run.clock.advance(1000);
    await settle();
    run.clock.advance(1000);
    assert.deepEqual(
      run.server.sockets.map(({ request }) => request.token),
      ['first', 'second'],
    );
    assert.equal(run.state, 'live');
  });

  it('that cannot be had is said in its own sentence, and asked for again', async () => {
    const run = asked([
      { kind: 'problem', problem: 'The token file is empty.' },
      { kind: 'token', token: 'later' },
    ]);
    run.connection.connect();
    await settle();
    assert.equal(run.state, 'waiting');
    assert.equal(run.connection.status.reason, 'The token file is empty.');
    assert.equal(run.server.dials, 0);
    run.clock.advance(1000);
    await settle();
    run.clock.advance(1000);
    assert.equal(run.state, 'live');
  });

  it('that never comes is waited for no longer than an answer, and dials nothing later', async () => {
    const run = asked(['never']);
    run.connection.connect();
    await settle();
    run.clock.advance(10_100);
    assert.equal(run.state, 'waiting');
    assert.equal(run.server.dials, 0);
  });

  it('dials nothing when it comes after the person has disconnected', async () => {
    const run = asked([{ kind: 'token', token: 'late' }]);
    run.connection.connect();
    run.connection.disconnect();
    await settle();
    run.clock.advance(1000);
    assert.equal(run.server.dials, 0);
    assert.equal(run.state, 'closed');
  });

  it('is shown to nobody but whom it was asked for, when it comes after the address has changed', async () => {
    let come: (reading: TokenReading) => void = () => {};
    const token = () => new Promise<TokenReading>((resolve) => (come = resolve));
    const run = new Simulation({ browser: true, connection: { token } });
    run.connection.connect();
    run.connection.update({ url: 'ws://other.example/ws', token: 'for the other' });
    come({ kind: 'token', token: 'for the first' });
    await settle();
    run.clock.advance(1000);
    const [hello] = run.server.socket.messages('hello') as { token?: string }[];
    assert.equal(hello?.token, 'for the other');
  });

  it('wakes a waiting connection when it has become another one', async () => {
    const run = asked([
      { kind: 'token', token: 'old' },
      { kind: 'token', token: 'old' },
      { kind: 'token', token: 'new' },
    ]);
    run.connection.connect();
    await settle();
    run.clock.advance(70_000);
    run.server.behaviour.dial = { kind: 'http', status: 401, retryAfterMs: 600_000 };
    run.server.socket.serverClose(1006);
    run.clock.advance(1000);
    await settle();
    run.clock.advance(10_000);
    assert.equal(run.state, 'waiting');
    run.server.behaviour.dial = 'open';
    run.connection.credentialsChanged();
    await settle();
    run.clock.advance(1000);
    assert.equal(run.state, 'live');
    assert.equal(run.server.socket.request.token, 'new');
  });
});

describe('a connection without answers to its pings', () => {
  it('is stable after hours of lines: a server that is restarted every two hours is never left alone', () => {
    const run = new Simulation({ server: { ours: false, answersPings: false } }).goLive();
    for (let restart = 0; restart < 25; restart++) {
      for (let minute = 0; minute < 120; minute += 30) {
        run.clock.advance(30 * 60_000);
        run.server.socket.text('a line');
      }
      run.server.socket.serverClose(1006);
      run.clock.advance(10_000);
      assert.equal(run.state, 'live', `after restart ${restart + 1}`);
    }
    assert.equal(run.connection.status.attempt, 0);
  });

  it('is not stable by lines of its first minute', () => {
    const run = new Simulation({ server: { ours: false, answersPings: false } }).goLive();
    run.server.socket.text('a line');
    run.clock.advance(100_000);
    run.server.socket.serverClose(1006);
    run.clock.advance(5);
    assert.equal(run.connection.status.attempt, 1);
  });
});
