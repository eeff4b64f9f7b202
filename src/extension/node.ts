import type * as vscode from 'vscode';
import { activateWith } from './activation';
import type { LogStreamApi } from './api';

/** The entry on the desktop and in remote windows. */
export function activate(context: vscode.ExtensionContext): LogStreamApi {
  return activateWith(context, async () => (await import('./window')).createExtension(context));
}
