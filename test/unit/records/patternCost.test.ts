import assert from 'node:assert/strict';
import fc from 'fast-check';
import { costOf, stepsFor, sureLength } from '../../../src/records/patternCost';
import { type PatternNode, readPattern } from '../../../src/records/patternSyntax';
import { compilePattern } from '../../../src/records/safePattern';

/** Beyond so many steps a text is not tried further: the model takes some hundred times as long as the engine. */
const MOST_STEPS = 100_000;

/** A backtracking engine as simple as can be, which counts its steps. */
class CountingEngine {
  steps = 0;
  readonly #root: PatternNode;
  readonly #isLazy: boolean;

  constructor(root: PatternNode, isLazy: boolean) {
    this.#root = root;
    this.#isLazy = isLazy;
  }

  /** All matches, as start and end. */
  matches(text: string): [number, number][] {
    const found: [number, number][] = [];
    for (let at = 0; at <= text.length; ) {
      let end = -1;
      this.#go(this.#root, text, at, (to) => {
        end = to;
        return true;
      });
      if (end !== -1) {
        found.push([at, end]);
      }
      at = Math.max(at + 1, end);
    }
    return found;
  }

  #go(node: PatternNode, text: string, at: number, then: (at: number) => boolean): boolean {
    switch (node.kind) {
      case 'character':
        this.#step();
        return (node.set >> BigInt(text.charCodeAt(at) || 0)) % 2n === 1n && at < text.length && then(at + 1);
      case 'check':
        this.#step();
        return (node.edge === 'start' ? at === 0 : at === text.length) && then(at);
      case 'sequence':
        return this.#parts(node.parts, 0, text, at, then);
      case 'choice':
        return node.options.some((option) => this.#go(option, text, at, then));
      case 'loop':
        return this.#turn(node, 0, text, at, then);
      case 'look':
        return this.#go(node.body, text, at, () => true) && then(at);
    }
  }

  #parts(
    parts: readonly PatternNode[],
    index: number,
    text: string,
    at: number,
    then: (at: number) => boolean,
  ): boolean {
    const part = parts[index];
    return part ? this.#go(part, text, at, (to) => this.#parts(parts, index + 1, text, to, then)) : then(at);
  }

  #turn(
    loop: Extract<PatternNode, { kind: 'loop' }>,
    turns: number,
    text: string,
    at: number,
    then: (at: number) => boolean,
  ): boolean {
    const again = () =>
      turns < loop.most &&
      this.#go(
        loop.body,
        text,
        at,
        (to) => (to > at || turns < loop.least) && this.#turn(loop, turns + 1, text, to, then),
      );
    const leave = () => turns >= loop.least && then(at);
    return this.#isLazy ? leave() || again() : again() || leave();
  }

  #step(): void {
    if (++this.steps > MOST_STEPS) {
      throw new RangeError('too many steps');
    }
  }
}

/** Patterns of a small alphabet, as nested and as ambiguous as they come. */
const patterns = fc.letrec<{ pattern: string; piece: string }>((tie) => ({
  piece: fc.oneof(
    { maxDepth: 3 },
    fc.constantFrom('a', 'b', '-', '.', '\\w', '\\W', '[ab]', '[^a]', 'ab', '$'),
    fc
      .tuple(tie('pattern'), fc.constantFrom('', '*', '+', '?', '{2}', '{1,3}', '{0,2}', '{2,}'))
      .map(([body, quantifier]) => `(${body})${quantifier}`),
    fc
      .tuple(fc.constantFrom('a', 'b', '.', '\\w', '[ab]', '[^a]'), fc.constantFrom('*', '+', '?', '{1,4}', '{2,}'))
      .map(([body, quantifier]) => body + quantifier),
    tie('pattern').map((body) => `(?=${body})`),
    fc.constantFrom('.*$', '(.+)$', '.{2,}$'),
  ),
  pattern: fc.oneof(
    { maxDepth: 3 },
    fc.array(tie('piece'), { minLength: 1, maxLength: 4 }).map((pieces) => pieces.join('')),
    fc.tuple(tie('pattern'), tie('pattern')).map(([one, other]) => `${one}|${other}`),
  ),
})).pattern;

/** Texts that a pattern meets again and again, and not quite. */
const texts = fc
  .tuple(
    fc.string({ unit: fc.constantFrom('a', 'b', '-'), maxLength: 3 }),
    fc.string({ unit: fc.constantFrom('a', 'b', '-'), minLength: 1, maxLength: 4 }),
    fc.integer({ min: 1, max: 60 }),
    fc.string({ unit: fc.constantFrom('a', 'b', '-', '!', '\r'), maxLength: 3 }),
  )
  .map(([head, unit, times, tail]) => head + unit.repeat(times) + tail);

describe('the steps that a pattern takes', () => {
  it('are never more than was reckoned, whatever the pattern and the text', function () {
    this.timeout(60_000);
    let bounded = 0;
    fc.assert(
      fc.property(fc.boolean(), patterns, texts, fc.boolean(), (isAnchored, body, text, isLazy) => {
        const expression = new RegExp(isAnchored ? `^(${body})` : body, 'g');
        const cost = costOf(expression, !/[\r\u2028]/.test(text));
        if (cost === null) {
          return;
        }
        bounded++;
        const engine = new CountingEngine(readPattern(expression) as PatternNode, isLazy);
        const most = stepsFor(cost, text.length);
        let found: [number, number][] | undefined;
        try {
          found = engine.matches(text);
        } catch (error) {
          assert.ok(error instanceof RangeError, String(error));
        }
        // Engines try an anchored pattern at the start only, the model everywhere: a few steps each.
        const tries = isAnchored ? text.length + 1 : 0;
        assert.ok(engine.steps <= most + tries, `${expression} on ${text}: ${engine.steps} steps of ${most}`);
        if (found && !isLazy) {
          const real = [...text.matchAll(expression)].map(({ index, 0: { length } }) => [index, index + length]);
          assert.deepEqual(found, real, 'the model matches as the engine does');
        }
      }),
      { numRuns: 1500 },
    );
    assert.ok(bounded > 500, `${bounded} patterns had a bound`);
  });

  it('are a matter of the length for what people write most', () => {
    for (const pattern of [
      'error|warn|fatal',
      'timeout|refused|reset',
      'status=5\\d\\d',
      'user=(\\w+)',
      'error.*',
      '\\bfoo\\b',
      '(\\d{1,3}\\.){3}\\d{1,3}',
      '(?:GET|POST|PUT) /\\S*(?: \\d+)?',
      '^(?<time>\\d{4}-\\d{2}-\\d{2} \\d{2}:\\d{2}:\\d{2}) (?<level>\\w+) (?<message>.*)$',
      '^(\\S+) (\\S+) (\\S+) \\[([^\\]]+)\\] "([^"]*)" (\\d+) (\\d+|-)( "([^"]*)" "([^"]*)")?',
    ]) {
      const cost = costOf(compilePattern(pattern, 'i') as RegExp);
      assert.ok(cost && cost.length <= 2, `${pattern}: ${cost}`);
    }
  });

  it('go by the square where a repetition is begun at each character, or may end at each', () => {
    for (const pattern of [
      '\\d+ms',
      'error.*timeout',
      '\\s+$',
      '^(?<time>.+?) \\| (?<level>\\w+) \\| (?<message>.*)$',
    ]) {
      const expression = compilePattern(pattern, 'i') as RegExp;
      assert.equal(costOf(expression)?.length, 3, pattern);
      const length = sureLength(expression);
      assert.ok(length > 250 && length < 2000, `${pattern}: ${length}`);
    }
  });

  it('are too many for any line, or unknown, where repetitions follow or hold each other', () => {
    for (const pattern of [
      '(a+)+$',
      '(a|aa)*$',
      '(\\w|\\d)+!',
      '^(\\w+\\s?)*$',
      '(?:a?){30}a{30}',
      '^(a+){10}$',
      '(a+)\\1',
      '(?<x>a+)\\k<x>',
      '(?<=a+)b',
      '^.*,.*,.*,.*,.*,.*,.*,z',
      'a*a*a*a*a*a*b',
      '(?:.{0,9}){9}x',
      '(a{1,10}){1,10}b',
      `${'('.repeat(2000)}a${')'.repeat(2000)}`,
      'ab'.repeat(400),
    ]) {
      assert.equal(sureLength(compilePattern(pattern) as RegExp), 0, pattern);
    }
  });

  it('take the real engine a moment for the longest text that is sure', function () {
    this.timeout(60_000);
    const seeds = [
      'a',
      'ab',
      ' ',
      'x',
      '1',
      '1-',
      'a,',
      ',',
      '"',
      'w ',
      'error',
      'errortimeou',
      ' - ',
      ' | a',
      'user id=',
    ];
    for (const pattern of [
      '\\d+ms',
      'error.*timeout',
      '\\s+$',
      '\\S+ \\S+ \\S+!',
      'a.*?b.*?c',
      '\\d+.*\\d+.*\\d+ms$',
      'user.*id=.*status.*5\\d\\d',
      '^(?<a>.*?) - (?<b>.*?) - (?<m>.*)$',
      '^(?<time>.+?) \\| (?<level>\\w+) \\| (?<message>.*)$',
      '"[^"]*"',
      '(?:\\w+ )*x',
      '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}',
      'timeout|refused|reset',
    ]) {
      const expression = compilePattern(pattern, 'gi') as RegExp;
      const length = Math.min(sureLength(expression), 64 * 1024);
      for (const seed of seeds) {
        const text = seed.repeat(length / seed.length);
        const took = [1, 2, 3].map(() => {
          const began = performance.now();
          expression.lastIndex = 0;
          while (expression.test(text)) {
            // One after the other; each goes on behind the last.
          }
          return performance.now() - began;
        });
        // Some 2 ms; the rest is room for a busy machine.
        assert.ok(Math.min(...took) < 20, `${pattern} on ${seed}…: ${took} ms`);
      }
    }
  });
});
