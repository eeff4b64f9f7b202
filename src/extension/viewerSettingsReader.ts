import { compileFormats } from '../records/customFormat';
import { parseFieldCondition } from '../records/fieldCondition';
import { compileTextQuery } from '../records/textMatch';
import type { Term } from '../store/filter';
import { readFilter } from '../store/readFilter';
import { texts } from '../text/texts';
import {
  type FormatSetting,
  HIGHLIGHT_COLOURS,
  type HighlightSetting,
  type SavedFilter,
  type ViewerSettings,
} from '../view/viewerSettings';

/** A setting that is a list. */
export interface ListSetting {
  /** The key below the section of all settings. */
  readonly key: string;
  /** More entries are left out: each costs time on every line shown. */
  readonly maximum: number;
}

/** The one table of the settings that a viewer gets. A test keeps manifest and README in step. */
export const VIEWER_SETTINGS = {
  formats: { key: 'formats', maximum: 50 },
  highlights: { key: 'highlights', maximum: 100 },
  filters: { key: 'filters', maximum: 200 },
  columns: { key: 'columns', maximum: 20 },
} as const satisfies Record<keyof ViewerSettings, ListSetting>;

/** Longest name and longest text, in UTF-16 units; the manifest has the same. */
export const LONGEST_NAME = 100;
export const LONGEST_TEXT = 10_000;

const DEFAULT_COLOUR = 'yellow';
const say = texts.extension.viewerSettings;

type Entry = Readonly<Record<string, unknown>>;

/**
 * Reads the settings for a viewer. An entry that cannot be used is left out and told.
 *
 * @param get the value a person has set for a key, or its default.
 * @param problems takes one sentence for each entry that cannot be used as it stands.
 */
export function readViewerSettings(get: (key: string) => unknown, problems: string[]): ViewerSettings {
  const named = <T extends { readonly name: string }>(
    setting: ListSetting,
    read: (entry: Entry, name: string) => T | string,
  ): readonly T[] => {
    const list: T[] = [];
    for (const [index, given] of listOf(get(setting.key), setting, problems).entries()) {
      const entry = isEntry(given) ? given : {};
      const name = typeof entry.name === 'string' ? entry.name.trim() : '';
      if (name === '' || name.length > LONGEST_NAME) {
        problems.push(say.withoutName(setting.key, index + 1, LONGEST_NAME));
        continue;
      }
      if (list.some((other) => other.name === name)) {
        problems.push(say.duplicateName(setting.key, name));
        continue;
      }
      const made = read(entry, name);
      if (typeof made === 'string') {
        problems.push(made);
      } else {
        list.push(made);
      }
    }
    return list;
  };
  return {
    formats: readFormats(named(VIEWER_SETTINGS.formats, readFormat), problems),
    highlights: named(VIEWER_SETTINGS.highlights, readHighlight),
    filters: named(VIEWER_SETTINGS.filters, readSavedFilter),
    columns: readColumns(get(VIEWER_SETTINGS.columns.key), problems),
  };
}

function isEntry(value: unknown): value is Entry {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value.trim() !== '' && value.length <= LONGEST_TEXT;
}

function listOf(given: unknown, { key, maximum }: ListSetting, problems: string[]): readonly unknown[] {
  if (given === undefined || given === null) {
    return [];
  }
  if (!Array.isArray(given)) {
    problems.push(say.noList(key));
    return [];
  }
  if (given.length > maximum) {
    problems.push(say.tooMany(key, maximum));
  }
  return given.slice(0, maximum);
}

/** All of them are tried on a line, so together they may take no longer than one alone. */
function readFormats(formats: readonly FormatSetting[], problems: string[]): readonly FormatSetting[] {
  const compiled = compileFormats(formats);
  problems.push(...compiled.problems, ...compiled.limits);
  return formats;
}

function readFormat({ pattern }: Entry, name: string): FormatSetting | string {
  if (!isText(pattern)) {
    return say.formatWithoutPattern(name);
  }
  const format = { name, pattern };
  const [problem] = compileFormats([format]).problems;
  return problem === undefined ? format : say.notUsable(VIEWER_SETTINGS.formats.key, name, problem);
}

function readHighlight(entry: Entry, name: string): HighlightSetting | string {
  const { text, colour } = entry;
  if (!isText(text)) {
    return say.highlightWithoutText(name);
  }
  const knownColour = HIGHLIGHT_COLOURS.find((known) => known === (colour ?? DEFAULT_COLOUR));
  if (knownColour === undefined) {
    return say.unknownColour(name, JSON.stringify(colour), HIGHLIGHT_COLOURS);
  }
  const highlight: HighlightSetting = {
    name,
    text,
    colour: knownColour,
    ...(entry.caseSensitive === true ? { caseSensitive: true } : {}),
    ...(entry.regularExpression === true ? { regularExpression: true } : {}),
    ...(entry.wholeWord === true ? { wholeWord: true } : {}),
  };
  const query = compileTextQuery(highlight);
  return query.kind === 'query' ? highlight : say.notUsable(VIEWER_SETTINGS.highlights.key, name, query.sentence);
}

function readSavedFilter({ filter: given }: Entry, name: string): SavedFilter | string {
  const wanted = isEntry(given) ? asFilter(given) : null;
  const filter = readFilter(wanted);
  if (wanted === null || filter === null) {
    return say.filterUnreadable(name, 'filter');
  }
  // What cannot be read is left out of a filter; one with less than was written would show too much.
  for (const part of ['text', 'terms', 'levels', 'sources', 'since', 'until'] as const) {
    if (sizeOf(wanted[part]) !== sizeOf(filter[part])) {
      return say.filterUnreadable(name, part);
    }
  }
  const queries = [
    ...(filter.text === undefined ? [] : [{ ...filter, text: filter.text }]),
    ...(filter.terms ?? []).flatMap((term) => (term.kind === 'text' ? [term] : [])),
  ];
  for (const query of queries) {
    const compiled = compileTextQuery(query);
    if (compiled.kind === 'wrong') {
      return say.notUsable(VIEWER_SETTINGS.filters.key, name, compiled.sentence);
    }
  }
  return { name, filter };
}

/**
 * What a person may write in place of what a filter is made of: terms as they are typed
 * (`"status>=500"`, `"-heartbeat"`), times as dates.
 */
function asFilter(given: Entry): Entry {
  // A row of some store in the past means nothing in another.
  const { terms, since, until, fromRow: _fromRow, ...rest } = given;
  return {
    ...rest,
    ...(terms === undefined ? {} : { terms: Array.isArray(terms) ? terms.map(asTerm) : terms }),
    ...(since === undefined ? {} : { since: asTime(since) }),
    ...(until === undefined ? {} : { until: asTime(until) }),
  };
}

/** How much there is of a part; an empty text and none are the same. */
function sizeOf(part: unknown): number {
  if (part === undefined || part === '') {
    return 0;
  }
  return Array.isArray(part) ? new Set(part).size : 1;
}

function asTerm(given: unknown): unknown {
  if (typeof given !== 'string') {
    return given;
  }
  const exclude = given.startsWith('-') && given.length > 1;
  const text = exclude ? given.slice(1) : given;
  const condition = parseFieldCondition(text);
  const term: Term = condition === null ? { kind: 'text', text } : { kind: 'field', ...condition };
  return exclude ? { ...term, exclude } : term;
}

/** ms since the Unix epoch; what is no date stays as it is, and is refused with the rest. */
function asTime(given: unknown): unknown {
  const time = typeof given === 'string' ? Date.parse(given) : Number.NaN;
  return Number.isNaN(time) ? given : time;
}

function readColumns(given: unknown, problems: string[]): readonly string[] {
  const columns: string[] = [];
  for (const [index, column] of listOf(given, VIEWER_SETTINGS.columns, problems).entries()) {
    if (typeof column !== 'string' || column.trim() === '' || column.length > LONGEST_NAME) {
      problems.push(say.columnUnreadable(index + 1, LONGEST_NAME));
    } else if (!columns.includes(column.trim())) {
      columns.push(column.trim());
    }
  }
  return columns;
}
