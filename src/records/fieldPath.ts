import type { Fields, FieldValue } from './parsedLine';

/** Deeper than that nobody reads, and hostile input may nest without end. */
const DEEPEST = 12;

function isObject(value: FieldValue | undefined): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The value at a path such as `http.status`: a field of exactly that name, or one within another. */
export function fieldAt(fields: Fields, path: string): FieldValue | undefined {
  if (Object.hasOwn(fields, path)) {
    return fields[path];
  }
  for (let dot = path.indexOf('.'); dot !== -1; dot = path.indexOf('.', dot + 1)) {
    const head = path.slice(0, dot);
    const inner = Object.hasOwn(fields, head) ? fields[head] : undefined;
    if (isObject(inner)) {
      const found = fieldAt(inner, path.slice(dot + 1));
      if (found !== undefined) {
        return found;
      }
    }
  }
  return undefined;
}

/** Every value that is no object, with its path, in the order of the line. Arrays count as values. */
export function flattenFields(fields: Fields, prefix = '', depth = 0): [path: string, value: FieldValue][] {
  return Object.entries(fields).flatMap(([name, value]): [string, FieldValue][] =>
    isObject(value) && depth < DEEPEST && Object.keys(value).length > 0
      ? flattenFields(value, `${prefix}${name}.`, depth + 1)
      : [[prefix + name, value]],
  );
}

/** A value as a person reads it: text as it is, the rest as JSON. */
export function formatValue(value: FieldValue): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
