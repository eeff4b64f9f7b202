import type { Filter, Term } from '../../store/filter';
import { texts } from '../../text/viewerTexts';
import type { ExtentMessage, SourceInfo } from '../../view/messages';
import type { SavedFilter } from '../../view/viewerSettings';
import { element, icon, iconButton, setText } from '../dom';
import { type MenuItem, openMenu } from '../menu';
import { type Switch, SwitchButtons } from '../switchButtons';
import { ChipList } from './chipList';
import { askContext } from './contextForm';
import { appliesWhileTyped, nameOfTerm, switchesOf, termOf, typedTerm, without, withTerm } from './filterTerms';
import { LevelButtons } from './levelButtons';
import { askFilterName } from './saveFilterForm';

export interface FilterEvents {
  filterChanged(filter: Filter): void;
  save(name: string, filter: Filter): void;
  say(text: string): void;
}

/** Text that is still being typed is not searched for at every key, ms. */
const TYPING_MS = 120;
/** Numbers of lines around a hit that a click chooses. */
const CONTEXT_CHOICES = [1, 3, 5, 10, 20, 50] as const;

/** The filter as a person edits it: typed text, its switches, conditions as chips, levels, sources, saved filters. */
export class FilterBar {
  readonly element: HTMLElement;
  readonly levels: LevelButtons;
  readonly #events: FilterEvents;
  readonly #input: HTMLInputElement;
  readonly #hint: HTMLElement;
  readonly #problem: HTMLElement;
  readonly #switches: SwitchButtons;
  readonly #chips: ChipList;
  readonly #clear: HTMLButtonElement;
  readonly #box: HTMLElement;
  #filter: Filter = {};
  #sources: readonly SourceInfo[] = [];
  #saved: readonly SavedFilter[] = [];
  #typing: ReturnType<typeof setTimeout> | undefined;

  constructor(events: FilterEvents) {
    this.#events = events;
    const words = texts.viewer.toolbar;
    this.#input = element('input', {
      type: 'text',
      class: 'filter-input',
      placeholder: words.filterPlaceholder,
      'aria-label': words.filter,
      title: words.filter,
      'aria-describedby': 'filter-problem filter-hint',
      autocomplete: 'off',
      spellcheck: 'false',
    });
    this.#input.addEventListener('input', () => {
      clearTimeout(this.#typing);
      this.#typing = setTimeout(() => this.#applyTyped(), TYPING_MS);
      this.#showHint();
    });
    this.#input.addEventListener('keydown', (event) => this.#inputKey(event));
    this.#switches = new SwitchButtons((name) => this.toggle(name));
    this.#chips = new ChipList({
      changed: (filter, announcement) => {
        this.#change(filter);
        events.say(announcement);
      },
      edit: (term) => this.#editTerm(term),
      editContext: () => this.#askContext(),
      left: () => this.#input.focus(),
    });
    this.#clear = iconButton('close', words.clearFilter, () => this.clear(), 'clear-filter');
    this.#hint = element('div', { class: 'filter-hint', id: 'filter-hint', role: 'status' });
    this.#problem = element('div', { class: 'filter-problem', id: 'filter-problem', role: 'status' });
    const more = iconButton('list-filter', texts.finding.filter.more, () => this.#openMenu(more), 'filter-more');
    more.setAttribute('aria-haspopup', 'menu');
    this.levels = new LevelButtons((filter) => this.#change(filter));
    this.#box = element(
      'div',
      { class: 'filter' },
      icon('filter'),
      this.#chips.element,
      this.#input,
      this.#clear,
      ...this.#switches.elements,
      more,
      this.#hint,
      this.#problem,
    );
    this.element = this.#box;
  }

  focus(): void {
    this.#input.focus();
    this.#input.select();
  }

  get isFocused(): boolean {
    return this.#box.contains(document.activeElement);
  }

  clear(): void {
    clearTimeout(this.#typing);
    this.#input.value = '';
    this.show({});
    this.#events.filterChanged({});
  }

  toggle(name: Switch): void {
    const { [name]: was, ...rest } = this.#filter;
    this.#change(was ? rest : { ...rest, [name]: true });
  }

  /** Adds conditions, as the detail pane does. */
  add(term: Term): void {
    this.#change(withTerm(this.#filter, term));
    const name = nameOfTerm(term);
    this.#events.say(texts.finding.filter.added(term.exclude ? texts.finding.filter.excluded(name) : name));
  }

  saveAs(): void {
    askFilterName(document.body, (name) => {
      this.#events.save(name, this.#filter);
      this.#events.say(texts.finding.told.filterSaved(name));
    });
  }

  /** Shows a filter without announcing it as a change. */
  show(filter: Filter): void {
    this.#filter = filter;
    const text = filter.text ?? '';
    // What waits for Enter is not in the filter, but still being typed.
    if (appliesWhileTyped(this.#input.value, filter) && this.#input.value !== text) {
      this.#input.value = text;
    }
    this.#switches.show(filter);
    const words = texts.viewer.toolbar;
    this.#input.placeholder = filter.terms ? words.filterShort : words.filterPlaceholder;
    const names = new Map(filter.sources && this.#sources.map(({ id, name }) => [id, name]));
    this.#chips.show(filter, (id) => names.get(id) ?? id);
    this.#clear.classList.toggle('hidden', Object.keys(filter).length === 0 && this.#input.value === '');
    this.levels.show(filter);
    this.#showHint();
  }

  showCounts(counts: ExtentMessage['levelCounts']): void {
    this.levels.showCounts(counts);
  }

  showSources(sources: readonly SourceInfo[]): void {
    this.#sources = sources;
    this.show(this.#filter);
  }

  showSaved(saved: readonly SavedFilter[]): void {
    this.#saved = saved;
  }

  /** The filter is put aside, to show a line in context. */
  showSuspended(suspended: boolean): void {
    this.#box.classList.toggle('suspended', suspended);
  }

  /** `problem`: why the filter cannot be applied, or null. */
  showProblem(problem: string | null): void {
    setText(this.#problem, problem ?? '');
    this.#input.setAttribute('aria-invalid', String(problem !== null));
  }

  #change(filter: Filter): void {
    this.show(filter);
    this.#events.filterChanged(filter);
  }

  #applyTyped(): void {
    const typed = this.#input.value;
    const { text = '', ...rest } = this.#filter;
    const applied = appliesWhileTyped(typed, this.#filter) ? typed : '';
    if (applied !== text) {
      this.#change(applied === '' ? rest : { ...rest, text: applied });
    } else {
      this.show(this.#filter);
    }
  }

  /** Makes a chip of what is typed. */
  #takeTyped(exclude: boolean): void {
    const term = termOf(this.#input.value, switchesOf(this.#filter), exclude);
    if (term) {
      clearTimeout(this.#typing);
      this.#input.value = '';
      const filter = without(this.#filter, 'text');
      this.#filter = filter;
      this.add(term);
    }
  }

  #editTerm(term: Term): void {
    clearTimeout(this.#typing);
    this.#input.value = typedTerm(term);
    const rest = without(this.#filter, 'caseSensitive', 'wholeWord', 'regularExpression');
    this.#filter = term.kind === 'text' ? { ...rest, ...switchesOf(term) } : rest;
    this.#applyTyped();
    this.focus();
  }

  #inputKey(event: KeyboardEvent): void {
    const atStart = this.#input.selectionStart === 0 && this.#input.selectionEnd === 0;
    if (event.isComposing) {
      return;
    }
    if (event.key === 'Enter' && this.#input.value.trim() !== '') {
      this.#takeTyped(event.altKey);
    } else if ((event.key === 'Backspace' || event.key === 'ArrowLeft') && atStart) {
      if (!this.#chips.focusLast()) {
        return;
      }
    } else {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  }

  #showHint(): void {
    const term = termOf(this.#input.value, this.#filter);
    const words = texts.finding.filter;
    const hint =
      term === null || this.#input.value === ''
        ? ''
        : term.exclude
          ? words.willExclude(nameOfTerm(term))
          : term.kind === 'field'
            ? words.willBeField(nameOfTerm(term))
            : '';
    setText(this.#hint, hint);
  }

  #openMenu(anchor: HTMLElement): void {
    const words = texts.finding.filter;
    openMenu(anchor, words.more, [
      { heading: words.saved },
      ...this.#saved.map(({ name, filter }) => ({ label: name, act: () => this.#apply(filter) })),
      ...(this.#saved.length === 0 ? [{ label: words.noneSaved, disabled: true, act: () => undefined }] : []),
      {
        label: words.save,
        disabled: Object.keys(this.#filter).length === 0,
        act: () => this.saveAs(),
      },
      ...this.#sourceItems(),
      'separator',
      { heading: words.contextLines },
      ...this.#contextItems(),
    ]);
  }

  #apply(filter: Filter): void {
    this.#input.value = filter.text ?? '';
    this.#change(filter);
  }

  #sourceItems(): readonly MenuItem[] {
    const words = texts.finding.filter;
    if (this.#sources.length < 2) {
      return [];
    }
    const chosen = new Set(this.#filter.sources ?? this.#sources.map(({ id }) => id));
    return [
      'separator',
      { heading: words.sources },
      {
        label: words.allSources,
        checked: this.#filter.sources === undefined,
        act: () => this.#change(without(this.#filter, 'sources')),
      },
      ...this.#sources.map(({ id, name }) => ({
        label: name,
        checked: chosen.has(id),
        act: () => {
          // From all to one is what is wanted most; further ones are added.
          const next =
            this.#filter.sources === undefined
              ? [id]
              : this.#sources.map((source) => source.id).filter((each) => chosen.has(each) !== (each === id));
          this.#change(
            next.length === 0 || next.length === this.#sources.length
              ? without(this.#filter, 'sources')
              : { ...this.#filter, sources: next },
          );
        },
      })),
    ];
  }

  #contextItems(): readonly MenuItem[] {
    const words = texts.finding.filter;
    const { context } = this.#filter;
    return [
      {
        label: words.noContext,
        checked: context === undefined,
        radio: true,
        act: () => this.#change(without(this.#filter, 'context')),
      },
      ...CONTEXT_CHOICES.map((count) => ({
        label: words.contextChoice(count),
        checked: context?.before === count && context.after === count,
        radio: true,
        act: () => this.#change({ ...this.#filter, context: { before: count, after: count } }),
      })),
      {
        label: words.contextOther,
        checked:
          context !== undefined &&
          !CONTEXT_CHOICES.some((count) => count === context.before && count === context.after),
        radio: true,
        act: () => this.#askContext(),
      },
    ];
  }

  #askContext(): void {
    askContext(document.body, this.#filter.context, (context) =>
      this.#change(context ? { ...this.#filter, context } : without(this.#filter, 'context')),
    );
  }
}
