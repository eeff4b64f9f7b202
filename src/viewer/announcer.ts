import type { Clock } from '../base/clock';
import type { Disposable } from '../base/disposable';
import { element } from './dom';
import { SpokenCount } from './spokenCount';

/** What is said twice within so long is said once, at the end, ms: a screen reader is no counter. */
const SETTLE_MS = 700;

/** Tells a screen reader what changed without the focus being there. Sparingly. */
export class Announcer implements Disposable {
  readonly element: HTMLElement;
  readonly #clock: Clock;
  readonly #count: SpokenCount;
  #timer: Disposable | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#count = new SpokenCount(clock, (text) => this.#speakCount(text));
    this.element = element('div', { class: 'visually-hidden announcer', role: 'status' });
  }

  say(text: string): void {
    this.#timer?.dispose();
    // Emptied first, so that the same sentence is spoken again.
    this.element.textContent = '';
    this.#timer = this.#clock.schedule(SETTLE_MS, () => {
      this.#timer = undefined;
      this.element.textContent = text;
    });
  }

  /** A number that grows by itself, in a sentence; null: there is none. Told now and then, see {@link SpokenCount}. */
  count(text: string | null): void {
    this.#count.show(text);
  }

  dispose(): void {
    this.#timer?.dispose();
    this.#count.dispose();
  }

  /** Never in place of what a person waits for. */
  #speakCount(text: string): boolean {
    if (this.#timer !== undefined) {
      return false;
    }
    this.element.textContent = text;
    return true;
  }
}
