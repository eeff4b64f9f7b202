import * as vscode from 'vscode';
import { texts } from '../text/texts';
import { bestMatches, type FileLink, readFileLink, searchPattern } from './fileLinks';
import { tellInformation } from './notifications';

/** More files of one name than a person wants to choose from. */
const MOST_FILES = 200;
const DEPENDENCIES = '**/node_modules/**';

/** A place in a file as a line of a log names it; line and column from 1. */
interface FilePosition {
  readonly path: string;
  readonly line?: number;
  readonly column?: number;
}

/**
 * Opens a file that a log names in the editor, beside the panel: as it stands if it is on this
 * machine, otherwise the workspace's file that shares the longest tail of its path. It is only ever
 * shown, and a path on another machine is not touched.
 *
 * @param platform `process.platform`.
 * @param panelColumn where the panel is, so as not to cover it.
 */
export async function openFileLink(
  { path, line, column }: FilePosition,
  platform: string,
  panelColumn: vscode.ViewColumn | undefined,
): Promise<void> {
  const link = readFileLink(path, platform);
  if (link === null) {
    tellInformation(texts.extension.fileLinks.noPath(path.slice(0, 200)));
    return;
  }
  const file = (await existing(link)) ?? (await choose(link, path, await inWorkspace(link)));
  if (file === undefined) {
    return;
  }
  const at = new vscode.Position(Math.max((line ?? 1) - 1, 0), Math.max((column ?? 1) - 1, 0));
  try {
    await vscode.window.showTextDocument(file, {
      viewColumn: columnBeside(panelColumn),
      preview: true,
      selection: new vscode.Range(at, at),
    });
  } catch (error) {
    // No text, or too large for an editor.
    const message = error instanceof Error ? error.message : String(error);
    tellInformation(texts.extension.fileLinks.notOpened(vscode.workspace.asRelativePath(file), message));
  }
}

async function existing({ absolute }: FileLink): Promise<vscode.Uri | undefined> {
  if (absolute === null) {
    return undefined;
  }
  const uri = vscode.Uri.file(absolute);
  return (await isFile(uri)) ? uri : undefined;
}

/** Not a directory, and not a device, which might never end. */
async function isFile(uri: vscode.Uri): Promise<boolean> {
  try {
    return ((await vscode.workspace.fs.stat(uri)).type & vscode.FileType.File) !== 0;
  } catch {
    return false;
  }
}

async function inWorkspace(link: FileLink): Promise<readonly vscode.Uri[]> {
  try {
    return await search(link);
  } catch {
    // The search is a program of its own, and may be missing or refuse this kind of folder.
    return atTheirPlace(link);
  }
}

/** The files that lie at a tail of the link's path below a folder of the workspace, or below its dependencies. */
async function atTheirPlace(link: FileLink): Promise<readonly vscode.Uri[]> {
  const folders = (vscode.workspace.workspaceFolders ?? []).map(({ uri }) => uri);
  for (const bases of [folders, folders.map((uri) => vscode.Uri.joinPath(uri, 'node_modules'))]) {
    const candidates = bases.flatMap((base) =>
      link.parts.map((_part, from) => vscode.Uri.joinPath(base, ...link.parts.slice(from))),
    );
    const files = await Promise.all(candidates.map(async (uri) => ((await isFile(uri)) ? [uri] : [])));
    const found = matching(link, files.flat());
    if (found.length > 0) {
      return found;
    }
  }
  return [];
}

async function search(link: FileLink): Promise<readonly vscode.Uri[]> {
  if (!link.parts.includes('node_modules')) {
    const own = await find(link, DEPENDENCIES);
    if (own.length > 0) {
      return own;
    }
  }
  return find(link, null);
}

async function find(link: FileLink, exclude: string | null): Promise<readonly vscode.Uri[]> {
  const named = await vscode.workspace.findFiles(searchPattern(link, 1), exclude, MOST_FILES);
  if (named.length < MOST_FILES || link.parts.length === 1) {
    return matching(link, named);
  }
  // A common name, such as index.ts: the right one may not be among those found.
  const inFolder = await vscode.workspace.findFiles(searchPattern(link, 2), exclude, MOST_FILES);
  return matching(link, inFolder.length > 0 ? inFolder : named);
}

function matching(link: FileLink, files: readonly vscode.Uri[]): readonly vscode.Uri[] {
  const byPath = new Map(files.map((uri) => [uri.path, uri]));
  return bestMatches(link, [...byPath.keys()]).flatMap((path) => byPath.get(path) ?? []);
}

async function choose(link: FileLink, path: string, files: readonly vscode.Uri[]): Promise<vscode.Uri | undefined> {
  const say = texts.extension.fileLinks;
  const [only, ...others] = files;
  if (only === undefined) {
    const shown = path.slice(0, 200);
    tellInformation(
      link.network
        ? say.network(shown)
        : vscode.workspace.workspaceFolders === undefined
          ? say.noWorkspace(shown)
          : say.notFound(shown),
    );
    return undefined;
  }
  if (others.length === 0) {
    return only;
  }
  const picked = await vscode.window.showQuickPick(
    files.map((uri) => ({ label: vscode.workspace.asRelativePath(uri), uri })),
    { title: say.pickTitle(link.parts.at(-1) ?? ''), placeHolder: say.pickPlaceholder },
  );
  return picked?.uri;
}

/** Another group that is there already, or a new one beside the panel. */
function columnBeside(panelColumn: vscode.ViewColumn | undefined): vscode.ViewColumn {
  const other = vscode.window.tabGroups.all.find(({ viewColumn }) => viewColumn !== panelColumn);
  return panelColumn === undefined ? vscode.ViewColumn.Active : (other?.viewColumn ?? vscode.ViewColumn.Beside);
}
