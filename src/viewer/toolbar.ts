import { texts } from '../text/viewerTexts';
import { element, iconButton } from './dom';
import type { FilterBar } from './filter/filterBar';
import { keyOf } from './keyboard';

export interface ToolbarEvents {
  toggleWrap(): void;
  toggleHistogram(): void;
  toggleFollow(): void;
  clear(): void;
  find(): void;
  openViewMenu(anchor: HTMLElement): void;
  openExportMenu(anchor: HTMLElement): void;
}

/** The rows of controls above the lines: the filter, its levels, and how the lines are shown. */
export class Toolbar {
  readonly element: HTMLElement;
  readonly viewMenu: HTMLButtonElement;
  readonly exportMenu: HTMLButtonElement;
  readonly #wrap: HTMLButtonElement;
  readonly #histogram: HTMLButtonElement;
  readonly #follow: HTMLButtonElement;

  constructor(filter: FilterBar, events: ToolbarEvents) {
    const words = texts.viewer.toolbar;
    const { menu } = texts.finding;
    this.#wrap = iconButton('word-wrap', words.wrap, () => events.toggleWrap(), 'wrap');
    this.#histogram = iconButton(
      'graph',
      `${menu.histogram} (${keyOf('histogram')})`,
      () => events.toggleHistogram(),
      'show-histogram',
    );
    this.#follow = iconButton('fold-down', words.follow, () => events.toggleFollow(), 'follow');
    this.exportMenu = iconButton(
      'export',
      `${menu.export} (${keyOf('export')})`,
      () => events.openExportMenu(this.exportMenu),
      'export',
    );
    this.viewMenu = iconButton('ellipsis', menu.view, () => events.openViewMenu(this.viewMenu), 'view-menu');
    for (const button of [this.exportMenu, this.viewMenu]) {
      button.setAttribute('aria-haspopup', 'menu');
      button.setAttribute('aria-expanded', 'false');
    }
    this.element = element(
      'div',
      { class: 'toolbar', role: 'toolbar', 'aria-label': words.label },
      filter.element,
      filter.levels.element,
      element(
        'div',
        { class: 'view-buttons', role: 'group', 'aria-label': menu.view },
        iconButton('search', `${texts.finding.search.label} (${keyOf('find')})`, () => events.find(), 'find'),
        this.#histogram,
        this.#wrap,
        this.exportMenu,
        iconButton('clear-all', words.clear, () => events.clear(), 'clear'),
        this.#follow,
        this.viewMenu,
      ),
    );
  }

  showWraps(wraps: boolean): void {
    this.#wrap.setAttribute('aria-pressed', String(wraps));
  }

  showHistogram(shown: boolean): void {
    this.#histogram.setAttribute('aria-pressed', String(shown));
  }

  showFollows(follows: boolean): void {
    const label = follows ? texts.viewer.toolbar.pause : texts.viewer.toolbar.follow;
    this.#follow.setAttribute('aria-pressed', String(follows));
    this.#follow.setAttribute('aria-label', label);
    this.#follow.title = label;
  }
}
