import type { LinesFrame } from '../protocol/frames';
import type { GapMessage, ResumePosition } from '../protocol/messages';
import { countLines } from '../store/lineCount';

/** Where a run stands in one source: a position the server knows, and what has been written beyond it. */
export interface WrittenPosition extends ResumePosition {
  /**
   * So many lines behind `nextSeq` have been written out as well. A server can be asked to go on only
   * where a frame ends, so a later run gets them again and leaves them out.
   */
  readonly linesAhead: number;
}

interface Place {
  position: ResumePosition | null;
  linesAhead: number;
  /** Lines that an earlier run has written and this one is still to leave out. */
  skip: number;
  /** The frame that is being written, and how many of its bytes are with the operating system. */
  partly: { readonly frame: LinesFrame; readonly bytes: number } | null;
}

const NEWLINE = 0x0a;

/** Keeps, per source, what has been written out: to the line, although positions move by whole frames. */
export class WrittenPositions {
  readonly #places = new Map<string, Place>();

  constructor(positions: readonly WrittenPosition[] = []) {
    for (const { linesAhead, ...position } of positions) {
      this.#places.set(position.source, { position, linesAhead, skip: linesAhead, partly: null });
    }
  }

  get positions(): WrittenPosition[] {
    const positions: WrittenPosition[] = [];
    for (const place of this.#places.values()) {
      if (place.position !== null) {
        positions.push({ ...place.position, linesAhead: linesAheadOf(place, place.position) });
      }
    }
    return positions;
  }

  /** What of a frame an earlier run has not written, or null for none of it. */
  fresh(frame: LinesFrame): LinesFrame | null {
    const place = this.#places.get(frame.source);
    if (place === undefined || place.skip === 0) {
      return frame;
    }
    const skipped = Math.min(place.skip, frame.count);
    place.skip -= skipped;
    if (skipped === frame.count) {
      place.position = endOf(frame);
      place.linesAhead = place.skip;
      return null;
    }
    const from = offsetOfLine(frame.bytes, skipped);
    return { ...frame, seq: frame.seq + skipped, count: frame.count - skipped, bytes: frame.bytes.subarray(from) };
  }

  /** Lines are missing: those among them that an earlier run has written will not come again. */
  gap({ source, count }: GapMessage): void {
    const place = this.#places.get(source);
    if (place !== undefined && place.skip > 0) {
      place.skip = count === null ? 0 : Math.max(0, place.skip - count);
      // Where nobody knows how many, what comes now may be written twice, but never left out.
      place.linesAhead = count === null ? 0 : Math.max(place.linesAhead, count);
    }
  }

  /** So many bytes of a frame are with the operating system; all of them: the whole frame is. */
  written(frame: LinesFrame, bytes: number): void {
    let place = this.#places.get(frame.source);
    if (place === undefined) {
      place = { position: null, linesAhead: 0, skip: 0, partly: null };
      this.#places.set(frame.source, place);
    }
    if (bytes < frame.bytes.length) {
      place.partly = { frame, bytes };
    } else {
      place.position = endOf(frame);
      place.linesAhead = 0;
      place.partly = null;
    }
  }

  /** Nothing waits to be written: the connection's own positions, which marks and gaps move too, hold. */
  adopt(positions: readonly ResumePosition[]): void {
    for (const position of positions) {
      const skip = this.#places.get(position.source)?.skip ?? 0;
      this.#places.set(position.source, { position, linesAhead: skip, skip, partly: null });
    }
  }
}

/** Counted only when somebody asks: a frame has thousands of lines, and its end is near. */
function linesAheadOf({ linesAhead, partly }: Place, position: ResumePosition): number {
  if (partly === null) {
    return linesAhead;
  }
  const lines = countLines(partly.frame.bytes.subarray(0, partly.bytes));
  // In another epoch the numbers say nothing of each other; its lines follow the position directly.
  return partly.frame.epoch === position.epoch ? partly.frame.seq + lines - position.nextSeq : linesAhead + lines;
}

function endOf({ source, epoch, seq, count, cursor }: LinesFrame): ResumePosition {
  return { source, epoch, nextSeq: seq + count, cursor };
}

/** Where the line with this index begins; the bytes hold more lines than that. */
function offsetOfLine(bytes: Uint8Array, index: number): number {
  let offset = 0;
  for (let line = 0; line < index; line++) {
    offset = bytes.indexOf(NEWLINE, offset) + 1;
  }
  return offset;
}
