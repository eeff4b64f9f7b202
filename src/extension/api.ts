import type { ConnectionStateName } from '../client/status';

/** The stream that is open, as other extensions and tests see it. */
export interface OpenStream {
  readonly name: string;
  /** Without user name, password and query. */
  readonly address: string;
  readonly state: ConnectionStateName;
  /** Why it is in this state: one sentence. */
  readonly reason: string;
  /** Lines received since it was opened. */
  readonly linesReceived: number;
  /** What its buffer may hold, in MiB. */
  readonly bufferMiB: number;
}

/** What `vscode.extensions.getExtension('live-log-stream.live-log-stream').exports` gives. */
export interface LogStreamApi {
  /** The stream that is open, or undefined. */
  readonly openStream: OpenStream | undefined;
  /** What the status bar item says, with its `$(icon)`. */
  readonly statusText: string;
  /**
   * The log server of this window: the address of its stream (`ws+unix:…`, or `ws://…` where a port is set) and
   * its process id, or undefined. It lets in only this window, and the pages that were opened from it.
   */
  readonly server: { readonly url: string; readonly processId: number } | undefined;
}
