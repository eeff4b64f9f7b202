import type { Fields, FieldValue } from '../../records/parsedLine';

/** A field as a tree shows it. */
export interface FieldNode {
  readonly name: string;
  /** From the top, with dots; what conditions and columns call it. */
  readonly path: string;
  readonly value: FieldValue;
  /** How many fields are within, those that are not shown yet included; 0 for a plain value. */
  readonly count: number;
  /** The first fields within; undefined for a plain value. Made when asked for. */
  readonly children: readonly FieldNode[] | undefined;
  /** Further fields within, from one on, as many as are shown at a time. */
  childrenFrom(start: number): readonly FieldNode[];
}

/** Deeper than that, a value is shown as JSON: hostile input may nest without end. */
const DEEPEST = 8;
/** Shown at a time: thousands of elements would stop the page. */
const MOST_CHILDREN = 200;

/** The fields of a record as a tree, in their order: as many as are shown at a time, from one on. */
export function fieldTree(fields: Fields, start = 0): readonly FieldNode[] {
  return nodesOf(fields, '', 0, start);
}

function nodesOf(fields: Fields, prefix: string, depth: number, start: number): readonly FieldNode[] {
  return Object.entries(fields)
    .slice(start, start + MOST_CHILDREN)
    .map(([name, value]) => nodeOf(name, value, `${prefix}${name}`, depth));
}

function nodeOf(name: string, value: FieldValue, path: string, depth: number): FieldNode {
  const inner = typeof value === 'object' && value !== null && depth < DEEPEST ? (value as Fields) : {};
  const count = Object.keys(inner).length;
  const childrenFrom = (start: number): readonly FieldNode[] => nodesOf(inner, `${path}.`, depth + 1, start);
  return {
    name,
    path,
    value,
    count,
    get children() {
      return count === 0 ? undefined : childrenFrom(0);
    },
    childrenFrom,
  };
}
