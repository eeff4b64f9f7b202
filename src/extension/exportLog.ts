import * as vscode from 'vscode';
import { texts } from '../text/texts';
import type { ExportMessage } from '../view/messages';
import { exportName } from './exportName';
import { gather, joinBytes } from './gather';
import { tellError, tellInformation } from './notifications';
import { plainText } from './plainText';
import type { Platform } from './platform';

const MEBIBYTE = 1024 * 1024;
/** An editor highlights and folds nothing beyond this, and a virtual file system takes a file only whole. */
const MOST_IN_MEMORY_MIB = 50;

const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
const say = texts.extension.exports;

interface ExportOptions {
  readonly message: ExportMessage;
  readonly content: AsyncIterable<Uint8Array>;
  /** What the stream is called; names the file. */
  readonly stream: string;
  readonly writeFile: Platform['writeFile'];
  /** Wall clock, ms since the Unix epoch. */
  readonly now: number;
}

/** Writes a log to a file that the person chooses, or opens it as an untitled document. */
export async function exportLog(options: ExportOptions): Promise<void> {
  await (options.message.target === 'file' ? saveAs(options) : openInEditor(options));
}

async function saveAs({ message, content, stream, writeFile, now }: ExportOptions): Promise<void> {
  const name = exportName(stream, message, now);
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  const isText = message.format === 'text';
  const uri = await vscode.window.showSaveDialog({
    ...(folder === undefined ? {} : { defaultUri: vscode.Uri.joinPath(folder, name) }),
    filters: isText ? { [say.textFiles]: ['log', 'txt'] } : { [say.jsonLinesFiles]: ['jsonl', 'ndjson'] },
    title: say.title,
  });
  if (uri !== undefined) {
    await save(uri, content, writeFile);
  }
}

async function save(
  uri: vscode.Uri,
  content: AsyncIterable<Uint8Array>,
  writeFile: Platform['writeFile'],
): Promise<void> {
  const name = uri.path.slice(uri.path.lastIndexOf('/') + 1);
  try {
    const bytes = await withProgress(say.saving(name), async (signal) => {
      if (uri.scheme === 'file' && writeFile !== undefined) {
        return writeFile(uri.fsPath, content, signal);
      }
      const pieces = await gather(content, MOST_IN_MEMORY_MIB * MEBIBYTE, (piece) => piece, turnUnless(signal));
      if (pieces === null) {
        return null;
      }
      const whole = joinBytes(pieces);
      await vscode.workspace.fs.writeFile(uri, whole);
      return whole.length;
    });
    if (bytes === null) {
      tellError(say.tooLargeForFileSystem(MOST_IN_MEMORY_MIB));
    } else if (bytes !== undefined) {
      const open = async () => {
        await vscode.window.showTextDocument(uri);
      };
      tellInformation(say.saved(name, bytes), { label: say.open, run: open });
    }
  } catch (error) {
    tellError(say.notSaved(name, error instanceof Error ? error.message : String(error)));
  }
}

async function openInEditor({ message, content }: ExportOptions): Promise<void> {
  const isText = message.format === 'text';
  // Colours are for the panel; in an editor their codes would stand between the words.
  const take = isText ? plainText : (piece: Uint8Array) => decoder.decode(piece);
  const pieces = await withProgress(say.opening, (signal) =>
    gather(content, MOST_IN_MEMORY_MIB * MEBIBYTE, take, turnUnless(signal)),
  );
  if (pieces === null) {
    tellError(say.tooLargeForEditor(MOST_IN_MEMORY_MIB));
  } else if (pieces !== undefined) {
    const document = await vscode.workspace.openTextDocument({
      content: pieces.join(''),
      language: isText ? 'log' : 'jsonl',
    });
    await vscode.window.showTextDocument(document, { preview: false });
  }
}

/** Undefined when the person has given it up. */
async function withProgress<T>(title: string, work: (signal: AbortSignal) => Promise<T>): Promise<T | undefined> {
  const abort = new AbortController();
  try {
    return await vscode.window.withProgress(
      { location: vscode.ProgressLocation.Notification, title, cancellable: true },
      (_progress, token) => {
        token.onCancellationRequested(() => abort.abort());
        return work(abort.signal);
      },
    );
  } catch (error) {
    if (abort.signal.aborted) {
      return undefined;
    }
    throw error;
  }
}

function turnUnless(signal: AbortSignal): () => Promise<void> {
  return async () => {
    await new Promise((resolve) => setImmediate(resolve));
    signal.throwIfAborted();
  };
}
