import type { Filter, Term } from '../../store/filter';
import { texts } from '../../text/viewerTexts';
import { element, icon } from '../dom';
import { formatMoment, formatTimeOfDay } from '../format';
import { nameOfTerm, turnedRound, without, withTerms } from './filterTerms';

export interface ChipEvents {
  changed(filter: Filter, announcement: string): void;
  /** A condition goes back to where it was typed. */
  edit(term: Term): void;
  editContext(): void;
  /** The focus leaves the chips. */
  left(): void;
}

interface Chip {
  readonly key: string;
  readonly name: string;
  readonly kind: 'text' | 'field' | 'other';
  readonly exclude?: boolean;
  readonly term?: Term;
  readonly isContext?: boolean;
  /** The filter without it. */
  removed(filter: Filter): Filter;
}

const DAY_MS = 24 * 60 * 60 * 1000;

/** A range within one day needs no dates. */
function rangeName(since: number | undefined, until: number | undefined): string {
  const words = texts.finding.filter;
  const isShort = since !== undefined && until !== undefined && until - since < DAY_MS;
  const format = isShort ? formatTimeOfDay : formatMoment;
  if (since === undefined) {
    return words.until(format(until ?? 0));
  }
  return until === undefined ? words.since(format(since)) : words.range(format(since), format(until));
}

/** Everything a filter demands besides typed text and levels, in the order in which it is shown. */
function chipsOf(filter: Filter, sourceName: (id: string) => string): readonly Chip[] {
  const { terms = [], since, until, fromRow, context, sources } = filter;
  const words = texts.finding.filter;
  const other = (key: string, name: string, ...names: readonly (keyof Filter)[]): Chip => ({
    key,
    name,
    kind: 'other',
    removed: (from) => without(from, ...names),
  });
  return [
    ...terms.map((term, index): Chip => {
      const key = `term ${index} ${JSON.stringify(term)}`;
      const name = nameOfTerm(term);
      return {
        key,
        name: term.exclude ? words.excluded(name) : name,
        kind: term.kind,
        term,
        ...(term.exclude ? { exclude: true } : {}),
        removed: (from) => withTerms(from, (all) => all.filter((_, at) => at !== index)),
      };
    }),
    ...(sources ? [other('sources', words.onlySources(sources.map(sourceName).join(', ')), 'sources')] : []),
    ...(since !== undefined || until !== undefined ? [other('range', rangeName(since, until), 'since', 'until')] : []),
    ...(fromRow === undefined ? [] : [other('fromRow', words.fromHere, 'fromRow')]),
    ...(context
      ? [{ ...other('context', words.context(context.before, context.after), 'context'), isContext: true }]
      : []),
  ];
}

/** The conditions of a filter as chips: one stop of the Tab key, arrows within. */
export class ChipList {
  readonly element: HTMLElement;
  readonly #events: ChipEvents;
  #filter: Filter = {};
  #chips: readonly Chip[] = [];
  #sourceName: (id: string) => string = (id) => id;
  #shown = '';

  constructor(events: ChipEvents) {
    this.#events = events;
    this.element = element('div', {
      class: 'chips hidden',
      role: 'listbox',
      'aria-label': texts.finding.filter.chips,
      'aria-orientation': 'horizontal',
    });
    this.element.addEventListener('keydown', (event) => {
      if (this.#key(event)) {
        event.preventDefault();
        event.stopPropagation();
      }
    });
  }

  show(filter: Filter, sourceName: (id: string) => string): void {
    this.#filter = filter;
    this.#sourceName = sourceName;
    this.#chips = chipsOf(filter, this.#sourceName);
    const shown = this.#chips.map(({ key, name }) => `${key} ${name}`).join('\n');
    if (shown === this.#shown) {
      return;
    }
    this.#shown = shown;
    const focused = this.#focusedIndex;
    this.element.classList.toggle('hidden', this.#chips.length === 0);
    this.element.replaceChildren(...this.#chips.map((chip, index) => this.#chipElement(chip, index)));
    if (focused >= 0) {
      this.#focus(Math.min(focused, this.#chips.length - 1));
    }
  }

  /** Puts the focus on the last chip; says whether there is one. */
  focusLast(): boolean {
    return this.#focus(this.#chips.length - 1);
  }

  get #elements(): readonly HTMLElement[] {
    return [...this.element.children] as HTMLElement[];
  }

  get #focusedIndex(): number {
    return this.#elements.indexOf(document.activeElement as HTMLElement);
  }

  #focus(index: number): boolean {
    const wanted = this.#elements[index];
    if (!wanted) {
      if (this.element.contains(document.activeElement) || this.#chips.length === 0) {
        this.#events.left();
      }
      return false;
    }
    for (const each of this.#elements) {
      each.tabIndex = each === wanted ? 0 : -1;
    }
    wanted.focus();
    return true;
  }

  #chipElement(chip: Chip, index: number): HTMLElement {
    const words = texts.finding.filter;
    const made = element(
      'div',
      {
        class: `chip chip-${chip.kind}${chip.exclude ? ' chip-excluding' : ''}`,
        role: 'option',
        tabindex: index === 0 ? '0' : '-1',
        'aria-selected': 'false',
        'aria-label': chip.name,
        title: chip.term ? `${chip.name}\n${words.chipHelp}` : chip.name,
      },
      ...(chip.exclude ? [icon('circle-slash')] : []),
      element('span', { class: 'chip-name' }, chip.term ? nameOfTerm(chip.term) : chip.name),
    );
    const remove = element('span', { class: 'codicon codicon-close chip-remove', 'aria-hidden': 'true' });
    remove.title = words.remove(chip.name);
    remove.addEventListener('click', (event) => {
      event.stopPropagation();
      this.#remove(chip);
    });
    made.append(remove);
    made.addEventListener('click', () => this.#focus(index));
    made.addEventListener('dblclick', () => this.#edit(chip));
    return made;
  }

  #remove(chip: Chip): void {
    this.#events.changed(chip.removed(this.#filter), texts.finding.filter.removed(chip.name));
  }

  #edit(chip: Chip): void {
    if (chip.term) {
      const { term } = chip;
      this.#remove(chip);
      this.#events.edit(term);
    } else if (chip.isContext) {
      this.#events.editContext();
    }
  }

  #turn(chip: Chip): void {
    const { term } = chip;
    if (term) {
      const turned = turnedRound(term);
      const name = nameOfTerm(turned);
      this.#events.changed(
        withTerms(this.#filter, (all) => all.map((each) => (each === term ? turned : each))),
        texts.finding.filter.added(turned.exclude ? texts.finding.filter.excluded(name) : name),
      );
    }
  }

  #key({ key, altKey, ctrlKey, metaKey }: KeyboardEvent): boolean {
    const at = this.#focusedIndex;
    const chip = this.#chips[at];
    if (!chip || altKey || ctrlKey || metaKey) {
      return false;
    }
    switch (key) {
      case 'ArrowLeft':
        this.#focus(Math.max(0, at - 1));
        return true;
      case 'ArrowRight':
        if (at === this.#chips.length - 1) {
          this.#events.left();
        } else {
          this.#focus(at + 1);
        }
        return true;
      case 'Home':
        this.#focus(0);
        return true;
      case 'End':
        this.#focus(this.#chips.length - 1);
        return true;
      case 'Delete':
      case 'Backspace':
        this.#remove(chip);
        return true;
      case 'Enter':
        this.#edit(chip);
        return true;
      case ' ':
        this.#turn(chip);
        return true;
      default:
        return false;
    }
  }
}
