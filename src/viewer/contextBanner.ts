import { texts } from '../text/viewerTexts';
import { element, icon } from './dom';

/** Says that the filter is put aside to show a line in context, and leads back. */
export class ContextBanner {
  readonly element: HTMLElement;

  constructor(onBack: () => void) {
    const back = element('button', { type: 'button', class: 'link-button' }, texts.finding.context.back);
    back.addEventListener('click', onBack);
    this.element = element(
      'div',
      { class: 'context-banner hidden' },
      icon('filter'),
      element('span', { class: 'context-sentence' }, texts.finding.context.banner),
      back,
    );
  }

  show(shown: boolean): void {
    this.element.classList.toggle('hidden', !shown);
  }
}
