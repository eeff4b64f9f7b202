import { texts } from '../text/texts';
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

  /** `newLines`: lines since the pause; null while following. */
  show(newLines: number | null): void {
    this.element.classList.toggle('hidden', newLines === null);
    setText(this.#text, newLines === null ? texts.viewer.pause.paused : texts.viewer.pause.banner(newLines));
  }
}
