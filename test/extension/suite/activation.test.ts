import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { COMMAND_IDS } from '../../../src/extension/commands';
import { api, theExtension } from './support';

describe('the extension', () => {
  it('is activated after startup without being asked', async () => {
    await api();
    assert.equal(theExtension().isActive, true);
  });

  it('registers exactly the commands that the manifest announces', async () => {
    await api();
    const all = await vscode.commands.getCommands(true);
    const manifest = theExtension().packageJSON as { contributes: { commands: { command: string }[] } };
    const registered = all.filter((id) => id.startsWith('logStream.') && !id.startsWith('logStream.panel'));
    assert.deepEqual(registered.sort(), manifest.contributes.commands.map(({ command }) => command).sort());
    assert.deepEqual(registered, [...COMMAND_IDS].sort());
  });

  it('has the defaults of its settings', () => {
    const settings = vscode.workspace.getConfiguration('logStream');
    assert.deepEqual(
      ['connections', 'bufferMiB', 'heartbeat.intervalSeconds', 'reconnect.maxAttempts', 'server.port'].map((key) =>
        settings.get(key),
      ),
      [[], 256, 0, 20, 0],
    );
    assert.deepEqual(
      ['formats', 'highlights', 'filters', 'columns'].map((key) => settings.get(key)),
      [[], [], [], []],
    );
  });

  it('opens nothing by itself', async () => {
    assert.equal((await api()).openStream, undefined);
    assert.equal((await api()).server, undefined);
  });
});
