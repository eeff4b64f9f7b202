import { VIEWER_COMMAND_IDS, type ViewerCommandId } from './viewerCommands';

/**
 * The extension's own commands: their ids and what they are called with. With those of the viewer
 * they are all that the manifest holds, with titles and icons; a test keeps the two in step.
 */
const OWN_COMMAND_IDS = [
  'logStream.connect',
  'logStream.disconnect',
  'logStream.reconnectNow',
  /** The command of the open stream, which has ended. */
  'logStream.runAgain',
  'logStream.openPanel',
  'logStream.showOutput',
  'logStream.startServer',
  'logStream.stopServer',
  'logStream.openInBrowser',
  'logStream.clear',
  'logStream.showReport',
  /** From the Explorer: a file, and all that are selected. */
  'logStream.openAsLiveLog',
  /** From the status bar: a list of what can be done now. */
  'logStream.statusActions',
] as const;

export type CommandId = (typeof OWN_COMMAND_IDS)[number] | ViewerCommandId;

export const COMMAND_IDS: readonly CommandId[] = [...OWN_COMMAND_IDS, ...VIEWER_COMMAND_IDS];

/** Something in the file explorer; a `vscode.Uri` has this form. */
export interface ResourceLike {
  readonly scheme: string;
  readonly fsPath: string;
}

interface CommandArguments {
  /** A configured name or an address; none: the person is asked. */
  'logStream.connect': readonly [target?: unknown];
  'logStream.openAsLiveLog': readonly [clicked?: unknown, selected?: unknown];
}

type ArgumentsOf<Id extends CommandId> = Id extends keyof CommandArguments ? CommandArguments[Id] : readonly [];

/** One handler for each command; a missing one is a type error. */
export type CommandHandlers = {
  readonly [Id in CommandId]: (...args: ArgumentsOf<Id>) => Promise<void> | void;
};
