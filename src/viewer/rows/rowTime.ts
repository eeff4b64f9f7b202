import { formatTimeOfDay } from '../format';
import type { TimeMode } from '../viewerState';

/** A span of time in little room: `+12 ms`, `1.5 s`, `3 min`, `2 h`, `4 d`. */
export function formatSpan(ms: number): string {
  const size = Math.abs(ms);
  // Limits are where rounding would give the next unit: never 1000 ms, 60 s or 60 min.
  if (size < 999.5) {
    return `${Math.round(ms)} ms`;
  }
  if (size < 59_500) {
    return `${(ms / 1000).toFixed(size < 9950 ? 1 : 0)} s`;
  }
  if (size < 59.5 * 60_000) {
    return `${Math.round(ms / 60_000)} min`;
  }
  return size < 23.5 * 3_600_000 ? `${Math.round(ms / 3_600_000)} h` : `${Math.round(ms / 86_400_000)} d`;
}

/**
 * The time of a row as it stands in front of it.
 *
 * @param time ms since the Unix epoch.
 * @param before time of the entry above, or null where it is not known.
 * @param now wall-clock ms.
 */
export function formatRowTime(mode: TimeMode, time: number, before: number | null, now: number): string {
  switch (mode) {
    case 'absolute':
      return formatTimeOfDay(time);
    case 'relative':
      return `-${formatSpan(Math.max(0, now - time))}`;
    case 'delta': {
      const delta = before === null ? null : time - before;
      return delta === null ? '' : `${delta < 0 ? '' : '+'}${formatSpan(delta)}`;
    }
    case 'off':
      return '';
  }
}
