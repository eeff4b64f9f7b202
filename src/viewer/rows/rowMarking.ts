import type { Clock } from '../../base/clock';
import type { Disposable } from '../../base/disposable';
import { type PatternFault, type PatternMatching, PatternScope } from '../../records/patternMatching';
import { compileTextQuery, type TextQuery } from '../../records/textMatch';
import type { Filter } from '../../store/filter';
import type { HighlightSetting } from '../../view/viewerSettings';
import { PatternRanges } from './patternRanges';
import type { RowMark } from './rowContext';

/** Shortest time between two drawings for patterns that were matched meanwhile, ms. */
const REDRAW_MS = 50;

export interface RowMarkingEvents {
  /** Rows are to be drawn with these marks, the weaker ones first. */
  changed(marks: readonly RowMark[]): void;
  /** A highlight rule marks nothing any more, or not in long lines. Told once for each rule. */
  stoppedHighlight(name: string, fault: PatternFault): void;
}

interface Rule {
  readonly query: TextQuery;
  readonly className: string;
  /** Of a highlight rule. */
  readonly name?: string;
}

/** What is coloured for one reason, and what was asked of patterns for it. */
interface Marked {
  readonly key: string;
  readonly marks: readonly RowMark[];
  readonly scope: PatternScope | undefined;
}

const NOTHING: Marked = { key: '', marks: [], scope: undefined };

/** What is coloured in rows: highlight rules, what the filter wants, what is searched for; the last one wins. */
export class RowMarking implements Disposable {
  readonly #events: RowMarkingEvents;
  readonly #patterns: PatternMatching | undefined;
  readonly #clock: Clock;
  readonly #told = new Set<string>();
  #highlights = NOTHING;
  #filter = NOTHING;
  #search = NOTHING;
  #redrawing: Disposable | undefined;

  /** @param patterns matches patterns that may take long; without it they mark nothing in long lines. */
  constructor(events: RowMarkingEvents, patterns: PatternMatching | undefined, clock: Clock) {
    this.#events = events;
    this.#patterns = patterns;
    this.#clock = clock;
  }

  dispose(): void {
    this.#redrawing?.dispose();
    for (const { scope } of [this.#highlights, this.#filter, this.#search]) {
      scope?.dispose();
    }
  }

  setHighlights(highlights: readonly HighlightSetting[]): void {
    const rules = highlights.map((rule) => ({ query: rule, className: `highlight-${rule.colour}`, name: rule.name }));
    this.#highlights = this.#replaced(this.#highlights, rules);
  }

  setFilter(filter: Filter): void {
    const wanted = (filter.terms ?? []).filter((term) => term.kind === 'text' && !term.exclude) as TextQuery[];
    const { text, caseSensitive, regularExpression, wholeWord } = filter;
    const typed = text ? [{ text, caseSensitive, regularExpression, wholeWord } as TextQuery] : [];
    this.#filter = this.#replaced(
      this.#filter,
      [...wanted, ...typed].map((query) => ({ query, className: 'filter-hit' })),
    );
  }

  setSearch(query: TextQuery | null): void {
    this.#search = this.#replaced(this.#search, query === null ? [] : [{ query, className: 'search-hit' }]);
  }

  /** Rows are rendered anew only when something they show has changed. */
  #replaced(before: Marked, rules: readonly Rule[]): Marked {
    const key = JSON.stringify(rules);
    if (key === before.key || (before.key === '' && rules.length === 0)) {
      return before;
    }
    before.scope?.dispose();
    const scope = this.#patterns && new PatternScope(this.#patterns);
    const marks = rules.flatMap((rule) => this.#markOf(rule, scope));
    // All three are told together, after this one has taken its place.
    this.#redraw(0);
    return { key, marks, scope };
  }

  #markOf({ query, className, name }: Rule, scope: PatternScope | undefined): RowMark[] {
    const compiled = query.text === '' ? undefined : compileTextQuery(query);
    if (compiled?.kind !== 'query') {
      return [];
    }
    const ranges = new PatternRanges(compiled, scope, () => {
      if (ranges.fault !== undefined && name !== undefined && !this.#told.has(query.text)) {
        this.#told.add(query.text);
        this.#events.stoppedHighlight(name, ranges.fault);
      }
      this.#redraw(REDRAW_MS);
    });
    return [{ query: ranges, className }];
  }

  #redraw(delayMs: number): void {
    if (delayMs === 0) {
      queueMicrotask(() => this.#tell());
    } else {
      this.#redrawing ??= this.#clock.schedule(delayMs, () => {
        this.#redrawing = undefined;
        this.#tell();
      });
    }
  }

  #tell(): void {
    this.#events.changed([...this.#highlights.marks, ...this.#filter.marks, ...this.#search.marks]);
  }
}
