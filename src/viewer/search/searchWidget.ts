import type { TextQuery } from '../../records/textMatch';
import { texts } from '../../text/viewerTexts';
import type { HolderMessage } from '../../view/messages';
import { element, iconButton, setText } from '../dom';
import { type Switches, switchesOf } from '../filter/filterTerms';
import { type Switch, SwitchButtons } from '../switchButtons';

export interface SearchEvents {
  changed(query: TextQuery | null): void;
  go(direction: 'next' | 'previous'): void;
  closed(): void;
  say(text: string): void;
}

export type SearchStand = Extract<HolderMessage, { type: 'search' }>;

/** Text that is still being typed is not searched for at every key, ms. */
const TYPING_MS = 120;

/** The search over the list's upper right corner, as in the editor. It hides no line. */
export class SearchWidget {
  readonly element: HTMLElement;
  readonly #events: SearchEvents;
  readonly #input: HTMLInputElement;
  readonly #count: HTMLElement;
  readonly #switchButtons: SwitchButtons;
  #switches: Switches = {};
  #stand: SearchStand | undefined;
  #index: number | undefined;
  #told = -1;
  #typing: ReturnType<typeof setTimeout> | undefined;

  constructor(events: SearchEvents) {
    this.#events = events;
    const words = texts.finding.search;
    this.#input = element('input', {
      type: 'text',
      class: 'search-input',
      placeholder: words.placeholder,
      'aria-label': words.label,
      autocomplete: 'off',
      spellcheck: 'false',
    });
    this.#count = element('span', { class: 'search-count' });
    this.#switchButtons = new SwitchButtons((name) => this.toggle(name));
    this.element = element(
      'div',
      { class: 'search hidden', role: 'search', 'aria-label': words.label },
      element('div', { class: 'search-box' }, this.#input, ...this.#switchButtons.elements),
      this.#count,
      iconButton('arrow-up', words.previous, () => events.go('previous'), 'search-previous'),
      iconButton('arrow-down', words.next, () => events.go('next'), 'search-next'),
      iconButton('close', words.close, () => this.close(), 'search-close'),
    );
    this.#input.addEventListener('input', () => {
      clearTimeout(this.#typing);
      this.#typing = setTimeout(() => this.#changed(), TYPING_MS);
    });
    this.element.addEventListener('keydown', (event) => this.#key(event));
  }

  get isOpen(): boolean {
    return !this.element.classList.contains('hidden');
  }

  get isFocused(): boolean {
    return this.element.contains(document.activeElement);
  }

  /** What is searched for; null: nothing. */
  get query(): TextQuery | null {
    const text = this.#input.value;
    return this.isOpen && text !== '' ? { text, ...switchesOf(this.#switches) } : null;
  }

  /** Opens it, with `text` (what is selected) or with what it had. */
  open(text = ''): void {
    this.element.classList.remove('hidden');
    if (text !== '') {
      this.#input.value = text;
    }
    this.#input.focus();
    this.#input.select();
    this.#changed();
  }

  /** Shows what was searched for before a reload, without taking the focus. */
  restore({ text, ...switches }: TextQuery): void {
    this.element.classList.remove('hidden');
    this.#input.value = text;
    this.#switches = switches;
    this.#changed();
  }

  close(): void {
    clearTimeout(this.#typing);
    this.#typing = undefined;
    if (this.isOpen) {
      this.element.classList.add('hidden');
      this.#events.changed(null);
      this.#events.closed();
    }
  }

  toggle(name: Switch): void {
    this.#switches = { ...this.#switches, [name]: this.#switches[name] !== true };
    this.#changed();
  }

  show(stand: SearchStand | undefined): void {
    this.#stand = stand;
    this.#draw();
    // Once per search: where lines keep coming, counts would never stop being read out.
    if (stand?.complete && stand.search !== this.#told) {
      this.#told = stand.search;
      this.#events.say(stand.error ?? (this.#count.textContent as string));
    }
  }

  /** Which hit the reader is at, from 1. */
  showIndex(index: number | undefined): void {
    this.#index = index;
    this.#draw();
    if (index !== undefined) {
      this.#events.say(this.#count.textContent as string);
    }
  }

  #changed(): void {
    clearTimeout(this.#typing);
    this.#typing = undefined;
    this.#index = undefined;
    this.#stand = undefined;
    this.#switchButtons.show(this.#switches);
    this.#draw();
    this.#events.changed(this.query);
  }

  #key(event: KeyboardEvent): void {
    if (event.isComposing) {
      return;
    }
    if (event.key === 'Escape') {
      this.close();
    } else if (event.key === 'Enter' && event.target === this.#input && !event.altKey) {
      // Whoever presses Enter has finished typing.
      if (this.#typing !== undefined) {
        this.#changed();
      }
      this.#events.go(event.shiftKey ? 'previous' : 'next');
    } else {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  }

  #draw(): void {
    const stand = this.#stand;
    const words = texts.finding.search;
    const error = stand?.error ?? null;
    this.#input.setAttribute('aria-invalid', String(error !== null));
    this.#input.title = error ?? '';
    this.element.classList.toggle('search-empty', stand?.complete === true && stand.count === 0);
    setText(this.#count, stand === undefined || this.query === null ? '' : countOf(stand, this.#index, words));
  }
}

function countOf(
  { count, complete, error }: SearchStand,
  index: number | undefined,
  words: typeof texts.finding.search,
): string {
  if (count === 0) {
    return complete || error !== null ? words.none : words.counting(0);
  }
  if (index !== undefined) {
    return words.of(index, Math.max(index, count));
  }
  return complete ? words.count(count) : words.counting(count);
}
