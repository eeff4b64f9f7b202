/** Which characters one of a pattern takes: a bit for each of ASCII's, one more for any beyond. */
export type CharacterSet = bigint;

/** What a regular expression is made of, as far as the time it takes depends on it. */
export type PatternNode =
  /** `isDot`: it is a `.`, and so any but those that end a line. */
  | { readonly kind: 'character'; readonly set: CharacterSet; readonly isDot: boolean }
  | { readonly kind: 'sequence'; readonly parts: readonly PatternNode[] }
  | { readonly kind: 'choice'; readonly options: readonly PatternNode[] }
  | { readonly kind: 'loop'; readonly body: PatternNode; readonly least: number; readonly most: number }
  /** Takes no character and may refuse to go on; `edge`: the start of the text, its end, or that of a word. */
  | { readonly kind: 'check'; readonly edge: 'start' | 'end' | 'word' }
  /** A lookahead or a lookbehind, negative or not. */
  | { readonly kind: 'look'; readonly body: PatternNode; readonly isBehind: boolean };

const ASCII = 128;
const BEYOND: CharacterSet = 1n << BigInt(ASCII);
export const NO_CHARACTER: CharacterSet = 0n;
export const ANY_CHARACTER: CharacterSet = (1n << BigInt(ASCII + 1)) - 1n;
/**
 * Longer patterns are not looked at: the engine itself takes up to 1.5 s to prepare one of 10,000
 * characters for matching, which is for a thread to do.
 */
const MOST_CHARACTERS = 500;

/** Escapes that stand for ASCII only: `\d`, `\w`, control characters, and punctuation for itself. */
const ASCII_ESCAPE = /\\(?:[dwntrfv]|0(?!\d)|[^A-Za-z0-9])/g;
const BEYOND_ASCII = /[^\0-\x7f]/;
const COUNTED = /\{(\d{1,9})(?:(,)(\d{1,9})?)?\}/y;
/** What the Unicode grammar has besides: properties, and characters by their code or by two halves of it. */
const LONG_ESCAPE = /\\[pP]\{[^}]*\}|\\u\{[^}]*\}|\\u[dD][89abAB][\da-fA-F]{2}\\u[dD][c-fC-F][\da-fA-F]{2}/y;
const SHORT_ESCAPE = /\\(?:u[\da-fA-F]{4}|x[\da-fA-F]{2}|c[A-Za-z]|0\d*|[\s\S])/y;
const GROUP = /\((?:\?(?:(:)|(<?[=!])|<[^>=!][^>]*>))?/y;

/** It has something whose time is not known here. */
class Unknown extends Error {}

/**
 * Reads an expression that its engine has accepted, and hence only as strictly as that needs.
 *
 * @returns null for one that holds something whose time nothing is known of, such as a back reference.
 */
export function readPattern(expression: RegExp): PatternNode | null {
  try {
    return new Reader(expression).read();
  } catch (error) {
    if (error instanceof Unknown) {
      return null;
    }
    throw error;
  }
}

class Reader {
  readonly #source: string;
  readonly #flags: string;
  readonly #isUnicode: boolean;
  readonly #sets = new Map<string, CharacterSet>();
  #at = 0;

  constructor({ source, flags }: RegExp) {
    this.#source = source;
    this.#flags = flags.replace(/[^isu]/g, '');
    this.#isUnicode = flags.includes('u');
    if (source.length > MOST_CHARACTERS || /[mv]/.test(flags)) {
      throw new Unknown();
    }
  }

  read(): PatternNode {
    const node = this.#choice();
    if (this.#at < this.#source.length) {
      throw new Unknown();
    }
    return node;
  }

  #choice(): PatternNode {
    const options = [this.#sequence()];
    while (this.#source[this.#at] === '|') {
      this.#at++;
      options.push(this.#sequence());
    }
    return options.length === 1 ? (options[0] as PatternNode) : { kind: 'choice', options };
  }

  #sequence(): PatternNode {
    const parts: PatternNode[] = [];
    while (this.#at < this.#source.length && !'|)'.includes(this.#source[this.#at] as string)) {
      parts.push(this.#quantified(this.#atom()));
    }
    return { kind: 'sequence', parts };
  }

  #atom(): PatternNode {
    const character = this.#source[this.#at] as string;
    switch (character) {
      case '(':
        return this.#group();
      case '^':
      case '$':
        this.#at++;
        return { kind: 'check', edge: character === '^' ? 'start' : 'end' };
      case '[':
        return this.#character(this.#classEnd());
      case '\\':
        return this.#escape();
      default:
        return this.#character(this.#at + this.#lengthAt(this.#at));
    }
  }

  #group(): PatternNode {
    const [opening, plain, look] = this.#match(GROUP) ?? [];
    // Another question mark behind the bracket: modifiers, or what a later standard may bring.
    if (opening === undefined || this.#source[this.#at] === '?') {
      throw new Unknown();
    }
    const body = this.#choice();
    if (this.#source[this.#at] !== ')') {
      throw new Unknown();
    }
    this.#at++;
    return plain === undefined && look !== undefined ? { kind: 'look', body, isBehind: look.length > 1 } : body;
  }

  #escape(): PatternNode {
    const letter = this.#source[this.#at + 1] ?? '';
    if (letter === 'b' || letter === 'B') {
      this.#at += 2;
      return { kind: 'check', edge: 'word' };
    }
    if (/[1-9k]/.test(letter)) {
      throw new Unknown(); // A back reference takes exponential time by itself.
    }
    const begin = this.#at;
    const whole = ((this.#isUnicode ? this.#match(LONG_ESCAPE) : null) ?? this.#match(SHORT_ESCAPE))?.[0];
    if (whole === undefined || (letter === '0' && whole.length > 2)) {
      throw new Unknown();
    }
    const end = this.#at;
    this.#at = begin;
    return this.#character(end);
  }

  /** A node for one character that the source describes up to `end`. */
  #character(end: number): PatternNode {
    const source = this.#source.slice(this.#at, end);
    this.#at = end;
    let set = this.#sets.get(source);
    if (set === undefined) {
      set = this.#setOf(source);
      this.#sets.set(source, set);
    }
    return { kind: 'character', set, isDot: source === '.' };
  }

  /** The engine itself says which characters of ASCII it is; any doubt about others counts as some. */
  #setOf(source: string): CharacterSet {
    let expression: RegExp;
    try {
      expression = new RegExp(`^(?:${source})$`, this.#flags);
    } catch {
      throw new Unknown();
    }
    let set = NO_CHARACTER;
    for (let code = 0; code < ASCII; code++) {
      if (expression.test(String.fromCharCode(code))) {
        set |= 1n << BigInt(code);
      }
    }
    const isAscii =
      source !== '.' &&
      !source.startsWith('[^') &&
      !BEYOND_ASCII.test(source) &&
      !source.replace(ASCII_ESCAPE, '').includes('\\') &&
      // Regardless of case, Unicode makes K (U+212A) a k, and ſ (U+017F) an s.
      !(this.#isUnicode && this.#flags.includes('i') && /[ks]/i.test(namedBy(set)));
    return isAscii ? set : set | BEYOND;
  }

  #quantified(body: PatternNode): PatternNode {
    const bounds = this.#quantifier();
    if (!bounds) {
      return body;
    }
    if (this.#source[this.#at] === '?') {
      this.#at++; // Lazy: it tries the same ways in another order.
    }
    return { kind: 'loop', body, ...bounds };
  }

  #quantifier(): { readonly least: number; readonly most: number } | null {
    const character = this.#source[this.#at];
    if (character === '{') {
      const [whole, least, comma, most] = this.#match(COUNTED) ?? [];
      return whole === undefined
        ? null
        : {
            least: Number(least),
            most: comma === undefined ? Number(least) : most === undefined ? Number.POSITIVE_INFINITY : Number(most),
          };
    }
    if (character === undefined || !'*+?'.includes(character)) {
      return null;
    }
    this.#at++;
    return { least: character === '+' ? 1 : 0, most: character === '?' ? 1 : Number.POSITIVE_INFINITY };
  }

  #match(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.#at;
    const match = pattern.exec(this.#source);
    this.#at += match?.[0].length ?? 0;
    return match;
  }

  #classEnd(): number {
    for (let at = this.#at + 1; at < this.#source.length; at++) {
      if (this.#source[at] === '\\') {
        at++;
      } else if (this.#source[at] === ']') {
        return at + 1;
      }
    }
    throw new Unknown();
  }

  #lengthAt(at: number): number {
    return this.#isUnicode && (this.#source.codePointAt(at) as number) > 0xffff ? 2 : 1;
  }
}

/** The characters of ASCII in a set. */
function namedBy(set: CharacterSet): string {
  let named = '';
  for (let code = 0; code < ASCII; code++) {
    named += ((set >> BigInt(code)) & 1n) === 1n ? String.fromCharCode(code) : '';
  }
  return named;
}
