import assert from 'node:assert/strict';
import fc from 'fast-check';
import { SourceTable } from '../../../src/client/sourceTable';
import { endTone, isWell, type StreamEnd } from '../../../src/client/streamEnd';
import { SOURCE_STATES, type SourceExit, type SourceMessage, type SourceState } from '../../../src/protocol/messages';
import { clientTexts } from '../../../src/text/client';

function source(id: string, state: SourceState, more: Partial<SourceMessage> = {}): SourceMessage {
  return { type: 'source', source: id, name: id, kind: 'command', state, epoch: 'e', ...more };
}

function tableOf(messages: readonly SourceMessage[]): SourceTable {
  const table = new SourceTable();
  for (const message of messages) {
    table.set(message);
  }
  return table;
}

const streamEnd = (messages: readonly SourceMessage[]) => tableOf(messages).end;
const endedCommand = (messages: readonly SourceMessage[]) => tableOf(messages).endedCommand;

/** The same by a look at all of them, which are more than a table looks at; of exits any that is right. */
function endByLooking(all: readonly SourceMessage[]): { name: string | undefined; exits: SourceExit[] } | undefined {
  if (all.length === 0 || all.some(({ state }) => state !== 'ended')) {
    return undefined;
  }
  const names = new Set(all.map(({ command: line, name }) => line ?? name));
  const exits = all.flatMap(({ exit }) => exit ?? []);
  const bad = exits.filter((each) => !isWell(each));
  return { name: names.size === 1 ? [...names][0] : undefined, exits: bad.length > 0 ? bad : exits };
}

function command(exit?: SourceExit, state: SourceState = 'ended'): SourceMessage[] {
  const more = { command: 'npm test', ...(exit ? { exit } : {}) };
  return [
    source('stdout', state, { ...more, name: 'npm test' }),
    source('stderr', state, { ...more, name: 'npm test (stderr)' }),
  ];
}

describe('the end of a stream', () => {
  it('is that of all its sources, and says how', () => {
    assert.deepEqual(streamEnd(command({ code: 3 })), { name: 'npm test', exit: { code: 3 } });
    assert.equal(streamEnd(command(undefined, 'live')), undefined);
    assert.equal(streamEnd([]), undefined);
  });

  it('has not come while one source lives, waits or cannot be read', () => {
    for (const state of ['live', 'waiting', 'failed'] as const) {
      assert.equal(streamEnd([...command({ code: 0 }), source('demo', state, { kind: 'demo' })]), undefined, state);
    }
  });

  it('is known from a server that does not say how, too', () => {
    const old = [source('stdout', 'ended', { name: 'x stdout' }), source('stderr', 'ended', { name: 'x stderr' })];
    assert.deepEqual(streamEnd(old), {});
    assert.deepEqual(streamEnd([source('stdin', 'ended', { kind: 'stdin', name: 'standard input' })]), {
      name: 'standard input',
    });
  });

  it('of several commands is that of one that failed', () => {
    const other = source('other', 'ended', { command: 'make', exit: { code: 0 } });
    assert.deepEqual(streamEnd([other, ...command({ signal: 'SIGKILL' })]), { exit: { signal: 'SIGKILL' } });
  });

  it('is the same whatever was told before, in whatever order', () => {
    const told = fc.record({
      id: fc.constantFrom('a', 'b', 'c'),
      state: fc.oneof({ weight: 3, arbitrary: fc.constant<SourceState>('ended') }, fc.constantFrom(...SOURCE_STATES)),
      kind: fc.constantFrom('command' as const, 'file' as const),
      name: fc.constantFrom('x', 'y'),
      code: fc.constantFrom(0, 1, undefined),
      leaves: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(told, { maxLength: 30 }), (steps) => {
        const table = new SourceTable();
        const last = new Map<string, SourceMessage>();
        for (const { id, state, kind, name, code, leaves } of steps) {
          const message = source(id, state, { kind, name, ...(code === undefined ? {} : { exit: { code } }) });
          table.set(message);
          last.set(id, message);
          if (leaves) {
            table.delete(id);
            last.delete(id);
          }
          const expected = endByLooking([...last.values()]);
          const end: StreamEnd | undefined = table.end;
          assert.equal(end === undefined, expected === undefined);
          assert.equal(end?.name, expected?.name);
          assert.ok(end?.exit ? expected?.exits.includes(end.exit) : !expected?.exits.length);
          const commands = [...last.values()].filter((each) => each.kind === 'command');
          const ended = commands.length > 0 && commands.every((each) => each.state === 'ended');
          assert.equal(table.endedCommand !== undefined, ended);
        }
        table.clear();
        assert.equal(table.end, undefined);
        assert.equal(table.endedCommand, undefined);
      }),
    );
  });

  it('asks for attention unless it is as it should be', () => {
    const tones = [undefined, { code: 0 }, { code: 3 }, { signal: 'SIGTERM' }, { failure: 'No.' }].map((exit) =>
      endTone(exit ? { exit } : {}),
    );
    assert.deepEqual(tones, ['ended', 'ended', 'warning', 'warning', 'warning']);
  });

  it('is put into words', () => {
    const say = (exit?: SourceExit, name = 'npm test') => {
      const end = exit ? { name, exit } : { name };
      return [clientTexts.ended.words(end), clientTexts.ended.sentence(end)];
    };
    assert.deepEqual(say({ code: 3 }), ['Ended, exit code 3', '“npm test” ended with exit code 3; its lines stay.']);
    assert.deepEqual(say({ signal: 'SIGKILL' }), [
      'Ended by SIGKILL',
      '“npm test” was ended by SIGKILL; its lines stay.',
    ]);
    assert.deepEqual(say({ failure: 'It is not there.' }), ['Could not be started', 'It is not there.']);
    assert.deepEqual(say(), ['Ended', '“npm test” has ended; its lines stay.']);
    assert.equal(clientTexts.ended.sentence({}), 'Everything of this stream has ended; its lines stay.');
    assert.ok(clientTexts.ended.sentence({ name: 'x'.repeat(500) }).length < 100);
  });
});

describe('a command that can be run again', () => {
  it('is one both of whose outputs have ended, whatever lives beside it', () => {
    const demo = source('demo', 'live', { kind: 'demo' });
    assert.equal(endedCommand([demo, ...command({ code: 0 })]), 'stdout');
    assert.equal(endedCommand([source('stdout', 'ended'), source('stderr', 'live')]), undefined);
    assert.equal(endedCommand([demo]), undefined);
  });
});
