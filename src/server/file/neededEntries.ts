import type { LogFileHandle } from './bytes/logFileHandle';
import type { FileJournal } from './fileJournal';

/** Who needs the entries of a journal from one on. */
interface Needing {
  readonly index: number;
}

/** Which entries of a journal are needed still: the others leave it, and with them the files they hold open. */
export class NeededEntries {
  readonly #journal: FileJournal;
  readonly #open: () => readonly (LogFileHandle | undefined)[];
  readonly #readers = new Set<Needing>();
  /** First entries that somebody needs who has no reader yet. */
  readonly #pins = new Set<Needing>();

  /** `open`: the files that may still be written, whose stretches stay. */
  constructor(journal: FileJournal, open: () => readonly (LogFileHandle | undefined)[]) {
    this.#journal = journal;
    this.#open = open;
  }

  get hasReaders(): boolean {
    return this.#readers.size > 0;
  }

  add(reader: Needing): void {
    this.#readers.add(reader);
  }

  remove(reader: Needing): void {
    this.#readers.delete(reader);
    this.trim();
  }

  /** Does something while no entry leaves that is there now: it needs them, and takes its time. */
  async during<T>(work: () => Promise<T>): Promise<T> {
    const pin = { index: this.#journal.first };
    this.#pins.add(pin);
    try {
      return await work();
    } finally {
      this.#pins.delete(pin);
    }
  }

  /** Entries that no reader stands in or before, and that are not the newest, are dropped. */
  trim(): void {
    let needed = this.#journal.end - 1;
    const open = new Set(this.#open());
    for (let index = this.#journal.first; index < needed; index++) {
      const entry = this.#journal.at(index);
      if (entry?.kind === 'extent' && open.has(entry.generation)) {
        needed = index;
      }
    }
    for (const { index } of [...this.#readers, ...this.#pins]) {
      needed = Math.min(needed, index);
    }
    this.#journal.dropBefore(needed);
  }
}
