import assert from 'node:assert/strict';
import { Simulation } from '../../support/simulatedConnection';

describe('the connection report', () => {
  it('tells states with reasons, timings and their origin, round trips, gaps, positions and what was learned', () => {
    const run = new Simulation().goLive();
    run.server.socket.lines(['a', 'b'], { seq: 0 });
    run.server.socket.lines(['e'], { seq: 4 });
    run.clock.advance(1000);
    run.server.socket.serverClose(1011, 'oops');
    run.clock.advance(5000);
    const report = run.connection.report();
    for (const part of [
      '# Connection report: test',
      'State: **live**',
      'Heartbeat interval: 9 s (stated by the server)',
      'closes after 70 s without a frame from us',
      'measured: shortest 2.0 ms',
      'log, 2 lines (2 to 3)',
      'log: next line 5 of e1',
      '(code 1011)',
      'oops',
      '2 connections opened, 1 of them resumed',
    ]) {
      assert.ok(report.includes(part), `${part}\n${report}`);
    }
  });

  it('holds no secrets', () => {
    const run = new Simulation({
      connection: { url: 'wss://user:geheim1@logs.example/ws?key=geheim2', token: 'geheim3' },
    }).goLive();
    assert.ok(!run.connection.report().includes('geheim'));
    assert.ok(!JSON.stringify(run.statuses).includes('geheim'));
    assert.ok(!(run.memory.load() ?? '').includes('geheim'));
  });

  it('shows control characters a server sent instead of handing them on', () => {
    const run = new Simulation().goLive();
    run.server.socket.serverClose(4004, 'no\u001b]0;owned\u0007\r\n- forged\u009b2J');
    run.clock.advance(10);
    const report = run.connection.report();
    assert.match(report, /Why: .*no␛\]0;owned␇ - forged\ufffd2J/);
    assert.equal(report.replaceAll('\n', '').search(/\p{Cc}/u), -1);
  });

  it('stays small however long the connection lives', () => {
    const run = new Simulation({ policy: { maxAttempts: 1000 } });
    run.server.onHello = (socket) => socket.serverClose(1011);
    run.connection.connect();
    run.clock.advance(24 * 3_600_000);
    assert.ok(run.connection.report().length < 100_000);
  });
});
