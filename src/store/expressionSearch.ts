import { decodeLine } from '../records/decodeLine';
import { sureTexts } from '../records/patternCost';
import type { PatternAsking, PatternFault } from '../records/patternMatching';
import type { LineSearch } from './lineSearch';
import type { MatchRound } from './matchRound';
import type { Slab } from './slab';

/** Bytes of a line that a regular expression sees. */
const PATTERN_BYTES = 64 * 1024;
/** What is asked at a time, in characters: some milliseconds of work for an expression that is none of the slow ones. */
const BATCH_CHARACTERS = 128 * 1024;

/** What is known of a row, a byte each; 0: nothing. */
const ASKED = 1;
const FITS_NOT = 2;
const FITS = 3;

interface AskedRow {
  readonly slab: Slab;
  readonly index: number;
}

/**
 * Looks for an expression in lines. Those in which it certainly takes a moment are matched here, within
 * the time of a round; all others where it may take as long as it likes. What was found out of a row
 * is kept, so that the next round goes on from there.
 */
export class ExpressionSearch implements LineSearch {
  readonly #expression: RegExp;
  readonly #asking: PatternAsking | undefined;
  readonly #isSure: (text: string) => boolean;
  readonly #known = new WeakMap<Slab, Uint8Array>();
  #lastSlab: Slab | undefined;
  #lastKnown: Uint8Array | undefined;
  #batch: { readonly rows: AskedRow[]; readonly texts: string[]; characters: number } | undefined;
  /** Some line could not be matched here. */
  #needsThread = false;

  constructor(expression: RegExp, asking: PatternAsking | undefined) {
    this.#expression = expression;
    this.#asking = asking;
    this.#isSure = sureTexts(expression);
  }

  get fault(): PatternFault | undefined {
    return this.#needsThread ? (this.#asking ? this.#asking.faultOf(this.#expression) : 'noThread') : undefined;
  }

  find(slab: Slab, from: number, to: number, round: MatchRound): number {
    const known = this.#knownOf(slab);
    for (let index = from; index < to; index++) {
      const state = known[index] as number;
      if (state === FITS) {
        return index;
      }
      if (state === FITS_NOT) {
        continue;
      }
      if (state === ASKED) {
        round.awaitAnswer();
        continue;
      }
      if (!round.mayLook()) {
        return -1;
      }
      this.#look(slab, index, known, round);
      if (known[index] === FITS) {
        return index;
      }
    }
    return -1;
  }

  #look(slab: Slab, index: number, known: Uint8Array, round: MatchRound): void {
    const { text } = decodeLine(slab.line(index), PATTERN_BYTES);
    if (this.#isSure(text)) {
      known[index] = this.#expression.test(text) ? FITS : FITS_NOT;
      return;
    }
    this.#needsThread = true;
    if (this.fault !== undefined) {
      known[index] = FITS_NOT;
    } else if (this.#asking?.hasRoom) {
      known[index] = ASKED;
      round.awaitAnswer();
      this.#ask(slab, index, text);
    } else {
      round.awaitRoom();
    }
  }

  #ask(slab: Slab, index: number, text: string): void {
    if (!this.#batch) {
      const batch = { rows: [], texts: [], characters: 0 };
      this.#batch = batch;
      // What this very turn brings along is asked together.
      queueMicrotask(() => {
        if (this.#batch === batch) {
          this.#send();
        }
      });
    }
    this.#batch.rows.push({ slab, index });
    this.#batch.texts.push(text);
    this.#batch.characters += text.length;
    if (this.#batch.characters >= BATCH_CHARACTERS) {
      this.#send();
    }
  }

  #send(): void {
    const batch = this.#batch;
    this.#batch = undefined;
    if (!batch) {
      return;
    }
    let next = 0;
    this.#asking?.ask(this.#expression, batch.texts, 0, (matches) => {
      // Of an expression that was taken out nothing more is found.
      for (const places of matches ?? batch.rows.slice(next).map(() => null)) {
        const { slab, index } = batch.rows[next++] as AskedRow;
        this.#knownOf(slab)[index] = places === null ? FITS_NOT : FITS;
      }
    });
  }

  #knownOf(slab: Slab): Uint8Array {
    // Asked for each row that fits, and nearly always of the slab before.
    let known = slab === this.#lastSlab ? this.#lastKnown : this.#known.get(slab);
    if (!known || known.length < slab.rowCount) {
      const grown = new Uint8Array(Math.ceil(slab.rowCount * 1.25));
      grown.set(known ?? []);
      known = grown;
      this.#known.set(slab, known);
    }
    this.#lastSlab = slab;
    this.#lastKnown = known;
    return known;
  }
}
