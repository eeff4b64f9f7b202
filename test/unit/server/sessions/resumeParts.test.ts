import assert from 'node:assert/strict';
import { LIMITS } from '../../../../src/protocol/limits';
import { FEATURES, type ResumePosition } from '../../../../src/protocol/messages';
import { ResumePositions } from '../../../../src/server/sessions/resumePositions';
import { SESSION_LIMITS } from '../../../../src/server/sessions/sessionLimits';
import { SourceNames, sourceIdOf } from '../../../../src/server/sourceId';
import { linesItem, ScriptedSource } from '../../../support/scriptedSource';
import { SimulatedSession } from '../../../support/simulatedSession';

const position = (source: string, cursor: string | null = null): ResumePosition => ({
  source,
  epoch: 'mine',
  nextSeq: 7,
  cursor,
});

describe('a session whose client stands in more sources than hello has room for', () => {
  const begin = (hello = {}) => {
    const sources = ['a.log', 'b.log', 'c.log'].map((id) => new ScriptedSource(id));
    for (const source of sources) {
      source.items.push(linesItem('one\n'));
    }
    return { sources, run: new SimulatedSession(sources, hello) };
  };
  const kinds = (run: SimulatedSession) => run.messages.map(({ type }) => type);

  it('names the feature at once, and sends nothing of a source before it has all parts', async () => {
    const { sources, run } = begin({ resume: [position('a.log')], resumeParts: 2 });
    assert.deepEqual(kinds(run), ['welcome']);
    assert.deepEqual(run.messages[0]?.type === 'welcome' && run.messages[0].features, [FEATURES.resumeParts]);
    run.say({ type: 'resume', positions: [position('b.log')] });
    // Heartbeats and wishes are taken meanwhile.
    await run.pass(5000);
    run.say({ type: 'subscribe', sources: ['a.log', 'b.log', 'c.log'] });
    await run.pass(1000);
    assert.ok(!kinds(run).includes('source'));
    run.say({ type: 'resume', positions: [] });
    await run.pass(1);
    assert.deepEqual(
      sources.map(({ opened }) => opened.map(({ kind }) => kind)),
      [['resume'], ['resume'], ['last']],
    );
    assert.equal(run.frames.length, 3);
    assert.deepEqual(run.socket.closes, []);
  });

  it('waits for each part only so long, and closes in a way after which the client comes again', async () => {
    const { run } = begin({ resumeParts: 3 });
    await run.pass(9000);
    run.say({ type: 'resume', positions: [] });
    await run.pass(9000);
    assert.deepEqual(run.socket.closes, []);
    await run.pass(1000);
    assert.deepEqual(run.socket.closes, ['4102 2 of the announced resume messages did not come, each within 10 s']);
  });

  it('takes no more parts than were announced, and lets no more be announced than it would read', () => {
    const { run } = begin({ resumeParts: 1 });
    run.say({ type: 'resume', positions: [] });
    run.say({ type: 'resume', positions: [] });
    assert.deepEqual(run.socket.closes, ['4000 resume came without having been announced in hello']);
    const { run: greedy } = begin({ resumeParts: LIMITS.resumeParts + 1 });
    assert.deepEqual(greedy.socket.closes, [`4000 resumeParts must be at most ${LIMITS.resumeParts}`]);
  });

  it('goes on by what an older client says in hello alone', async () => {
    const { sources, run } = begin({ resume: [position('b.log')] });
    await run.pass(1);
    assert.deepEqual(
      sources.map(({ opened }) => opened[0]?.kind),
      ['last', 'resume', 'last'],
    );
  });

  it('leaves no timer behind when the client goes away', () => {
    const { run } = begin({ resumeParts: 1 });
    run.session.dispose();
    assert.equal(run.clock.pendingTimers, 0);
  });
});

describe('the positions that a server keeps of a client', () => {
  const long = `/logs/${'x'.repeat(300)}`;
  const sources = [new ScriptedSource('a.log'), new ScriptedSource(sourceIdOf(long))];

  it('are one of each source it has, and only so many of others, whatever is sent', () => {
    const kept = new ResumePositions(new SourceNames(sources));
    for (let part = 0; part < LIMITS.resumeParts; part++) {
      kept.add(Array.from({ length: 500 }, (_, at) => position(`made-up-${part}-${at}`)));
      kept.add([position('a.log', `${part}`)]);
    }
    assert.equal(kept.size, SESSION_LIMITS.absentPositions + 1);
    assert.equal(kept.of('a.log')?.cursor, `${LIMITS.resumeParts - 1}`);
  });

  it('are found under the short id of what an older server called by its long path', () => {
    const kept = new ResumePositions(new SourceNames(sources));
    kept.add([position(long)]);
    assert.equal(kept.of(sourceIdOf(long))?.nextSeq, 7);
  });

  it('hold no cursor that is longer than any there is', () => {
    const kept = new ResumePositions(new SourceNames(sources));
    kept.add([position('a.log', 'x'.repeat(LIMITS.cursorBytes + 1))]);
    assert.equal(kept.of('a.log')?.cursor, null);
  });
});
