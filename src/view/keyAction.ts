/**
 * What a person can have a viewer do besides moving and typing: by a key in the viewer, by a command
 * in VS Code. One name, one action.
 */
export const KEY_ACTIONS = [
  /** Puts the cursor into the search, and into the filter. */
  'find',
  'filter',
  'nextHit',
  'previousHit',
  'togglePause',
  /** Goes to the end and follows. */
  'resume',
  /** The entry in focus. */
  'fold',
  /** All entries. */
  'foldAll',
  'wrap',
  'times',
  'collapseRepeats',
  'histogram',
  'mark',
  /** Shows only what came after the last mark; the same again shows all. */
  'sinceLastMark',
  /** Hides what came before the row in focus, without losing it. */
  'clearFromHere',
  'undoClear',
  /** The whole entry in focus, with its fields. */
  'details',
  'bookmark',
  'nextBookmark',
  'previousBookmark',
  'nextError',
  'previousError',
  /** The row in focus among its neighbours, without the filter, and back. */
  'seeInContext',
  'export',
  'saveFilter',
  'help',
] as const;

export type KeyAction = (typeof KEY_ACTIONS)[number];
