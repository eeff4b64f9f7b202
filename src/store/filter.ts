import type { FieldCondition } from '../records/fieldCondition';
import type { Level } from '../records/level';
import type { TextQuery } from '../records/textMatch';

/** One condition; all of a filter's must hold (excluding ones: must not). */
export type Term =
  | ({ readonly kind: 'text'; readonly exclude?: boolean } & TextQuery)
  | ({ readonly kind: 'field'; readonly exclude?: boolean } & FieldCondition);

/**
 * Which rows to show. Everything absent does not restrict. Notices always pass (but not those before
 * `fromRow`). An entry passes as a whole: a stack trace comes with the line it belongs to.
 */
export interface Filter extends Partial<TextQuery> {
  /** Conditions besides the text above, each shown as a chip. */
  readonly terms?: readonly Term[];
  /** Show only these levels; `null` in the list stands for lines without one. */
  readonly levels?: readonly (Level | null)[];
  /** Show only these sources, by id. */
  readonly sources?: readonly string[];
  /** Show only entries of this time on, and before that time: ms since the Unix epoch. */
  readonly since?: number;
  readonly until?: number;
  /** Show nothing before this row of the store: "clear from here". */
  readonly fromRow?: number;
  /** Rows shown around each hit, although they do not pass. 0 to 50 each. */
  readonly context?: { readonly before: number; readonly after: number };
}

/** How the rows that pass are shown. */
export interface ViewOptions {
  /** Entries show only their first line. */
  readonly folded?: boolean;
  /** First rows (store positions) of entries that are the other way round than `folded` says. */
  readonly toggled?: readonly number[];
  /** Consecutive lines of a source that say the same show once. */
  readonly collapseRepeats?: boolean;
}
