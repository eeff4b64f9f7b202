import type * as vscode from 'vscode';
import { LogStreamExtension } from './logStreamExtension';
import { nodePlatform } from './nodePlatform';

/**
 * All of the extension but what activation itself needs, for the desktop and remote windows. It is a
 * bundle of its own, `dist/window.js`, that a window which follows no log never reads.
 */
export function createExtension(context: vscode.ExtensionContext): LogStreamExtension {
  return new LogStreamExtension(context, nodePlatform(context));
}
