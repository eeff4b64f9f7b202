import type { ExtentMessage } from '../view/messages';

/**
 * How many lines have come in while a filter has let none through: since the view began, or since
 * the last line of it left.
 */
export class HiddenArrivals {
  #before: number | undefined;

  /** Another view begins. */
  begin(): void {
    this.#before = undefined;
  }

  take({ arrivedLines, matchedLines }: Pick<ExtentMessage, 'arrivedLines' | 'matchedLines'>): number {
    if (this.#before === undefined || matchedLines > 0) {
      this.#before = arrivedLines;
    }
    return arrivedLines - this.#before;
  }
}
