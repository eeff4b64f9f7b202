/** A rate in as few characters as tell its size: 950, 1.2k, 48k, 3.1M. */
export function formatRate(perSecond: number): string {
  const whole = Math.round(perSecond);
  if (whole < 1000) {
    return String(whole);
  }
  // 999,950 would round to "1000k".
  const [scale, letter] = whole < 999_500 ? [1000, 'k'] : [1_000_000, 'M'];
  const scaled = whole / scale;
  return `${scaled < 9.95 ? scaled.toFixed(1) : Math.round(scaled)}${letter}`;
}

/** A duration by its two largest units: 45 s, 3 min 20 s, 2 h 5 min, 3 d 4 h. */
export function formatDuration(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const units: readonly (readonly [number, string])[] = [
    [Math.floor(seconds / 86_400), 'd'],
    [Math.floor(seconds / 3600) % 24, 'h'],
    [Math.floor(seconds / 60) % 60, 'min'],
    [seconds % 60, 's'],
  ];
  const largest = units.findIndex(([amount]) => amount > 0);
  const first = largest === -1 ? units.length - 1 : largest;
  return units
    .slice(first, first + 2)
    .filter(([amount], index) => index === 0 || amount > 0)
    .map(([amount, unit]) => `${amount} ${unit}`)
    .join(' ');
}

/** Milliseconds as seconds, with at most one decimal: 9, 4.5. */
export function formatSeconds(ms: number): string {
  return String(Math.round(ms / 100) / 10);
}
