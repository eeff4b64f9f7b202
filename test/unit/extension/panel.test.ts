import '../../support/installFakeVsCode';

import assert from 'node:assert/strict';
import type * as vscode from 'vscode';
import { LogPanel, type OpenHolder } from '../../../src/extension/panel';
import type { HolderMessage } from '../../../src/view/messages';
import { NO_VIEWER_SETTINGS } from '../../../src/view/viewerSettings';
import { FakePanel, settled, Uri, useFakeVsCode } from '../../support/fakeVsCode';

/** A holder that writes down what it is told, and lets the test say things to the viewer. */
class FakeHolder {
  readonly told: string[] = [];
  disposed = false;
  post: (message: HolderMessage) => void = () => undefined;
  constructor(readonly name: string) {}
  readonly open: OpenHolder = (post) => {
    this.post = post;
    return {
      receive: (message) => this.told.push(message.type === 'visible' ? `visible ${message.visible}` : message.type),
      setConnection: ({ label }) => this.told.push(`connection ${label}`),
      noteHeartbeat: ({ kind }) => this.told.push(`heartbeat ${kind}`),
      setSettings: ({ columns }) => this.told.push(`settings ${columns.join()}`),
      dispose: () => {
        this.disposed = true;
      },
    };
  };
}

function setUp() {
  const vsCode = useFakeVsCode();
  const first = new FakeHolder('first');
  const panel = new LogPanel(Uri.file('/extension') as unknown as vscode.Uri, first.open);
  const open: boolean[] = [];
  panel.onDidChangeOpen((isOpen) => open.push(isOpen));
  const webview = () => vsCode.panels.at(-1) as FakePanel;
  const adopt = (fake: FakePanel) => panel.adopt(fake as unknown as vscode.WebviewPanel);
  return { vsCode, first, panel, open, webview, adopt };
}

describe('the panel', () => {
  it('is made once, and brought to the front when it is shown again', () => {
    const { panel, vsCode, webview, open } = setUp();
    panel.show(true);
    panel.show(false);
    assert.equal(vsCode.panels.length, 1);
    assert.equal(webview().reveals, 1);
    assert.deepEqual(open, [true]);
  });

  it('is made anew after it was closed, and says that it was', async () => {
    const { panel, vsCode, webview, open, first } = setUp();
    panel.show(true);
    webview().dispose();
    await settled();
    assert.equal(first.disposed, true);
    assert.deepEqual(open, [true, false]);
    panel.show(true);
    assert.equal(vsCode.panels.length, 2);
    assert.deepEqual(open, [true, false, true]);
  });

  it('takes a panel of an earlier window over, in place of the one that is open', async () => {
    const { panel, webview, adopt, open } = setUp();
    panel.show(true);
    const earlier = new FakePanel('of an earlier window');
    adopt(earlier);
    await settled();
    assert.equal(webview().disposed, true);
    assert.equal(earlier.disposed, false);
    assert.match(earlier.webview.html, /panel\.js/);
    panel.show(true);
    assert.equal(earlier.reveals, 1);
    assert.equal(open.at(-1), true, 'it is never said to be closed');
  });

  it('hands what the viewer says to the holder, and what is no message of a viewer to nobody', () => {
    const { panel, webview, first } = setUp();
    panel.show(true);
    webview().post({ type: 'ready' });
    webview().post({ type: 'no such thing' });
    webview().post(null);
    webview().post({ type: 'mark' });
    assert.deepEqual(first.told, ['ready', 'mark']);
  });

  it('shows another stream from its beginning: the viewer is emptied, the new holder greets it', () => {
    const { panel, webview, first } = setUp();
    panel.show(true);
    webview().post({ type: 'ready' });
    const second = new FakeHolder('second');
    panel.setHolder('Live Log: second', second.open);
    assert.equal(first.disposed, true);
    assert.deepEqual(second.told, ['ready']);
    assert.equal(webview().title, 'Live Log: second');
    assert.equal(webview().received.at(-1)?.type, 'cleared');
    webview().post({ type: 'mark' });
    assert.deepEqual([first.told, second.told], [['ready'], ['ready', 'mark']]);
  });

  it('passes connection, settings and heartbeats on while it is open, and not after that', async () => {
    const { panel, webview, first } = setUp();
    const connection = {
      tone: 'live',
      label: 'Live',
      sentence: '',
      name: null,
      address: null,
      retryAt: null,
      actions: [],
    } as const;
    const tell = () => {
      panel.setConnection(connection);
      panel.setSettings({ ...NO_VIEWER_SETTINGS, columns: ['user'] });
      panel.noteHeartbeat({ kind: 'sent', id: 1 });
    };
    tell();
    assert.deepEqual(first.told, []);
    panel.show(true);
    tell();
    assert.deepEqual(first.told, ['connection Live', 'settings user', 'heartbeat sent']);
    webview().dispose();
    tell();
    await settled();
    assert.equal(first.told.length, 3);
  });

  it('tells the holder when it is hidden and shown', () => {
    const { panel, webview, first } = setUp();
    panel.show(true);
    webview().setVisible(false);
    webview().setVisible(true);
    assert.deepEqual(first.told, ['visible false', 'visible true']);
  });

  it('has the viewer do what a command asks for once it is there, and again after it was hidden', () => {
    const { panel, webview } = setUp();
    const commands = () => webview().received.filter(({ type }) => type === 'command').length;
    panel.command('find');
    assert.equal(commands(), 0);
    webview().post({ type: 'ready' });
    assert.equal(commands(), 1);
    panel.command('find');
    assert.equal(commands(), 2);
    webview().setVisible(false);
    webview().setVisible(true);
    panel.command('find');
    assert.equal(commands(), 2, 'the viewer that is made next is not there yet');
    webview().post({ type: 'ready' });
    assert.equal(commands(), 3);
  });

  it('that is closed while messages are under way either way breaks nothing', async () => {
    const { panel, webview, first, open } = setUp();
    panel.show(true);
    webview().post({ type: 'ready' });
    const { post } = first;
    // The holder goes on speaking in the very turn in which the panel is closed, and after it.
    post({ type: 'cleared' });
    webview().dispose();
    post({ type: 'cleared' });
    await settled();
    post({ type: 'cleared' });
    webview().post({ type: 'mark' });
    await settled();
    assert.deepEqual(first.told, ['ready']);
    assert.deepEqual(open, [true, false]);
    panel.dispose();
  });
});
