import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import * as vscode from 'vscode';
import { Configuration } from '../../../src/extension/configuration';
import { exportLog } from '../../../src/extension/exportLog';
import { openFileLink } from '../../../src/extension/openFileLink';
import { saveFilter } from '../../../src/extension/savedFilters';
import type { Settings } from '../../../src/extension/settings';
import { writeFile } from '../../../src/extension/writeFile';
import type { ExportMessage } from '../../../src/view/messages';
import {
  answer,
  api,
  eventually,
  listenToMessages,
  makeFolder,
  panelTabs,
  removeFolders,
  resetSettings,
  setSetting,
  takeQuestionsBack,
} from './support';

function workspacePath(): string {
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri.fsPath;
  assert.ok(folder, 'a folder is open');
  return folder;
}

describe('the viewer in VS Code', () => {
  const written: string[] = [];

  /** A file of ten lines in the workspace. */
  function put(path: string): string {
    const whole = join(workspacePath(), path);
    mkdirSync(dirname(whole), { recursive: true });
    writeFileSync(whole, Array.from({ length: 10 }, (_, index) => `line ${index + 1} of ${path}\n`).join(''));
    written.push(whole);
    return whole;
  }

  before(async () => {
    await api();
  });

  afterEach(async () => {
    takeQuestionsBack();
    for (const path of written.splice(0)) {
      rmSync(path, { force: true });
    }
    removeFolders();
    await resetSettings();
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  });

  describe('opening a file that a line names', () => {
    async function open(path: string, line?: number, column?: number): Promise<void> {
      const place = { path, ...(line === undefined ? {} : { line }), ...(column === undefined ? {} : { column }) };
      await openFileLink(place, process.platform, undefined);
    }

    function where(): string | undefined {
      const editor = vscode.window.activeTextEditor;
      const at = editor?.selection.active;
      return (
        editor && at && `${vscode.workspace.asRelativePath(editor.document.uri)}:${at.line + 1}:${at.character + 1}`
      );
    }

    it('finds the file of another machine in the workspace, by the longest tail of its path, at line and column', async () => {
      put('src/orders/pay.ts');
      put('test/pay.ts');
      await open('/app/src/orders/pay.ts', 7, 3);
      assert.equal(where(), 'src/orders/pay.ts:7:3');
      await open('C:\\agent\\build\\test\\pay.ts', 2);
      assert.equal(where(), 'test/pay.ts:2:1');
      await open('webpack:///./src/orders/pay.ts?1a2b', 4);
      assert.equal(where(), 'src/orders/pay.ts:4:1');
    });

    it('finds names that mean something in a search pattern', async () => {
      put('app/[id]/page.tsx');
      put('app/i/page.tsx');
      await open('/build/app/[id]/page.tsx', 5);
      assert.equal(where(), 'app/[id]/page.tsx:5:1');
    });

    it('prefers the workspace’s own files to those it depends on', async () => {
      put('lib/send.js');
      put('node_modules/express/lib/send.js');
      put('node_modules/express/lib/only.js');
      await open('/srv/express/lib/send.js', 1);
      assert.equal(where(), 'lib/send.js:1:1');
      await open('/srv/node_modules/express/lib/send.js', 1);
      assert.equal(where(), 'node_modules/express/lib/send.js:1:1');
      await open('/srv/express/lib/only.js', 1);
      assert.equal(where(), 'node_modules/express/lib/only.js:1:1');
    });

    it('opens a file of this machine outside the workspace as it stands', async () => {
      const path = join(makeFolder(), 'outside.ts');
      writeFileSync(path, 'one\ntwo\nthree\n');
      await open(path, 3, 2);
      assert.equal(vscode.window.activeTextEditor?.document.uri.fsPath, path);
      assert.equal(vscode.window.activeTextEditor?.selection.active.line, 2);
    });

    it('goes to the end of a file that is shorter than the line', async () => {
      put('short.ts');
      await open('/app/short.ts', 99_999, 99_999);
      assert.match(where() ?? '', /^short\.ts:11:1$/);
    });

    it('says in one sentence that there is no such file, and opens none', async () => {
      const said = listenToMessages();
      await open('/app/nowhere.ts', 1);
      await open('\\\\elsewhere\\share\\nowhere.ts', 1);
      await open('a\u0000b', 1);
      assert.equal(said.length, 3);
      assert.match(said[0] ?? '', /^No file of this workspace matches \/app\/nowhere\.ts/);
      assert.match(said[1] ?? '', /on another machine of the network and is not opened/);
      assert.equal(vscode.window.activeTextEditor, undefined);
    });

    it('opens the workspace’s file for a path on another machine of the network', async () => {
      put('src/shared.cs');
      await open('\\\\build\\share\\src\\shared.cs', 2);
      assert.equal(where(), 'src/shared.cs:2:1');
    });

    it('leaves the panel where it is', async () => {
      put('src/beside.ts');
      await vscode.commands.executeCommand('logStream.openPanel');
      const [panel] = await eventually('the panel', () => panelTabs().length === 1 && panelTabs());
      await openFileLink({ path: '/app/src/beside.ts', line: 2 }, process.platform, panel?.group.viewColumn);
      assert.equal(where(), 'src/beside.ts:2:1');
      assert.notEqual(vscode.window.activeTextEditor?.viewColumn, panel?.group.viewColumn);
      assert.equal(panelTabs()[0]?.isActive, true);
    });
  });

  describe('exporting', () => {
    async function* pieces(): AsyncGenerator<Uint8Array> {
      yield new TextEncoder().encode('\u001b[31mred\u001b[0m\n');
      yield Uint8Array.of(0xff, 0x00, 0x0d, 0x0a);
    }

    function start(message: Partial<ExportMessage>, content: AsyncIterable<Uint8Array> = pieces()): Promise<void> {
      return exportLog({
        message: { type: 'export', what: 'all', format: 'text', target: 'file', ...message },
        content,
        stream: 'web',
        writeFile,
        now: 0,
      });
    }

    it('writes exactly the bytes to the file that was chosen, and says so', async () => {
      const path = join(makeFolder(), 'out.log');
      const said = listenToMessages();
      let asked: vscode.SaveDialogOptions | undefined;
      answer('showSaveDialog', (options) => {
        asked = options as vscode.SaveDialogOptions;
        return vscode.Uri.file(path);
      });
      await start({});
      assert.deepEqual([...readFileSync(path)], [...Buffer.from('\u001b[31mred\u001b[0m\n'), 0xff, 0x00, 0x0d, 0x0a]);
      assert.match(asked?.defaultUri?.path ?? '', /\/web-1970-01-01T00-00-00\.log$/);
      assert.deepEqual(said, ['Exported 17 bytes to out.log.']);
    });

    it('writes nothing when no file is chosen', async () => {
      let read = false;
      answer('showSaveDialog', () => undefined);
      await start(
        {},
        (async function* () {
          read = true;
          yield new Uint8Array(1);
        })(),
      );
      assert.equal(read, false);
    });

    it('says why a file cannot be written', async () => {
      const said = listenToMessages();
      answer('showSaveDialog', () => vscode.Uri.file(join(makeFolder(), 'none', 'out.log')));
      await start({});
      assert.equal(said.length, 1);
      assert.match(said[0] ?? '', /^out\.log could not be written: .*ENOENT/);
    });

    it('opens the log as an untitled document, without colours', async () => {
      await start({ target: 'editor' });
      const document = vscode.window.activeTextEditor?.document;
      assert.equal(document?.isUntitled, true);
      assert.equal(document?.languageId, 'log');
      assert.match(document?.getText() ?? '', /^red\r?\n\ufffd\r?\n$/);
    });

    it('opens JSON Lines as what they are', async () => {
      const content = (async function* () {
        yield new TextEncoder().encode('{"message":"ä"}\n');
      })();
      await start({ target: 'editor', format: 'jsonLines' }, content);
      // On a busy machine the one of the test before is still active when the new one has been shown.
      const text = () => vscode.window.activeTextEditor?.document.getText() ?? '';
      await eventually('the document', () => text().startsWith('{') && text());
      assert.equal(text(), '{"message":"ä"}\n');
    });

    it('says that a log is too large for an editor', async () => {
      const said = listenToMessages();
      const content = (async function* () {
        for (let mebibytes = 0; mebibytes < 51; mebibytes++) {
          yield new Uint8Array(1024 * 1024);
        }
      })();
      await start({ target: 'editor', format: 'jsonLines' }, content);
      assert.equal(said.length, 1);
      assert.match(said[0] ?? '', /larger than the 50 MiB/);
      assert.equal(vscode.window.activeTextEditor, undefined);
    });
  });

  describe('settings', () => {
    function savedInWorkspace(): unknown {
      return vscode.workspace.getConfiguration('logStream').inspect('filters')?.workspaceValue;
    }

    it('reach those who listen at once, checked', async () => {
      const configuration = new Configuration(() => null);
      const seen: Settings[] = [];
      configuration.onDidChange((settings) => seen.push(settings));
      await setSetting('columns', ['http.status']);
      await setSetting('filters', [{ name: 'bad', filter: { terms: ['status>=500'], levels: ['error'] } }]);
      await eventually('the filter', () => seen.at(-1)?.viewer.filters.length === 1);
      assert.deepEqual(seen.at(-1)?.viewer.columns, ['http.status']);
      assert.deepEqual(seen.at(-1)?.viewer.filters[0]?.filter, {
        terms: [{ kind: 'field', field: 'status', operator: '>=', value: '500' }],
        levels: ['error'],
      });
      configuration.dispose();
    });

    it('of the workspace keep a filter by name, and a second of that name only when told to', async () => {
      try {
        await saveFilter(' slow ', { text: 'slow', fromRow: 7 });
        assert.deepEqual(savedInWorkspace(), [{ name: 'slow', filter: { text: 'slow' } }]);
        answer('showWarningMessage', () => undefined);
        await saveFilter('slow', { text: 'other' });
        assert.deepEqual(savedInWorkspace(), [{ name: 'slow', filter: { text: 'slow' } }]);
        answer('showWarningMessage', () => 'Replace');
        await saveFilter('slow', { levels: ['error'] });
        assert.deepEqual(savedInWorkspace(), [{ name: 'slow', filter: { levels: ['error'] } }]);
      } finally {
        const section = vscode.workspace.getConfiguration('logStream');
        await section.update('filters', undefined, vscode.ConfigurationTarget.Workspace);
      }
    });
  });

  describe('a command of the viewer', () => {
    it('opens the panel where there is none', async () => {
      await vscode.commands.executeCommand('logStream.focusFilter');
      await eventually('the panel', () => panelTabs().length === 1);
    });
  });
});
