import assert from 'node:assert/strict';
import type { PortHolder } from '../../../../src/server/cli/portHolder';
import { settleTakenPort } from '../../../../src/server/cli/takenPort';

const ours: PortHolder = { kind: 'logServer', version: '0.1.0', url: 'http://127.0.0.1:8000' };

function settle(holder: PortHolder, next: number | undefined, answer?: string) {
  const said: string[] = [];
  const settled = settleTakenPort('127.0.0.1', 8000, {
    findHolder: async () => holder,
    nextFree: async () => next,
    ...(answer === undefined
      ? {}
      : {
          ask: async (sentence: string, question: string) => {
            said.push(sentence, question);
            return answer;
          },
        }),
  });
  return settled.then((outcome) => ({ outcome, said }));
}

describe('a port that is taken', () => {
  it('is told in one sentence where nobody can answer, with the port to use instead', async () => {
    const { outcome } = await settle(ours, 8003);
    assert.deepEqual(outcome, {
      kind: 'refused',
      sentence:
        'Port 8000 on 127.0.0.1 is already in use by another log server (version 0.1.0, http://127.0.0.1:8000); choose another one with --port, such as --port 8003.',
    });
  });

  it('names the program, as far as it is known', async () => {
    const named = await settle({ kind: 'process', name: 'nginx', processId: 7 }, 8001);
    assert.match(JSON.stringify(named.outcome), /already in use by nginx \(process 7\); choose/);
    const unknown = await settle({ kind: 'unknown' }, 8001);
    assert.match(JSON.stringify(unknown.outcome), /already in use; choose/);
    const old = await settle({ kind: 'logServer', version: '', url: 'http://127.0.0.1:8000' }, 8001);
    assert.match(JSON.stringify(old.outcome), /by another log server \(http:\/\/127\.0\.0\.1:8000\); choose/);
  });

  it('says what to do where no port near is free', async () => {
    const { outcome, said } = await settle({ kind: 'unknown' }, undefined, 'y');
    assert.match(JSON.stringify(outcome), /choose another one with --port, or 0 for any free one\./);
    assert.deepEqual(said, [], 'there is nothing to ask');
  });

  for (const answer of ['', 'y', 'Y', ' yes ']) {
    it(`is replaced by the one that is offered when a person answers ${JSON.stringify(answer)}`, async () => {
      const { outcome, said } = await settle(ours, 8001, answer);
      assert.deepEqual(outcome, { kind: 'use', port: 8001 });
      assert.match(said[0] ?? '', /^Port 8000 .* by another log server .*\)\.$/);
      assert.equal(said[1], 'Use port 8001 instead? [Y/n] ');
    });
  }

  for (const answer of ['n', 'no', 'maybe']) {
    it(`starts nothing when a person answers "${answer}"`, async () => {
      const { outcome } = await settle(ours, 8001, answer);
      assert.deepEqual(outcome, { kind: 'refused', sentence: 'Not started.' });
    });
  }
});
