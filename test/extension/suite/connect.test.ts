import assert from 'node:assert/strict';
import { appendFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as vscode from 'vscode';
import {
  api,
  countNumbered,
  eventually,
  killServers,
  makeFolder,
  outputText,
  panelTabs,
  removeFolders,
  resetSettings,
  setSetting,
  startServer,
  type TestServer,
} from './support';

function run(command: string, ...args: unknown[]): Thenable<unknown> {
  return vscode.commands.executeCommand(`logStream.${command}`, ...args);
}

async function state(): Promise<string | undefined> {
  return (await api()).openStream?.state;
}

describe('a stream from a real server process', () => {
  let file: string;
  let server: TestServer;
  /** The output channel keeps what earlier tests wrote, so every test has lines of its own. */
  let prefix: string;
  let tests = 0;

  beforeEach(async () => {
    prefix = `test${++tests}-line-`;
    file = join(makeFolder(), 'app.log');
    writeFileSync(file, lines(1, 20));
    server = await startServer(['--lines', 'all', file]);
  });

  afterEach(async () => {
    await run('disconnect');
    killServers();
    removeFolders();
    await resetSettings();
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  });

  function lines(first: number, last: number): string {
    let text = '';
    for (let number = first; number <= last; number++) {
      text += `2026-01-01T12:00:00Z \u001b[32mINFO\u001b[0m ${prefix}${number}\n`;
    }
    return text;
  }

  it('is live after connecting, opens the panel and says so in the status bar', async () => {
    await run('connect', server.url);
    await eventually('the stream is live', async () => (await state()) === 'live');
    assert.match((await api()).statusText, /^\$\(pulse\) Live/);
    await eventually('the panel is open', () => panelTabs().length === 1);
  });

  it('just connects when one connection is configured', async () => {
    await setSetting('connections', [{ name: 'configured', url: server.url }]);
    await run('connect');
    await eventually('the stream is live', async () => (await state()) === 'live');
    assert.equal((await api()).openStream?.name, 'configured');
  });

  it('puts every line once into the output channel, without colours', async () => {
    await run('connect', server.url);
    await run('showOutput');
    appendFileSync(file, lines(21, 30));
    const text = await eventually('the last line', () => {
      const shown = outputText();
      return shown.includes(`${prefix}30\n`) && shown;
    });
    const counts = countNumbered(text, prefix, 1, 30);
    assert.deepEqual([...counts.values()], new Array(30).fill(1));
    assert.ok(!text.includes('\u001b'));
  });

  it('counts down while the server is away and has every line once when it is back', async () => {
    await run('connect', server.url);
    await run('showOutput');
    await eventually('line 20', () => outputText().includes(`${prefix}20\n`));
    await server.stop('SIGKILL');
    await eventually('the stream waits', async () => (await state()) === 'waiting');
    assert.match((await api()).statusText, /Disconnected, retry in \d+ s/);
    appendFileSync(file, lines(21, 25));
    await startServer(['--lines', 'all', file], server.port);
    await run('reconnectNow');
    const text = await eventually('line 25', () => {
      const shown = outputText();
      return shown.includes(`${prefix}25\n`) && shown;
    });
    const counts = countNumbered(text, prefix, 1, 25);
    assert.deepEqual([...counts.values()], new Array(25).fill(1));
  });

  it('ends with disconnect, and stays ended', async () => {
    await run('connect', server.url);
    await eventually('the stream is live', async () => (await state()) === 'live');
    await run('disconnect');
    await eventually('the stream is closed', async () => (await state()) === 'closed');
  });

  it('takes changed settings at once', async () => {
    await run('connect', server.url);
    await eventually('the stream is live', async () => (await state()) === 'live');
    await setSetting('bufferMiB', 16);
    await eventually('the new size', async () => (await api()).openStream?.bufferMiB === 16);
    assert.equal(await state(), 'live');
  });

  it('moves to the new address when that of the open connection is changed in the settings', async () => {
    await setSetting('connections', [{ name: 'moving', url: server.url }]);
    await run('connect', 'moving');
    await eventually('the stream is live', async () => (await state()) === 'live');
    const second = await startServer(['--lines', 'all', file]);
    await setSetting('connections', [{ name: 'moving', url: second.url }]);
    await eventually('the new address', async () => (await api()).openStream?.address === second.url);
    await eventually('the stream is live', async () => (await state()) === 'live');
  });

  it('comes back in the panel after that was closed', async () => {
    await run('connect', server.url);
    await eventually('the stream is live', async () => (await state()) === 'live');
    await eventually('the panel is open', () => panelTabs().length === 1);
    await vscode.window.tabGroups.close(panelTabs());
    await eventually('the panel is closed', () => panelTabs().length === 0);
    await run('openPanel');
    await eventually('the panel is open', () => panelTabs().length === 1);
    assert.equal(await state(), 'live');
  });

  it('shows its report as Markdown', async () => {
    await run('connect', server.url);
    await eventually('the stream is live', async () => (await state()) === 'live');
    await run('showReport');
    const document = vscode.window.activeTextEditor?.document;
    assert.equal(document?.languageId, 'markdown');
    assert.match(document?.getText() ?? '', new RegExp(`127\\.0\\.0\\.1:${server.port}`));
  });

  it('leaves nothing behind after fifty connects and disconnects', async function () {
    this.timeout(60_000);
    await run('connect', server.url);
    await eventually('the stream is live', async () => (await state()) === 'live');
    const before = process.getActiveResourcesInfo().length;
    for (let round = 0; round < 50; round++) {
      await run('disconnect');
      await run('connect', server.url);
      await eventually('the stream is live', async () => (await state()) === 'live');
    }
    await eventually('no growth', () => process.getActiveResourcesInfo().length <= before + 5);
  });
});
