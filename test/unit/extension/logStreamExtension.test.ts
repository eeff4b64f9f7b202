import assert from 'node:assert/strict';
import { ExtensionRun } from '../../support/extensionRun';
import { FakeMemento } from '../../support/fakeMemento';

const MINUTE = 60_000;
const SESSION = 'logStream.session';
const noSuchSource = 4004;

/** Ten changes of settings of ours, and one of somebody else's. */
function changeTenSettings(run: ExtensionRun): void {
  const { vsCode } = run;
  vsCode.setSetting('logStream.bufferMiB', 16);
  vsCode.setSetting('logStream.heartbeat.intervalSeconds', 5);
  vsCode.setSetting('logStream.reconnect.maxAttempts', 7);
  vsCode.setSetting('logStream.server.port', 4321);
  vsCode.setSetting('logStream.columns', ['user']);
  vsCode.setSetting('logStream.highlights', [{ name: 'slow', text: 'slow', colour: 'red' }]);
  vsCode.setSetting('logStream.filters', [{ name: 'errors', filter: { levels: ['error'] } }]);
  vsCode.setSetting('logStream.formats', [{ name: 'mine', pattern: '^(?<message>.*)$' }]);
  vsCode.setSetting('logStream.connections', [{ name: 'other', url: 'ws://other.example/ws' }]);
  vsCode.setSetting('logStream.bufferMiB', 32);
  vsCode.setSetting('editor.fontSize', 12);
}

describe('the extension in a window', () => {
  let run: ExtensionRun;

  afterEach(() => run.extension.dispose());

  async function failed(): Promise<ExtensionRun> {
    run = new ExtensionRun();
    run.network.onHello = (socket) => socket.serverClose(noSuchSource, 'not here');
    await run.connect();
    assert.equal(run.state, 'failed');
    return run;
  }

  it('tells a failure once, whatever settings are changed after it', async () => {
    await failed();
    assert.equal(run.messages.length, 1);
    assert.match(run.messages[0] ?? '', /^error: logs\.example|^error: ws:\/\/logs\.example/);
    changeTenSettings(run);
    await run.pass(10 * MINUTE);
    assert.equal(run.messages.length, 1);
  });

  it('tells a failure again after it was tried again and failed again', async () => {
    await failed();
    await run.vsCode.messages[0]?.press('Try Again');
    await run.pass(1000);
    assert.equal(run.state, 'failed');
    assert.equal(run.messages.length, 2);
    assert.equal(run.messages[1], run.messages[0]);
  });

  it('tells once that a stream cannot be reached, over all attempts in a row and all changes of settings', async () => {
    run = new ExtensionRun();
    run.network.behaviour.dial = { kind: 'network', detail: 'refused' };
    await run.connect();
    await run.pass(5 * MINUTE);
    changeTenSettings(run);
    await run.pass(60 * MINUTE);
    assert.ok(run.network.dials > 10);
    assert.equal(run.messages.length, 1);
    assert.match(run.messages[0] ?? '', /^warning: .*It is tried again until it answers\./);
    await run.extension.handlers['logStream.disconnect']();
    await run.connect();
    assert.equal(run.messages.length, 2, 'somebody has asked for it anew');
  });

  it('tells no message of a stream that was live and comes back, however often', async () => {
    run = new ExtensionRun();
    await run.connect();
    for (let round = 0; round < 10; round++) {
      // Never after the same time: then it would be told that there is a limit.
      await run.pass(MINUTE * (1 + round));
      run.network.socket.serverClose(1006);
      await run.pass(MINUTE);
      assert.equal(run.state, 'live');
    }
    assert.deepEqual(run.messages, []);
  });

  it('writes its session when a stream opens, and nothing in ten quiet minutes of heartbeats', async () => {
    run = new ExtensionRun();
    await run.connect();
    assert.equal(run.sessionWrites, 1);
    assert.deepEqual(run.workspaceState.get(SESSION), {
      target: { name: 'ws://logs.example/ws', url: 'ws://logs.example/ws', format: 'auto', origin: 'address' },
    });
    let delayMs = 1;
    for (let minute = 0; minute < 10; minute++) {
      run.network.behaviour.delayMs = delayMs++;
      await run.pass(MINUTE);
    }
    assert.ok(run.network.socket.messages('ping').length >= 60);
    assert.equal(run.sessionWrites, 1);
  });

  it('writes its session only when what it holds has changed', async () => {
    run = new ExtensionRun();
    await run.connect();
    changeTenSettings(run);
    for (let round = 0; round < 5; round++) {
      run.network.socket.serverClose(1006);
      await run.pass(MINUTE);
    }
    assert.equal(run.sessionWrites, 1);
    await run.extension.handlers['logStream.disconnect']();
    await run.pass(1000);
    assert.equal(run.sessionWrites, 2);
    assert.deepEqual(run.workspaceState.get(SESSION), {});
    await run.connect();
    assert.equal(run.sessionWrites, 3);
  });

  it('opens again what was open when the window closed, and writes nothing for it', async () => {
    const workspaceState = new FakeMemento();
    run = new ExtensionRun({ workspaceState });
    await run.connect();
    run.extension.dispose();
    const before = workspaceState.writes.length;
    run = new ExtensionRun({ workspaceState });
    await run.extension.restore();
    await run.pass(1000);
    assert.equal(run.state, 'live');
    assert.equal(run.extension.api.openStream?.address, 'ws://logs.example/ws');
    assert.equal(workspaceState.writes.length, before);
  });

  it('does not save an address that may hold a secret', async () => {
    run = new ExtensionRun();
    await run.connect('ws://logs.example/ws?key=secret');
    assert.equal(run.state, 'live');
    assert.ok(!JSON.stringify([...run.workspaceState.values, ...run.globalState.values]).includes('secret'));
  });

  it('tells a setting that cannot be used once, and again only when another one cannot', () => {
    run = new ExtensionRun();
    run.vsCode.setSetting('logStream.bufferMiB', 1);
    run.vsCode.setSetting('logStream.columns', ['user']);
    assert.equal(run.messages.length, 1);
    assert.match(run.messages[0] ?? '', /bufferMiB/);
    run.vsCode.setSetting('logStream.server.port', -1);
    assert.equal(run.messages.length, 2);
    assert.doesNotMatch(run.messages[1] ?? '', /bufferMiB/);
  });

  it('shows the state in the status bar as it changes, and the rate while it is live', async () => {
    run = new ExtensionRun();
    const text = () => run.vsCode.statusItems[0]?.text;
    await run.connect();
    assert.equal(text(), '$(pulse) Live');
    run.network.socket.lines(['a', 'b'], { seq: 0 });
    await run.pass(1000);
    assert.match(text() ?? '', /Live \d+ lines\/s/);
    run.network.behaviour.dial = { kind: 'network', detail: 'refused' };
    run.network.socket.serverClose(1006);
    await run.pass(10);
    assert.match(text() ?? '', /Disconnected, retry in/);
  });

  it('sends the panel a connection and settings only when they differ', async () => {
    run = new ExtensionRun();
    await run.connect();
    const [panel] = run.vsCode.panels;
    assert.ok(panel);
    panel.post({ type: 'ready' });
    await run.pass(MINUTE);
    const count = (type: string) => panel.received.filter((message) => message.type === type).length;
    const before = { connection: count('connection'), settings: count('settings') };
    await run.pass(10 * MINUTE);
    run.vsCode.setSetting('logStream.bufferMiB', 16);
    run.vsCode.setSetting('logStream.server.port', 4321);
    assert.deepEqual({ connection: count('connection'), settings: count('settings') }, before);
    run.vsCode.setSetting('logStream.columns', ['user']);
    assert.equal(count('settings'), before.settings + 1);
  });

  it('says what is missing instead of doing nothing when no stream is open', async () => {
    run = new ExtensionRun();
    await run.extension.handlers['logStream.disconnect']();
    await run.extension.handlers['logStream.clear']();
    assert.deepEqual(
      run.vsCode.messages.map(({ severity, buttons }) => [severity, ...buttons]),
      [
        ['information', 'Connect…'],
        ['information', 'Connect…'],
      ],
    );
  });
});
