import { LEVELS, type Level } from '../records/level';
import type { Filter } from '../store/filter';
import { texts } from '../text/texts';
import { element, icon, iconButton, setText } from './dom';
import { formatShort } from './format';

export interface ToolbarEvents {
  filterChanged(filter: Filter): void;
  toggleWrap(): void;
  toggleTimes(): void;
  toggleFollow(): void;
  clear(): void;
}

type Switch = 'caseSensitive' | 'wholeWord' | 'regularExpression';

/** Text that is still being typed is not searched for at every key. */
const TYPING_MS = 120;
const LEVEL_CHOICES: readonly (Level | null)[] = [...[...LEVELS].reverse(), null];

/** The row of controls above the lines. */
export class Toolbar {
  readonly element: HTMLElement;
  readonly #events: ToolbarEvents;
  readonly #input: HTMLInputElement;
  readonly #problem: HTMLElement;
  readonly #switches: ReadonlyMap<Switch, HTMLButtonElement>;
  readonly #levelButtons: ReadonlyMap<
    Level | null,
    { readonly button: HTMLButtonElement; readonly count: HTMLElement }
  >;
  readonly #clearFilter: HTMLButtonElement;
  readonly #wrap: HTMLButtonElement;
  readonly #times: HTMLButtonElement;
  readonly #follow: HTMLButtonElement;
  #filter: Filter = {};
  #counts: Readonly<Record<Level | 'none', number>> | undefined;
  #typing: ReturnType<typeof setTimeout> | undefined;

  constructor(events: ToolbarEvents) {
    this.#events = events;
    const words = texts.viewer.toolbar;
    this.#input = element('input', {
      type: 'text',
      class: 'filter-input',
      placeholder: words.filterPlaceholder,
      'aria-label': words.filter,
      title: words.filter,
      'aria-describedby': 'filter-problem',
      autocomplete: 'off',
      spellcheck: 'false',
    });
    this.#input.addEventListener('input', () => {
      clearTimeout(this.#typing);
      this.#typing = setTimeout(() => this.#change({ text: this.#input.value }), TYPING_MS);
    });
    this.#switches = new Map<Switch, HTMLButtonElement>([
      ['caseSensitive', this.#switchButton('case-sensitive', words.caseSensitive, 'caseSensitive')],
      ['wholeWord', this.#switchButton('whole-word', words.wholeWord, 'wholeWord')],
      ['regularExpression', this.#switchButton('regex', words.regularExpression, 'regularExpression')],
    ]);
    this.#clearFilter = iconButton('close', words.clearFilter, () => this.clearFilter(), 'clear-filter');
    this.#problem = element('div', { class: 'filter-problem', id: 'filter-problem', role: 'status' });
    this.#levelButtons = new Map(LEVEL_CHOICES.map((level) => [level, this.#levelButton(level)]));
    this.#wrap = iconButton('word-wrap', words.wrap, () => events.toggleWrap());
    this.#times = iconButton('clock', words.times, () => events.toggleTimes());
    this.#follow = iconButton('fold-down', words.follow, () => events.toggleFollow(), 'follow');
    this.element = element(
      'div',
      { class: 'toolbar', role: 'toolbar', 'aria-label': words.label },
      element(
        'div',
        { class: 'filter' },
        icon('filter'),
        this.#input,
        this.#clearFilter,
        ...this.#switches.values(),
        this.#problem,
      ),
      element(
        'div',
        { class: 'levels', role: 'group', 'aria-label': words.levels },
        ...[...this.#levelButtons.values()].map(({ button }) => button),
      ),
      element(
        'div',
        { class: 'view-buttons', role: 'group', 'aria-label': words.label },
        this.#times,
        this.#wrap,
        iconButton('clear-all', words.clear, () => events.clear()),
        this.#follow,
      ),
    );
    this.showFilter({});
  }

  focusFilter(): void {
    this.#input.focus();
    this.#input.select();
  }

  get isFilterFocused(): boolean {
    return document.activeElement === this.#input;
  }

  clearFilter(): void {
    clearTimeout(this.#typing);
    this.showFilter({});
    this.#events.filterChanged({});
  }

  toggle(name: Switch): void {
    this.#change({ [name]: this.#filter[name] !== true });
  }

  /** Shows a filter without announcing it as a change. */
  showFilter(filter: Filter): void {
    this.#filter = filter;
    const text = filter.text ?? '';
    if (this.#input.value !== text) {
      this.#input.value = text;
    }
    for (const [name, button] of this.#switches) {
      button.setAttribute('aria-pressed', String(filter[name] === true));
    }
    this.#clearFilter.classList.toggle('hidden', text === '' && !filter.levels);
    this.#showLevels();
  }

  /** `problem`: why the filter cannot be applied, or null. */
  showProblem(problem: string | null): void {
    setText(this.#problem, problem ?? '');
    this.#input.setAttribute('aria-invalid', String(problem !== null));
  }

  showCounts(counts: Readonly<Record<Level | 'none', number>>): void {
    this.#counts = counts;
    this.#showLevels();
  }

  showWraps(wraps: boolean): void {
    this.#wrap.setAttribute('aria-pressed', String(wraps));
  }

  showTimes(times: boolean): void {
    this.#times.setAttribute('aria-pressed', String(times));
  }

  showFollows(follows: boolean): void {
    const label = follows ? texts.viewer.toolbar.pause : texts.viewer.toolbar.follow;
    this.#follow.setAttribute('aria-pressed', String(follows));
    this.#follow.setAttribute('aria-label', label);
    this.#follow.title = label;
  }

  #change(change: Partial<Filter>): void {
    const { text, levels, ...rest } = { ...this.#filter, text: this.#input.value, ...change };
    const filter: Filter = { ...rest, ...(text ? { text } : {}), ...(levels ? { levels } : {}) };
    this.showFilter(filter);
    this.#events.filterChanged(filter);
  }

  #switchButton(iconName: string, label: string, name: Switch): HTMLButtonElement {
    return iconButton(iconName, label, () => this.toggle(name), 'switch');
  }

  #levelButton(level: Level | null): { button: HTMLButtonElement; count: HTMLElement } {
    const name = level ?? 'none';
    const count = element('span', { class: 'level-count' });
    const button = element(
      'button',
      { type: 'button', class: `level-button level-${name}` },
      element('span', { class: 'level-mark', 'aria-hidden': 'true' }),
      element('span', { class: 'level-name' }, texts.viewer.toolbar.levelNames[name]),
      count,
    );
    button.addEventListener('click', () => this.#toggleLevel(level));
    return { button, count };
  }

  #toggleLevel(level: Level | null): void {
    const shown = new Set<Level | null>(this.#filter.levels ?? LEVEL_CHOICES);
    if (!shown.delete(level)) {
      shown.add(level);
    }
    // All of them and none of them mean the same: no restriction.
    const { levels: _, ...rest } = this.#filter;
    const restricts = shown.size > 0 && shown.size < LEVEL_CHOICES.length;
    const filter: Filter = restricts ? { ...rest, levels: LEVEL_CHOICES.filter((each) => shown.has(each)) } : rest;
    this.showFilter(filter);
    this.#events.filterChanged(filter);
  }

  #showLevels(): void {
    for (const [level, { button, count }] of this.#levelButtons) {
      const number = this.#counts?.[level ?? 'none'] ?? 0;
      const shown = this.#filter.levels?.includes(level) ?? true;
      const words = texts.viewer.toolbar;
      const label = words.level(words.levelNames[level ?? 'none'], number, shown);
      setText(count, formatShort(number));
      button.setAttribute('aria-pressed', String(shown));
      button.title = label;
      button.classList.toggle('without', number === 0 && shown);
    }
  }
}
