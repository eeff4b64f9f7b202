import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as vscode from 'vscode';
import type { LogStreamApi } from '../../../src/extension/api';

/** The extension as VS Code has it. */
export function theExtension(): vscode.Extension<LogStreamApi> {
  const extension = vscode.extensions.getExtension<LogStreamApi>('live-log-stream.live-log-stream');
  if (extension === undefined) {
    throw new Error('The extension is not installed.');
  }
  return extension;
}

export async function api(): Promise<LogStreamApi> {
  return theExtension().activate();
}

/** Asks again and again until the answer is neither undefined nor false; fails after the deadline. */
export async function eventually<T>(
  what: string,
  look: () => T | undefined | false | Promise<T | undefined | false>,
  deadlineMs = 10_000,
): Promise<T> {
  const end = Date.now() + deadlineMs;
  for (;;) {
    const value = await look();
    if (value !== undefined && value !== false) {
      return value;
    }
    if (Date.now() > end) {
      throw new Error(`${what}: not within ${deadlineMs / 1000} s`);
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** A log server in a process of the test's own. */
export interface TestServer {
  readonly port: number;
  readonly url: string;
  stop(signal?: NodeJS.Signals): Promise<void>;
}

const started = new Set<ChildProcess>();

/** Starts the bundled server; resolves at its ready line. */
export async function startServer(args: readonly string[], port = 0): Promise<TestServer> {
  const program = join(theExtension().extensionPath, 'dist', 'server.js');
  const child = spawn(process.execPath, [program, '--port', String(port), ...args], {
    env: { ...process.env, ELECTRON_RUN_AS_NODE: '1' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  started.add(child);
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    output += chunk;
  });
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    output += chunk;
  });
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const found = await eventually('the ready line of the server', () => {
    if (child.exitCode !== null) {
      throw new Error(`The server ended: ${output}`);
    }
    return /listening on http:\/\/127\.0\.0\.1:(\d+)/.exec(output)?.[1];
  });
  return {
    port: Number(found),
    url: `ws://127.0.0.1:${found}/ws`,
    async stop(signal = 'SIGTERM') {
      child.kill(signal);
      await ended;
      started.delete(child);
    },
  };
}

/** Kills every server a test has left running. */
export function killServers(): void {
  for (const child of started) {
    child.kill('SIGKILL');
  }
  started.clear();
}

/** A folder of its own, removed by {@link removeFolders}. */
export function makeFolder(): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'live-log-stream-suite-')));
  folders.push(folder);
  return folder;
}

const folders: string[] = [];

export function removeFolders(): void {
  for (const folder of folders.splice(0)) {
    rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  }
}

/** The text of the output channel; it has one only while it is shown. */
export function outputText(): string {
  const document = vscode.workspace.textDocuments.find(
    ({ uri, languageId }) => uri.scheme === 'output' && languageId === 'log' && /live[- ]log[- ]stream/i.test(uri.path),
  );
  return document?.getText() ?? '';
}

/** The tabs that show the panel. */
export function panelTabs(): vscode.Tab[] {
  return vscode.window.tabGroups.all
    .flatMap(({ tabs }) => tabs)
    .filter(({ input }) => input instanceof vscode.TabInputWebview && input.viewType.endsWith('logStream.panel'));
}

/** Sets settings for the time of a test; {@link resetSettings} takes them back. */
export async function setSetting(key: string, value: unknown): Promise<void> {
  changedSettings.add(key);
  await vscode.workspace.getConfiguration('logStream').update(key, value, vscode.ConfigurationTarget.Global);
}

const changedSettings = new Set<string>();

export async function resetSettings(): Promise<void> {
  for (const key of changedSettings) {
    await vscode.workspace.getConfiguration('logStream').update(key, undefined, vscode.ConfigurationTarget.Global);
  }
  changedSettings.clear();
}

/** How often each of the lines numbered from `first` to `last` stands in a text. */
export function countNumbered(text: string, prefix: string, first: number, last: number): Map<number, number> {
  const counts = new Map<number, number>();
  for (let number = first; number <= last; number++) {
    counts.set(number, 0);
  }
  for (const match of text.matchAll(new RegExp(`${prefix}(\\d+)\\b`, 'g'))) {
    const number = Number(match[1]);
    counts.set(number, (counts.get(number) ?? 0) + 1);
  }
  return counts;
}

const replaced: (() => void)[] = [];

/** Replaces a question of VS Code's for the time of a test; {@link takeQuestionsBack} undoes it. */
export function answer<
  Name extends 'showSaveDialog' | 'showWarningMessage' | 'showInformationMessage' | 'showErrorMessage',
>(name: Name, reply: (...asked: unknown[]) => unknown): void {
  const window = vscode.window as unknown as Record<string, unknown>;
  const original = window[name];
  window[name] = async (...asked: unknown[]) => reply(...asked);
  replaced.push(() => {
    window[name] = original;
  });
}

/** The first sentences that are said from now on, by whichever kind of message. */
export function listenToMessages(): string[] {
  const said: string[] = [];
  for (const name of ['showInformationMessage', 'showWarningMessage', 'showErrorMessage'] as const) {
    answer(name, (text) => void said.push(String(text)));
  }
  return said;
}

export function takeQuestionsBack(): void {
  for (const undo of replaced.splice(0)) {
    undo();
  }
}
