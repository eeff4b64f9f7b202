function two(number: number): string {
  return String(number).padStart(2, '0');
}

/** Time of day with ms, local: 08:00:00.123. `ms` since the Unix epoch. */
export function timeOfDay(ms: number): string {
  const date = new Date(ms);
  const fraction = String(date.getMilliseconds()).padStart(3, '0');
  return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}.${fraction}`;
}

/** Date and time, local, as ISO 8601 writes them: 2026-11-23 08:00:00.123. */
export function dateAndTime(ms: number): string {
  const date = new Date(ms);
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())} ${timeOfDay(ms)}`;
}
