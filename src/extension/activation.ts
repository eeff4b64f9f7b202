import * as vscode from 'vscode';
import { activationTexts } from '../text/activation';
import type { LogStreamApi } from './api';
import { COMMAND_IDS, type CommandId } from './commands';
import type { LogStreamExtension } from './logStreamExtension';
import { PANEL_TYPE } from './panelType';
import { isEmptySession, loadSession } from './session';
import { CONNECTIONS_KEY, SETTINGS_SECTION } from './settingsKeys';

/** Loads everything but what activation itself needs, and makes the extension. */
export type LoadExtension = (context: vscode.ExtensionContext) => Promise<LogStreamExtension>;

/**
 * Registers what the manifest announces, and loads the rest when it is first used: every window
 * pays for an activation, few of them follow a log. Where something was open, or is configured, the
 * rest follows right after. What cannot be loaded is told in a sentence, and tried again when it is
 * next used.
 */
export function activateWith(context: vscode.ExtensionContext, loadExtension: LoadExtension): LogStreamApi {
  let loaded: LogStreamExtension | undefined;
  let loading: Promise<LogStreamExtension | undefined> | undefined;
  const load = (): Promise<LogStreamExtension | undefined> => {
    loading ??= loadExtension(context).then(
      (extension) => {
        loaded = extension;
        context.subscriptions.push(extension);
        extension.restore().catch((error: unknown) => extension.tellUnexpected(error));
        return extension;
      },
      (error: unknown) => {
        loading = undefined;
        tellNotLoaded(error);
        return undefined;
      },
    );
    return loading;
  };
  context.subscriptions.push(
    ...COMMAND_IDS.map((id) => vscode.commands.registerCommand(id, async (...args) => run(await load(), id, args))),
    vscode.window.registerWebviewPanelSerializer(PANEL_TYPE, {
      deserializeWebviewPanel: async (panel) => (await load())?.restorePanel(panel),
    }),
    vscode.workspace.onDidChangeConfiguration((change) => {
      if (change.affectsConfiguration(SETTINGS_SECTION)) {
        void load();
      }
    }),
  );
  const connections: unknown = vscode.workspace.getConfiguration(SETTINGS_SECTION).get(CONNECTIONS_KEY);
  const configured = !Array.isArray(connections) || connections.length > 0;
  if (configured || !isEmptySession(loadSession(context.workspaceState))) {
    setImmediate(() => void load());
  }
  return {
    get openStream() {
      return loaded?.api.openStream;
    },
    get statusText() {
      return loaded?.api.statusText ?? '';
    },
    get server() {
      return loaded?.api.server;
    },
  };
}

async function run(extension: LogStreamExtension | undefined, id: CommandId, given: readonly unknown[]): Promise<void> {
  if (extension === undefined) {
    return;
  }
  try {
    const handler: (...args: readonly unknown[]) => Promise<void> | void = extension.handlers[id];
    await handler(...given);
  } catch (error) {
    extension.tellUnexpected(error);
  }
}

function tellNotLoaded(error: unknown): void {
  // Of a module that is missing Node.js names all who wanted it, each on a line.
  const [message = ''] = (error instanceof Error ? error.message : String(error)).split('\n');
  vscode.window.showErrorMessage(activationTexts.notLoaded(message)).then(undefined, () => undefined);
}
