import type { KeyAction } from '../view/keyAction';

/**
 * The commands that have the viewer do something, and what. Every action of the viewer has one, so
 * that it is in the command palette and can be given any key; the viewer's own keys need none.
 */
export const VIEWER_KEY_COMMANDS = {
  'logStream.find': 'find',
  'logStream.focusFilter': 'filter',
  'logStream.findNext': 'nextHit',
  'logStream.findPrevious': 'previousHit',
  'logStream.toggleFollow': 'togglePause',
  'logStream.goToEnd': 'resume',
  'logStream.toggleFold': 'fold',
  'logStream.toggleFoldAll': 'foldAll',
  'logStream.toggleWrap': 'wrap',
  'logStream.changeTimes': 'times',
  'logStream.toggleCollapseRepeats': 'collapseRepeats',
  'logStream.toggleHistogram': 'histogram',
  'logStream.addMark': 'mark',
  'logStream.showSinceLastMark': 'sinceLastMark',
  'logStream.clearFromHere': 'clearFromHere',
  'logStream.undoClear': 'undoClear',
  'logStream.toggleDetails': 'details',
  'logStream.toggleBookmark': 'bookmark',
  'logStream.nextBookmark': 'nextBookmark',
  'logStream.previousBookmark': 'previousBookmark',
  'logStream.nextError': 'nextError',
  'logStream.previousError': 'previousError',
  'logStream.seeInContext': 'seeInContext',
  'logStream.export': 'export',
  'logStream.saveFilter': 'saveFilter',
  'logStream.showKeys': 'help',
} as const satisfies Readonly<Record<string, KeyAction>>;

export type ViewerCommandId = keyof typeof VIEWER_KEY_COMMANDS;

export const VIEWER_COMMAND_IDS = Object.keys(VIEWER_KEY_COMMANDS) as readonly ViewerCommandId[];
