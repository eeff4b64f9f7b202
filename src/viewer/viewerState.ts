import { LEVELS, type Level } from '../records/level';
import type { Filter } from '../store/filter';

/** What a viewer keeps over hiding, and reloading the window. */
export interface ViewerState {
  readonly filter: Filter;
  readonly wraps: boolean;
  readonly times: boolean;
  /** Store row at the top edge while paused; null while following. */
  readonly topRow: number | null;
}

export const INITIAL_STATE: ViewerState = { filter: {}, wraps: false, times: true, topRow: null };

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function readFilter(value: unknown): Filter {
  if (!isRecord(value)) {
    return {};
  }
  const known: readonly (Level | null)[] = [...LEVELS, null];
  const levels = Array.isArray(value.levels)
    ? known.filter((level) => (value.levels as unknown[]).includes(level))
    : null;
  return {
    ...(typeof value.text === 'string' ? { text: value.text } : {}),
    ...(value.caseSensitive === true ? { caseSensitive: true } : {}),
    ...(value.wholeWord === true ? { wholeWord: true } : {}),
    ...(value.regularExpression === true ? { regularExpression: true } : {}),
    ...(levels ? { levels } : {}),
  };
}

/** Reads what was saved, by this or an older version; whatever does not fit is left out. */
export function readViewerState(saved: unknown): ViewerState {
  if (!isRecord(saved)) {
    return INITIAL_STATE;
  }
  return {
    filter: readFilter(saved.filter),
    wraps: saved.wraps === true,
    times: saved.times !== false,
    topRow: typeof saved.topRow === 'number' && Number.isSafeInteger(saved.topRow) ? saved.topRow : null,
  };
}
