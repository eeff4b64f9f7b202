import assert from 'node:assert/strict';
import { appendFileSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, request } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import type { ServerProcess } from '../support/serverProcess';
import { LogPages } from './logPages';
import type { ViewerPage } from './viewerPage';

const again = /run “Open Log Stream in Browser” in VS Code again\.$/;

describe('a page that was opened with a ticket', function () {
  this.timeout(60_000);
  const pages = new LogPages();
  let file: string;
  let server: ServerProcess;
  before(() => pages.start());
  after(() => pages.stop());
  beforeEach(async () => {
    file = pages.newFile();
    writeFileSync(file, 'one\n');
    server = await start();
  });
  afterEach(() => pages.closeAll());

  const start = (...args: string[]): Promise<ServerProcess> =>
    pages.serveWith({ channel: true, environment: { LOG_STREAM_TOKEN: 'sesame' } }, ...args, file);
  const ticket = async (origin: string | null = null): Promise<string> =>
    ((await server.ask({ type: 'issueTicket', id: 1, origin })) as { ticket: string }).ticket;
  const open = (shown: string, page = `${server.pageUrl}/`): Promise<ViewerPage> =>
    pages.openAddress(`${page}#ticket=${shown}`);
  const addressBar = (viewer: ViewerPage): Promise<string> => viewer.page.evaluate(() => window.location.href);

  it('shows the log, and the ticket stands in the address no longer', async () => {
    const shown = await ticket();
    const viewer = await open(shown);
    await viewer.untilLines('the line', (lines) => lines[0] === 'one');
    assert.equal(await addressBar(viewer), `${server.pageUrl}/`);
    assert.equal(await viewer.page.evaluate(() => window.history.length), 2, 'a page before, and this one');
    const stored = await viewer.page.evaluate(() => JSON.stringify({ ...sessionStorage, ...localStorage }));
    assert.ok(!stored.includes(shown) && !stored.includes('sesame'), stored);
    assert.deepEqual(viewer.problems, []);
  });

  it('reads on after a reload and with a new connection', async () => {
    const viewer = await open(await ticket());
    await viewer.untilLines('the line', (lines) => lines.length === 1);
    await viewer.page.reload();
    await viewer.untilLines('the line again', (lines) => lines.length === 1);
    await viewer.page.getByRole('button', { name: 'Disconnect' }).click();
    await viewer.page.getByRole('button', { name: 'Connect', exact: true }).first().click();
    appendFileSync(file, 'two\n');
    await viewer.untilLines('the next line', (lines) => lines.join() === 'one,two');
  });

  it('says in a sentence that its link was used already', async () => {
    const shown = await ticket();
    await (await open(shown)).untilLines('the line', (lines) => lines.length === 1);
    const second = await open(shown);
    await second.untilText('#ticket-sentence', /^This link was used already, or is too old: run/);
    await second.untilText('#ticket-sentence', again);
    assert.equal(await addressBar(second), `${server.pageUrl}/`);
    assert.deepEqual(await second.lines(), []);
    await second.page.keyboard.press('Enter');
    assert.equal(await second.page.locator('dialog').count(), 0);
  });

  it('is let in where it was before, though the same link is opened again', async () => {
    const shown = await ticket();
    const viewer = await open(shown);
    await viewer.untilLines('the line', (lines) => lines.length === 1);
    await viewer.page.goto(`${server.pageUrl}/#ticket=${shown}`);
    await viewer.page.reload();
    await viewer.untilLines('the line again', (lines) => lines.length === 1);
    assert.equal(await viewer.page.locator('dialog').count(), 0);
  });

  it('takes a link that is opened in its own tab, where nothing is loaded anew', async () => {
    const viewer = await open('made-up');
    await viewer.untilText('#ticket-sentence', again);
    await viewer.page.keyboard.press('Escape');
    await viewer.page.goto(`${server.pageUrl}/#ticket=${await ticket()}`);
    await viewer.untilLines('the line', (lines) => lines.length === 1);
    assert.equal(await addressBar(viewer), `${server.pageUrl}/`);
  });

  it('says that it has to be opened again after the server was started anew', async () => {
    const viewer = await open(await ticket());
    await viewer.untilLines('the line', (lines) => lines.length === 1);
    const { port } = server;
    await server.kill();
    server = await start('--port', String(port));
    await viewer.untilText(
      '#ticket-sentence',
      /^The log server was started anew since this page was opened: run/,
      20_000,
    );
    await viewer.untilText('#ticket-sentence', again);
    assert.equal(await viewer.page.locator('#token').count(), 0, 'nobody knows a token to type');
  });

  it('says that the server did not answer where it is gone by then', async () => {
    const viewer = await pages.openAddress(`${server.pageUrl}/`);
    await viewer.page.locator('#token').waitFor();
    await viewer.page.keyboard.press('Escape');
    await server.kill();
    await viewer.page.goto(`${server.pageUrl}/#ticket=late`);
    await viewer.untilText('#ticket-sentence', /^The log server did not answer: run/);
  });

  it('works through a tunnel that puts it under another name and a path', async () => {
    const tunnel = await startTunnel(server.port);
    try {
      const origin = `http://tunnel.test:${tunnel.port}`;
      const viewer = await pages.openAddress(`${origin}/proxy/8000/#ticket=${await ticket(origin)}`);
      await viewer.untilLines('the line', (lines) => lines.length === 1);
      appendFileSync(file, 'two\n');
      await viewer.untilLines('the next line', (lines) => lines.join() === 'one,two');
      assert.equal(await addressBar(viewer), `${origin}/proxy/8000/`);
      // Chromium tells that it heeds one of our headers only over TLS, which a tunnel has.
      assert.deepEqual(
        viewer.problems.filter((problem) => !problem.includes('Cross-Origin-Opener-Policy')),
        [],
      );
    } finally {
      tunnel.close();
    }
  });
});

/** Forwards what comes under /proxy/8000, headers as they are, as the web versions of VS Code do. */
async function startTunnel(port: number): Promise<{ readonly port: number; close(): void }> {
  const strip = (url: string | undefined) => (url ?? '').replace(/^\/proxy\/8000/, '');
  const sockets = new Set<Socket>();
  const server = createServer((incoming, outgoing) => {
    const { method, headers } = incoming;
    const path = strip(incoming.url);
    const forwarded = request({ host: '127.0.0.1', port, path, method, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 0, answer.headers);
      answer.pipe(outgoing);
    });
    incoming.pipe(forwarded);
  });
  server.on('connection', (socket) => sockets.add(socket));
  server.on('upgrade', (incoming: IncomingMessage, socket: Socket) => {
    const onward = connect(port, '127.0.0.1');
    sockets.add(onward);
    const headers = incoming.rawHeaders.map((text, at) => (at % 2 === 0 ? `${text}: ` : `${text}\r\n`)).join('');
    onward.write(`GET ${strip(incoming.url)} HTTP/1.1\r\n${headers}\r\n`);
    socket.pipe(onward).pipe(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    close() {
      server.close();
      for (const socket of sockets) {
        socket.destroy();
      }
    },
  };
}
