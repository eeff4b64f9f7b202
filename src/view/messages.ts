import type { SourceKind, SourceState } from '../protocol/messages';
import type { Level } from '../records/level';
import type { Filter } from '../store/filter';
import type { NoticeKind } from '../store/notice';

/**
 * What a viewer and the holder of a store say to each other: a union per direction. The holder is
 * the extension host (over `postMessage`, which carries 10–14 MB/s and takes 6 ms for a round trip,
 * too little for a whole stream), the browser page itself, or a test. So the viewer asks for the
 * rows it shows and gets those, never the stream.
 *
 * **Ordinals.** A view is the list of rows that pass the filter. Its rows are numbered by ordinals,
 * whole numbers that never change while the filter stays: new rows at the end count up, rows found
 * or loaded before the first count down (below zero too), rows dropped from the store leave the
 * front. A reader's place is an ordinal, so nothing that arrives or leaves moves it.
 */

export interface Row {
  /** Position in the view. */
  readonly ordinal: number;
  /** Position in the store, the same in every view; grows with arrival, negative for loaded history. */
  readonly row: number;
  /** Index into the list of sources, or -1 for a notice about the stream itself. */
  readonly source: number;
  /** Sequence number in the source; 0 for a notice. */
  readonly seq: number;
  /** The line without its newline, UTF-8 with replacement characters; escape sequences still in it. */
  readonly text: string;
  /** Length of the whole line in bytes, if `text` was cut for display. */
  readonly cutFromBytes?: number;
  readonly level: Level | null;
  /** Time stated in the line: ms since the Unix epoch; null where none was found. */
  readonly time: number | null;
  /** When the server read the line: ms since the Unix epoch. */
  readonly receivedAt: number;
  /** An entry starts here (false: a continuation of the entry above, such as a stack frame). */
  readonly entryStart: boolean;
  readonly notice?: NoticeKind;
}

export interface SourceInfo {
  readonly id: string;
  readonly name: string;
  readonly kind: SourceKind;
  readonly state: SourceState;
}

/** What the viewer shows of the connection. `tone` picks colour and icon, `sentence` says it in words. */
export interface ConnectionView {
  readonly tone: 'live' | 'busy' | 'warning' | 'error' | 'off';
  /** One or two words: "Live", "Reconnecting". */
  readonly label: string;
  /** A plain sentence: "Live log connected; new lines appear as they are written." */
  readonly sentence: string;
  readonly address: string | null;
  /** When the next attempt is made: wall-clock ms; the viewer counts down to it. */
  readonly retryAt: number | null;
  /** What a person can do in this state, most useful first. */
  readonly actions: readonly ViewerAction[];
}

export type ViewerAction =
  | 'connect'
  | 'disconnect'
  | 'reconnectNow'
  | 'startServer'
  | 'stopServer'
  | 'showReport'
  | 'showOutput'
  | 'clear';

/** From the viewer to the holder. */
export type ViewerMessage =
  /** The viewer is there (again) and shows nothing yet; the holder answers with everything it has to say. */
  | { readonly type: 'ready' }
  /**
   * Starts a new view; `generation` grows with each. `near` is the row (store position) the reader
   * is at: the answer's `extent` says where that row, or the one after it, lies in the new view.
   */
  | { readonly type: 'filter'; readonly generation: number; readonly filter: Filter; readonly near?: number }
  /** Asks for the rows with `from <= ordinal < to`; at most 1,000 at a time. */
  | {
      readonly type: 'rows';
      readonly request: number;
      readonly generation: number;
      readonly from: number;
      readonly to: number;
    }
  /** Asks for earlier lines than the store has, of every source that has some. */
  | { readonly type: 'history'; readonly lines: number }
  | { readonly type: 'action'; readonly action: ViewerAction }
  /** The viewer became visible or hidden; a hidden one gets no `extent`. */
  | { readonly type: 'visible'; readonly visible: boolean };

/** From the holder to the viewer. */
export type HolderMessage =
  | { readonly type: 'connection'; readonly connection: ConnectionView }
  | { readonly type: 'sources'; readonly sources: readonly SourceInfo[] }
  /** Sent when any of it changed, at most every 50 ms. */
  | ExtentMessage
  /** Answer to `rows`: those of the wanted that are still there, in order. */
  | { readonly type: 'rows'; readonly request: number; readonly generation: number; readonly rows: readonly Row[] }
  /** The end of a line still being written, per source index; null when it was completed. */
  | { readonly type: 'partial'; readonly source: number; readonly text: string | null }
  /** A heartbeat of the connection, for the console's debug level. */
  | {
      readonly type: 'heartbeat';
      readonly kind: 'sent' | 'answered';
      readonly id: number;
      readonly roundTripMs?: number;
    }
  /** The store was emptied; a new generation begins with the viewer's next `filter`. */
  | { readonly type: 'cleared' };

export interface ExtentMessage {
  readonly type: 'extent';
  readonly generation: number;
  /** Ordinals of the view: `first <= ordinal < end`. */
  readonly first: number;
  readonly end: number;
  /** Part of the store already looked through for this view, 0 to 1; 1 when complete. */
  readonly scanned: number;
  /** Log lines in the store, notices not counted. */
  readonly totalLines: number;
  /** Log lines in the view, notices not counted. */
  readonly matchedLines: number;
  /** Log lines received per second, over the last second. */
  readonly linesPerSecond: number;
  /** Lines that left the store because it was full. */
  readonly droppedLines: number;
  /** Log lines in the store by level, as far as they were looked through. */
  readonly levelCounts: Readonly<Record<Level | 'none', number>>;
  /** Earlier lines may be had with `history`. */
  readonly hasHistory: boolean;
  /** Why the filter cannot be applied (a regular expression that is none); nothing is shown then. */
  readonly filterError: string | null;
  /** Ordinal of the row that `near` asked for, once it is known. */
  readonly nearOrdinal: number | null;
}
