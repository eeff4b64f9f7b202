import assert from 'node:assert/strict';
import type { ServerAnswer } from '../../../../src/protocol/serverChannel';
import { answerEditor, type EditorRequests } from '../../../../src/server/cli/editorChannel';

async function answersTo(messages: readonly unknown[], requests: Partial<EditorRequests>): Promise<ServerAnswer[]> {
  const answers: ServerAnswer[] = [];
  let hear: (message: unknown) => void = () => undefined;
  answerEditor(
    {
      on(_event, listener) {
        hear = listener;
      },
      send: (answer) => answers.push(answer),
    },
    { openPort: () => Promise.reject(new Error('not expected')), issueTicket: () => 'ticket', ...requests },
  );
  for (const message of messages) {
    hear(message);
  }
  await new Promise((resolve) => setImmediate(resolve));
  return answers;
}

describe('a server that an editor started', () => {
  it('opens the port it is asked for and says where', async () => {
    const address = (port: number) => `http://127.0.0.1:${port}`;
    const answers = await answersTo([{ type: 'openPort', id: 7, port: 8123 }], {
      openPort: async (port) => address(port),
    });
    assert.deepEqual(answers, [{ type: 'portOpen', id: 7, address: 'http://127.0.0.1:8123' }]);
  });

  it('gives a ticket, and learns where the page will be', async () => {
    const origins: (string | null)[] = [];
    const answers = await answersTo(
      [
        { type: 'issueTicket', id: 1, origin: null },
        { type: 'issueTicket', id: 2, origin: 'https://a.example' },
      ],
      {
        issueTicket(origin) {
          origins.push(origin);
          return `ticket-${origins.length}`;
        },
      },
    );
    assert.deepEqual(answers, [
      { type: 'ticket', id: 1, ticket: 'ticket-1' },
      { type: 'ticket', id: 2, ticket: 'ticket-2' },
    ]);
    assert.deepEqual(origins, [null, 'https://a.example']);
  });

  it('says in a sentence what it could not do', async () => {
    const answers = await answersTo([{ type: 'openPort', id: 1, port: 80 }], {
      openPort: () => Promise.reject(new Error('Port 80 may not be opened.')),
    });
    assert.deepEqual(answers, [{ type: 'failed', id: 1, reason: 'Port 80 may not be opened.' }]);
  });

  it('ignores what is no request', async () => {
    assert.deepEqual(await answersTo([null, 'openPort', {}, { type: 'stop', id: 1 }], {}), []);
  });
});
