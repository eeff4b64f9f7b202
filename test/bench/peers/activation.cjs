// Loads and activates the bundled extension as a window does that has nothing configured, and prints as
// JSON how long that took and how much code it read; then the same for the rest, which a window loads
// when it first needs it. VS Code itself is stood in for. usage: activation DIST_FOLDER
const { statSync } = require('node:fs');
const Module = require('node:module');
const { join } = require('node:path');

const folder = process.argv[2];
const nothing = { dispose() {} };
const vscode = {
  ThemeColor: class {},
  commands: { registerCommand: () => nothing },
  window: { registerWebviewPanelSerializer: () => nothing },
  workspace: { onDidChangeConfiguration: () => nothing, getConfiguration: () => ({ get: () => [] }) },
};
const load = Module._load;
Module._load = (request, ...rest) => (request === 'vscode' ? vscode : load(request, ...rest));

/** Bytes of our code that were read until now. */
function bytesRead() {
  const ours = Object.keys(require.cache).filter((file) => file.startsWith(folder));
  return ours.reduce((sum, file) => sum + statSync(file).size, 0);
}

const startedAt = performance.now();
require(join(folder, 'extension.js')).activate({ subscriptions: [], workspaceState: { get: () => undefined } });
const activatedAt = performance.now();
const activationBytes = bytesRead();

const restAt = performance.now();
require(join(folder, 'window.js'));
const restMs = performance.now() - restAt;
const restBytes = bytesRead() - activationBytes;
console.log(JSON.stringify({ activationMs: activatedAt - startedAt, activationBytes, restMs, restBytes }));
