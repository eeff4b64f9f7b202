import type { Row } from '../../view/messages';

/** Rows asked for at a time; the contract allows 1,000. */
const REQUEST_ROWS = 1000;
/** More belong into a file, not on the clipboard. */
export const MOST_COPIED_ROWS = 100_000;

/** Lines for the clipboard. `cut`: how many of them are too long to be had as a whole. */
export interface CopiedRows {
  readonly text: string;
  readonly count: number;
  readonly cut: number;
}

/** Rows that are wanted for copying, drawn or not, fetched piece by piece. One copy at a time. */
export class RowCopier {
  readonly #ask: (from: number, to: number) => number;
  readonly #askEntry: (row: number) => number;
  #waiting:
    | {
        readonly kind: 'rows' | 'entry';
        readonly request: number;
        readonly done: (rows: readonly Row[] | undefined) => void;
      }
    | undefined;

  /**
   * @param ask posts a request for the rows `from <= ordinal < to`; returns its number.
   * @param askEntry posts a request for the entry of a row of the store; returns its number.
   */
  constructor(ask: (from: number, to: number) => number, askEntry: (row: number) => number) {
    this.#ask = ask;
    this.#askEntry = askEntry;
  }

  /** The exact lines of the rows `first <= ordinal < end`, notices left out; undefined if it was cancelled. */
  async textOf(first: number, end: number): Promise<CopiedRows | undefined> {
    this.cancel();
    const lines: string[] = [];
    let cut = 0;
    for (let from = first; from < end; from += REQUEST_ROWS) {
      const rows = await this.#wait('rows', this.#ask(from, Math.min(end, from + REQUEST_ROWS)));
      if (rows === undefined) {
        return undefined;
      }
      for (const row of rows) {
        const whole = row.cutFromBytes === undefined ? row : await this.#whole(row);
        if (whole === undefined) {
          return undefined;
        }
        cut += whole.cutFromBytes === undefined ? 0 : 1;
        lines.push(...linesOf([whole]));
      }
    }
    return { text: joinedLines(lines), count: lines.length, cut };
  }

  /** Ends a copy that is under way: ordinals of another view are other rows. */
  cancel(): void {
    this.#waiting?.done(undefined);
    this.#waiting = undefined;
  }

  /** Takes an answer; says whether it was wanted here. */
  accept(request: number, rows: readonly Row[]): boolean {
    return this.#take('rows', request, rows);
  }

  /** The same for a whole entry. */
  acceptEntry(request: number, rows: readonly Row[]): boolean {
    return this.#take('entry', request, rows);
  }

  /** A row that was cut for display, as a whole if it can be had; undefined if it was cancelled. */
  async #whole(row: Row): Promise<Row | undefined> {
    const entry = await this.#wait('entry', this.#askEntry(row.row));
    return entry && (entry.find((each) => each.row === row.row) ?? row);
  }

  #wait(kind: 'rows' | 'entry', request: number): Promise<readonly Row[] | undefined> {
    return new Promise((done) => {
      this.#waiting = { kind, request, done };
    });
  }

  #take(kind: 'rows' | 'entry', request: number, rows: readonly Row[]): boolean {
    if (this.#waiting?.kind !== kind || this.#waiting.request !== request) {
      return false;
    }
    const { done } = this.#waiting;
    this.#waiting = undefined;
    done(rows);
    return true;
  }
}

export function linesOf(rows: readonly Row[]): string[] {
  return rows.filter(({ notice }) => notice === undefined).map(({ text }) => text);
}

/** Several lines end in a newline each, as in a file; a single one is only its text. */
export function joinedLines(lines: readonly string[]): string {
  return lines.length === 1 ? (lines[0] as string) : lines.map((line) => `${line}\n`).join('');
}
