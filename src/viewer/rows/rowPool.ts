import type { Row } from '../../view/messages';
import type { RowContext } from './rowContext';
import { RowView } from './rowView';

/**
 * The row elements in the document: one per shown row, in order, without gaps. Elements of rows
 * that scroll out are used again for those that scroll in.
 */
export class RowPool {
  readonly #container: HTMLElement;
  #views: RowView[] = [];
  #from = 0;

  constructor(container: HTMLElement) {
    this.#container = container;
  }

  get views(): readonly RowView[] {
    return this.#views;
  }

  /** Forgets every row: what comes next is of another view, where the same ordinals are other rows. */
  clear(): void {
    this.#views = [];
    this.#container.replaceChildren();
  }

  /** Shows exactly the rows `from <= ordinal < to`. Returns the views whose content changed. */
  show(from: number, to: number, rowOf: (ordinal: number) => Row | undefined, context: RowContext): RowView[] {
    if (from >= this.#from + this.#views.length || to <= this.#from) {
      // Nothing in common: every element stays where it is and takes another row.
      this.#from = from;
    }
    const spare: RowView[] = [];
    while (this.#from < from && this.#views.length > 0) {
      spare.push(this.#views.shift() as RowView);
      this.#from++;
    }
    while (this.#from + this.#views.length > to && this.#views.length > 0) {
      spare.push(this.#views.pop() as RowView);
    }
    if (this.#views.length === 0) {
      this.#from = from;
    }
    const before: RowView[] = [];
    while (this.#from > from) {
      this.#from--;
      before.unshift(spare.pop() ?? new RowView());
    }
    this.#container.prepend(...before.map((view) => view.element));
    const after: RowView[] = [];
    while (this.#from + before.length + this.#views.length + after.length < to) {
      after.push(spare.pop() ?? new RowView());
    }
    this.#container.append(...after.map((view) => view.element));
    this.#views = [...before, ...this.#views, ...after];
    for (const view of spare) {
      view.element.remove();
    }
    return this.#views.filter((view, index) => {
      const above = rowOf(from + index - 1);
      const before = above === undefined ? null : (above.time ?? above.receivedAt);
      return view.bind(from + index, rowOf(from + index), context, before);
    });
  }
}
