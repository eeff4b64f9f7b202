/** Rows chosen together, by ordinals: from where the choice began to where it was drawn to. */
export interface RowSelection {
  readonly anchor: number;
  readonly head: number;
}

/** The rows of a selection: `first <= ordinal < end`. */
export function selectedRows({ anchor, head }: RowSelection): { readonly first: number; readonly end: number } {
  return { first: Math.min(anchor, head), end: Math.max(anchor, head) + 1 };
}

export function isSelected(selection: RowSelection | undefined, ordinal: number): boolean {
  if (selection === undefined) {
    return false;
  }
  const { first, end } = selectedRows(selection);
  return ordinal >= first && ordinal < end;
}
