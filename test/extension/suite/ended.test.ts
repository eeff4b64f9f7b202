import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { api, eventually, killServers, makeFolder, panelTabs, removeFolders, startServer } from './support';

describe('a stream whose command has ended', () => {
  afterEach(async () => {
    await vscode.commands.executeCommand('logStream.disconnect');
    killServers();
    removeFolders();
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  });

  it('says so with the exit code, and runs the command again when asked', async () => {
    const runs = join(makeFolder(), 'runs');
    const script = `require("fs").appendFileSync(${JSON.stringify(runs)}, "x"); console.log("a line"); process.exitCode = 3`;
    const server = await startServer(['--name', 'npm test', '--', process.execPath, '-e', script]);
    const untilEnded = (lines: number) =>
      eventually(`the end after ${lines} lines`, async () => {
        const { statusText, openStream } = await api();
        return statusText === '$(warning) Ended, exit code 3' && openStream?.linesReceived === lines;
      });
    await vscode.commands.executeCommand('logStream.connect', server.url);
    await untilEnded(1);
    const { openStream } = await api();
    assert.equal(openStream?.state, 'live', 'the connection is there');
    assert.equal(openStream?.reason, '“npm test” ended with exit code 3; its lines stay.');
    await vscode.commands.executeCommand('logStream.runAgain');
    await untilEnded(2);
    assert.equal(readFileSync(runs, 'utf8'), 'xx');
    const [tab] = panelTabs();
    assert.ok(tab && tab.label.length <= 30, `the tab is called “${tab?.label}”`);
    // Nothing to run any more: it says so instead of failing.
    await server.stop();
    await vscode.commands.executeCommand('logStream.runAgain');
  });
});
