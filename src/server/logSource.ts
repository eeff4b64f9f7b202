import type { Disposable } from '../base/disposable';
import type { Event } from '../base/emitter';
import type { LineCount, ResumePosition, SourceExit, SourceKind, SourceState } from '../protocol/messages';

/** Where a session begins in a source. */
export type StartingPoint =
  | { readonly kind: 'last'; readonly lines: LineCount }
  | { readonly kind: 'resume'; readonly position: ResumePosition };

/** Complete lines, as the source wrote them. */
export interface LinesItem {
  readonly kind: 'lines';
  readonly bytes: Buffer;
  readonly count: number;
  /** Describes both ends of these bytes; null for a source that lies in no file. */
  readonly cursor: string | null;
  /** Wall-clock ms since the Unix epoch at which they were read. */
  readonly receivedAt: number;
  /** The last line is a piece of a longer one; its newline was added. */
  readonly continues?: boolean;
  /** Room for a frame's head directly in front of `bytes`, in the same memory: bytes it may overwrite. */
  readonly headRoom?: number;
  /** To be called once the bytes have left this process: their memory is used again then. */
  readonly sent?: () => void;
}

/** Something that happened, in its place between the lines. */
export interface EventItem {
  readonly kind: 'event';
  readonly event: string;
  readonly text: string;
  /** Tells it apart from every other event, also of other runs of this server. */
  readonly id?: string;
  /** Ids of the sources that it concerns alike: all have it in their place, and a client is told once. */
  readonly sharedBy?: readonly string[];
}

/** Lines are missing; `count` null: nobody knows how many. */
export interface GapItem {
  readonly kind: 'gap';
  readonly count: number | null;
  readonly reason: string;
}

/** What a reader finds at its position, and moves behind. */
export type ReadItem =
  | LinesItem
  | GapItem
  | EventItem
  /** Nothing more for now; `onDidChange` tells when to look again. */
  | { readonly kind: 'idle' }
  /** Nothing more, ever. */
  | { readonly kind: 'ended' };

/** One session's place in one source. Read by one caller at a time. */
export interface SourceReader extends Disposable {
  /** Names the numbering this reader's lines start in. */
  readonly epoch: string;
  /** The number of the first line it will give. */
  readonly firstSeq: number;
  /** Describes the place it stands at; null where the source has no cursors. */
  cursor(): string | null;
  /** The next item. Answers at once where the item is in memory, so that live lines wait for nothing. */
  read(): ReadItem | Promise<ReadItem>;
  /** Whether it has yet to come to the event with this id; absent where a source shares no events. */
  hasAhead?(eventId: string): boolean;
}

export interface HistoryRequest {
  readonly cursor: string | null;
  readonly epoch: string;
  readonly beforeSeq: number;
  /** At most this many lines. */
  readonly lines: number;
}

/** Lines before a place, in ascending order; `linesInAll` is known before the first is read. */
export interface HistoryAnswer {
  readonly linesInAll: number;
  readonly batches: AsyncIterable<LinesItem>;
  /** Empty, or a sentence: why there is nothing, or nothing more. */
  readonly note: string;
}

/** Something whose lines are served. It never parses or decodes them. */
export interface LogSource extends Disposable {
  /** Unique in a server and the same after its restart. */
  readonly id: string;
  readonly name: string;
  readonly kind: SourceKind;
  readonly state: SourceState;
  /** The whole command line, where it is the output of one. */
  readonly command?: string | undefined;
  /** How it ended, in the state `ended` and where that is known. */
  readonly exit?: SourceExit | undefined;
  /** The line still being written, for showing only; empty when there is none. */
  readonly partial: string;
  /** More can be read, or the state or the partial line changed. */
  readonly onDidChange: Event<void>;
  /** `signal`: nobody waits for it any more; it rejects then, where it has work to give up. */
  open(start: StartingPoint, signal?: AbortSignal): Promise<SourceReader>;
  /** `signal`: as with {@link open}; it ends the batches, too. */
  history(request: HistoryRequest, signal?: AbortSignal): Promise<HistoryAnswer>;
}
