import type { LogSource } from '../logSource';
import type { SourceNames } from '../sourceId';

/** Which sources a client wants to read: all, until it says so. */
export class Subscription {
  readonly #names: SourceNames<LogSource>;
  #wanted: ReadonlySet<string> | undefined;

  constructor(names: SourceNames<LogSource>) {
    this.#names = names;
  }

  /** It has said which. */
  get isChosen(): boolean {
    return this.#wanted !== undefined;
  }

  wants(id: string): boolean {
    return this.#wanted === undefined || this.#wanted.has(id);
  }

  /**
   * Takes note of what is wanted, by id or by name; undefined: all.
   *
   * @returns the first text that names no source, if there is one: then nothing has changed.
   */
  choose(wanted: readonly string[] | undefined): string | undefined {
    const ids = new Set<string>();
    for (const text of wanted ?? []) {
      const found = this.#names.find(text);
      if (!found) {
        return text;
      }
      ids.add(found.id);
    }
    this.#wanted = wanted && ids;
    return undefined;
  }
}
