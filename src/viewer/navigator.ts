import type { Row, SeekTarget } from '../view/messages';

export interface NavigatorPorts {
  /** The row in focus, or the one at the upper edge. */
  readonly activeRow: Row | undefined;
  readonly topRow: Row | undefined;
  /** Whether a row is on screen. */
  isInView(ordinal: number): boolean;
  /** Brings a row into view, in the middle if it was out of it, and puts the focus mark on it. */
  reveal(ordinal: number): void;
}

/** Goes from one thing to the next: hits, errors, bookmarks. Knows where the reader is between steps. */
export class Navigator {
  readonly #ports: NavigatorPorts;
  #at: number | undefined;

  constructor(ports: NavigatorPorts) {
    this.#ports = ports;
  }

  /** Another view: its rows are numbered anew. */
  begin(): void {
    this.#at = undefined;
  }

  goTo(ordinal: number): void {
    this.#at = ordinal;
    this.#ports.reveal(ordinal);
  }

  /** Where to look from. A row that was gone to counts while it is on screen; else what is on screen is looked at too. */
  from(direction: 'next' | 'previous'): number {
    const { activeRow, topRow } = this.#ports;
    if (this.#at !== undefined && this.#ports.isInView(this.#at)) {
      return this.#at;
    }
    if (activeRow) {
      return activeRow.ordinal;
    }
    return topRow === undefined ? 0 : topRow.ordinal - (direction === 'next' ? 1 : 0);
  }

  /** The bookmark after or before a row of the store, around the ends. */
  bookmark(rows: readonly number[], direction: 'next' | 'previous'): SeekTarget | null {
    const here = this.#ports.activeRow?.row ?? this.#ports.topRow?.row ?? 0;
    const row =
      direction === 'next'
        ? (rows.find((each) => each > here) ?? rows[0])
        : (rows.findLast((each) => each < here) ?? rows.at(-1));
    return row === undefined ? null : { kind: 'row', row };
  }
}
