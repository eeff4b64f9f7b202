/**
 * The one table of the extension's commands: their ids and what they are called with. The manifest
 * holds the same ids with titles and icons; a test keeps the two in step.
 */
export const COMMAND_IDS = [
  'logStream.connect',
  'logStream.disconnect',
  'logStream.reconnectNow',
  'logStream.openPanel',
  'logStream.showOutput',
  'logStream.startServer',
  'logStream.stopServer',
  'logStream.clear',
  'logStream.showReport',
  /** From the Explorer: a file, and all that are selected. */
  'logStream.openAsLiveLog',
  /** From the status bar: a list of what can be done now. */
  'logStream.statusActions',
] as const;

export type CommandId = (typeof COMMAND_IDS)[number];

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
