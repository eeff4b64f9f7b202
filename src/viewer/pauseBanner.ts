import { texts } from '../text/viewerTexts';
import type { MissedCount } from '../view/messages';
import { element, icon, setText } from './dom';

/**
 * Says unmistakably that the view is paused, and how many lines came meanwhile; a click resumes. It
 * stands in the status strip, where it covers no row, and where its coming moves none.
 */
export class PauseBanner {
  readonly element: HTMLButtonElement;
  readonly #text: HTMLElement;

  constructor(onResume: () => void) {
    this.#text = element('span', { class: 'pause-text' });
    this.element = element(
      'button',
      { type: 'button', class: 'pause-banner hidden', title: texts.viewer.pause.resume },
      icon('debug-pause'),
      this.#text,
      element('span', { class: 'pause-resume' }, texts.viewer.pause.resume),
      icon('arrow-down'),
    );
    this.element.addEventListener('click', ({ detail }) => {
      // In a narrow window the strip grows to hold it: the second click of two on the last row then lands here.
      if (detail < 2) {
        onResume();
      }
    });
  }

  /** `missed`: what came since the pause; null while following. `isFiltered`: not all of it is shown. */
  show(missed: MissedCount | null, isFiltered: boolean): void {
    this.element.classList.toggle('hidden', missed === null);
    setText(this.#text, missed === null ? texts.viewer.pause.paused : texts.viewer.pause.banner(missed, isFiltered));
  }
}
