import * as vscode from 'vscode';
import { texts } from '../text/texts';
import { SETTINGS_SECTION } from './settingsKeys';

/** A button of a message and what it does. */
export interface MessageButton {
  readonly label: string;
  readonly run: () => Promise<void> | void;
}

type Show = (message: string, ...labels: string[]) => Thenable<string | undefined>;

/** Shows one sentence with the next steps as buttons; nobody has to wait for the answer. */
function tell(show: Show, message: string, buttons: readonly MessageButton[]): void {
  show(message, ...buttons.map(({ label }) => label))
    .then((label) => buttons.find((button) => button.label === label)?.run())
    .then(undefined, (error: unknown) => tellUnexpected(error));
}

export function tellError(message: string, ...buttons: readonly MessageButton[]): void {
  tell((text, ...labels) => vscode.window.showErrorMessage(text, ...labels), message, buttons);
}

export function tellWarning(message: string, ...buttons: readonly MessageButton[]): void {
  tell((text, ...labels) => vscode.window.showWarningMessage(text, ...labels), message, buttons);
}

export function tellInformation(message: string, ...buttons: readonly MessageButton[]): void {
  tell((text, ...labels) => vscode.window.showInformationMessage(text, ...labels), message, buttons);
}

/** An error that nothing here foresaw: its message only; the stack goes to the developer's console. */
export function tellUnexpected(error: unknown): void {
  console.error('live-log-stream:', error);
  tellError(texts.extension.notices.unexpected(error instanceof Error ? error.message : String(error)));
}

/** A button that opens the settings of this extension. */
export function settingsButton(): MessageButton {
  return { label: texts.extension.settings.open, run: openSettings };
}

/** Opens the settings of this extension. */
export async function openSettings(): Promise<void> {
  await vscode.commands.executeCommand(
    'workbench.action.openSettings',
    `@ext:live-log-stream.live-log-stream ${SETTINGS_SECTION}`,
  );
}
