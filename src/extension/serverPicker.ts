import * as vscode from 'vscode';
import { texts } from '../text/texts';
import { parseCommandLine } from './commandLine';
import { serverPresets } from './serverPresets';
import { type ServerSources, sourcesLabel } from './serverSources';

interface SourceItem extends vscode.QuickPickItem {
  readonly choose?: () => Promise<ServerSources | undefined>;
}

/**
 * Asks what a log server shall follow; undefined when the person turns away.
 *
 * @param running what a server follows that is running now.
 */
export async function chooseServerSources(
  platform: string,
  running: ServerSources | undefined,
): Promise<ServerSources | undefined> {
  const { server } = texts.extension;
  const picked = await vscode.window.showQuickPick(items(platform), {
    title: server.title,
    placeHolder: running === undefined ? server.placeholder : server.replaces(sourcesLabel(running)),
    // A webview that had the focus takes it back once the palette has closed: the question must not vanish with that.
    ignoreFocusOut: true,
  });
  return picked?.choose?.();
}

function items(platform: string): SourceItem[] {
  const { server } = texts.extension;
  const active = vscode.window.activeTextEditor?.document.uri;
  return [
    { label: server.pickFiles, detail: server.pickFilesDetail, choose: chooseFiles },
    ...(active?.scheme === 'file'
      ? [
          {
            label: server.activeFile(vscode.workspace.asRelativePath(active)),
            detail: server.activeFileDetail,
            choose: async (): Promise<ServerSources> => ({ kind: 'files', paths: [active.fsPath] }),
          },
        ]
      : []),
    { label: server.command, detail: server.commandDetail, choose: () => enterCommand(platform, '') },
    { label: server.presetsGroup, kind: vscode.QuickPickItemKind.Separator },
    ...serverPresets(platform).map((preset) => ({
      label: preset.label,
      description: preset.description,
      choose: () => enterCommand(platform, preset.command, preset.selection),
    })),
    { label: server.examplesGroup, kind: vscode.QuickPickItemKind.Separator },
    {
      label: server.demo,
      detail: server.demoDetail,
      choose: async (): Promise<ServerSources> => ({ kind: 'demo' }),
    },
  ];
}

async function chooseFiles(): Promise<ServerSources | undefined> {
  const { server } = texts.extension;
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  const files = await vscode.window.showOpenDialog({
    title: server.filesTitle,
    openLabel: server.filesOpen,
    canSelectMany: true,
    ...(folder?.scheme === 'file' ? { defaultUri: folder } : {}),
  });
  return files === undefined || files.length === 0
    ? undefined
    : { kind: 'files', paths: files.map((file) => file.fsPath) };
}

async function enterCommand(
  platform: string,
  value: string,
  selection: readonly [number, number] = [value.length, value.length],
): Promise<ServerSources | undefined> {
  const { server } = texts.extension;
  const line = await vscode.window.showInputBox({
    title: server.commandTitle,
    prompt: server.commandPrompt,
    placeHolder: server.commandEmpty,
    value,
    valueSelection: [...selection],
    ignoreFocusOut: true,
    validateInput: (text) =>
      text.trim() !== '' && parseCommandLine(text, platform) === null ? server.commandUnreadable : undefined,
  });
  const trimmed = line?.trim();
  return trimmed ? { kind: 'command', line: trimmed } : undefined;
}
