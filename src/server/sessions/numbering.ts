/**
 * Numbers the lines of one source for one client: the one owner of its sequence numbers (PROTOCOL.md section 3). A
 * reader says with which number it begins; from there on every line and every line that is known to be missing
 * takes one.
 */
export class Numbering {
  readonly epoch: string;
  #next: number;

  /** @param first the number of the first line to come. */
  constructor(epoch: string, first: number) {
    this.epoch = epoch;
    this.#next = first;
  }

  /** The number that the next line gets. */
  get next(): number {
    return this.#next;
  }

  /** Numbers so many lines, of which the first gets the number that is returned. */
  take(count: number): number {
    const first = this.#next;
    this.#next += count;
    return first;
  }
}

/** The number of the first of so many lines that lie directly before line `before`; they count down, below zero too. */
export function firstBefore(before: number, count: number): number {
  return before - count;
}
