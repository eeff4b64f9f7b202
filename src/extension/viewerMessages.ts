import { LEVELS, type Level } from '../records/level';
import type { Filter } from '../store/filter';
import type { ViewerAction, ViewerMessage } from '../view/messages';
import { VIEWER_COMMANDS } from './statusPresentation';

/** The most rows a viewer may ask for at once, and the most history lines. */
const MOST_ROWS = 1000;
const MOST_HISTORY_LINES = 100_000;
/** Longer filter texts are none that a person typed. */
const LONGEST_FILTER = 10_000;

type Fields = Readonly<Record<string, unknown>>;

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isWhole(value: unknown): value is number {
  return Number.isSafeInteger(value);
}

/**
 * Reads what came from a webview: the one place where that becomes a message. Null for anything a
 * viewer does not send.
 */
export function readViewerMessage(data: unknown): ViewerMessage | null {
  if (!isFields(data)) {
    return null;
  }
  switch (data.type) {
    case 'ready':
      return { type: 'ready' };
    case 'visible':
      return typeof data.visible === 'boolean' ? { type: 'visible', visible: data.visible } : null;
    case 'action': {
      const action = data.action;
      return typeof action === 'string' && Object.hasOwn(VIEWER_COMMANDS, action)
        ? { type: 'action', action: action as ViewerAction }
        : null;
    }
    case 'history': {
      const lines = data.lines;
      return isWhole(lines) && lines > 0 ? { type: 'history', lines: Math.min(lines, MOST_HISTORY_LINES) } : null;
    }
    case 'rows': {
      const { request, generation, from, to } = data;
      const usable = isWhole(request) && isWhole(generation) && isWhole(from) && isWhole(to) && from <= to;
      return usable ? { type: 'rows', request, generation, from, to: Math.min(to, from + MOST_ROWS) } : null;
    }
    case 'filter': {
      const { generation, near } = data;
      const filter = readFilter(data.filter);
      if (!isWhole(generation) || filter === null || (near !== undefined && !isWhole(near))) {
        return null;
      }
      return { type: 'filter', generation, filter, ...(near === undefined ? {} : { near }) };
    }
    default:
      return null;
  }
}

function readFilter(value: unknown): Filter | null {
  if (!isFields(value)) {
    return null;
  }
  const { text, levels, sources } = value;
  const flags = ['caseSensitive', 'regularExpression', 'wholeWord'] as const;
  if (
    !(text === undefined || (typeof text === 'string' && text.length <= LONGEST_FILTER)) ||
    !flags.every((flag) => value[flag] === undefined || typeof value[flag] === 'boolean') ||
    !(levels === undefined || (Array.isArray(levels) && levels.every(isLevelOrNone))) ||
    !(sources === undefined || (Array.isArray(sources) && sources.every((source) => typeof source === 'string')))
  ) {
    return null;
  }
  const filter: Record<string, unknown> = {};
  for (const name of ['text', 'levels', 'sources', ...flags]) {
    if (value[name] !== undefined) {
      filter[name] = value[name];
    }
  }
  return filter;
}

function isLevelOrNone(value: unknown): value is Level | null {
  return value === null || LEVELS.some((level) => level === value);
}
