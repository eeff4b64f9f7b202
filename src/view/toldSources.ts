import type { HolderMessage, SourceInfo } from './messages';

/**
 * The list of sources as a viewer was told it. Another one after each message, so that whoever shows it sees that it
 * has changed; a message tells a whole stretch, since a server may have thousands.
 */
export class ToldSources {
  #all: readonly SourceInfo[] = [];

  get all(): readonly SourceInfo[] {
    return this.#all;
  }

  take({ from, sources, total }: Extract<HolderMessage, { type: 'sources' }>): void {
    const all = this.#all.slice(0, total);
    sources.forEach((source, at) => {
      all[from + at] = source;
    });
    this.#all = all;
  }
}
