import assert from 'node:assert/strict';
import { appendFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { api, eventually, makeFolder, outputText, removeFolders, resetSettings, setSetting } from './support';

function run(command: string, ...args: unknown[]): Thenable<unknown> {
  return vscode.commands.executeCommand(`logStream.${command}`, ...args);
}

function isAlive(processId: number): boolean {
  try {
    process.kill(processId, 0);
    return true;
  } catch {
    return false;
  }
}

describe('the log server of the window', () => {
  let file: string;

  beforeEach(() => {
    file = join(makeFolder(), 'served.log');
    writeFileSync(file, 'first line\n');
  });

  afterEach(async () => {
    if ((await api()).server) {
      await run('stopServer');
    }
    await resetSettings();
    removeFolders();
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  });

  it('follows a file of the Explorer, on a socket that only this user reaches, until it is stopped', async () => {
    await run('openAsLiveLog', vscode.Uri.file(file));
    const server = (await api()).server;
    assert.ok(server);
    assert.match(server.url, /^ws\+unix:.*live-log-stream-/);
    await eventually('the stream is live', async () => (await api()).openStream?.state === 'live');
    await run('showOutput');
    appendFileSync(file, 'second line\n');
    await eventually('the second line', () => outputText().includes('second line'));
    await run('stopServer');
    assert.equal((await api()).server, undefined);
    assert.equal((await api()).openStream?.state, 'closed');
    await eventually('its process has ended', () => !isAlive(server.processId));
  });

  it('lets in nobody who has not its token, and is called by no path', async () => {
    await run('openAsLiveLog', vscode.Uri.file(file));
    await eventually('the stream is live', async () => (await api()).openStream?.state === 'live');
    const url = (await api()).server?.url ?? '';
    assert.equal((await api()).openStream?.address, 'the log server of this window');
    await run('connect', url);
    await eventually('the refusal', async () => (await api()).openStream?.state === 'failed');
    await run('openAsLiveLog', vscode.Uri.file(file));
    await eventually('the stream is live', async () => (await api()).openStream?.state === 'live');
    await run('showReport');
    const report = await eventually('the report', () => {
      const text = vscode.window.activeTextEditor?.document.getText() ?? '';
      return text.includes('Address: the log server of this window') && text;
    });
    assert.doesNotMatch(report, /ws\+unix/);
  });

  it('is replaced by the next one', async () => {
    await run('openAsLiveLog', vscode.Uri.file(file));
    const first = (await api()).server;
    assert.ok(first);
    const other = join(makeFolder(), 'other.log');
    writeFileSync(other, 'x\n');
    await run('openAsLiveLog', vscode.Uri.file(other));
    await eventually('the stream is live', async () => (await api()).openStream?.state === 'live');
    assert.equal((await api()).openStream?.name, 'other.log');
    await eventually('the first process has ended', () => !isAlive(first.processId));
  });

  it('takes the port of the setting, and none runs where that is taken', async () => {
    // It is asked who it is, and would be held open by that for as long as it does not look.
    const taken = createServer((socket) => socket.destroy());
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
    const address = taken.address();
    assert.ok(typeof address === 'object' && address !== null);
    try {
      await setSetting('server.port', address.port);
      await run('openAsLiveLog', vscode.Uri.file(file));
      assert.equal((await api()).server, undefined);
    } finally {
      await new Promise((resolve) => taken.close(resolve));
    }
    await run('openAsLiveLog', vscode.Uri.file(file));
    assert.match((await api()).server?.url ?? '', new RegExp(`:${address.port}/`));
  });
});
