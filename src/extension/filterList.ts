import type { Filter } from '../store/filter';

/** A list of saved filters with one more; in the place of the one of that name, if there is one. */
export function withFilter(list: unknown, name: string, filter: Filter): readonly unknown[] {
  const saved = { name, filter: forSettings(filter) };
  const others: readonly unknown[] = Array.isArray(list) ? list : [];
  return hasFilter(others, name) ? others.map((other) => (isNamed(other, name) ? saved : other)) : [...others, saved];
}

export function hasFilter(list: unknown, name: string): boolean {
  return Array.isArray(list) && list.some((other) => isNamed(other, name));
}

function isNamed(entry: unknown, name: string): boolean {
  return typeof entry === 'object' && entry !== null && 'name' in entry && String(entry.name).trim() === name;
}

/** A filter as it is kept in settings: without what holds for one store only. */
function forSettings({ fromRow: _fromRow, ...filter }: Filter): Filter {
  return filter;
}
