import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { ClientMessage, ServerMessage } from '../../../src/protocol/messages';
import { parseClientMessage, parseServerMessage } from '../../../src/protocol/parse';

const clientMessages: readonly ClientMessage[] = [
  { type: 'hello', version: 1, clientId: 'c', heartbeatMs: 9000, lines: 'all' },
  {
    type: 'hello',
    version: 1,
    clientId: 'c',
    heartbeatMs: 9000,
    lines: 10,
    sources: ['a'],
    resume: [{ source: 'a', epoch: 'e', nextSeq: -4, cursor: null }],
    token: 't',
    takeoverKey: 'k',
  },
  { type: 'ping', id: 1 },
  { type: 'hello', version: 1, clientId: 'c', heartbeatMs: 1, lines: 0, resumeParts: 2 },
  { type: 'resume', positions: [{ source: 'a', epoch: 'e', nextSeq: 1, cursor: null }] },
  { type: 'pong', id: 1 },
  { type: 'subscribe', sources: [] },
  { type: 'history', source: 'a', beforeSeq: 0, cursor: 'x', lines: 5 },
  { type: 'run', source: 'a' },
];
const serverMessages: readonly ServerMessage[] = [
  {
    type: 'welcome',
    version: 1,
    clientId: 'c',
    pingMs: 9000,
    receiveTimeoutMs: 70_000,
    heartbeatTimeoutMs: 180_000,
    reconnectWindowMs: 0,
  },
  {
    type: 'welcome',
    version: 1,
    clientId: 'c',
    pingMs: 9000,
    receiveTimeoutMs: 70_000,
    heartbeatTimeoutMs: 180_000,
    reconnectWindowMs: 0,
    features: ['run', 'later'],
    takeoverKey: 'k',
  },
  { type: 'source', source: 'a', name: 'A', kind: 'file', state: 'live', epoch: 'e' },
  { type: 'source', source: 'a', name: 'A', kind: 'command', state: 'live', epoch: 'e', command: 'a b' },
  { type: 'source', source: 'a', name: 'A', kind: 'command', state: 'ended', epoch: 'e', exit: { code: -1 } },
  { type: 'source', source: 'a', name: 'A', kind: 'command', state: 'ended', epoch: 'e', exit: { signal: 'SIGKILL' } },
  { type: 'source', source: 'a', name: 'A', kind: 'command', state: 'ended', epoch: 'e', exit: { failure: 'No.' } },
  { type: 'mark', source: 'a', epoch: 'e', nextSeq: 5, cursor: null, reconnectWindowMs: 5 },
  { type: 'gap', source: 'a', epoch: 'e', from: 1, to: 1, count: null, reason: 'r' },
  { type: 'event', source: 'a', kind: 'whatever comes later', text: '' },
  { type: 'event', source: 'a', kind: 'exited', text: 't', id: 'x' },
  { type: 'ping', id: 0 },
  { type: 'pong', id: 0 },
  { type: 'goaway', reason: 'r', reconnectWindowMs: 0 },
  { type: 'error', code: 'c', message: 'm' },
];

for (const [end, messages, parse] of [
  ['a client', clientMessages, parseClientMessage],
  ['a server', serverMessages, parseServerMessage],
] as const) {
  describe(`a control message of ${end}`, () => {
    it('comes out as it went in, each kind of them', () => {
      for (const message of messages) {
        assert.deepEqual(parse(JSON.stringify(message)), { kind: 'message', message });
      }
    });

    it('may have more fields than are known; they are dropped', () => {
      for (const message of messages) {
        const result = parse(JSON.stringify({ ...message, later: { version: 2 } }));
        assert.deepEqual(result, { kind: 'message', message });
      }
    });

    it('with a key longer than any that is handed out is malformed', () => {
      const [first] = messages;
      for (const [length, kind] of [
        [0, 'malformed'],
        [128, 'message'],
        [129, 'malformed'],
      ] as const) {
        assert.equal(parse(JSON.stringify({ ...first, takeoverKey: 'k'.repeat(length) })).kind, kind, `${length}`);
      }
    });

    it('of an unknown type is neither taken nor malformed', () => {
      assert.equal(parse('{"type":"tomorrow"}').kind, 'unknown');
    });

    it('with a field missing or of another kind is malformed, and the reason names it', () => {
      for (const message of messages) {
        for (const field of Object.keys(message).filter((name) => name !== 'type')) {
          const mayLack = [
            'sources',
            'resume',
            'token',
            'takeoverKey',
            'cursor',
            'features',
            'command',
            'exit',
            'resumeParts',
          ];
          const may = mayLack.includes(field);
          const optional = (may && message.type !== 'subscribe') || (field === 'id' && message.type === 'event');
          const { [field as keyof typeof message]: _, ...without } = message;
          const missing = parse(JSON.stringify(without));
          // A gap whose count is missing is one of unknown size.
          if (!optional && !(message.type === 'gap' && field === 'count')) {
            assert.ok(
              missing.kind === 'malformed' && missing.reason.includes(field),
              `${message.type} without ${field}`,
            );
          }
          const wrong = parse(JSON.stringify({ ...message, [field]: field === 'exit' ? 3 : { not: 'that' } }));
          assert.ok(
            wrong.kind === 'malformed' && wrong.reason.includes(field),
            `${message.type} with a wrong ${field}`,
          );
        }
      }
    });

    it('of arbitrary text or JSON never throws', () => {
      const parsed = fc.oneof(
        fc.string(),
        fc.json(),
        fc
          .record({ type: fc.constantFrom(...messages.map(({ type }) => type)) }, { requiredKeys: ['type'] })
          .chain((base) =>
            fc
              .dictionary(
                fc.constantFrom('source', 'epoch', 'id', 'lines', 'version', 'resume', 'sources'),
                fc.jsonValue(),
              )
              .map((rest) => JSON.stringify({ ...rest, ...base })),
          ),
      );
      fc.assert(
        fc.property(parsed, (text) => {
          assert.ok(['message', 'unknown', 'malformed'].includes(parse(text).kind));
        }),
        { numRuns: 1000 },
      );
    });
  });
}

describe('how a source has ended', () => {
  const ended = { type: 'source', source: 'a', name: 'A', kind: 'command', state: 'ended', epoch: 'e' };

  it('may be said in a form that is not known; it is dropped then', () => {
    const parsed = parseServerMessage(JSON.stringify({ ...ended, exit: { oom: true } }));
    assert.deepEqual(parsed, { kind: 'message', message: ended });
  });

  it('is malformed in a form that is known but wrong', () => {
    for (const exit of [{ code: 1.5 }, { signal: 9 }, { failure: {} }, 'x', null]) {
      assert.equal(parseServerMessage(JSON.stringify({ ...ended, exit })).kind, 'malformed', JSON.stringify(exit));
    }
  });
});
