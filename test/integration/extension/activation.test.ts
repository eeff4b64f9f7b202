import assert from 'node:assert/strict';
import { copyFileSync, statSync, writeFileSync } from 'node:fs';
import Module, { createRequire } from 'node:module';
import { join } from 'node:path';
import { createTemporaryDirectory, type TemporaryDirectory } from '../../support/temporaryDirectory';
import { repositoryRoot } from '../../support/testCache';

const bundle = join(repositoryRoot, 'dist/extension.js');

type Command = (...args: readonly unknown[]) => Promise<void>;

/** A window with what activation asks of VS Code. */
class FakeWindow {
  readonly commands = new Map<string, Command>();
  readonly errors: string[] = [];
  restorePanel: ((panel: unknown) => Promise<void>) | undefined;
  changeConfiguration: ((section: string) => void) | undefined;
  connections: unknown = [];
  session: unknown;

  readonly vscode = {
    commands: {
      registerCommand: (id: string, handler: Command) => {
        this.commands.set(id, handler);
        return { dispose: () => undefined };
      },
    },
    window: {
      registerWebviewPanelSerializer: (_type: string, serializer: { deserializeWebviewPanel: Command }) => {
        this.restorePanel = (panel) => serializer.deserializeWebviewPanel(panel);
        return { dispose: () => undefined };
      },
      showErrorMessage: async (text: string) => {
        this.errors.push(text);
      },
    },
    workspace: {
      getConfiguration: () => ({ get: () => this.connections }),
      onDidChangeConfiguration: (listener: (change: unknown) => void) => {
        this.changeConfiguration = (section) =>
          listener({ affectsConfiguration: (asked: string) => section === asked || section.startsWith(`${asked}.`) });
        return { dispose: () => undefined };
      },
    },
  };

  readonly context = { subscriptions: [], workspaceState: { get: () => this.session } };
}

/** The rest of the extension, as far as activation knows it: it notes what is asked of it. */
const restOfExtension = `
const asked = globalThis.logStreamTestAsked;
exports.createExtension = () => {
  asked.push('created');
  return {
    handlers: new Proxy({}, { get: (_target, id) => async (...args) => { asked.push([id, ...args].join(' ')); } }),
    restore: async () => { asked.push('restored'); },
    restorePanel: (panel) => { asked.push('panel ' + panel); },
    tellUnexpected: () => { asked.push('unexpected'); },
    api: { statusText: 'Live' },
    dispose() {},
  };
};
`;

interface Loader {
  _load(request: string, ...rest: unknown[]): unknown;
}

describe('the bundle that every window loads', () => {
  let folder: TemporaryDirectory;
  let asked: string[];
  let window: FakeWindow;
  const loader = Module as unknown as Loader;
  const load = loader._load;

  beforeEach(async () => {
    folder = await createTemporaryDirectory('activation');
    copyFileSync(bundle, join(folder.path, 'extension.js'));
    asked = [];
    Object.assign(globalThis, { logStreamTestAsked: asked });
    window = new FakeWindow();
    loader._load = (request, ...rest) => (request === 'vscode' ? window.vscode : load.call(Module, request, ...rest));
  });

  afterEach(async () => {
    loader._load = load;
    Reflect.deleteProperty(globalThis, 'logStreamTestAsked');
    await folder.remove();
  });

  const addRest = () => writeFileSync(join(folder.path, 'window.js'), restOfExtension);

  function activate(): { readonly statusText: string } {
    const requireHere = createRequire(join(folder.path, 'here.js'));
    return requireHere('./extension.js').activate(window.context);
  }

  /** What setImmediate and promises have still to do. */
  const settled = async () => {
    for (let turn = 0; turn < 5; turn++) {
      await new Promise((resolve) => setImmediate(resolve));
    }
  };

  it('has a few KB', () => {
    assert.ok(statSync(bundle).size < 16 * 1024, `${statSync(bundle).size} bytes`);
  });

  it('loads nothing more where nothing is open or configured', async () => {
    addRest();
    activate();
    window.changeConfiguration?.('editor.fontSize');
    await settled();
    assert.deepEqual(asked, []);
    assert.ok(window.commands.has('logStream.connect'));
  });

  it('loads the rest once, with the first command, which waits for it', async () => {
    addRest();
    const api = activate();
    assert.equal(api.statusText, '');
    await Promise.all([
      window.commands.get('logStream.connect')?.('web'),
      window.commands.get('logStream.showReport')?.(),
    ]);
    assert.deepEqual(asked, ['created', 'restored', 'logStream.connect web', 'logStream.showReport']);
    assert.equal(api.statusText, 'Live');
  });

  it('loads it at once where a connection is configured', async () => {
    addRest();
    window.connections = [{ name: 'web', url: 'ws://localhost:8000/ws' }];
    activate();
    await settled();
    assert.deepEqual(asked, ['created', 'restored']);
  });

  it('loads it at once where a window left something open', async () => {
    addRest();
    window.session = { target: { name: 'web', url: 'ws://a/ws', format: 'auto', origin: 'address' } };
    activate();
    await settled();
    assert.deepEqual(asked, ['created', 'restored']);
  });

  it('loads it when a setting of ours changes, and for a panel that VS Code brings back', async () => {
    addRest();
    activate();
    window.changeConfiguration?.('logStream.connections');
    await window.restorePanel?.('of before');
    assert.deepEqual(asked, ['created', 'restored', 'panel of before']);
  });

  it('tells in a sentence what cannot be loaded, and tries again with the next command', async () => {
    activate();
    await window.commands.get('logStream.connect')?.();
    await window.restorePanel?.('of before');
    assert.equal(window.errors.length, 2);
    assert.match(
      window.errors[0] ?? '',
      /^Live Log Stream could not be loaded \(Cannot find module '\.\/window'\): reinstall the extension\.$/,
    );
    addRest();
    await window.commands.get('logStream.connect')?.();
    assert.deepEqual(asked, ['created', 'restored', 'logStream.connect']);
  });
});
