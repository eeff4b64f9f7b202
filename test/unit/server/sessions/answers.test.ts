import assert from 'node:assert/strict';
import { SESSION_LIMITS } from '../../../../src/server/sessions/sessionLimits';
import { linesItem, ScriptedSource } from '../../../support/scriptedSource';
import { SimulatedSession } from '../../../support/simulatedSession';

const scripted = (count: number) => Array.from({ length: count }, (_, at) => new ScriptedSource(`${at}.log`));

describe('what a client sent', () => {
  it('comes back cut short, in whatever answer', async () => {
    const long = 'x'.repeat(60_000);
    const run = new SimulatedSession([new ScriptedSource('a.log')], {}, { owns: () => false, runAgain: () => true });
    await run.pass(1);
    const before = run.socket.sent.length;
    run.say({ type: 'history', source: long, beforeSeq: 0, cursor: null, lines: 10 });
    run.say({ type: 'run', source: long });
    const answers = run.socket.sent.slice(before);
    assert.deepEqual(
      answers.map((answer) => (JSON.parse(answer.toString()) as { type: string }).type),
      ['error', 'error'],
    );
    run.say({ type: 'subscribe', sources: [long] });
    for (const answer of [...answers, ...run.socket.closes]) {
      assert.ok(answer.length < 300, `${answer.length}`);
    }
    assert.match(run.socket.closes[0] ?? '', /^4004 there is no source x+…$/);
  });
});

describe('a client that takes no answers', () => {
  it('has the server hold little of them, whatever it subscribes to and fro, and is ended', async () => {
    const sources = scripted(200);
    for (const source of sources) {
      source.partial = '\u0001'.repeat(16 * 1024);
    }
    const run = new SimulatedSession(sources, { lines: 0 });
    run.socket.takes = false;
    const all = sources.map(({ id }) => id);
    let most = 0;
    for (let second = 0; second < 70 && run.socket.closes.length === 0; second++) {
      for (let at = 0; at < 20; at++) {
        run.say({ type: 'subscribe', sources: at % 2 === 0 ? all.slice(0, 1) : all });
        await run.clock.advanceAsync(40);
      }
      await run.pass(200);
      most = Math.max(most, run.socket.bufferedAmount);
    }
    assert.ok(most < 1.5 * SESSION_LIMITS.unsentBytes, `${most}`);
    assert.deepEqual(run.socket.closes, ['4101 nothing taken for 60 s although lines wait']);
  });

  it('holds it to a few batches of earlier lines, from however many sources they are asked for', async () => {
    const batch = `${'x'.repeat(256 * 1024 - 1)}\n`;
    let atWork = 0;
    let most = 0;
    const sources = scripted(150);
    for (const source of sources) {
      source.answerHistory = async () => {
        most = Math.max(most, ++atWork);
        return {
          linesInAll: 1,
          note: '',
          batches: (async function* () {
            yield linesItem(batch);
            atWork--;
          })(),
        };
      };
    }
    const run = new SimulatedSession(sources);
    await run.pass(1);
    const frames = run.frames.length;
    run.socket.takes = false;
    for (const { id } of sources) {
      run.say({ type: 'history', source: id, beforeSeq: 0, cursor: null, lines: 10 });
    }
    await run.pass(1000);
    assert.ok(most <= SESSION_LIMITS.historyAtOnce, `${most}`);
    assert.ok(run.socket.bufferedAmount < 2 * SESSION_LIMITS.unsentBytes);
    // Whoever takes them gets all.
    run.socket.takes = true;
    run.socket.take(Number.POSITIVE_INFINITY);
    for (let turn = 0; turn < sources.length; turn++) {
      await run.pass(10);
    }
    assert.equal(run.frames.length - frames, sources.length);
    assert.equal(run.events('history').length, sources.length);
  });
});

describe('a client that takes slowly', () => {
  const begin = async () => {
    const [busy, other] = [new ScriptedSource('busy.log'), new ScriptedSource('other.log')];
    const run = new SimulatedSession([busy, other]);
    await run.pass(1);
    run.socket.takes = false;
    busy.give(...Array.from({ length: 5 }, () => linesItem(`${'x'.repeat(256 * 1024 - 1)}\n`)));
    await run.pass(1);
    return { run, busy, other };
  };

  it('is told of what changes again and again as it is once there is room, and where it stands', async () => {
    const { run, other } = await begin();
    const before = run.socket.sent.length;
    for (let at = 0; at < 100; at++) {
      other.partial = `half ${at}`;
      other.state = at % 2 === 0 ? 'waiting' : 'live';
      other.give();
    }
    other.state = 'waiting';
    other.give();
    await run.pass(20_000);
    const isOfOther = (text: string | Buffer) => typeof text === 'string' && text.includes('other.log');
    assert.deepEqual(run.socket.sent.slice(before).filter(isOfOther), []);
    run.socket.takes = true;
    run.socket.take(Number.POSITIVE_INFINITY);
    await run.pass(1);
    const told = run.socket.sent
      .slice(before)
      .filter(isOfOther)
      .map((text) => JSON.parse(text.toString()) as { readonly type: string });
    assert.deepEqual(told.map(({ type }) => type).sort(), ['event', 'mark', 'source']);
    assert.match(JSON.stringify(told), /"state":"waiting".*half 99/);
  });

  it('gets the sources it subscribes to, the latest set, although lines wait', async () => {
    const { run, busy, other } = await begin();
    const third = new ScriptedSource('third.log');
    run.add(third);
    for (const sources of [['busy.log'], ['busy.log', 'other.log'], ['other.log']]) {
      run.say({ type: 'subscribe', sources });
    }
    assert.equal(busy.readersDisposed, 1);
    for (let second = 0; second < 20; second++) {
      run.socket.take(256 * 1024);
      await run.pass(1000);
    }
    other.give(linesItem('one\n'));
    run.socket.takes = true;
    run.socket.take(Number.POSITIVE_INFINITY);
    await run.pass(1000);
    assert.equal(run.text('other.log'), 'one\n');
    assert.deepEqual(run.socket.closes, []);
  });
});
