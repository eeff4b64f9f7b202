import type { Clock } from '../base/clock';
import type { Disposable } from '../base/disposable';
import { element } from './dom';

/** What is said twice within so long is said once, at the end, ms: a screen reader is no counter. */
const SETTLE_MS = 700;

/** Tells a screen reader what changed without the focus being there. Sparingly. */
export class Announcer implements Disposable {
  readonly element: HTMLElement;
  readonly #clock: Clock;
  #timer: Disposable | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.element = element('div', { class: 'visually-hidden announcer', role: 'status' });
  }

  say(text: string): void {
    this.#timer?.dispose();
    // Emptied first, so that the same sentence is spoken again.
    this.element.textContent = '';
    this.#timer = this.#clock.schedule(SETTLE_MS, () => {
      this.element.textContent = text;
    });
  }

  dispose(): void {
    this.#timer?.dispose();
  }
}
