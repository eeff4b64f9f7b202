/** A rate or a large count in little room: `950`, `1.2k`, `50k`, `1.3M`. */
export function formatShort(count: number): string {
  for (const [size, unit] of [
    [1_000_000, 'M'],
    [1000, 'k'],
  ] as const) {
    if (count >= size * 0.9995) {
      const value = count / size;
      return `${value < 9.95 ? value.toFixed(1).replace('.0', '') : Math.round(value)}${unit}`;
    }
  }
  return String(Math.round(count));
}

/** What is left until a moment, in whole seconds, never less than zero: `8 s`, `1 min 5 s`. */
export function formatRemaining(ms: number): string {
  const seconds = Math.max(0, Math.ceil(ms / 1000));
  if (seconds < 60) {
    return `${seconds} s`;
  }
  const rest = seconds % 60;
  return rest === 0 ? `${seconds / 60} min` : `${Math.floor(seconds / 60)} min ${rest} s`;
}

function padded(value: number, digits: number): string {
  return String(value).padStart(digits, '0');
}

/** Time of day of a wall-clock time, local: `08:05:09.120`. Fractions of a millisecond are cut. */
export function formatTimeOfDay(wallMs: number): string {
  const date = new Date(wallMs);
  const whole = [date.getHours(), date.getMinutes(), date.getSeconds()].map((part) => padded(part, 2)).join(':');
  return `${whole}.${padded(date.getMilliseconds(), 3)}`;
}

/** Date and time, local: `2026-11-23 08:05:09.120`. */
export function formatMoment(wallMs: number): string {
  const date = new Date(wallMs);
  const day = [padded(date.getFullYear(), 4), padded(date.getMonth() + 1, 2), padded(date.getDate(), 2)].join('-');
  return `${day} ${formatTimeOfDay(wallMs)}`;
}
