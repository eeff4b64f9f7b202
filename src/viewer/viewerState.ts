import type { TextQuery } from '../records/textMatch';
import type { Filter, ViewOptions } from '../store/filter';
import { readFilter, readViewOptions } from '../store/readFilter';

/** How times stand in front of lines: as stated, since now, since the line above, or not. */
export const TIME_MODES = ['absolute', 'relative', 'delta', 'off'] as const;
export type TimeMode = (typeof TIME_MODES)[number];

/** What a viewer keeps over hiding, and reloading the window. */
export interface ViewerState {
  readonly filter: Filter;
  readonly options: ViewOptions;
  readonly wraps: boolean;
  readonly timeMode: TimeMode;
  readonly histogram: boolean;
  /** What is searched for; null while the search is closed. */
  readonly search: TextQuery | null;
  /** Height of the detail pane, px; null: as it comes. */
  readonly detailHeight: number | null;
  /** Fields shown as columns, chosen in the viewer; null: those of the settings. */
  readonly columns: readonly string[] | null;
  /** Store row at the top edge while paused; null while following. */
  readonly topRow: number | null;
}

export const INITIAL_STATE: ViewerState = {
  filter: {},
  options: {},
  wraps: false,
  timeMode: 'absolute',
  histogram: false,
  search: null,
  detailHeight: null,
  columns: null,
  topRow: null,
};

const LEAST_DETAIL_PX = 60;
const MOST_DETAIL_PX = 10_000;
const MOST_COLUMNS = 20;

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function readTimeMode({ timeMode, times }: Record<string, unknown>): TimeMode {
  const known = TIME_MODES.find((mode) => mode === timeMode);
  // Earlier versions only knew on and off.
  return known ?? (times === false ? 'off' : 'absolute');
}

function readSearch(value: unknown): TextQuery | null {
  const { text, caseSensitive, wholeWord, regularExpression } = readFilter(value) ?? {};
  return text === undefined
    ? null
    : {
        text,
        ...(caseSensitive ? { caseSensitive } : {}),
        ...(wholeWord ? { wholeWord } : {}),
        ...(regularExpression ? { regularExpression } : {}),
      };
}

function readColumns(value: unknown): readonly string[] | null {
  return Array.isArray(value)
    ? value.filter((column): column is string => typeof column === 'string' && column !== '').slice(0, MOST_COLUMNS)
    : null;
}

/** Reads what was saved, by this or an older version; whatever does not fit is left out. */
export function readViewerState(saved: unknown): ViewerState {
  if (!isRecord(saved)) {
    return INITIAL_STATE;
  }
  const { detailHeight, topRow } = saved;
  return {
    filter: readFilter(saved.filter) ?? {},
    options: readViewOptions(saved.options),
    wraps: saved.wraps === true,
    timeMode: readTimeMode(saved),
    histogram: saved.histogram === true,
    search: readSearch(saved.search),
    detailHeight:
      typeof detailHeight === 'number' && detailHeight >= LEAST_DETAIL_PX && detailHeight <= MOST_DETAIL_PX
        ? detailHeight
        : null,
    columns: readColumns(saved.columns),
    topRow: typeof topRow === 'number' && Number.isSafeInteger(topRow) ? topRow : null,
  };
}
