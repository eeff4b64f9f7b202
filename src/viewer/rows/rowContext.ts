import type { LineFormat } from '../../records/formats/format';
import type { LinkTarget } from '../../records/links';
import type { TextRange } from '../../records/textMatch';
import type { SourceInfo } from '../../view/messages';
import type { TimeMode } from '../viewerState';

/** Text to colour wherever it stands. */
export interface RowMark {
  readonly query: { ranges(text: string): readonly TextRange[] };
  readonly className: string;
}

/** What a row's look depends on besides the row. A new object makes every row be rendered anew. */
export interface RowContext {
  readonly sources: readonly SourceInfo[];
  readonly timeMode: TimeMode;
  /** Fields shown as columns, paths with dots. */
  readonly columns: readonly string[];
  readonly formats: readonly LineFormat[];
  /** Hits and highlights, the weaker ones first. */
  readonly marks: readonly RowMark[];
  /** Rows of the store that are bookmarked. */
  readonly bookmarks: ReadonlySet<number>;
  /** Opens a file that a line names; null where there is no editor. */
  readonly openFile: ((place: Extract<LinkTarget, { kind: 'file' }>) => void) | null;
  /** Now, wall-clock ms, for relative times. */
  readonly now: number;
}

export const PLAIN_CONTEXT: RowContext = {
  sources: [],
  timeMode: 'absolute',
  columns: [],
  formats: [],
  marks: [],
  bookmarks: new Set(),
  openFile: null,
  now: 0,
};
