/**
 * Where rows lie on screen, without a screen. The list is anchored to a row, not to a pixel of an
 * imagined column: a browser's own scroll height ends at some 17 to 33 million pixels (1.5 million
 * rows), and with an anchor nothing that is added, dropped or measured elsewhere can move what is
 * being read. All lengths are CSS pixels.
 */

/** Rows of a view: `first <= ordinal < end`. */
export interface Extent {
  readonly first: number;
  readonly end: number;
}

/**
 * The reader's place: the upper edge of the viewport lies `offset` px below the upper edge of the
 * row `ordinal`. The offset may lie outside the row (negative, or more than its height): the row
 * then serves as a fixed point from which the others are found.
 */
export interface Anchor {
  readonly ordinal: number;
  readonly offset: number;
}

/** Heights of rows: those measured, and an estimate for all others. */
export class RowHeights {
  #single: number;
  #uniform = true;
  #sum = 0;
  readonly #measured = new Map<number, number>();

  /** @param single height of a row of one line. */
  constructor(single: number) {
    this.#single = single;
  }

  /** What a row is taken for until it is measured: the mean of the measured ones. */
  get estimate(): number {
    const count = this.#measured.size;
    return this.#uniform || count === 0 ? this.#single : this.#sum / count;
  }

  of(ordinal: number): number {
    return this.#uniform ? this.#single : (this.#measured.get(ordinal) ?? this.estimate);
  }

  /** Notes the true height of a row; says whether that was news. */
  measure(ordinal: number, height: number): boolean {
    const known = this.#measured.get(ordinal);
    if (this.#uniform || (known !== undefined && Math.abs(known - height) < 0.01)) {
      return false;
    }
    const before = this.of(ordinal);
    this.#sum += height - (known ?? 0);
    this.#measured.set(ordinal, height);
    return Math.abs(before - height) >= 0.01;
  }

  /** Forgets every measurement. @param uniform all rows have one line. */
  reset(single: number, uniform: boolean): void {
    this.#single = single;
    this.#uniform = uniform;
    this.#measured.clear();
    this.#sum = 0;
  }

  /** Forgets measurements far from what is shown, once there are more than a few thousand. */
  keepNear(from: number, to: number): void {
    if (this.#measured.size <= 4000) {
      return;
    }
    for (const [ordinal, height] of this.#measured) {
      if (ordinal < from - 1000 || ordinal >= to + 1000) {
        this.#measured.delete(ordinal);
        this.#sum -= height;
      }
    }
  }
}

export interface Geometry {
  readonly extent: Extent;
  /** Height of the viewport. */
  readonly height: number;
  readonly heights: RowHeights;
}

export interface Layout {
  /** Rows to render: `from <= ordinal < to`; they cover the viewport and the overscan. */
  readonly from: number;
  readonly to: number;
  /** Upper edge of the row `from`, counted from the upper edge of the viewport. */
  readonly top: number;
  /** The place after clamping, its offset within the row. */
  readonly anchor: Anchor;
  /** The last row's lower edge is in view. */
  readonly atEnd: boolean;
  /** The first row's upper edge is in view. */
  readonly atStart: boolean;
  /** The wanted place was beyond one of the ends. */
  readonly clamped: boolean;
}

/** The place at which the last row ends with the viewport. */
export function endAnchor({ extent, height, heights }: Geometry): Anchor {
  const last = extent.end - 1;
  return { ordinal: last, offset: heights.of(last) - height };
}

/** Edges closer than this are the same: zoomed pages have fractions of pixels. */
const TOLERANCE = 0.5;

/**
 * Finds the rows to render for a place. Where the place lies outside of the rows, the nearest one
 * inside is taken: the last row never ends above the lower edge while there are rows above to fill
 * it, the first row never begins below the upper edge. Walks over rows near the place only.
 *
 * @param overscan px to render above and below the viewport.
 */
export function layOut(geometry: Geometry, place: Anchor, overscan: number): Layout {
  const { extent, height, heights } = geometry;
  const { first, end } = extent;
  if (end <= first) {
    const anchor = { ordinal: first, offset: 0 };
    return { from: first, to: first, top: 0, anchor, atEnd: true, atStart: true, clamped: false };
  }
  let clamped = false;
  let { ordinal } = place;
  let y = -place.offset;
  if (ordinal < first) {
    // The row that was read has left; what follows it takes its place.
    ordinal = first;
    y = Math.min(0, y);
    clamped = true;
  } else if (ordinal >= end) {
    ({ ordinal } = endAnchor(geometry));
    y = height - heights.of(ordinal);
    clamped = true;
  }
  const climb = () => {
    while (y > 0 && ordinal > first) {
      ordinal--;
      y -= heights.of(ordinal);
    }
  };
  climb();
  while (y + heights.of(ordinal) <= 0 && ordinal < end - 1) {
    y += heights.of(ordinal);
    ordinal++;
  }
  let to = ordinal;
  let bottom = y;
  const descend = (limit: number) => {
    while (to < end && bottom < limit) {
      bottom += heights.of(to);
      to++;
    }
  };
  descend(height);
  if (to === end && bottom < height) {
    clamped ||= bottom < height - TOLERANCE && (y < 0 || ordinal > first);
    y += height - bottom;
    bottom = height;
    climb();
  }
  if (ordinal === first && y > 0) {
    clamped ||= y > TOLERANCE && bottom !== height;
    bottom -= y;
    y = 0;
    descend(height);
  }
  const atEnd = to === end && bottom <= height + TOLERANCE;
  const atStart = ordinal === first && y >= -TOLERANCE;
  descend(height + overscan);
  let from = ordinal;
  let top = y;
  while (from > first && top > -overscan) {
    from--;
    top -= heights.of(from);
  }
  return { from, to, top, anchor: { ordinal, offset: -y }, atEnd, atStart, clamped };
}

/** The same place, its offset grown by `by` px. */
export function shifted(anchor: Anchor, by: number): Anchor {
  return { ordinal: anchor.ordinal, offset: anchor.offset + by };
}

/** How many rows (with a fraction) lie above the viewport when it shows the end. */
function rowsAboveEnd({ extent, height, heights }: Geometry): number {
  let ordinal = extent.end;
  let left = height;
  while (ordinal > extent.first && left > 0) {
    ordinal--;
    left -= heights.of(ordinal);
  }
  return left > 0 ? 0 : ordinal - extent.first + -left / heights.of(ordinal);
}

export interface ScrollbarState {
  /** Part of the rows that is in view, 0 to 1; 1 means there is nothing to scroll. */
  readonly shown: number;
  /** Where the viewport stands between the start (0) and the end (1). */
  readonly position: number;
}

/** What a scrollbar shows. It counts rows, not pixels: rows never seen have no known height. */
export function scrollbarState(geometry: Geometry, anchor: Anchor): ScrollbarState {
  const { extent, heights } = geometry;
  const rows = extent.end - extent.first;
  const above = rowsAboveEnd(geometry);
  if (rows <= 0 || above <= 0) {
    return { shown: 1, position: 0 };
  }
  const top = anchor.ordinal - extent.first + anchor.offset / heights.of(anchor.ordinal);
  return { shown: (rows - above) / rows, position: Math.min(1, Math.max(0, top / above)) };
}

/** The place for a position of the scrollbar, 0 to 1; the inverse of {@link scrollbarState}. */
export function anchorAt(geometry: Geometry, position: number): Anchor {
  const { extent, heights } = geometry;
  const top = Math.min(1, Math.max(0, position)) * rowsAboveEnd(geometry);
  const ordinal = Math.min(extent.first + Math.floor(top), Math.max(extent.first, extent.end - 1));
  return { ordinal, offset: (top - Math.floor(top)) * heights.of(ordinal) };
}
