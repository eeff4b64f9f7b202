/**
 * Where the reader is: a row and where its top edge lies. Scrolling is kept in rows, not in pixels
 * from the top, so ten million rows, rows of unlike height and rows that come or go elsewhere are
 * all the same to it.
 */
export interface Anchor {
  readonly ordinal: number;
  /** Top edge of the row below the top edge of the list, px; at most 0, above −height, when normal. */
  readonly offset: number;
}

/** The rows there are: `first <= ordinal < end`. */
export interface Bounds {
  readonly first: number;
  readonly end: number;
}

/** Height of a row in px; positive. Estimated where it has not been drawn. */
export type HeightOf = (ordinal: number) => number;

/** The anchor at the first row. */
export function topAnchor(bounds: Bounds): Anchor {
  return { ordinal: bounds.first, offset: 0 };
}

/** The anchor at which the last row ends at the bottom of a list of this height, or the top if all rows fit. */
export function bottomAnchor(bounds: Bounds, listHeight: number, heightOf: HeightOf): Anchor {
  let left = listHeight;
  for (let ordinal = bounds.end - 1; ordinal >= bounds.first; ordinal--) {
    left -= heightOf(ordinal);
    if (left <= 0) {
      return { ordinal, offset: left };
    }
  }
  return topAnchor(bounds);
}

/** Brings an anchor into the bounds and its offset to the row it stands at, and keeps the last row at the bottom. */
export function normalize(anchor: Anchor, bounds: Bounds, listHeight: number, heightOf: HeightOf): Anchor {
  if (bounds.end <= bounds.first) {
    return topAnchor(bounds);
  }
  let { ordinal, offset } = anchor;
  if (ordinal < bounds.first) {
    return normalize(topAnchor(bounds), bounds, listHeight, heightOf);
  }
  if (ordinal >= bounds.end) {
    return bottomAnchor(bounds, listHeight, heightOf);
  }
  while (offset > 0 && ordinal > bounds.first) {
    ordinal--;
    offset -= heightOf(ordinal);
  }
  if (offset > 0) {
    return topAnchor(bounds);
  }
  while (ordinal < bounds.end - 1 && offset + heightOf(ordinal) <= 0) {
    offset += heightOf(ordinal);
    ordinal++;
  }
  return isPastBottom({ ordinal, offset }, bounds, listHeight, heightOf)
    ? bottomAnchor(bounds, listHeight, heightOf)
    : { ordinal, offset };
}

/** Moves the view by `delta` px; positive: towards the end. */
export function scrollBy(
  anchor: Anchor,
  delta: number,
  bounds: Bounds,
  listHeight: number,
  heightOf: HeightOf,
): Anchor {
  return normalize({ ordinal: anchor.ordinal, offset: anchor.offset - delta }, bounds, listHeight, heightOf);
}

/** Whether the last row's end is in view. */
export function isAtBottom(anchor: Anchor, bounds: Bounds, listHeight: number, heightOf: HeightOf): boolean {
  let bottom = anchor.offset;
  for (let ordinal = anchor.ordinal; ordinal < bounds.end; ordinal++) {
    bottom += heightOf(ordinal);
    if (bottom > listHeight + 1) {
      return false;
    }
  }
  return true;
}

function isPastBottom(anchor: Anchor, bounds: Bounds, listHeight: number, heightOf: HeightOf): boolean {
  let bottom = anchor.offset;
  for (let ordinal = anchor.ordinal; ordinal < bounds.end; ordinal++) {
    bottom += heightOf(ordinal);
    if (bottom >= listHeight) {
      return false;
    }
  }
  return true;
}

/** Part of the way through the rows, 0 to 1, given how many rows the list shows at once. */
export function fractionOf(anchor: Anchor, bounds: Bounds, shownRows: number, rowHeight: number): number {
  const span = bounds.end - bounds.first - shownRows;
  if (span <= 0) {
    return 0;
  }
  return Math.min(1, Math.max(0, (anchor.ordinal - bounds.first - anchor.offset / rowHeight) / span));
}

/** The anchor at a part of the way, 0 to 1: the inverse of {@link fractionOf}. */
export function anchorAt(fraction: number, bounds: Bounds, shownRows: number, rowHeight: number): Anchor {
  const span = Math.max(0, bounds.end - bounds.first - shownRows);
  const place = Math.min(1, Math.max(0, fraction)) * span;
  const whole = Math.floor(place);
  return { ordinal: bounds.first + whole, offset: -(place - whole) * rowHeight };
}
