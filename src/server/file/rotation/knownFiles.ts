import { type FileCursor, headFits } from '../bytes/fileIdentity';
import { LogFileHandle } from '../bytes/logFileHandle';

/** Files rotated lately that are remembered, not to be taken for other logs. */
const MOST_REMEMBERED = 100;

/** The files that a log was rotated to, known again by their beginnings after they were closed. */
export class KnownFiles {
  readonly #maxLineBytes: number;
  /** The newest last. */
  #rotated: FileCursor[] = [];
  /** Of files that were cut, and are not known to be in a copy. */
  #cut: FileCursor[] = [];

  constructor(maxLineBytes: number) {
    this.#maxLineBytes = maxLineBytes;
  }

  /** Those that were given out, by device and inode. */
  get files(): readonly string[] {
    return this.#rotated.map(({ file }) => file);
  }

  /** Remembers a file that was given out. */
  add(generation: LogFileHandle): void {
    this.#rotated = remembered(this.#rotated, generation);
  }

  /** Remembers what a file was before it was cut. */
  addCut(generation: LogFileHandle): void {
    this.#cut = remembered(this.#cut, generation);
  }

  /** Whether this is one of the files. The number of a file that was deleted is given to another one soon. */
  has(path: string, file: string): Promise<boolean> {
    return this.#beginsAs(
      path,
      this.#rotated.filter((cursor) => cursor.file === file),
    );
  }

  /** Whether this is a copy of a file that was cut: what that had has been told, but for what it got last. */
  hasCopyOfCut(path: string): Promise<boolean> {
    return this.#beginsAs(path, this.#cut);
  }

  async #beginsAs(path: string, cursors: readonly FileCursor[]): Promise<boolean> {
    if (cursors.length === 0) {
      return false;
    }
    const generation = await LogFileHandle.open(path, this.#maxLineBytes).catch(() => undefined);
    try {
      for (const cursor of cursors) {
        if (generation && (await headFits(generation.handle, cursor))) {
          return true;
        }
      }
      return false;
    } finally {
      generation?.release();
    }
  }
}

function remembered(cursors: readonly FileCursor[], { place, head }: LogFileHandle): FileCursor[] {
  const beginning = { ...place, start: 0, end: 0 };
  return head.bytes.length === 0 ? [...cursors] : [...cursors, beginning].slice(-MOST_REMEMBERED);
}
