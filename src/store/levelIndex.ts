import { decodeLine } from '../records/decodeLine';
import { detectLevel } from '../records/detectLevel';
import type { LineFormat } from '../records/formats/format';
import { LEVELS, type Level } from '../records/level';
import { parseLine } from '../records/parseLine';
import type { LogStore } from './logStore';
import type { Slab } from './slab';

/** Encoding in a slab: 0 not looked at, 1 none, 2 … the levels in order. */
const NONE = 1;
const FIRST_LEVEL = 2;
const LEVEL_BYTES = 400;

export type LevelCounts = Readonly<Record<Level | 'none', number>>;

function encode(level: Level | null): number {
  return level === null ? NONE : LEVELS.indexOf(level) + FIRST_LEVEL;
}

function decode(code: number): Level | null {
  return code >= FIRST_LEVEL ? (LEVELS[code - FIRST_LEVEL] ?? null) : null;
}

/**
 * The levels of a store's lines, found once and kept in a byte each, and how many there are of
 * each. Counting goes on in slices in idle time.
 */
export class LevelIndex {
  readonly #store: LogStore;
  readonly #counted = new WeakMap<Slab, { upTo: number; readonly counts: Uint32Array }>();

  #formats: readonly LineFormat[] = [];

  constructor(store: LogStore) {
    this.#store = store;
  }

  /** A person's own formats. Every line is looked at anew if they change. */
  setFormats(formats: readonly LineFormat[]): void {
    if (formats.length + this.#formats.length > 0) {
      for (const slab of this.#store.slabs) {
        slab.forgetLevels();
        this.#counted.delete(slab);
      }
    }
    this.#formats = formats;
  }

  /** Level of a row, by its index in a slab. Notices have none. */
  levelAt(slab: Slab, index: number): Level | null {
    const known = slab.level(index);
    if (known !== 0) {
      return decode(known);
    }
    const level = slab.isNotice(index) ? null : this.#find(decodeLine(slab.line(index), LEVEL_BYTES).text);
    slab.setLevel(index, encode(level));
    return level;
  }

  #find(text: string): Level | null {
    return this.#formats.length > 0 ? parseLine(text, 0, this.#formats).level : detectLevel(text);
  }

  /** Counts on until `hasTime` says no; true when every row is counted. */
  countOn(hasTime: () => boolean): boolean {
    const { slabs } = this.#store;
    for (let at = slabs.length - 1; at >= 0; at--) {
      const slab = slabs[at] as Slab;
      let state = this.#counted.get(slab);
      if (!state) {
        state = { upTo: 0, counts: new Uint32Array(LEVELS.length + FIRST_LEVEL) };
        this.#counted.set(slab, state);
      }
      // A person's own format may take milliseconds on a line.
      const step = this.#formats.length > 0 ? 4 : 256;
      while (state.upTo < slab.rowCount) {
        if (!hasTime()) {
          return false;
        }
        const end = Math.min(slab.rowCount, state.upTo + step);
        for (; state.upTo < end; state.upTo++) {
          if (!slab.isNotice(state.upTo)) {
            const code = encode(this.levelAt(slab, state.upTo));
            state.counts[code] = (state.counts[code] as number) + 1;
          }
        }
      }
    }
    return true;
  }

  /** Whether a slab is known to hold no line of these levels: all of its lines are counted. */
  hasNone(slab: Slab, levels: readonly Level[]): boolean {
    const counted = this.#counted.get(slab);
    return counted?.upTo === slab.rowCount && levels.every((level) => counted.counts[encode(level)] === 0);
  }

  /** Lines by level, as far as counted. */
  counts(): LevelCounts {
    const sums = new Float64Array(LEVELS.length + FIRST_LEVEL);
    for (const slab of this.#store.slabs) {
      this.#counted.get(slab)?.counts.forEach((count, code) => {
        sums[code] = (sums[code] as number) + count;
      });
    }
    const counts = { none: sums[NONE] as number } as Record<Level | 'none', number>;
    LEVELS.forEach((level, at) => {
      counts[level] = sums[at + FIRST_LEVEL] as number;
    });
    return counts;
  }
}
