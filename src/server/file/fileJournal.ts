import type { LogFileHandle } from './bytes/logFileHandle';

/** A stretch of a file. */
export interface Extent {
  readonly kind: 'extent';
  readonly generation: LogFileHandle;
  readonly start: number;
  end: number;
}

/** A piece of what a path has given, in the order of arrival. */
export type JournalEntry =
  | Extent
  | { readonly kind: 'event'; readonly event: string; readonly text: string }
  | { readonly kind: 'gap'; readonly reason: string };

/**
 * The order in which the files behind one path were read: stretches of files, and what happened
 * between them. A service that still writes to the old file after a rotation makes the two files
 * interleave; written down here, that order is the same for every client. Entries that no reader
 * can reach any more are dropped, and with them the files they hold open.
 */
export class FileJournal {
  #entries: JournalEntry[] = [];
  #dropped = 0;
  /** Index of the entry with which each file began, dropped or not. */
  readonly #beginnings = new WeakMap<LogFileHandle, number>();

  /** Index of the first entry held. Indexes count from the first entry ever. */
  get first(): number {
    return this.#dropped;
  }

  /** Index behind the last entry. */
  get end(): number {
    return this.#dropped + this.#entries.length;
  }

  at(index: number): JournalEntry | undefined {
    return this.#entries[index - this.#dropped];
  }

  /** The entry that grows at present, if there is one. */
  get last(): JournalEntry | undefined {
    return this.#entries.at(-1);
  }

  /** Notes that `generation` was read from `start` to `end`. */
  extend(generation: LogFileHandle, start: number, end: number): void {
    const last = this.last;
    if (last?.kind === 'extent' && last.generation === generation && last.end === start) {
      last.end = end;
    } else {
      if (!this.#beginnings.has(generation)) {
        this.#beginnings.set(generation, this.end);
      }
      this.#entries.push({ kind: 'extent', generation: generation.retain(), start, end });
    }
  }

  /** Index of the entry with which a file began, or of the first held if that one is not any more. */
  beginningOf(generation: LogFileHandle): number {
    return Math.max(this.first, this.#beginnings.get(generation) ?? this.end);
  }

  /** Orders files by when they began: the index of a file's first entry, dropped or not; -1 for one that has none. */
  ageOf(generation: LogFileHandle): number {
    return this.#beginnings.get(generation) ?? -1;
  }

  add(entry: Exclude<JournalEntry, { kind: 'extent' }>): void {
    this.#entries.push(entry);
  }

  /** Forgets all before `index`. */
  dropBefore(index: number): void {
    const count = Math.min(index - this.#dropped, this.#entries.length);
    if (count > 0) {
      for (const entry of this.#entries.splice(0, count)) {
        if (entry.kind === 'extent') {
          entry.generation.release();
        }
      }
      this.#dropped += count;
    }
  }
}
