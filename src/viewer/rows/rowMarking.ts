import { compileTextQuery, type TextQuery } from '../../records/textMatch';
import type { Filter } from '../../store/filter';
import type { HighlightSetting } from '../../view/viewerSettings';
import type { RowMark } from './rowContext';

function markOf(query: TextQuery, className: string): RowMark[] {
  const compiled = query.text === '' ? undefined : compileTextQuery(query);
  return compiled?.kind === 'query' ? [{ query: compiled, className }] : [];
}

/** What is coloured in rows: highlight rules, what the filter wants, what is searched for; the last one wins. */
export class RowMarking {
  readonly #changed: (marks: readonly RowMark[]) => void;
  #highlights: readonly RowMark[] = [];
  #filter: readonly RowMark[] = [];
  #search: readonly RowMark[] = [];
  #shown = '';

  constructor(changed: (marks: readonly RowMark[]) => void) {
    this.#changed = changed;
  }

  setHighlights(highlights: readonly HighlightSetting[]): void {
    this.#highlights = highlights.flatMap((rule) => markOf(rule, `highlight-${rule.colour}`));
    this.#tell(JSON.stringify(highlights), 'highlights');
  }

  setFilter(filter: Filter): void {
    const wanted = (filter.terms ?? []).filter((term) => term.kind === 'text' && !term.exclude) as TextQuery[];
    const typed = filter.text ? [{ ...filter, text: filter.text }] : [];
    this.#filter = [...wanted, ...typed].flatMap((query) => markOf(query, 'filter-hit'));
    this.#tell(JSON.stringify([wanted, typed.map(({ terms: _, ...query }) => query)]), 'filter');
  }

  setSearch(query: TextQuery | null): void {
    this.#search = query === null ? [] : markOf(query, 'search-hit');
    this.#tell(JSON.stringify(query), 'search');
  }

  readonly #keys = new Map<string, string>();

  /** Rows are rendered anew only when something they show has changed. */
  #tell(key: string, what: string): void {
    this.#keys.set(what, key);
    const shown = JSON.stringify([...this.#keys]);
    if (shown !== this.#shown) {
      this.#shown = shown;
      this.#changed([...this.#highlights, ...this.#filter, ...this.#search]);
    }
  }
}
