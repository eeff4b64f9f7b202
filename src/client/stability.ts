import type { Turn } from './turn';

/**
 * Whether the present connection has lasted `stableMs` and was seen to live: a heartbeat was answered, or
 * something arrived when it was that old. Many servers answer no ping, and one that is restarted every six
 * hours must not count as one that fails twenty times in a row.
 */
export function isStable(turn: Turn): boolean {
  const { link } = turn.state;
  if (link === null) {
    return false;
  }
  const stableAt = link.openedAt + turn.policy.stableMs;
  const isSeenToLive = link.answered || turn.moment.activity.lastReceivedAt >= stableAt;
  return link.stable || (turn.now >= stableAt && isSeenToLive);
}
