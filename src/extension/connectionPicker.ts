import * as vscode from 'vscode';
import { texts } from '../text/texts';
import type { AddressCheck, ConnectionSetting } from './settings';

/** What a person chose to connect to. */
export type ConnectionChoice =
  | { readonly kind: 'configured'; readonly connection: ConnectionSetting }
  | { readonly kind: 'address'; readonly url: string }
  | { readonly kind: 'startServer' }
  | { readonly kind: 'demo' };

interface ChoiceItem extends vscode.QuickPickItem {
  readonly choice?: ConnectionChoice | 'enterAddress';
}

export interface ConnectionPickerOptions {
  readonly connections: readonly ConnectionSetting[];
  /** Addresses that were entered before, latest first. */
  readonly recentAddresses: readonly string[];
  /** Whether a server can be started in this kind of window. */
  readonly canStartServer: boolean;
  readonly checkAddress: AddressCheck;
}

/** Asks what to connect to; undefined when the person turns away. */
export async function chooseConnection(options: ConnectionPickerOptions): Promise<ConnectionChoice | undefined> {
  const { connect } = texts.extension;
  const first = options.connections.length === 0 && options.recentAddresses.length === 0;
  const picked = await vscode.window.showQuickPick(items(options, first), {
    title: connect.title,
    placeHolder: first ? connect.placeholderFirst : connect.placeholder,
    matchOnDescription: true,
    // As in the other question: see serverPicker.
    ignoreFocusOut: true,
  });
  if (picked?.choice === 'enterAddress') {
    const url = await enterAddress(options.checkAddress);
    return url === undefined ? undefined : { kind: 'address', url };
  }
  return picked?.choice;
}

function items(options: ConnectionPickerOptions, first: boolean): ChoiceItem[] {
  const { connect } = texts.extension;
  const remote = remoteLabel();
  const startServer: ChoiceItem = {
    label: connect.startServer,
    detail: remote === undefined ? connect.startServerDetail : connect.startServerDetailRemote(remote),
    choice: { kind: 'startServer' },
  };
  const demo: ChoiceItem = { label: connect.demo, detail: connect.demoDetail, choice: { kind: 'demo' } };
  const address: ChoiceItem = {
    label: connect.enterAddress,
    detail: connect.enterAddressDetail,
    choice: 'enterAddress',
  };
  return [
    ...group(
      connect.configured,
      options.connections.map((connection) => ({
        label: connection.name,
        description: connection.url,
        choice: { kind: 'configured', connection },
      })),
    ),
    ...group(
      connect.recent,
      options.recentAddresses.map((url) => ({ label: url, choice: { kind: 'address', url } })),
    ),
    ...(first ? [] : [separator(connect.others)]),
    address,
    ...(options.canStartServer ? [startServer] : []),
    ...(options.canStartServer && first ? [demo] : []),
  ];
}

function separator(label: string): ChoiceItem {
  return { label, kind: vscode.QuickPickItemKind.Separator };
}

function group(label: string, members: readonly ChoiceItem[]): readonly ChoiceItem[] {
  return members.length === 0 ? [] : [separator(label), ...members];
}

/** Asks for an address; one that cannot be used is not accepted, and the field says why. */
export function enterAddress(checkAddress: AddressCheck, value = 'ws://'): Thenable<string | undefined> {
  const { connect } = texts.extension;
  const remote = remoteLabel();
  return vscode.window
    .showInputBox({
      title: connect.addressTitle,
      prompt: remote === undefined ? connect.addressPrompt : connect.addressPromptRemote(remote),
      value,
      valueSelection: [value.length, value.length],
      ignoreFocusOut: true,
      // While only the beginning stands there, nothing is wrong yet.
      validateInput: (text) => (/^(wss?|https?):?\/?\/?$/i.test(text.trim()) ? undefined : checkAddress(text.trim())),
    })
    .then((text) => {
      const trimmed = text?.trim();
      return trimmed && checkAddress(trimmed) === null ? trimmed : undefined;
    });
}

/** What the machine is called that a remote window runs on, or undefined in a local one. */
function remoteLabel(): string | undefined {
  return vscode.env.remoteName === undefined ? undefined : texts.extension.connect.remoteMachine;
}
