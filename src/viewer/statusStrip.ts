import type { Clock } from '../base/clock';
import type { Disposable } from '../base/disposable';
import { texts } from '../text/viewerTexts';
import type { ConnectionView, ExtentMessage, ViewerAction } from '../view/messages';
import { element, icon, setText } from './dom';
import { formatRemaining } from './format';

const TONE_ICONS: Readonly<Record<ConnectionView['tone'], string>> = {
  live: 'pulse',
  busy: 'sync',
  warning: 'warning',
  error: 'error',
  ended: 'stop-circle',
  off: 'debug-disconnect',
};
/** More buttons than that crowd out the sentence. */
const MOST_ACTIONS = 2;
/** Kept from the strip: each has a button elsewhere. */
const ELSEWHERE: ReadonlySet<ViewerAction> = new Set(['clear']);

/** The line below: how the connection is, in words, and how much there is. */
export class StatusStrip implements Disposable {
  readonly element: HTMLElement;
  readonly #clock: Clock;
  readonly #onAction: (action: ViewerAction) => void;
  readonly #connection: HTMLElement;
  readonly #tone: HTMLElement;
  readonly #label: HTMLElement;
  readonly #sentence: HTMLElement;
  readonly #countdown: HTMLElement;
  readonly #actions: HTMLElement;
  readonly #counts: HTMLElement;
  readonly #rate: HTMLElement;
  readonly #dropped: HTMLElement;
  #retryAt: number | null = null;
  #tick: Disposable | undefined;
  #shownActions = '';

  /** @param ending what stands at the end of the strip; where there is little room, on a line of its own. */
  constructor(clock: Clock, onAction: (action: ViewerAction) => void, ending: HTMLElement) {
    this.#clock = clock;
    this.#onAction = onAction;
    this.#tone = element('span', { class: 'tone', 'aria-hidden': 'true' });
    this.#label = element('span', { class: 'label' });
    this.#sentence = element('span', { class: 'sentence' });
    // The countdown changes each second: shown, not announced.
    this.#countdown = element('span', { class: 'countdown' });
    this.#actions = element('span', { class: 'actions' });
    this.#counts = element('span', { class: 'counts' });
    this.#rate = element('span', { class: 'rate' });
    this.#dropped = element('span', { class: 'dropped', title: texts.viewer.status.droppedTitle });
    this.#connection = element(
      'div',
      { class: 'connection', role: 'status', 'aria-label': texts.viewer.status.label },
      this.#tone,
      this.#label,
      this.#sentence,
    );
    this.element = element(
      'div',
      { class: 'status-strip' },
      this.#connection,
      this.#countdown,
      this.#actions,
      element('span', { class: 'filler' }),
      this.#dropped,
      this.#rate,
      this.#counts,
      ending,
    );
  }

  showConnection(connection: ConnectionView): void {
    this.element.dataset.tone = connection.tone;
    this.#tone.replaceChildren(icon(TONE_ICONS[connection.tone]));
    setText(this.#label, connection.label);
    setText(this.#sentence, connection.sentence);
    const { sentence, name, address } = connection;
    // The strip is where the whole name stands that a tab has no room for.
    const details = [sentence, name, address].filter((text, index, all) => text && all.indexOf(text) === index);
    this.#connection.title = details.join('\n');
    this.#retryAt = connection.retryAt;
    this.#showCountdown();
    this.#showActions(connection.actions.filter((action) => !ELSEWHERE.has(action)).slice(0, MOST_ACTIONS));
  }

  showExtent(extent: ExtentMessage, isFiltered: boolean): void {
    const words = texts.viewer.status;
    const counts = isFiltered ? words.matched(extent.matchedLines, extent.totalLines) : words.total(extent.totalLines);
    setText(this.#counts, extent.scanned < 1 ? `${counts} (${words.searching(extent.scanned)})` : counts);
    setText(this.#rate, extent.linesPerSecond > 0 ? words.rate(extent.linesPerSecond) : '');
    setText(this.#dropped, extent.droppedLines > 0 ? words.dropped(extent.droppedLines) : '');
  }

  dispose(): void {
    this.#tick?.dispose();
  }

  #showCountdown(): void {
    this.#tick?.dispose();
    this.#tick = undefined;
    if (this.#retryAt === null) {
      setText(this.#countdown, '');
      return;
    }
    const leftMs = this.#retryAt - this.#clock.wallTime();
    setText(
      this.#countdown,
      leftMs > 0 ? texts.viewer.status.retryIn(formatRemaining(leftMs)) : texts.viewer.status.retryNow,
    );
    if (leftMs > 0) {
      this.#tick = this.#clock.schedule(leftMs % 1000 || 1000, () => this.#showCountdown());
    }
  }

  #showActions(actions: readonly ViewerAction[]): void {
    const key = actions.join();
    if (key === this.#shownActions) {
      return;
    }
    this.#shownActions = key;
    this.#actions.replaceChildren(
      ...actions.map((action) => {
        const button = element('button', { type: 'button', class: 'link-button' }, texts.viewer.status.actions[action]);
        button.addEventListener('click', () => this.#onAction(action));
        return button;
      }),
    );
  }
}
