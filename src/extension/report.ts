import * as vscode from 'vscode';
import { type Disposable, DisposableStore } from '../base/disposable';
import { texts } from '../text/texts';

const SCHEME = 'live-log-stream-report';

/** Shows the connection report as a read-only Markdown document that can be copied from. */
export class ReportDocument implements Disposable {
  readonly #disposables = new DisposableStore();
  readonly #changed = this.#disposables.add(new vscode.EventEmitter<vscode.Uri>());

  /** @param write the report as it is now, Markdown. */
  constructor(write: () => string) {
    this.#disposables.add(
      vscode.workspace.registerTextDocumentContentProvider(SCHEME, {
        onDidChange: this.#changed.event,
        provideTextDocumentContent: () => write(),
      }),
    );
  }

  /** Opens the document, or brings it up to date and to the front. */
  async show(): Promise<void> {
    const uri = vscode.Uri.from({ scheme: SCHEME, path: `/${texts.extension.names.report}.md` });
    this.#changed.fire(uri);
    const document = await vscode.workspace.openTextDocument(uri);
    await vscode.window.showTextDocument(document, { preview: false });
  }

  dispose(): void {
    this.#disposables.dispose();
  }
}
