import type { Row } from '../../view/messages';

/** Rows asked for at a time; the contract allows 1,000. */
const REQUEST_ROWS = 1000;
/** More belong into a file, not on the clipboard. */
export const MOST_COPIED_ROWS = 100_000;

/** Rows that are wanted for copying, drawn or not, fetched piece by piece. */
export class RowCopier {
  readonly #ask: (from: number, to: number) => number;
  #waiting: { readonly request: number; readonly done: (rows: readonly Row[]) => void } | undefined;

  constructor(ask: (from: number, to: number) => number) {
    this.#ask = ask;
  }

  /** The exact lines of the rows `first <= ordinal < end`; notices are left out. */
  async textOf(first: number, end: number): Promise<{ readonly text: string; readonly count: number }> {
    const lines: string[] = [];
    for (let from = first; from < end; from += REQUEST_ROWS) {
      const rows = await new Promise<readonly Row[]>((done) => {
        this.#waiting = { request: this.#ask(from, Math.min(end, from + REQUEST_ROWS)), done };
      });
      lines.push(...linesOf(rows));
    }
    return { text: joinedLines(lines), count: lines.length };
  }

  /** Takes an answer; says whether it was wanted here. */
  accept(request: number, rows: readonly Row[]): boolean {
    if (this.#waiting?.request !== request) {
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
