import type { Level } from '../../records/level';
import type { Filter } from '../../store/filter';
import { texts } from '../../text/viewerTexts';
import { element, iconButton, setText } from '../dom';
import { formatShort } from '../format';
import { openMenu } from '../menu';
import { LEVEL_CHOICES, withLevelAtLeast, withLevels, without } from './filterTerms';

/** A button per level with its count: a click shows or hides it, Alt and a click show it and all that are worse. */
export class LevelButtons {
  readonly element: HTMLElement;
  readonly #onChange: (filter: Filter) => void;
  readonly #buttons: ReadonlyMap<Level | null, { readonly button: HTMLButtonElement; readonly count: HTMLElement }>;
  #filter: Filter = {};
  #counts: Readonly<Record<Level | 'none', number>> | undefined;

  constructor(onChange: (filter: Filter) => void) {
    this.#onChange = onChange;
    this.#buttons = new Map(LEVEL_CHOICES.map((level) => [level, this.#levelButton(level)]));
    const menu = iconButton('chevron-down', texts.finding.filter.levelMenu, () => this.#openMenu(menu), 'level-menu');
    menu.setAttribute('aria-haspopup', 'menu');
    this.element = element(
      'div',
      { class: 'levels', role: 'group', 'aria-label': texts.viewer.toolbar.levels },
      ...[...this.#buttons.values()].map(({ button }) => button),
      menu,
    );
  }

  show(filter: Filter): void {
    this.#filter = filter;
    this.#draw();
  }

  showCounts(counts: Readonly<Record<Level | 'none', number>>): void {
    this.#counts = counts;
    this.#draw();
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
    button.addEventListener('click', (event) => {
      if (event.altKey && level !== null) {
        this.#onChange(withLevelAtLeast(this.#filter, level));
      } else {
        this.#toggle(level);
      }
    });
    return { button, count };
  }

  #toggle(level: Level | null): void {
    const shown = new Set<Level | null>(this.#filter.levels ?? LEVEL_CHOICES);
    if (!shown.delete(level)) {
      shown.add(level);
    }
    this.#onChange(withLevels(this.#filter, shown));
  }

  #openMenu(anchor: HTMLElement): void {
    const words = texts.finding.filter;
    const present = JSON.stringify(this.#filter.levels);
    const choices = LEVEL_CHOICES.filter((level): level is Level => level !== null && level !== 'trace');
    openMenu(anchor, words.levelMenu, [
      {
        label: words.all,
        checked: this.#filter.levels === undefined,
        radio: true,
        act: () => this.#onChange(without(this.#filter, 'levels')),
      },
      ...choices.map((level) => {
        const filter = withLevelAtLeast(this.#filter, level);
        return {
          label: words.atLeast(texts.viewer.toolbar.levelNames[level]),
          checked: JSON.stringify(filter.levels) === present,
          radio: true,
          act: () => this.#onChange(filter),
        };
      }),
    ]);
  }

  #draw(): void {
    const words = texts.viewer.toolbar;
    for (const [level, { button, count }] of this.#buttons) {
      const number = this.#counts?.[level ?? 'none'] ?? 0;
      const shown = this.#filter.levels?.includes(level) ?? true;
      setText(count, formatShort(number));
      button.setAttribute('aria-pressed', String(shown));
      button.title = words.level(words.levelNames[level ?? 'none'], number, shown);
      button.classList.toggle('without', number === 0 && shown);
    }
  }
}
