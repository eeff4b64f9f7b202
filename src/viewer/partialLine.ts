import { texts } from '../text/viewerTexts';
import { element, setText } from './dom';

/** The end of a line that is still being written, below the rows; of several sources the one that wrote last. */
export class PartialLine {
  readonly element = element('div', { class: 'partial hidden' });
  readonly #partials = new Map<number, string>();

  /** `text`: null when the line was completed. */
  show(source: number, text: string | null): void {
    this.#partials.delete(source);
    if (text !== null && text !== '') {
      this.#partials.set(source, text);
    }
    this.#draw();
  }

  clear(): void {
    this.#partials.clear();
    this.#draw();
  }

  #draw(): void {
    const text = [...this.#partials.values()].at(-1);
    this.element.classList.toggle('hidden', text === undefined);
    setText(this.element, text === undefined ? '' : texts.viewer.partial(text));
  }
}
