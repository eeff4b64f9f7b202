import type { Fields, FieldValue } from '../../records/parsedLine';

/** A field as a tree shows it. */
export interface FieldNode {
  readonly name: string;
  /** From the top, with dots; what conditions and columns call it. */
  readonly path: string;
  readonly value: FieldValue;
  /** Fields within; undefined for a plain value. */
  readonly children: readonly FieldNode[] | undefined;
}

/** Deeper than that, a value is shown as JSON: hostile input may nest without end. */
const DEEPEST = 8;
const MOST_CHILDREN = 200;

/** The fields of a record as a tree, in their order. */
export function fieldTree(fields: Fields, prefix = '', depth = 0): readonly FieldNode[] {
  return Object.entries(fields)
    .slice(0, MOST_CHILDREN)
    .map(([name, value]) => {
      const path = `${prefix}${name}`;
      const isInner = typeof value === 'object' && value !== null && depth < DEEPEST && Object.keys(value).length > 0;
      return { name, path, value, children: isInner ? fieldTree(value as Fields, `${path}.`, depth + 1) : undefined };
    });
}
