// Loads and activates the packed extension as a window does that has nothing configured, and prints
// how many ms that took. VS Code itself is stood in for. usage: activation EXTENSION_JS
const Module = require('node:module');

const nothing = { dispose() {} };
const vscode = {
  commands: { registerCommand: () => nothing },
  window: { registerWebviewPanelSerializer: () => nothing },
  workspace: { onDidChangeConfiguration: () => nothing, getConfiguration: () => ({ get: () => [] }) },
};
const load = Module._load;
Module._load = (request, ...rest) => (request === 'vscode' ? vscode : load(request, ...rest));

const startedAt = performance.now();
require(process.argv[2]).activate({ subscriptions: [], workspaceState: { get: () => undefined } });
console.log(performance.now() - startedAt);
