import type { LinesFrame } from '../protocol/frames';
import type { GapMessage, MarkMessage, ResumePosition } from '../protocol/messages';
import { clientTexts } from '../text/client';

/** Where a request for history starts: the earliest line known. */
export interface EarliestLine {
  readonly beforeSeq: number;
  readonly cursor: string | null;
}

/** What a frame leads to: perhaps a gap first, then what is new of it. */
export interface Accepted {
  readonly gap: GapMessage | null;
  readonly frame: LinesFrame | null;
}

interface Place {
  epoch: string;
  /** null: the first number of this epoch is not known yet. */
  next: number | null;
  cursor: string | null;
}

const NEWLINE = 0x0a;

/**
 * Keeps, per source, which line comes next, so that every line is delivered once and every missing
 * one is announced (docs/PROTOCOL.md, sections 4 and 5). Numbers count within an epoch; a new epoch
 * begins with the first number seen in it, and the change itself is no loss. Until that number has
 * come, the old position stands: a connection lost in between resumes from what it really has.
 */
export class PositionTracker {
  readonly #places = new Map<string, Place>();
  readonly #earliest = new Map<string, EarliestLine>();
  /** Sources whose position a server could not be told, until something is heard of them. */
  readonly #notTold = new Set<string>();
  #duplicateLines = 0;

  constructor(positions: readonly ResumePosition[] = []) {
    for (const { source, epoch, nextSeq, cursor } of positions) {
      this.#places.set(source, { epoch, next: nextSeq, cursor });
    }
  }

  /** Where to resume: every source whose next line is known. */
  get positions(): ResumePosition[] {
    const positions: ResumePosition[] = [];
    for (const [source, { epoch, next, cursor }] of this.#places) {
      if (next !== null) {
        positions.push({ source, epoch, nextSeq: next, cursor });
      }
    }
    return positions;
  }

  /** Lines that came although they had been delivered, and were dropped. */
  get duplicateLines(): number {
    return this.#duplicateLines;
  }

  /** The earliest line of a source, or undefined while none has come. */
  earliest(source: string): EarliestLine | undefined {
    return this.#earliest.get(source);
  }

  /** Forgets everything: the next connection starts anew. */
  clear(): void {
    this.#places.clear();
    this.#notTold.clear();
    this.#earliest.clear();
  }

  /**
   * The server could not be told where the client stands in these: it begins them anew, and what lies between
   * is a gap that nobody knows the size of.
   */
  giveUp(sources: Iterable<string>): void {
    for (const source of sources) {
      if (this.#places.delete(source)) {
        this.#notTold.add(source);
      }
    }
  }

  /** Takes in a frame of new lines and says what of it is to be delivered. */
  accept(frame: LinesFrame): Accepted {
    const unknown = this.#beginAnew(frame.source, frame.epoch, frame.seq);
    const place = this.#placeIn(frame.source, frame.epoch);
    const { next } = place;
    const end = frame.seq + frame.count;
    if (next !== null && end <= next) {
      this.#duplicateLines += frame.count;
      return { gap: null, frame: null };
    }
    const gap = next !== null && frame.seq > next ? missing(frame.source, frame.epoch, next, frame.seq) : unknown;
    const fresh = next !== null && frame.seq < next ? this.#withoutFirst(frame, next - frame.seq) : frame;
    place.next = end;
    place.cursor = frame.cursor;
    if (!this.#earliest.has(frame.source)) {
      this.#earliest.set(frame.source, { beforeSeq: fresh.seq, cursor: frame.cursor });
    }
    return { gap, frame: fresh };
  }

  /** Takes in a frame that answers a request for history. */
  acceptHistory(frame: LinesFrame): void {
    const earliest = this.#earliest.get(frame.source);
    // Without an earliest line the stream is another one than the one that was asked.
    if (earliest !== undefined && frame.seq < earliest.beforeSeq) {
      this.#earliest.set(frame.source, { beforeSeq: frame.seq, cursor: frame.cursor });
    }
  }

  /** Takes in a `mark`; a jump in it is a gap nobody announced. */
  mark(mark: MarkMessage): GapMessage | null {
    const unknown = this.#beginAnew(mark.source, mark.epoch, mark.nextSeq);
    const place = this.#placeIn(mark.source, mark.epoch);
    const { next } = place;
    if (next !== null && mark.nextSeq < next) {
      return null;
    }
    place.next = mark.nextSeq;
    place.cursor = mark.cursor;
    return next !== null && mark.nextSeq > next ? missing(mark.source, mark.epoch, next, mark.nextSeq) : unknown;
  }

  /** Takes in a gap the server announces; null where all of it has been delivered or announced already. */
  gap(gap: GapMessage): GapMessage | null {
    this.#notTold.delete(gap.source);
    const place = this.#placeIn(gap.source, gap.epoch);
    const { next } = place;
    if (gap.count === null) {
      place.next = Math.max(next ?? gap.to, gap.to);
      return gap;
    }
    if (next !== null && gap.to <= next) {
      return null;
    }
    place.next = gap.to;
    // What lies between our position and its start is missing as well, with nobody to say so.
    const from = next ?? gap.from;
    return from === gap.from ? gap : { ...gap, from, count: gap.to - from };
  }

  /** The gap before the first thing heard of a source whose position could not be told. */
  #beginAnew(source: string, epoch: string, at: number): GapMessage | null {
    return this.#notTold.delete(source)
      ? { type: 'gap', source, epoch, from: at, to: at, count: null, reason: clientTexts.gap.notTold }
      : null;
  }

  #placeIn(source: string, epoch: string): Place {
    let place = this.#places.get(source);
    if (place === undefined) {
      place = { epoch, next: null, cursor: null };
      this.#places.set(source, place);
    } else if (place.epoch !== epoch) {
      place.epoch = epoch;
      place.next = null;
    }
    return place;
  }

  #withoutFirst(frame: LinesFrame, lines: number): LinesFrame {
    this.#duplicateLines += lines;
    let from = 0;
    for (let skipped = 0; skipped < lines; skipped++) {
      from = frame.bytes.indexOf(NEWLINE, from) + 1;
      if (from === 0) {
        // Fewer newlines than `count` says: nothing of it can be trusted to be new.
        from = frame.bytes.length;
        break;
      }
    }
    return { ...frame, seq: frame.seq + lines, count: frame.count - lines, bytes: frame.bytes.subarray(from) };
  }
}

function missing(source: string, epoch: string, from: number, to: number): GapMessage {
  const count = to - from;
  return { type: 'gap', source, epoch, from, to, count, reason: clientTexts.gap.unannounced };
}
