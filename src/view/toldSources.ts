import type { HolderMessage, SourceInfo } from './messages';

/** The list of sources as a viewer was told it. Changed in place: a server may have thousands, told stretch by stretch. */
export class ToldSources {
  readonly #all: SourceInfo[] = [];

  get all(): readonly SourceInfo[] {
    return this.#all;
  }

  take({ from, sources, total }: Extract<HolderMessage, { type: 'sources' }>): void {
    this.#all.length = Math.min(this.#all.length, total);
    sources.forEach((source, at) => {
      this.#all[from + at] = source;
    });
  }
}
