import assert from 'node:assert/strict';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { ServerProcess } from '../../support/serverProcess';
import { StreamClient } from '../../support/streamClient';
import { createTemporaryDirectory, type TemporaryDirectory } from '../../support/temporaryDirectory';
import { upgradeStatus } from '../../support/upgradeStatus';

interface Answer {
  readonly status: number;
  readonly body: string;
  readonly policy: string;
}

const token = 'sesame';

describe('a page that the editor opens', function () {
  this.timeout(30_000);
  let folder: TemporaryDirectory;
  let file: string;
  let server: ServerProcess;
  let page: string;
  let ids = 0;

  const startHidden = async (): Promise<void> => {
    const socket = process.platform === 'win32' ? `\\\\.\\pipe\\tickets-${process.pid}` : join(folder.path, 's');
    server = await ServerProcess.start(['--socket', socket, file], {
      channel: true,
      environment: { LOG_STREAM_TOKEN: token },
    });
  };
  const openPort = async (port = 0) =>
    (await server.ask({ type: 'openPort', id: ++ids, port })) as { type: string; address: string; reason: string };
  const ticketFor = async (origin: string | null = null): Promise<string> => {
    const answer = await server.ask({ type: 'issueTicket', id: ++ids, origin });
    return (answer as { ticket: string }).ticket;
  };
  const send = (method: string, path: string, body: string, headers: Record<string, string> = {}): Promise<Answer> =>
    new Promise((resolve, reject) => {
      const sent = request(new URL(path, page), { method, headers }, (response) => {
        const policy = String(response.headers['content-security-policy']);
        let text = '';
        response.on('data', (chunk: Buffer) => {
          text += chunk.toString('utf8');
        });
        response.on('end', () => resolve({ status: response.statusCode ?? 0, body: text, policy }));
      });
      sent.on('error', reject);
      sent.end(body);
    });
  const exchange = (ticket: string, headers: Record<string, string> = {}) =>
    send('POST', '/session', JSON.stringify({ ticket }), headers);
  const pageToken = async (origin: string | null = null, headers: Record<string, string> = {}): Promise<string> =>
    (JSON.parse((await exchange(await ticketFor(origin), headers)).body) as { token: string }).token;
  const upgrade = (headers: Record<string, string>) => upgradeStatus(`${page.replace('http', 'ws')}/ws`, headers);

  before(async () => {
    folder = await createTemporaryDirectory('tickets');
    file = join(folder.path, 'app.log');
    writeFileSync(file, 'secret line\n');
  });
  after(() => folder.remove());
  beforeEach(async () => {
    await startHidden();
    page = (await openPort()).address;
  });
  afterEach(() => server.stop());

  it('finds one port, however often it is asked for', async () => {
    assert.match(page, /^http:\/\/127\.0\.0\.1:\d+$/);
    assert.equal((await openPort()).address, page);
    assert.equal((await send('GET', '/', '')).status, 200);
  });

  it('reads the log with the token that it gets for its ticket, in hello as in a header', async () => {
    const got = await pageToken(null, { Origin: page });
    assert.notEqual(got, token);
    const client = await StreamClient.connect(`${page.replace('http', 'ws')}/ws`, { token: got });
    await client.until('the line', () => client.text() === 'secret line\n');
    await client.close();
    assert.equal(await upgrade({ Authorization: `Bearer ${got}` }), 101);
  });

  it('gets nothing for a ticket that was used, or that nobody gave out', async () => {
    const ticket = await ticketFor();
    assert.equal((await exchange(ticket)).status, 200);
    for (const wrong of [ticket, 'made-up', token]) {
      const answer = await exchange(wrong);
      assert.equal(answer.status, 403);
      assert.equal(answer.body, 'This ticket was used already, or is too old.\n');
    }
    assert.equal(await upgrade({ Authorization: `Bearer ${ticket}` }), 401);
  });

  it('is slowed down when it tries, and so is nobody with a right ticket', async () => {
    const ticket = await ticketFor();
    const statuses = new Set<number>();
    for (let count = 0; count < 20; count++) {
      statuses.add((await exchange('made-up')).status);
    }
    assert.deepEqual([...statuses], [403, 429]);
    assert.equal((await exchange(ticket)).status, 200);
  });

  it('has its ticket taken by no page of another origin', async () => {
    const ticket = await ticketFor();
    for (const origin of ['http://evil.example', 'null', 'http://127.0.0.1:1']) {
      assert.equal((await exchange(ticket, { Origin: origin })).status, 403, origin);
    }
    assert.equal((await exchange(ticket, { Host: 'evil.example' })).status, 403);
    assert.equal((await exchange(ticket, { Origin: page })).status, 200, 'it was not spent by those');
  });

  it('is told what is wrong with what it sends', async () => {
    assert.equal((await send('GET', '/session', '')).status, 405);
    assert.equal((await send('POST', '/session', 'x')).status, 400);
    assert.equal((await send('POST', '/session', '{"ticket":1}')).status, 400);
    assert.equal((await send('POST', '/session', 'x'.repeat(2000))).status, 413);
    assert.equal((await send('GET', '/healthz', '')).status, 200);
  });

  it('may come through the one tunnel that the editor names, under the name of that', async () => {
    const origin = 'https://name-8000.tunnel.example';
    const through = { Host: 'name-8000.tunnel.example', Origin: origin };
    assert.equal((await send('GET', '/', '', through)).status, 403);
    const got = await pageToken(origin, through);
    const shown = await send('GET', '/', '', { Host: through.Host });
    assert.equal(shown.status, 200);
    // A tunnel may put the name of its own end into the request.
    assert.match((await send('GET', '/', '')).policy, /connect-src [^;]*wss:\/\/name-8000\.tunnel\.example/);
    const authorization = { Authorization: `Bearer ${got}` };
    assert.equal(await upgrade({ ...authorization, ...through }), 101);
    assert.equal(await upgrade({ ...authorization, Origin: origin }), 101);
    for (const wrong of [
      { Host: 'other.tunnel.example' },
      { Host: 'other.tunnel.example', Origin: 'https://other.tunnel.example' },
      { Host: through.Host, Origin: 'http://name-8000.tunnel.example' },
      { Host: through.Host, Origin: 'https://evil.example' },
      { Origin: 'https://evil.example' },
    ]) {
      assert.equal(await upgrade({ ...authorization, ...wrong }), 403, JSON.stringify(wrong));
    }
  });

  it('comes through the newest tunnel only', async () => {
    await ticketFor('https://first.example');
    await ticketFor('https://second.example');
    const get = async (host: string) => (await send('GET', '/', '', { Host: host })).status;
    assert.deepEqual([await get('first.example'), await get('second.example')], [403, 200]);
    await ticketFor();
    assert.equal(await get('second.example'), 403);
  });

  it('is told by a sentence that a port cannot be had, and may be opened on another', async () => {
    await server.stop();
    await startHidden();
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const { port } = taken.address() as { port: number };
    const failed = await openPort(port);
    taken.close();
    assert.equal(failed.type, 'failed');
    assert.match(failed.reason, new RegExp(`Port ${port} on 127\\.0\\.0\\.1 is already in use`));
    assert.equal((await openPort()).type, 'portOpen');
  });

  it('is opened on the port that the server listens on already', async () => {
    await server.stop();
    server = await ServerProcess.start([file], { channel: true, environment: { LOG_STREAM_TOKEN: token } });
    assert.equal((await openPort()).address, server.pageUrl);
  });

  it('is not opened by a server without a token, where anyone could read along', async () => {
    await server.stop();
    const { LOG_STREAM_TOKEN: _, ...environment } = process.env;
    server = await ServerProcess.start([file], { channel: true, environment });
    const answer = await openPort();
    assert.equal(answer.type, 'failed');
    assert.match(answer.reason, /A server without a token opens no port for a page/);
  });
});
