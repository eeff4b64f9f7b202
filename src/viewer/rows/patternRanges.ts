import { sureTexts } from '../../records/patternCost';
import type { PatternAsking, PatternFault } from '../../records/patternMatching';
import { type CompiledQuery, MOST_RANGES, type TextRange } from '../../records/textMatch';

/**
 * Steps that a pattern may take in one text while a row is drawn: a tenth of a millisecond at most, as a
 * screen has many rows and every rule is tried on each.
 */
const DRAWN_STEPS = 50_000;
/** Texts whose matches are kept: some screens of them. */
const MOST_KEPT = 1000;

/**
 * Where a pattern matches in the texts of rows. Where that may take long it is found elsewhere: until
 * then nothing is marked, and then the rows are to be drawn anew.
 */
export class PatternRanges {
  readonly #query: Extract<CompiledQuery, { kind: 'query' }>;
  readonly #asking: PatternAsking | undefined;
  readonly #changed: () => void;
  readonly #isSure: (text: string) => boolean;
  /** By text, the one drawn last at the end; undefined while it is asked. */
  readonly #kept = new Map<string, readonly TextRange[] | undefined>();
  #batch: string[] = [];
  #fault: PatternFault | undefined;

  constructor(
    query: Extract<CompiledQuery, { kind: 'query' }>,
    asking: PatternAsking | undefined,
    changed: () => void,
  ) {
    this.#query = query;
    this.#asking = asking;
    this.#changed = changed;
    // A plain text is looked for in no other way than by its characters.
    this.#isSure = query.isPattern ? sureTexts(query.expression, DRAWN_STEPS) : () => true;
    this.#fault = asking?.faultOf(query.expression);
  }

  /** Why nothing is marked any more, or undefined. */
  get fault(): PatternFault | undefined {
    return this.#fault;
  }

  ranges(text: string): readonly TextRange[] {
    if (this.#fault !== undefined && this.#fault !== 'noThread') {
      return [];
    }
    if (this.#isSure(text)) {
      return this.#query.ranges(text);
    }
    const known = this.#kept.get(text);
    if (this.#kept.delete(text)) {
      this.#kept.set(text, known);
    } else {
      this.#ask(text);
    }
    return known ?? [];
  }

  #ask(text: string): void {
    if (!this.#asking || this.#fault !== undefined) {
      return;
    }
    if (!this.#asking.hasRoom) {
      const listening = this.#asking.onDidAnswer(() => {
        listening.dispose();
        this.#changed();
      });
      return;
    }
    this.#keep(text, undefined);
    this.#batch.push(text);
    if (this.#batch.length === 1) {
      // The rows that are drawn now are asked for together.
      queueMicrotask(() => this.#send());
    }
  }

  #send(): void {
    const texts = this.#batch;
    this.#batch = [];
    let next = 0;
    this.#asking?.ask(this.#query.expression, texts, MOST_RANGES, (matches) => {
      if (matches === null) {
        this.#fault = this.#asking?.faultOf(this.#query.expression);
      }
      for (const places of matches ?? []) {
        this.#keep(texts[next++] as string, rangesOf(places ?? []));
      }
      this.#changed();
    });
  }

  #keep(text: string, ranges: readonly TextRange[] | undefined): void {
    this.#kept.delete(text);
    this.#kept.set(text, ranges);
    for (const oldest of this.#kept.keys()) {
      if (this.#kept.size <= MOST_KEPT) {
        break;
      }
      this.#kept.delete(oldest);
    }
  }
}

/** From starts and ends, one after the other. */
function rangesOf(places: readonly number[]): TextRange[] {
  const ranges: TextRange[] = [];
  for (let at = 0; at + 1 < places.length; at += 2) {
    ranges.push({ start: places[at] as number, end: places[at + 1] as number });
  }
  return ranges;
}
