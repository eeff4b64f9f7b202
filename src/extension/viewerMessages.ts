import { LEVELS } from '../records/level';
import { PATTERN_FAULTS } from '../records/patternMatching';
import type { TextQuery } from '../records/textMatch';
import { readFilter, readViewOptions } from '../store/readFilter';
import type { SeekTarget, ViewerAction, ViewerMessage } from '../view/messages';
import { VIEWER_COMMANDS } from './statusPresentation';

/** The most rows a viewer may ask for at once, and the most history lines. */
const MOST_ROWS = 1000;
const MOST_HISTORY_LINES = 100_000;
/** Longer paths and names no system and no person has. */
const LONGEST_PATH = 4096;
const LONGEST_NAME = 200;

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
      const options = readViewOptions(data.options);
      return { type: 'filter', generation, filter, options, ...(near === undefined ? {} : { near }) };
    }
    case 'pause': {
      const { paused, endRow } = data;
      const usable = typeof paused === 'boolean' && (endRow === undefined || isWhole(endRow));
      return usable ? { type: 'pause', paused, ...(endRow === undefined ? {} : { endRow }) } : null;
    }
    case 'search': {
      const { search } = data;
      const query = data.query === null ? null : readQuery(data.query);
      return isWhole(search) && (data.query === null || query !== null) ? { type: 'search', search, query } : null;
    }
    case 'seek': {
      const { request, generation } = data;
      const target = readTarget(data.target);
      return isWhole(request) && isWhole(generation) && target !== null
        ? { type: 'seek', request, generation, target }
        : null;
    }
    case 'entry': {
      const { request, row } = data;
      return isWhole(request) && isWhole(row) ? { type: 'entry', request, row } : null;
    }
    case 'histogram':
      return typeof data.shown === 'boolean' ? { type: 'histogram', shown: data.shown } : null;
    case 'bookmark': {
      const { row, set } = data;
      return isWhole(row) && typeof set === 'boolean' ? { type: 'bookmark', row, set } : null;
    }
    case 'mark':
      return { type: 'mark' };
    case 'export': {
      const { what, format, target } = data;
      const usable =
        (what === 'shown' || what === 'all') &&
        (format === 'text' || format === 'jsonLines') &&
        (target === 'file' || target === 'editor');
      return usable ? { type: 'export', what, format, target } : null;
    }
    case 'openFile': {
      const { path, line, column } = data;
      return typeof path === 'string' && path !== '' && path.length <= LONGEST_PATH && isPlace(line) && isPlace(column)
        ? {
            type: 'openFile',
            path,
            ...(line === undefined ? {} : { line }),
            ...(column === undefined ? {} : { column }),
          }
        : null;
    }
    case 'stoppedHighlight': {
      const { name } = data;
      const fault = PATTERN_FAULTS.find((known) => known === data.fault);
      return typeof name === 'string' && name.length <= LONGEST_NAME && fault !== undefined
        ? { type: 'stoppedHighlight', name, fault }
        : null;
    }
    case 'saveFilter': {
      const filter = readFilter(data.filter);
      const { name } = data;
      return typeof name === 'string' && name.trim() !== '' && name.length <= LONGEST_NAME && filter !== null
        ? { type: 'saveFilter', name: name.trim(), filter }
        : null;
    }
    default:
      return null;
  }
}

function readQuery(value: unknown): TextQuery | null {
  const filter = isFields(value) ? readFilter(value) : null;
  return filter?.text === undefined ? null : { ...filter, text: filter.text };
}

function readTarget(value: unknown): SeekTarget | null {
  if (!isFields(value)) {
    return null;
  }
  const { kind, direction, from, row, time, levels } = value;
  const isDirected = (direction === 'next' || direction === 'previous') && isWhole(from);
  if (kind === 'hit' && isDirected) {
    return { kind, direction, from };
  }
  if (kind === 'level' && isDirected && Array.isArray(levels)) {
    return { kind, direction, from, levels: LEVELS.filter((level) => levels.includes(level)) };
  }
  if (kind === 'row' && isWhole(row)) {
    return { kind, row };
  }
  return kind === 'time' && typeof time === 'number' && Number.isFinite(time) ? { kind, time } : null;
}

function isPlace(value: unknown): value is number | undefined {
  return value === undefined || (isWhole(value) && value > 0);
}
