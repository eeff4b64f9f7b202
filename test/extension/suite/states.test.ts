import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { LogStreamExtension } from '../../../src/extension/logStreamExtension';
import { FakeClock } from '../../support/fakeClock';
import { FakeMemento } from '../../support/fakeMemento';
import { constantRandom } from '../../support/simulatedConnection';
import { SimulatedServer } from '../../support/simulatedServer';
import {
  api,
  eventually,
  listenToMessages,
  resetSettings,
  setSetting,
  takeQuestionsBack,
  theExtension,
} from './support';

/**
 * A second instance of the extension, in the real VS Code with its real settings; only its network
 * and its time are simulated, so that hours pass at once.
 */
function secondInstance() {
  const clock = new FakeClock();
  const network = new SimulatedServer(clock);
  const workspaceState = new FakeMemento();
  const context = {
    extensionUri: theExtension().extensionUri,
    workspaceState,
    globalState: new FakeMemento(),
  } as unknown as vscode.ExtensionContext;
  const extension = new LogStreamExtension(context, { clock, random: constantRandom(), transport: network.transport });
  return { clock, network, workspaceState, extension };
}

describe('states in VS Code', () => {
  let instance: ReturnType<typeof secondInstance>;
  let said: string[];

  beforeEach(async () => {
    await api();
    said = listenToMessages();
    instance = secondInstance();
  });

  afterEach(async () => {
    instance.extension.dispose();
    takeQuestionsBack();
    await resetSettings();
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  });

  async function connect(): Promise<void> {
    await instance.extension.handlers['logStream.connect']('ws://logs.example/ws');
    instance.clock.advance(1000);
  }

  it('a failure is told once, whatever settings are changed after it', async () => {
    const { network, extension } = instance;
    network.onHello = (socket) => socket.serverClose(4004, 'not here');
    await connect();
    assert.equal(extension.api.openStream?.state, 'failed');
    assert.equal(said.length, 1);
    for (let change = 0; change < 10; change++) {
      await setSetting('bufferMiB', 16 + change);
    }
    await eventually('the last change', () => extension.api.openStream?.bufferMiB === 25);
    assert.equal(said.length, 1, said.join('\n'));
  });

  it('nothing is written in ten quiet minutes, nor by a change of settings', async () => {
    const { network, clock, workspaceState, extension } = instance;
    await connect();
    assert.equal(extension.api.openStream?.state, 'live');
    const { writes } = workspaceState;
    assert.deepEqual(writes, ['logStream.session']);
    clock.advance(10 * 60_000);
    assert.ok(network.socket.messages('ping').length >= 60);
    await setSetting('bufferMiB', 16);
    await eventually('the change', () => extension.api.openStream?.bufferMiB === 16);
    assert.deepEqual(writes, ['logStream.session']);
    assert.deepEqual(said, []);
  });
});
