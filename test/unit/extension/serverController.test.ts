import assert from 'node:assert/strict';
import type { ServerSources } from '../../../src/extension/serverSources';
import type { HelloMessage } from '../../../src/protocol/messages';
import { ExtensionRun } from '../../support/extensionRun';
import { FakeMemento } from '../../support/fakeMemento';

const files: ServerSources = { kind: 'files', paths: ['/var/log/app.log'] };
const command: ServerSources = { kind: 'command', line: 'npm start' };
const file = { scheme: 'file', fsPath: '/var/log/app.log' };

describe('the log server of a window, as a person deals with it', () => {
  let run: ExtensionRun;

  afterEach(() => run.extension.dispose());

  async function openFile(): Promise<void> {
    await run.extension.handlers['logStream.openAsLiveLog'](file, undefined);
    await run.pass(1000);
  }

  /** A window that opens again with a server that ran for these sources when it closed. */
  async function restored(sources: ServerSources) {
    const workspaceState = new FakeMemento();
    await workspaceState.update('logStream.session', {
      target: { name: 'a', url: '', format: 'logstream', origin: 'server' },
      server: { sources },
    });
    run = new ExtensionRun({ workspaceState });
    await run.extension.restore();
    await run.pass(1000);
  }

  it('starts for a file of the Explorer, is connected to and shown', async () => {
    run = new ExtensionRun();
    await openFile();
    assert.deepEqual(run.servers.last.sources, files);
    assert.equal(run.extension.api.server?.url, run.servers.last.url);
    assert.deepEqual([run.state, run.extension.api.openStream?.name], ['live', 'app.log']);
    assert.equal(run.vsCode.panels.length, 1);
    assert.equal(run.vsCode.contexts.get('logStream.serverRunning'), true);
    assert.deepEqual(run.messages, []);
  });

  it('takes the port of the setting', async () => {
    run = new ExtensionRun({ settings: { 'logStream.server.port': 4321 } });
    await openFile();
    assert.deepEqual(run.servers.ports, [4321]);
    assert.equal(run.extension.api.openStream?.address, 'ws://127.0.0.1:4321/ws');
    assert.equal(run.network.socket.request.token, 'token-1');
  });

  it('is dialled with its token, and neither that nor its place is shown or stored', async () => {
    run = new ExtensionRun();
    await openFile();
    const { url, token } = run.network.socket.request;
    assert.deepEqual([url, token], ['ws+unix:/tmp/live-log-stream-1/s:/ws', 'token-1']);
    assert.equal(run.extension.api.openStream?.address, 'the log server of this window');
    assert.deepEqual(run.workspaceState.get('logStream.session'), {
      target: { name: 'app.log', url: '', format: 'logstream', origin: 'server' },
      server: { sources: files },
    });
  });

  it('says once why it did not start, opens nothing, and starts again from the message', async () => {
    run = new ExtensionRun();
    run.servers.failure = 'No such file.';
    await openFile();
    assert.deepEqual(run.messages, ['error: The log server did not start: No such file.']);
    assert.deepEqual([run.state, run.vsCode.panels.length, run.extension.api.server], [undefined, 0, undefined]);
    await run.vsCode.messages[0]?.press('Start Again');
    await run.pass(1000);
    assert.deepEqual([run.state, run.vsCode.panels.length], ['live', 1]);
    assert.equal(run.messages.length, 1);
  });

  it('that died is told once, and the stream goes on from the one that takes its place', async () => {
    run = new ExtensionRun();
    await openFile();
    const { url } = run.servers.last;
    const stream = run.extension.api.openStream;
    run.network.socket.lines(['one'], { seq: 10, cursor: 'c10' });
    await run.pass(1000);
    run.network.behaviour.dial = { kind: 'network', detail: 'refused' };
    run.network.socket.serverClose(1006);
    run.servers.last.ended.fire('Out of memory.');
    await run.pass(60_000);
    assert.deepEqual(run.messages, ['error: The log server for app.log ended: Out of memory.']);
    assert.equal(run.vsCode.contexts.get('logStream.serverRunning'), false);
    run.network.behaviour.dial = 'open';
    await run.vsCode.messages[0]?.press('Start Again');
    await run.pass(10_000);
    assert.deepEqual(run.servers.ports, [0, 0]);
    assert.notEqual(run.servers.last.url, url);
    assert.equal(run.network.socket.request.url, run.servers.last.url);
    assert.equal(run.network.socket.request.token, 'token-2');
    const [hello] = run.network.socket.messages('hello') as HelloMessage[];
    assert.deepEqual(
      hello?.resume?.map(({ nextSeq, cursor }) => [nextSeq, cursor]),
      [[11, 'c10']],
    );
    assert.equal(run.extension.api.openStream?.address, stream?.address);
    assert.equal(run.extension.api.openStream?.linesReceived, 1);
    assert.equal(run.state, 'live');
  });

  it('that died says when the port of the setting is taken meanwhile, and comes back once it is free', async () => {
    run = new ExtensionRun({ settings: { 'logStream.server.port': 4321 } });
    await openFile();
    run.servers.last.ended.fire('Out of memory.');
    run.servers.taken.add(4321);
    await run.vsCode.messages[0]?.press('Start Again');
    await run.pass(10_000);
    assert.equal(run.messages.at(-1), 'error: The log server did not start: Port 4321 is taken.');
    run.servers.taken.clear();
    await run.vsCode.messages.at(-1)?.press('Start Again');
    await run.pass(10_000);
    assert.equal(run.state, 'live');
    assert.equal(run.network.socket.request.token, 'token-2');
  });

  it('is stopped together with its stream, which does not wait for it', async () => {
    run = new ExtensionRun();
    await openFile();
    await run.extension.handlers['logStream.stopServer']();
    await run.pass(60_000);
    assert.equal(run.servers.last.stopped, true);
    assert.deepEqual([run.state, run.network.dials], ['closed', 1]);
    assert.deepEqual(run.messages, []);
    assert.deepEqual(run.workspaceState.get('logStream.session'), {});
    await run.extension.handlers['logStream.stopServer']();
    assert.match(run.messages[0] ?? '', /^information: No log server is running/);
  });

  it('is stopped without ending a stream from elsewhere', async () => {
    run = new ExtensionRun();
    await openFile();
    await run.connect();
    await run.extension.handlers['logStream.stopServer']();
    await run.pass(1000);
    assert.equal(run.state, 'live');
  });

  it('gives way to the next one', async () => {
    run = new ExtensionRun();
    await openFile();
    const [first] = run.servers.started;
    await run.extension.handlers['logStream.openAsLiveLog'](undefined, [{ scheme: 'file', fsPath: '/b.log' }]);
    await run.pass(1000);
    assert.equal(first?.stopped, true);
    assert.deepEqual([run.state, run.extension.api.openStream?.name], ['live', 'b.log']);
  });

  it('follows files again when the window comes back, without asking', async () => {
    await restored(files);
    assert.deepEqual(run.servers.ports, [0]);
    assert.deepEqual([run.state, run.messages], ['live', []]);
    assert.equal(run.vsCode.panels.length, 0, 'a panel comes back only where there was one');
  });

  it('runs a command again only when the person says so', async () => {
    await restored(command);
    assert.deepEqual([run.servers.started.length, run.state], [0, undefined]);
    assert.match(run.messages[0] ?? '', /^information: The command “npm start” was being followed/);
    await run.vsCode.messages[0]?.press('Start Again');
    await run.pass(1000);
    assert.deepEqual(run.servers.last.sources, command);
    assert.equal(run.state, 'live');
  });

  it('does not run a command when the offer is closed', async () => {
    await restored(command);
    await run.vsCode.messages[0]?.press();
    await run.pass(1000);
    assert.equal(run.servers.started.length, 0);
  });

  it('opens its page in the browser, by a tunnel and a ticket', async () => {
    run = new ExtensionRun();
    await openFile();
    run.vsCode.externalAddress = 'https://name-4000.tunnel.example/';
    await run.extension.handlers['logStream.openInBrowser']();
    assert.deepEqual(run.servers.last.origins, ['https://name-4000.tunnel.example']);
    assert.deepEqual(run.vsCode.openedAddresses, ['https://name-4000.tunnel.example/#ticket=ticket-1']);
    assert.deepEqual(run.messages, []);
  });

  it('says why its page could not be opened, and tries again when asked', async () => {
    run = new ExtensionRun();
    await openFile();
    run.servers.last.portFailure = 'Port 80 may not be opened.';
    await run.extension.handlers['logStream.openInBrowser']();
    assert.deepEqual(run.messages, ['error: The log could not be opened in a browser: Port 80 may not be opened.']);
    run.servers.last.portFailure = null;
    await run.vsCode.messages[0]?.press('Try Again');
    assert.equal(run.vsCode.openedAddresses.length, 1);
  });

  it('has no page to open while none runs', async () => {
    run = new ExtensionRun();
    await run.extension.handlers['logStream.openInBrowser']();
    assert.match(run.messages[0] ?? '', /^information: No log server is running/);
    assert.deepEqual(run.vsCode.openedAddresses, []);
  });

  it('is refused in words where no process can be started', async () => {
    run = new ExtensionRun({ withoutServers: true });
    await run.extension.handlers['logStream.startServer']();
    await openFile();
    assert.equal(run.messages.length, 2);
    assert.match(run.messages[0] ?? '', /^warning: /);
    assert.equal(run.state, undefined);
  });

  it('is not started for what is no file of this machine', async () => {
    run = new ExtensionRun();
    await run.extension.handlers['logStream.openAsLiveLog'](undefined, undefined);
    await run.extension.handlers['logStream.openAsLiveLog']({ scheme: 'git', fsPath: '/x.log' }, undefined);
    assert.deepEqual(
      run.vsCode.messages.map(({ severity }) => severity),
      ['information', 'error'],
    );
    assert.equal(run.servers.started.length, 0);
  });
});
