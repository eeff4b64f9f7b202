import type { TextQuery } from '../records/textMatch';
import type { Filter } from '../store/filter';

/** A line format of one's own: a regular expression with the groups time, level, message and any other, as fields. */
export interface FormatSetting {
  readonly name: string;
  readonly pattern: string;
}

/** Colours a theme has for charts; a rule names one of them. */
export const HIGHLIGHT_COLOURS = ['red', 'orange', 'yellow', 'green', 'blue', 'purple'] as const;
export type HighlightColour = (typeof HIGHLIGHT_COLOURS)[number];

/** Colours text wherever it stands, without hiding anything. */
export interface HighlightSetting extends TextQuery {
  readonly name: string;
  readonly colour: HighlightColour;
}

/** A filter by name, so that a team shares it in its workspace's settings. */
export interface SavedFilter {
  readonly name: string;
  readonly filter: Filter;
}

/** Settings that change how lines are read and shown. They reach a viewer by a `settings` message. */
export interface ViewerSettings {
  readonly formats: readonly FormatSetting[];
  readonly highlights: readonly HighlightSetting[];
  readonly filters: readonly SavedFilter[];
  /** Fields shown as columns of their own, paths with dots. */
  readonly columns: readonly string[];
}

export const NO_VIEWER_SETTINGS: ViewerSettings = { formats: [], highlights: [], filters: [], columns: [] };
