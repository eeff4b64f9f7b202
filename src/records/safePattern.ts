/** A match may go 2 to this power ways at most, apart from what repeats without end. */
const MOST_CHOICES = 20;
/** A group repeated more often than that counts as repeated without end. */
const FEW = 10;
/** What an endless repetition adds per turn of a group that repeats a few times, as in `(x+x+){9}`. */
const CHOICES_PER_ENDLESS = 2;

interface Group {
  /** Quantifiers without end, or nearly, in it. */
  endless: number;
  alternatives: boolean;
  /** Logarithm to base 2 of the ways a match of it may go: `a?`, `a{1,3}`, `(a|aa)`. */
  choices: number;
}

interface Quantifier {
  /** How often it repeats. */
  readonly least: number;
  readonly most: number;
  /** Characters that it takes. */
  readonly length: number;
}

const newGroup = (): Group => ({ endless: 0, alternatives: false, choices: 0 });

/**
 * Whether a regular expression may take exponential time in the runtime's backtracking engine: a
 * repeated group that itself holds a repetition or alternatives, as in `(a+)+` or `(a|aa)*`, or so
 * many choices that their product is as bad, as in `(a?){30}a{30}`. The check is on the safe side:
 * it refuses some harmless patterns, and lets none of those forms pass.
 */
export function mayExplode(pattern: string): boolean {
  const groups: Group[] = [newGroup()];
  /** The question mark behind a quantifier only makes it lazy. */
  let behindQuantifier = false;
  for (let at = 0; at < pattern.length; at++) {
    const character = pattern[at];
    const group = groups[groups.length - 1] as Group;
    const quantifier: Quantifier | null = character === '?' && behindQuantifier ? null : quantifierAt(pattern, at);
    behindQuantifier = quantifier !== null;
    if (quantifier) {
      const { least, most, length } = quantifier;
      if (most > FEW && most > least) {
        group.endless++;
      } else {
        group.choices += Math.ceil(Math.log2(most - least + 1));
      }
      at += length - 1;
    } else if (character === '\\') {
      at++;
      // A back reference makes matching exponential by itself.
      if (/[1-9k]/.test(pattern[at] ?? '')) {
        return true;
      }
    } else if (character === '[') {
      at = classEnd(pattern, at);
    } else if (character === '(') {
      groups.push(newGroup());
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
      const turns = quantifierAt(pattern, at + 1)?.most ?? 1;
      if (turns > FEW && (closed.endless > 0 || closed.alternatives || closed.choices > 0)) {
        return true;
      }
      const choices = closed.choices + (closed.alternatives ? 1 : 0);
      outer.choices += turns > 1 ? turns * (choices + CHOICES_PER_ENDLESS * closed.endless) : choices;
      outer.endless += closed.endless;
    } else if (character === '|') {
      group.alternatives = true;
    }
    if ((groups[groups.length - 1] as Group).choices > MOST_CHOICES) {
      return true;
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

/** The quantifier that stands here, or null. */
function quantifierAt(pattern: string, at: number): Quantifier | null {
  switch (pattern[at]) {
    case '*':
    case '+':
      return { least: 0, most: Number.POSITIVE_INFINITY, length: 1 };
    case '?':
      return { least: 0, most: 1, length: 1 };
    case '{': {
      const counted = /^\{(\d+)(,(\d*))?\}/.exec(pattern.slice(at, at + 64));
      if (!counted) {
        return null;
      }
      const least = Number(counted[1]);
      const most = counted[2] === undefined ? least : counted[3] ? Number(counted[3]) : Number.POSITIVE_INFINITY;
      return { least, most, length: counted[0].length };
    }
    default:
      return null;
  }
}

/**
 * A regular expression, or null where it is none. Unicode where the pattern allows it; what only the
 * lenient grammar knows, such as `\-` or `\"`, is what a person thinks it is.
 */
export function compilePattern(source: string, flags = ''): RegExp | null {
  for (const grammar of ['u', '']) {
    try {
      return new RegExp(source, flags + grammar);
    } catch {
      // The next grammar may allow it.
    }
  }
  return null;
}
