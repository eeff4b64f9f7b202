import { texts } from '../text/viewerTexts';
import type { ConnectionView, ExtentMessage, ViewerAction } from '../view/messages';
import { element, setText } from './dom';

const NEXT_STEPS: ReadonlySet<ViewerAction> = new Set(['connect', 'reconnectNow', 'runAgain', 'startServer']);

/** More of them reach into the middle, where this stands. */
const MOST_NOTICES = 4;

export interface EmptyStateEvents {
  showAll(): void;
  action(action: ViewerAction): void;
}

/** What stands where no row does: what will appear, and what to do next. */
export class EmptyState {
  readonly element: HTMLElement;
  readonly #events: EmptyStateEvents;
  readonly #title: HTMLElement;
  readonly #detail: HTMLElement;
  readonly #arriving: HTMLElement;
  readonly #buttons: HTMLElement;
  #shown = '';

  constructor(events: EmptyStateEvents) {
    this.#events = events;
    this.#title = element('p', { class: 'empty-title' });
    this.#detail = element('p', { class: 'empty-detail' });
    this.#arriving = element('p', { class: 'empty-arriving' });
    this.#buttons = element('div', { class: 'empty-buttons' });
    this.element = element('div', { class: 'empty hidden' }, this.#title, this.#detail, this.#arriving, this.#buttons);
  }

  /** `hidden`: lines that came while the filter let none through. Returns what it says of them, or null. */
  show(
    connection: ConnectionView | undefined,
    extent: ExtentMessage | undefined,
    isFiltered: boolean,
    hidden: number,
  ): string | null {
    // A few notices, such as that of the connection, may stand there without a line.
    const isEmpty = extent === undefined || (extent.matchedLines === 0 && extent.end - extent.first <= MOST_NOTICES);
    this.element.classList.toggle('hidden', !isEmpty);
    if (!isEmpty) {
      return null;
    }
    const words = texts.viewer.empty;
    const total = extent?.totalLines ?? 0;
    if (isFiltered && total > 0) {
      setText(this.#title, extent && extent.scanned < 1 ? words.noMatchYet : words.noMatch);
      setText(this.#detail, words.filtered(total));
      const arriving = hidden > 0 ? words.arriving(hidden) : '';
      setText(this.#arriving, arriving);
      this.#showButtons([['showAll', words.showAll]]);
      return arriving || null;
    }
    setText(this.#arriving, '');
    setText(this.#title, connection?.tone === 'live' ? words.live : (connection?.sentence ?? ''));
    setText(this.#detail, connection?.address ?? '');
    const steps = connection?.actions.filter((action) => NEXT_STEPS.has(action)) ?? [];
    this.#showButtons(steps.map((action) => [action, texts.viewer.status.actions[action]]));
    return null;
  }

  #showButtons(buttons: readonly (readonly [ViewerAction | 'showAll', string])[]): void {
    const key = buttons.map(([action]) => action).join();
    if (key === this.#shown) {
      return;
    }
    this.#shown = key;
    this.#buttons.replaceChildren(
      ...buttons.map(([action, label], index) => {
        const button = element('button', { type: 'button', class: index === 0 ? 'button' : 'button secondary' }, label);
        button.addEventListener('click', () =>
          action === 'showAll' ? this.#events.showAll() : this.#events.action(action),
        );
        return button;
      }),
    );
  }
}
