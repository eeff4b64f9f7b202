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
  /** Only a final `$` is left. */
  readonly isEnd?: boolean;
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
 *
 * @param isOneLine for texts without a character that ends a line: there `.*` before a final `$` cannot fail.
 */
export function costOf(expression: RegExp, isOneLine = false): Cost | null {
  const root = readPattern(expression);
  if (root === null) {
    return null;
  }
  try {
    return new Analysis(root, isOneLine).total();
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

/** Characters that `.` does not take, and at which no `$` holds here. */
const LINE_END = /[\n\r\u2028\u2029]/;

/**
 * Tells the texts in which an expression certainly finds all its matches within one to two milliseconds.
 *
 * @param steps what it may cost, in steps of the engine.
 */
export function sureTexts(expression: RegExp, steps = STEPS): (text: string) => boolean {
  const inAny = sureLength(expression, steps);
  const inOneLine = sureLength(expression, steps, true);
  return (text) => text.length <= inAny || (text.length <= inOneLine && !LINE_END.test(text));
}

/**
 * The length, in characters, up to which all texts are of those; 0 where none is short enough.
 *
 * @param isOneLine only texts without a character that ends a line.
 */
export function sureLength(expression: RegExp, steps = STEPS, isOneLine = false): number {
  const cost = costOf(expression, isOneLine);
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
      return node.edge === 'start';
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

/** How a part of a sequence is come to. */
interface Arrivals {
  /** In how many ways. */
  readonly ways: Cost;
  /** In how many ways at most at one and the same place of the text. */
  readonly atOnePlace: Cost;
  /** One of these is the character in front of it. */
  readonly before: CharacterSet;
}

const AT_ONE_PLACE: Arrivals = { ways: ONE, atOnePlace: ONE, before: ANY_CHARACTER };
const ANYWHERE: Arrivals = { ways: LENGTH, atOnePlace: ONE, before: ANY_CHARACTER };

/** Parts of groups stand in a row with what is around them. */
function flat(parts: readonly PatternNode[]): readonly PatternNode[] {
  return parts.flatMap((part) => (part.kind === 'sequence' ? flat(part.parts) : [part]));
}

function isLoopOfCharacters(node: PatternNode): node is Extract<PatternNode, { kind: 'loop' }> {
  return node.kind === 'loop' && node.most === Number.POSITIVE_INFINITY && onlyOf(node.body).kind === 'character';
}

/** What a group holds, where that is one part. */
function onlyOf(node: PatternNode): PatternNode {
  return node.kind === 'sequence' && node.parts.length === 1 ? onlyOf(node.parts[0] as PatternNode) : node;
}

/** How the next part is come to. */
function arrivalsBehind(
  part: PatternNode,
  { ways, atOnePlace, before }: Arrivals,
  own: Cost,
  isApart: boolean,
): Arrivals {
  const all = times(ways, own);
  switch (part.kind) {
    case 'character':
      return { ways: all, atOnePlace, before: part.set };
    case 'check':
    case 'look':
      return { ways: all, atOnePlace, before };
    default:
      // The ends of a loop are as many places of the text for each way to come to it.
      return {
        ways: all,
        atOnePlace: isApart ? atOnePlace : isLoopOfCharacters(part) && !isOne(own) ? ways : all,
        before: isApart && isLoopOfCharacters(part) && part.least > 0 ? firstOf(part) : ANY_CHARACTER,
      };
  }
}

class Analysis {
  readonly #root: PatternNode;
  readonly #isOneLine: boolean;
  /** Steps that trying to go on behind a part takes where that fails at once: a character, and checks before it. */
  readonly #exit: number;

  constructor(root: PatternNode, isOneLine: boolean) {
    this.#root = root;
    this.#isOneLine = isOneLine;
    this.#exit = 1 + count(root, ({ kind }) => kind === 'check');
  }

  /** Of all matches, from wherever they may begin. */
  total(): Cost {
    const arrivals = beginsAtStart(this.#root) ? AT_ONE_PLACE : ANYWHERE;
    const { steps } = this.#sequence([this.#root], { set: NO_CHARACTER, isMatch: true }, arrivals);
    return plus(steps, LENGTH);
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

  #sequence(nested: readonly PatternNode[], after: After, begin = AT_ONE_PLACE): PartCost {
    const parts = flat(nested);
    // What may stand behind each of them, from the last one back.
    const behind: After[] = [];
    let next = after;
    for (const part of [...parts].reverse()) {
      behind.unshift(next);
      next = {
        set: firstOf(part) | (canBeEmpty(part) ? next.set : NO_CHARACTER),
        isMatch: next.isMatch && canBeLeftOut(part),
        isEnd: next.isMatch && part.kind === 'check' && part.edge === 'end',
      };
    }
    let arrivals = begin;
    let steps: Cost = [0];
    parts.forEach((part, at) => {
      const cost = this.cost(part, behind[at] as After);
      // What goes through characters none of which may stand in front of it begins behind where any
      // other such one has ended: together they go through the text once.
      const isApart =
        isLoopOfCharacters(part) && isOne(cost.ways) && (firstOf(part) & arrivals.before) === NO_CHARACTER;
      steps = plus(
        steps,
        isApart
          ? plus(times(arrivals.atOnePlace, cost.steps), times(arrivals.ways, [1 + this.#exit]))
          : times(arrivals.ways, cost.steps),
      );
      arrivals = arrivalsBehind(part, arrivals, cost.ways, isApart);
    });
    return { ways: arrivals.ways, steps };
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
    const only = onlyOf(body);
    if (only.kind === 'character' && (after.isMatch || (this.#isOneLine && only.isDot && after.isEnd))) {
      // All that it takes belongs to the match, and is gone through once for all matches.
      return { ways: ONE, steps: ONE };
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
