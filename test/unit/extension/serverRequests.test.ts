import assert from 'node:assert/strict';
import { ServerRequests } from '../../../src/extension/serverRequests';
import type { ServerRequest } from '../../../src/protocol/serverChannel';
import { FakeClock } from '../../support/fakeClock';

function setUp() {
  const clock = new FakeClock();
  const sent: ServerRequest[] = [];
  const requests = new ServerRequests((request) => sent.push(request), clock);
  return { clock, sent, requests };
}

describe('what is asked of a server', () => {
  it('is answered each by its own answer, in whatever order they come', async () => {
    const { sent, requests } = setUp();
    const port = requests.openPort(8123);
    const ticket = requests.issueTicket('https://a.example');
    assert.deepEqual(sent, [
      { type: 'openPort', id: 1, port: 8123 },
      { type: 'issueTicket', id: 2, origin: 'https://a.example' },
    ]);
    requests.receive({ type: 'ticket', id: 2, ticket: 'abc' });
    requests.receive({ type: 'portOpen', id: 1, address: 'http://127.0.0.1:8123' });
    assert.equal(await port, 'http://127.0.0.1:8123');
    assert.equal(await ticket, 'abc');
  });

  it('fails in the words of the server', async () => {
    const { requests } = setUp();
    const port = requests.openPort(80);
    requests.receive({ type: 'failed', id: 1, reason: 'Port 80 may not be opened.' });
    await assert.rejects(port, { message: 'Port 80 may not be opened.' });
  });

  it('fails when nothing comes in ten seconds, and what comes then is ignored', async () => {
    const { clock, requests } = setUp();
    const ticket = requests.issueTicket(null);
    requests.receive('nonsense');
    requests.receive({ type: 'ticket', id: 7, ticket: 'of another' });
    clock.advance(10_000);
    await assert.rejects(ticket, /did not answer within 10 seconds/);
    requests.receive({ type: 'ticket', id: 1, ticket: 'late' });
  });

  it('fails when the server answers something else', async () => {
    const { requests } = setUp();
    const ticket = requests.issueTicket(null);
    requests.receive({ type: 'portOpen', id: 1, address: 'http://127.0.0.1:1' });
    await assert.rejects(ticket, /answered something else/);
  });

  it('fails at once when the server ends, or has ended', async () => {
    const { clock, sent, requests } = setUp();
    const port = requests.openPort(0);
    requests.end();
    await assert.rejects(port, /has ended/);
    await assert.rejects(requests.issueTicket(null), /has ended/);
    assert.equal(sent.length, 1);
    clock.advance(60_000);
  });
});
