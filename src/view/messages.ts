import type { SourceKind, SourceState } from '../protocol/messages';
import type { Level } from '../records/level';
import type { PatternFault } from '../records/patternMatching';
import type { TextQuery } from '../records/textMatch';
import type { Filter, ViewOptions } from '../store/filter';
import type { NoticeKind } from '../store/notice';
import type { KeyAction } from './keyAction';
import type { ViewerSettings } from './viewerSettings';

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
  /** It does not pass the filter itself: it stands around a hit. */
  readonly context?: boolean;
  /** Lines of its entry that are folded away below it. */
  readonly foldedLines?: number;
  /** Lines of its entry below it, folded or not; absent where there are none. */
  readonly entryLines?: number;
  /** How often the line came in a row, itself included, when repeats are collapsed. */
  readonly repeats?: { readonly count: number; readonly firstTime: number; readonly lastTime: number };
  /**
   * Asked for anew after the next `extent`, it may have other `entryLines`, `foldedLines` and `repeats`:
   * it reaches to the end of the store, or its repeats are still being counted.
   */
  readonly isGrowing?: true;
}

export interface SourceInfo {
  readonly id: string;
  readonly name: string;
  readonly kind: SourceKind;
  readonly state: SourceState;
  /** The whole command line, where it is the output of a command. */
  readonly command?: string;
}

/** What the viewer shows of the connection. `tone` picks colour and icon, `sentence` says it in words. */
export interface ConnectionView {
  readonly tone: 'live' | 'busy' | 'warning' | 'error' | 'ended' | 'off';
  /** One or two words: "Live", "Reconnecting". */
  readonly label: string;
  /** A plain sentence: "Live log connected; new lines appear as they are written." */
  readonly sentence: string;
  readonly address: string | null;
  /** The stream's whole name, of which a tab's title is only the beginning; null where it has none. */
  readonly name: string | null;
  /** When the next attempt is made: wall-clock ms; the viewer counts down to it. */
  readonly retryAt: number | null;
  /** What a person can do in this state, most useful first. */
  readonly actions: readonly ViewerAction[];
}

export type ViewerAction =
  | 'connect'
  | 'disconnect'
  | 'reconnectNow'
  | 'runAgain'
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
  | {
      readonly type: 'filter';
      readonly generation: number;
      readonly filter: Filter;
      readonly options?: ViewOptions;
      readonly near?: number;
    }
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
  | { readonly type: 'visible'; readonly visible: boolean }
  /**
   * The reader stopped following the end, or follows it again. What came since is counted as `missed`:
   * from `endRow` on, which the last `extent` said. Without it the viewer was paused before it was
   * there, as one that was hidden: what was counted is counted on.
   */
  | { readonly type: 'pause'; readonly paused: boolean; readonly endRow?: number }
  /** Searches the view, without hiding anything; null ends it. `search` grows with each; answers carry it. */
  | { readonly type: 'search'; readonly search: number; readonly query: TextQuery | null }
  /**
   * Asks where something is in the view; answered by `place` once that is known for certain, which may
   * take a while. A later `seek` and a new view make it void: then there is no answer.
   */
  | { readonly type: 'seek'; readonly request: number; readonly generation: number; readonly target: SeekTarget }
  /** Asks for a whole entry, by any of its rows; answered by `entry`. */
  | { readonly type: 'entry'; readonly request: number; readonly row: number }
  /** The histogram is on screen or not; without it none is counted. */
  | { readonly type: 'histogram'; readonly shown: boolean }
  | { readonly type: 'bookmark'; readonly row: number; readonly set: boolean }
  /** A person's mark: a notice at the end of the store. */
  | { readonly type: 'mark' }
  | ExportMessage
  /** Opens a file that a line names, in the editor; a browser page cannot. Line and column from 1. */
  | { readonly type: 'openFile'; readonly path: string; readonly line?: number; readonly column?: number }
  /** A highlight rule's pattern was taken out: it marks nothing any more, or not in long lines. */
  | { readonly type: 'stoppedHighlight'; readonly name: string; readonly fault: PatternFault }
  /** Keeps a filter by name, in the workspace's settings. */
  | { readonly type: 'saveFilter'; readonly name: string; readonly filter: Filter };

export interface ExportMessage {
  readonly type: 'export';
  readonly what: 'shown' | 'all';
  /** `text`: the bytes as they came. `jsonLines`: an object per entry with time, level, source, message and fields. */
  readonly format: 'text' | 'jsonLines';
  /** `editor`: opened as an untitled document instead of saved. */
  readonly target: 'file' | 'editor';
}

export type SeekTarget =
  /** The nearest hit of the running search after or before an ordinal, around the ends. */
  | { readonly kind: 'hit'; readonly direction: 'next' | 'previous'; readonly from: number }
  /** The nearest entry of one of these levels after or before an ordinal. */
  | {
      readonly kind: 'level';
      readonly levels: readonly Level[];
      readonly direction: 'next' | 'previous';
      readonly from: number;
    }
  /** A row of the store, or the one after it. */
  | { readonly kind: 'row'; readonly row: number }
  /** The first row of this time (ms since the epoch) or later. */
  | { readonly kind: 'time'; readonly time: number };

/** From the holder to the viewer. */
export type HolderMessage =
  | { readonly type: 'connection'; readonly connection: ConnectionView }
  /**
   * A stretch of the list of sources: from index `from` on they are now these, and there are `total` in all. The
   * list of a stream grows, and never shrinks; that of the stream which is shown next may be shorter. At most
   * every 50 ms, since a server may tell of thousands one after the other.
   */
  | {
      readonly type: 'sources';
      readonly from: number;
      readonly sources: readonly SourceInfo[];
      readonly total: number;
    }
  /** Sent when any of it or a growing row changed, at most every 50 ms, and once as soon as a new view is complete. */
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
  | { readonly type: 'cleared' }
  /** How the search stands; sent when it changed, at most every 100 ms. */
  | {
      readonly type: 'search';
      readonly search: number;
      /** Hits found so far, as rows. */
      readonly count: number;
      readonly complete: boolean;
      /** Where hits lie in the view, 0 to 1, ascending, at most 400: for the scrollbar. */
      readonly marks: readonly number[];
      /** Why there can be none (not a regular expression), or null. */
      readonly error: string | null;
    }
  /** Answer to `seek`; null: there is none in the whole view. `index`: which hit it is, from 1, as far as known. */
  | { readonly type: 'place'; readonly request: number; readonly ordinal: number | null; readonly index?: number }
  /**
   * Answer to `entry`: its rows in order (their `ordinal` is 0), whole lines up to 1 MiB and 10,000 rows
   * in all; none if it left the store. `lines`: how many it has, these and those beyond.
   */
  | { readonly type: 'entry'; readonly request: number; readonly rows: readonly Row[]; readonly lines: number }
  /** Lines of the view over time; at most every 250 ms while shown. */
  | HistogramMessage
  /** Bookmarked rows of the store, ascending. `lastMark`: the row of the last mark that a person put. */
  | { readonly type: 'bookmarks'; readonly rows: readonly number[]; readonly lastMark?: number }
  | { readonly type: 'settings'; readonly settings: ViewerSettings }
  /** A command of the editor: does what the key does. */
  | { readonly type: 'command'; readonly command: KeyAction };

export interface HistogramMessage {
  readonly type: 'histogram';
  readonly generation: number;
  /** Start of the first bucket, ms since the epoch, and width of each, ms. */
  readonly from: number;
  readonly width: number;
  /** Per bucket the lines by level, in the order of LEVELS and then those without; at most 240 buckets. */
  readonly buckets: readonly (readonly number[])[];
  /** Lines in none of the buckets, because their times lie far from those of nearly all others. */
  readonly leftOut: number;
}

/** Log lines that came since the reader stopped following the end. */
export interface MissedCount {
  readonly arrived: number;
  /** Those of them that are in the view. */
  readonly passed: number;
}

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
  /** Log lines that have ever come; history does not count. */
  readonly arrivedLines: number;
  /** The number that the store's next row gets: see `pause`. */
  readonly endRow: number;
  /** Null while the reader follows the end. */
  readonly missed: MissedCount | null;
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
  /** Ordinals of the bookmarked rows and of a person's marks that are in the view, ascending; at most 400 each. */
  readonly bookmarkOrdinals: readonly number[];
  readonly markOrdinals: readonly number[];
}
