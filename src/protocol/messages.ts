/**
 * The control messages of the wire contract: JSON text frames with a `type`. A union per
 * direction; docs/PROTOCOL.md is their specification. Lines travel in binary frames (frames.ts).
 */

/** How many existing lines of each source come before the live ones. */
export type LineCount = number | 'all';

/**
 * Where a client stands in one source. `cursor` is opaque to it: the last one it was given for the
 * position `nextSeq`, or null where the source has none.
 */
export interface ResumePosition {
  readonly source: string;
  readonly epoch: string;
  /** Sequence number of the first line the client does not have. */
  readonly nextSeq: number;
  readonly cursor: string | null;
}

/** Opens a session; the first message of a client. */
export interface HelloMessage {
  readonly type: 'hello';
  readonly version: number;
  /** Stays the same over the reconnects of one client. No secret, and need not be unique. */
  readonly clientId: string;
  /** What the last `welcome` gave: an older connection of the same id and key is taken over. */
  readonly takeoverKey?: string;
  /** The interval, in ms, at which the client means to send heartbeats. */
  readonly heartbeatMs: number;
  readonly lines: LineCount;
  /** Only these sources; absent: all. */
  readonly sources?: readonly string[];
  readonly resume?: readonly ResumePosition[];
  /** So many {@link ResumeMessage} follow, where `welcome` names {@link FEATURES.resumeParts}. */
  readonly resumeParts?: number;
  /** For clients that cannot set a header (a browser page). Never in a URL. */
  readonly token?: string;
}

/** More of where a client stands than its `hello` had room for. */
export interface ResumeMessage {
  readonly type: 'resume';
  readonly positions: readonly ResumePosition[];
}

/** A heartbeat, either way. Answered by a `pong` with the same id. */
export interface PingMessage {
  readonly type: 'ping';
  readonly id: number;
}

/** The answer to a {@link PingMessage}, either way. */
export interface PongMessage {
  readonly type: 'pong';
  readonly id: number;
}

/** Replaces the set of sources the session delivers. */
export interface SubscribeMessage {
  readonly type: 'subscribe';
  readonly sources: readonly string[];
}

/** Asks for up to `lines` lines of a source that come before `beforeSeq`. */
export interface HistoryMessage {
  readonly type: 'history';
  readonly source: string;
  readonly beforeSeq: number;
  /** The cursor of the frame that starts with `beforeSeq`. */
  readonly cursor: string | null;
  readonly lines: number;
}

/** Starts the ended command behind a source once more; only where `welcome` names {@link FEATURES.run}. */
export interface RunMessage {
  readonly type: 'run';
  /** Any of the command's sources. */
  readonly source: string;
}

export type ClientMessage =
  | HelloMessage
  | ResumeMessage
  | PingMessage
  | PongMessage
  | SubscribeMessage
  | HistoryMessage
  | RunMessage;

/** What a server may offer beyond what every server does; named in `welcome`. */
export const FEATURES = {
  /** The client may have the server's own command run again: {@link RunMessage}. */
  run: 'run',
  /** The server waits for the {@link ResumeMessage}s that `hello` announced, before it sends a source. */
  resumeParts: 'resumeParts',
} as const;

/** Accepts a session and states the server's timings, all in ms. */
export interface WelcomeMessage {
  readonly type: 'welcome';
  readonly version: number;
  readonly clientId: string;
  /** A secret of the client's, to take this connection over by a newer one; absent: the server takes over by the id. */
  readonly takeoverKey?: string;
  /** The heartbeat interval the client shall use. */
  readonly pingMs: number;
  readonly receiveTimeoutMs: number;
  readonly heartbeatTimeoutMs: number;
  /** Over how long this server's clients shall spread a reconnect. */
  readonly reconnectWindowMs: number;
  /** Of {@link FEATURES}, and whatever a newer server offers; absent: none. */
  readonly features?: readonly string[];
}

export const SOURCE_KINDS = ['file', 'stdin', 'command', 'demo', 'server'] as const;
export type SourceKind = (typeof SOURCE_KINDS)[number];

/** `waiting`: not there yet (a file to be created); `live`: being read; `ended`: nothing more will come; `failed`: cannot be read now. */
export const SOURCE_STATES = ['waiting', 'live', 'ended', 'failed'] as const;
export type SourceState = (typeof SOURCE_STATES)[number];

/** How what a source told of came to its end. */
export type SourceExit =
  | { readonly code: number }
  /** Ended by a signal, such as `SIGKILL`. */
  | { readonly signal: string }
  /** It was never running; a sentence says why. */
  | { readonly failure: string };

/** Announces a source, or a change of one. */
export interface SourceMessage {
  readonly type: 'source';
  readonly source: string;
  /** For people; need not be unique. */
  readonly name: string;
  readonly kind: SourceKind;
  readonly state: SourceState;
  /** Names the numbering that this session's following lines of the source use. */
  readonly epoch: string;
  /** The whole command line of a command, of which `name` may be a short form. */
  readonly command?: string;
  /** With the state `ended`, where it is known. */
  readonly exit?: SourceExit;
}

/** Proof of life of a quiet source, and where to resume. */
export interface MarkMessage {
  readonly type: 'mark';
  readonly source: string;
  readonly epoch: string;
  readonly nextSeq: number;
  readonly cursor: string | null;
  readonly reconnectWindowMs: number;
}

/** Lines from `from` up to but without `to` are missing and will not come. */
export interface GapMessage {
  readonly type: 'gap';
  readonly source: string;
  readonly epoch: string;
  readonly from: number;
  /** The number of the next line that can come; equals `from` where `count` is null. */
  readonly to: number;
  /** null: nobody knows how many. */
  readonly count: number | null;
  /** A sentence for a person. */
  readonly reason: string;
}

/** Something that happened to a source, in its place between the lines. `kind` is open-ended. */
export interface EventMessage {
  readonly type: 'event';
  readonly source: string;
  readonly kind: string;
  readonly text: string;
  /** The same each time one and the same event is told, as after a reconnect; absent: not known. */
  readonly id?: string;
}

/** The kinds of {@link EventMessage} this version sends. */
export const EVENT_KINDS = {
  /** The file was replaced by a new one; both are delivered whole. */
  rotated: 'rotated',
  /** The file was cut; a gap says what may be lost. */
  truncated: 'truncated',
  /** Bytes that hold nothing (NULs) were left out; `text` says how many. */
  skipped: 'skipped',
  /** The file is not there (yet, or any more); the server waits for it. */
  waiting: 'waiting',
  /** A file that was waited for is there. */
  appeared: 'appeared',
  /** The source cannot be read; `text` says why. */
  failed: 'failed',
  /** A command ended; `text` tells its code or signal. */
  exited: 'exited',
  /** A command was started again. */
  restarted: 'restarted',
  /** Nothing more will come from this source. */
  ended: 'ended',
  /** `text` is a last line that has no newline yet; replaced by the next partial or line of the source. */
  partial: 'partial',
  /** The last message of every answer to `history`; `text` is empty, or says why there is nothing earlier. */
  history: 'history',
} as const;

/** The server stops or sheds load; a close follows. */
export interface GoawayMessage {
  readonly type: 'goaway';
  readonly reason: string;
  readonly reconnectWindowMs: number;
}

/** A request was refused; the connection goes on unless a close follows. */
export interface ErrorMessage {
  readonly type: 'error';
  readonly code: string;
  readonly message: string;
}

export type ServerMessage =
  | WelcomeMessage
  | SourceMessage
  | MarkMessage
  | GapMessage
  | EventMessage
  | PingMessage
  | PongMessage
  | GoawayMessage
  | ErrorMessage;
