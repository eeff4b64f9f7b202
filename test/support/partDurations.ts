import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { testCacheDirectory } from './testCache';

/** A part of the test run, by what it is called. */
interface NamedPart {
  readonly title: string;
}

/**
 * How long the parts of the test run took the last time, kept beside the downloads. What takes longest
 * begins first: a part of three minutes that begins last is waited for by an idle machine.
 */
export class PartDurations {
  readonly #file: string;
  readonly #seconds: Map<string, number>;

  constructor(file = join(testCacheDirectory(), 'durations.json')) {
    this.#file = file;
    this.#seconds = read(file);
  }

  /** Those that are not known yet come first, in the order they have; the others follow by their duration. */
  longestFirst<Part extends NamedPart>(parts: readonly Part[]): Part[] {
    const seconds = ({ title }: Part) => this.#seconds.get(title) ?? Number.POSITIVE_INFINITY;
    return parts.toSorted((one, other) => {
      const [first, second] = [seconds(one), seconds(other)];
      return first === second ? 0 : second - first;
    });
  }

  note({ title }: NamedPart, seconds: number): void {
    this.#seconds.set(title, seconds);
  }

  /** Writes them for the next run; where that fails, the next run merely knows nothing. */
  save(): void {
    try {
      mkdirSync(dirname(this.#file), { recursive: true });
      writeFileSync(this.#file, `${JSON.stringify(Object.fromEntries(this.#seconds), null, 2)}\n`);
    } catch {
      // A cache that cannot be written costs time, and nothing else.
    }
  }
}

function read(file: string): Map<string, number> {
  try {
    const stored: unknown = JSON.parse(readFileSync(file, 'utf8'));
    const entries = typeof stored === 'object' && stored !== null ? Object.entries(stored) : [];
    return new Map(entries.filter((entry): entry is [string, number] => typeof entry[1] === 'number'));
  } catch {
    return new Map();
  }
}
