/**
 * Whether a regular expression may take exponential time in the runtime's backtracking engine: a
 * repeated group that itself holds a repetition or alternatives, as in `(a+)+` or `(a|aa)*`. The
 * check is on the safe side: it refuses some harmless patterns, and lets none of those forms pass.
 */
export function mayExplode(pattern: string): boolean {
  const groups: { repeats: boolean; alternatives: boolean }[] = [{ repeats: false, alternatives: false }];
  for (let at = 0; at < pattern.length; at++) {
    const character = pattern[at];
    const group = groups[groups.length - 1] as { repeats: boolean; alternatives: boolean };
    if (character === '\\') {
      at++;
      // A back reference makes matching exponential by itself.
      if (/[1-9k]/.test(pattern[at] ?? '')) {
        return true;
      }
    } else if (character === '[') {
      const end = classEnd(pattern, at);
      at = end;
    } else if (character === '(') {
      groups.push({ repeats: false, alternatives: false });
      // "(?:", "(?=", "(?<name>": the question mark repeats nothing.
      if (pattern[at + 1] === '?') {
        at++;
      }
    } else if (character === ')') {
      const closed = groups.pop();
      const outer = groups[groups.length - 1];
      if (!closed || !outer) {
        return false; // Not a pattern at all; the engine says so.
      }
      const repeated = repeatsMany(pattern, at + 1);
      if (repeated && (closed.repeats || closed.alternatives)) {
        return true;
      }
      outer.repeats ||= repeated || closed.repeats;
      outer.alternatives ||= closed.alternatives;
    } else if (character === '|') {
      group.alternatives = true;
    } else if (repeatsMany(pattern, at)) {
      group.repeats = true;
    }
  }
  return false;
}

function classEnd(pattern: string, start: number): number {
  for (let at = start + 1; at < pattern.length; at++) {
    if (pattern[at] === '\\') {
      at++;
    } else if (pattern[at] === ']') {
      return at;
    }
  }
  return pattern.length;
}

/** Whether a quantifier stands here that can repeat more than a few times. */
function repeatsMany(pattern: string, at: number): boolean {
  const character = pattern[at];
  if (character === '*' || character === '+') {
    return true;
  }
  const counted = /^\{(\d+)(,(\d*))?\}/.exec(pattern.slice(at));
  return counted !== null && (counted[2] === ',' || Number(counted[3] || counted[1]) > 10);
}
