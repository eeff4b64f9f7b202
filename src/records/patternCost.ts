import { ANY_CHARACTER, type CharacterSet, NO_CHARACTER, type PatternNode, readPattern } from './patternSyntax';

/**
 * Steps of the engine that one text may take where others wait: 1 to 2 ms, at the 1 to 2 ns that a step
 * of V8's takes (measured on patterns whose steps can be counted).
 */
const STEPS = 1_000_000;
/** A pattern that is sure of no more than this is sure of nothing. */
const SHORTEST = 16;

/** More turns of what may go several ways are worth no reckoning: they are too many steps for any text. */
const MOST_TURNS = 64;

/**
 * A number that depends on the length n of a text: the sum of its items times nᵈ / d!, d being their
 * index. In nᵈ / d! ways d places of a text can follow each other.
 */
export type Cost = readonly number[];

const ONE: Cost = [1];
const LENGTH: Cost = [0, 1];

function plus(one: Cost, other: Cost): Cost {
  return Array.from(
    { length: Math.max(one.length, other.length) },
    (_, degree) => (one[degree] ?? 0) + (other[degree] ?? 0),
  );
}

/** No less than each of them. */
function larger(one: Cost, other: Cost): Cost {
  return Array.from({ length: Math.max(one.length, other.length) }, (_, degree) =>
    Math.max(one[degree] ?? 0, other[degree] ?? 0),
  );
}

/** For each of the one all of the other, at places that follow those of the one. */
function times(one: Cost, other: Cost): Cost {
  const product = new Array<number>(one.length + other.length - 1).fill(0);
  one.forEach((left, leftDegree) => {
    other.forEach((right, rightDegree) => {
      product[leftDegree + rightDegree] = (product[leftDegree + rightDegree] as number) + left * right;
    });
  });
  return product;
}

function power(base: Cost, exponent: number): Cost {
  if (isOne(base)) {
    return ONE;
  }
  if (exponent > MOST_TURNS) {
    throw new Unbounded();
  }
  let result = ONE;
  for (let turn = 0; turn < exponent; turn++) {
    result = times(result, base);
  }
  return result;
}

function isOne(cost: Cost): boolean {
  return cost.length === 1 && cost[0] === 1;
}

/** What may stand behind a part of a pattern. */
interface After {
  /** Characters one of which has to follow if anything does. */
  readonly set: CharacterSet;
  /** Nothing behind can refuse any more: the first way to get here is a match, and no other is tried. */
  readonly isMatch: boolean;
}

/** Of one part, begun at one place of the text. */
interface PartCost {
  /** In how many ways it comes to its end with a next character that may go on. */
  readonly ways: Cost;
  /** Characters and checks tried in it, over all of those ways. */
  readonly steps: Cost;
}

/** Not known, or exponential. */
class Unbounded extends Error {}

/**
 * The most steps that finding all matches of an expression in a text takes in a backtracking engine, or
 * null where that is exponential or not known. On the safe side: it may take fewer.
 *
 * A way to match is lost by backtracking, so what counts is how many ways there are. Where the next
 * character always tells how a pattern goes on (whether a repetition ends, which alternative it is)
 * there is one, and a text is gone through once. A repetition without end which the next character
 * does not end, as `.*` before a comma, may end anywhere: the ways behind it are multiplied by the
 * length. So are all of them where a match may begin anywhere.
 */
export function costOf(expression: RegExp): Cost | null {
  const root = readPattern(expression);
  if (root === null) {
    return null;
  }
  try {
    const { steps } = new Analysis(root).cost(root, { set: NO_CHARACTER, isMatch: true });
    return plus(beginsAtStart(root) ? steps : times(LENGTH, steps), LENGTH);
  } catch (error) {
    if (error instanceof Unbounded) {
      return null;
    }
    throw error;
  }
}

/** How many steps that is for a text of so many characters. */
export function stepsFor(cost: Cost, length: number): number {
  let steps = 0;
  let ways = 1;
  cost.forEach((factor, degree) => {
    // Places may coincide, so there are as many ways as with some characters more.
    ways *= degree === 0 ? 1 : (length + cost.length) / degree;
    steps += factor * ways;
  });
  return steps;
}

/**
 * The longest text, in characters, in which an expression certainly finds all its matches within one to
 * two milliseconds; 0 where no text is short enough.
 *
 * @param steps what it may cost, in steps of the engine.
 */
export function sureLength(expression: RegExp, steps = STEPS): number {
  const cost = costOf(expression);
  if (cost === null || !(stepsFor(cost, SHORTEST) <= steps)) {
    return 0;
  }
  let length = SHORTEST;
  // It takes at least a step for each character, so this comes to an end.
  while (stepsFor(cost, length * 2) <= steps) {
    length *= 2;
  }
  for (let step = length / 2; step >= 1; step /= 2) {
    length += stepsFor(cost, length + step) <= steps ? step : 0;
  }
  return length;
}

/** Asked of each part by all that it is in, so an answer is kept: patterns may be nested deeply. */
function remembered<Answer>(find: (node: PatternNode) => Answer): (node: PatternNode) => Answer {
  const known = new WeakMap<PatternNode, Answer>();
  return (node) => {
    const answer = known.has(node) ? (known.get(node) as Answer) : find(node);
    known.set(node, answer);
    return answer;
  };
}

/** Whether a match can begin at the start of the text only: engines then try nowhere else. */
function beginsAtStart(node: PatternNode): boolean {
  switch (node.kind) {
    case 'check':
      return node.isStart;
    case 'sequence':
      return node.parts[0] !== undefined && beginsAtStart(node.parts[0]);
    case 'choice':
      return node.options.every(beginsAtStart);
    default:
      return false;
  }
}

/** Whether it may take no character. */
const canBeEmpty = remembered((node): boolean => {
  switch (node.kind) {
    case 'character':
      return false;
    case 'sequence':
      return node.parts.every(canBeEmpty);
    case 'choice':
      return node.options.some(canBeEmpty);
    case 'loop':
      return node.least === 0 || canBeEmpty(node.body);
    case 'check':
    case 'look':
      return true;
  }
});

/** Whether it may be left out whatever stands in the text. */
const canBeLeftOut = remembered((node): boolean => {
  switch (node.kind) {
    case 'sequence':
      return node.parts.every(canBeLeftOut);
    case 'choice':
      return node.options.some(canBeLeftOut);
    case 'loop':
      return node.least === 0 || canBeLeftOut(node.body);
    default:
      return false;
  }
});

/** The characters that it may begin with. What is looked at costs time whichever one it is. */
const firstOf = remembered((node): CharacterSet => {
  switch (node.kind) {
    case 'character':
      return node.set;
    case 'sequence': {
      let first = NO_CHARACTER;
      for (const part of node.parts) {
        first |= firstOf(part);
        if (!canBeEmpty(part)) {
          break;
        }
      }
      return first;
    }
    case 'choice':
      return node.options.reduce((first, option) => first | firstOf(option), NO_CHARACTER);
    case 'loop':
      return node.most === 0 ? NO_CHARACTER : firstOf(node.body);
    case 'check':
      return NO_CHARACTER;
    case 'look':
      return ANY_CHARACTER;
  }
});

function count(node: PatternNode, isCounted: (node: PatternNode) => boolean): number {
  const own = isCounted(node) ? 1 : 0;
  switch (node.kind) {
    case 'sequence':
      return node.parts.reduce((sum, part) => sum + count(part, isCounted), own);
    case 'choice':
      return node.options.reduce((sum, option) => sum + count(option, isCounted), own);
    case 'loop':
      return own + count(node.body, isCounted) * (Number.isFinite(node.most) ? Math.max(1, node.most) : 1);
    case 'look':
      return own + count(node.body, isCounted);
    default:
      return own;
  }
}

class Analysis {
  /** Steps that trying to go on behind a part takes where that fails at once: a character, and checks before it. */
  readonly #exit: number;

  constructor(root: PatternNode) {
    this.#exit = 1 + count(root, ({ kind }) => kind === 'check');
  }

  cost(node: PatternNode, after: After): PartCost {
    switch (node.kind) {
      case 'character':
      case 'check':
        return { ways: ONE, steps: ONE };
      case 'sequence':
        return this.#sequence(node.parts, after);
      case 'choice':
        return this.#choice(node.options, after);
      case 'loop':
        return node.most <= 1 ? this.#optional(node, after) : this.#loop(node, after);
      case 'look':
        return this.#look(node);
    }
  }

  #sequence(parts: readonly PatternNode[], after: After): PartCost {
    // What may stand behind each of them, from the last one back.
    const behind: After[] = [];
    let next = after;
    for (const part of [...parts].reverse()) {
      behind.unshift(next);
      next = {
        set: firstOf(part) | (canBeEmpty(part) ? next.set : NO_CHARACTER),
        isMatch: next.isMatch && canBeLeftOut(part),
      };
    }
    let ways: Cost = ONE;
    let steps: Cost = [0];
    parts.forEach((part, at) => {
      const cost = this.cost(part, behind[at] as After);
      steps = plus(steps, times(ways, cost.steps));
      ways = times(ways, cost.ways);
    });
    return { ways, steps };
  }

  #choice(options: readonly PatternNode[], after: After): PartCost {
    const costs = options.map((option) => this.cost(option, after));
    const steps = costs.reduce((sum, cost) => plus(sum, cost.steps), [options.length] as Cost);
    let taken = NO_CHARACTER;
    let areApart = true;
    for (const option of options) {
      const first = firstOf(option) | (canBeEmpty(option) ? after.set : NO_CHARACTER);
      areApart &&= (taken & first) === NO_CHARACTER;
      taken |= first;
    }
    const ways = costs.map((cost) => cost.ways).reduce(areApart ? larger : plus);
    return { ways: after.isMatch ? ONE : ways, steps };
  }

  /** `?`, and what is there once or not at all. */
  #optional({ body, least, most }: Extract<PatternNode, { kind: 'loop' }>, after: After): PartCost {
    if (most === 0) {
      return { ways: ONE, steps: ONE };
    }
    const { ways, steps } = this.cost(body, after);
    const isToldByNext = least === 1 || (!canBeEmpty(body) && (firstOf(body) & after.set) === NO_CHARACTER);
    return {
      ways: after.isMatch ? ONE : isToldByNext ? ways : plus(ways, ONE),
      steps: plus(steps, [this.#exit]),
    };
  }

  #loop({ body, least, most }: Extract<PatternNode, { kind: 'loop' }>, after: After): PartCost {
    if (canBeEmpty(body)) {
      throw new Unbounded();
    }
    const first = firstOf(body);
    const turn = this.cost(body, { set: after.set | first, isMatch: false });
    const isToldByNext = after.isMatch || (first & after.set) === NO_CHARACTER;
    if (Number.isFinite(most)) {
      const ways = power(turn.ways, most);
      return {
        ways: after.isMatch ? ONE : isToldByNext ? ways : times([most - least + 1], ways),
        steps: times([most], plus(times(power(turn.ways, most - 1), turn.steps), [this.#exit])),
      };
    }
    // More than one way of each turn makes exponentially many of all of them.
    if (!isOne(turn.ways)) {
      throw new Unbounded();
    }
    const ways = isToldByNext ? ONE : LENGTH;
    if (body.kind === 'character' && after.isMatch) {
      // All that it takes belongs to the match, and is gone through once for all matches.
      return { ways, steps: ONE };
    }
    const looks = count(body, ({ kind }) => kind === 'look');
    const size = count(body, () => true);
    // One way through the text; going back, every choice in it is tried once more, in vain.
    const steps = looks > 0 ? times(LENGTH, turn.steps) : times([size * size], LENGTH);
    return { ways, steps: plus(steps, times([this.#exit], LENGTH)) };
  }

  /** What is looked at is gone into once, and never again to find another way. */
  #look({ body, isBehind }: Extract<PatternNode, { kind: 'look' }>): PartCost {
    if (isBehind && count(body, ({ kind }) => kind === 'loop' || kind === 'look') > 0) {
      throw new Unbounded(); // It goes backwards, where the next character is the one before.
    }
    const size = count(body, () => true);
    const { steps } = isBehind ? { steps: [size] } : this.cost(body, { set: NO_CHARACTER, isMatch: false });
    return { ways: ONE, steps };
  }
}
